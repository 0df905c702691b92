package fuzz

import "dmafuzz/model"

// buckets is how many places of code visit has.
const buckets = 1024 // bucket keeps 10 bits of its hash

// bucket reduces a state to a number below buckets.
//
// The machine is driven by tables: whatever state it is in, the same lines of
// it run, and an engine that looks at lines sees no progress. So each state
// reached runs a place of code of its own. What a state is reduced to decides
// how much the engine keeps: all of it, and every input is news; too little,
// and there is no slope to climb. Kept is what a life turns on: how far each
// device has come, its ops, its group, and where its memory is from.
func bucket(s *model.State) uint32 {
	h := uint32(s.Provider)
	for i := range s.Devices {
		d := &s.Devices[i]
		h = h*31 + uint32(d.Life) + uint32(d.Ops)*3
		h = h*31 + bit(d.Driver)<<0 + bit(d.Bound)<<1 + bit(d.Deferred)<<2 + bit(d.Group)<<3 + bit(d.DMAIOMMU)<<4
	}
	for i := range s.Memory {
		h = h*31 + uint32(s.Memory[i].Alloc) + uint32(s.Memory[i].Path)*5
	}
	h = h*31 + uint32(s.Groups[0].Attached) + uint32(s.Groups[0].Default)*5
	h = h*31 + bit(s.Actors[0].Frames[0].PC != 0) + uint32(s.Actors[0].Frames[0].Err)<<1
	h *= 0x9e3779b1 // Fibonacci hashing: the upper bits depend on all
	return h >> 22
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
