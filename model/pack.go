package model

import (
	"fmt"
	"math/bits"
	"slices"
)

// PackedState is a state's exact key: two states of one machine are equal if
// and only if their keys are. Words past PackedWords are zero.
type PackedState [6]uint64

// LayoutVersion changes whenever keys of earlier versions are no longer valid.
const LayoutVersion = 4

// layout says how many bits each part of a state needs under given bounds. The
// fields of a state are packed in order of declaration; what the bounds leave
// at zero takes no room.
type layout struct {
	words   int
	groups  int
	entries int      // devres entries a device
	stop    uint     // bits of a position
	stops   []uint16 // number -> position
	numbers []uint8  // position -> its number, 0 for idle
	slots   uint     // bits of a devres entry
	devices uint     // bits of a device number
	taken   uint     // bits of Frame.Taken
	link    uint     // bits of a device link
	// With several actors:
	pc    uint // bits of a position
	slot  uint // bits of a memory slot's number
	count uint // bits of the preemptions so far
}

func makeLayout(m *Machine) (layout, error) {
	b := m.bounds
	l := layout{groups: b.Devices, entries: MaxDevres}
	if b.SharedGroup {
		l.groups = 1
	}
	if n := b.entries(); n < MaxDevres && b.Drivers != DriversAny {
		l.entries = n
	}
	l.stops = append([]uint16{0}, m.prog.stops...)
	slices.Sort(l.stops)
	l.stops = slices.Compact(l.stops)
	if len(l.stops) > 256 {
		return l, fmt.Errorf("%w: %s: %d places where a callback waits, want at most 255", ErrKernel, m.kernel.FullName(), len(l.stops)-1)
	}
	l.numbers = make([]uint8, len(m.prog.code))
	for i, pc := range l.stops {
		l.numbers[pc] = uint8(i)
	}
	l.stop = uint(bits.Len(uint(len(l.stops) - 1)))
	l.slots = uint(bits.Len(uint(DevresAction)))
	if b.Drivers == DriversAny || m.races {
		l.taken = uint(bits.Len(uint(MaxDevres + 1)))
	}
	l.devices = uint(bits.Len(uint(b.Devices - 1)))
	if m.linked {
		l.link = 8
	}
	if m.races {
		l.pc = uint(bits.Len(uint(len(m.prog.code) - 1)))
		l.slot = uint(bits.Len(uint(b.Memory - 1)))
		if b.Preemptions != NoLimit {
			l.count = uint(bits.Len(uint(b.Preemptions)))
		}
	}
	var w bitWriter
	l.pack(m, &State{}, &w)
	l.words = int(w.pos+63) / 64
	if l.words > len(PackedState{}) {
		return l, fmt.Errorf("%w: a state needs %d bits, want at most %d", ErrBounds, w.pos, 64*len(PackedState{}))
	}
	return l, nil
}

// entries is how many entries a devres list holds at most: one a slot, the
// actions, and with several actors one of a slot that has been given away again
// before a call has taken its entry off.
func (b Bounds) entries() int {
	n := b.Memory + b.Actions
	if b.races() {
		n += b.Actors
	}
	return n
}

// PackedWords is how many words of a PackedState the machine's bounds need.
func (m *Machine) PackedWords() int { return m.layout.words }

// Pack returns the key of a state that the machine reached between two events.
func (m *Machine) Pack(s *State) PackedState {
	var w bitWriter
	m.layout.pack(m, s, &w)
	return PackedState(w.words[:len(PackedState{})])
}

// bitWriter packs values of up to 63 bits. It holds more than a key, so
// that a layout that does not fit can be measured.
type bitWriter struct {
	words [16]uint64
	pos   uint
}

func (w *bitWriter) put(v uint64, n uint) {
	i, at := w.pos/64, w.pos%64
	w.words[i] |= v << at
	if at+n > 64 {
		w.words[i+1] |= v >> (64 - at)
	}
	w.pos += n
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (l *layout) pack(m *Machine, s *State, w *bitWriter) {
	w.put(uint64(s.Provider)|bit(s.Identity)<<2|bit(s.Timeout)<<3|bit(s.Hotplug)<<4|bit(s.Halted)<<5, 6)
	w.put(bit(s.Turned), l.devices)
	w.put(s.packLink(), l.link)
	for i := range m.bounds.Devices {
		d := &s.Devices[i]
		three := uint64(d.Life) + 3*uint64(d.Described) + 9*uint64(d.RangeMap)
		w.put(three|bit(d.Dead)<<5|bit(d.Driver)<<6|bit(d.Bound)<<7|bit(d.Deferred)<<8|uint64(d.Ops)<<9|bit(d.DMAIOMMU)<<12|
			bit(d.Bypass)<<13|bit(d.Wide)<<14|bit(d.Pool)<<15|bit(d.Param)<<16|bit(d.Fwspec)<<17|bit(d.Group)<<18|
			bit(d.OpsSetup)<<19|bit(d.OwnMapping)<<20|bit(d.Others)<<21|bit(d.Unmapped)<<22|uint64(d.Uses)<<23, 25)
		for _, e := range d.Devres[:l.entries] {
			w.put(uint64(e), l.slots)
		}
	}
	for i := range m.bounds.Memory {
		mem := &s.Memory[i]
		w.put(uint64(mem.Alloc)|uint64(mem.Path)<<3|bit(mem.Wide)<<7|bit(mem.Bypass)<<8|uint64(mem.RangeMap)<<9|
			bit(mem.PoolGone)<<11|bit(mem.DomainGone)<<12|bit(mem.GroupGone)<<13|uint64(mem.Device)<<14, 14+l.devices)
	}
	for i := range l.groups {
		g := &s.Groups[i]
		w.put(uint64(g.Default)+3*uint64(g.Attached)|uint64(g.OwnerCount)<<4|bit(g.Owned)<<6|bit(g.Listed)<<7, 8)
	}
	if m.races {
		l.packActors(s, w)
		return
	}
	a := &s.Actors[0]
	f := &a.Frames[0]
	w.put(uint64(l.numbers[f.PC]), l.stop)
	w.put(uint64(failNumber[f.Fail])|uint64(f.Err)<<4|bit(f.Test)<<6|uint64(a.Locks)<<7|uint64(f.Want)<<13|uint64(f.Device)<<15, 15+l.devices)
	w.put(uint64(f.Loop[0]), l.devices)
	w.put(uint64(f.Loop[1]), l.devices)
	w.put(uint64(f.Taken), l.taken)
}

// packActors packs what several actors need: all of each frame.
func (l *layout) packActors(s *State, w *bitWriter) {
	w.put(uint64(s.Preempts), l.count)
	for i := range s.Devices {
		d := &s.Devices[i]
		w.put(bit(d.Quit)|bit(d.Ready)<<1|bit(d.Dangling)<<2, l.more(i))
	}
	for i := range s.Actors {
		a := &s.Actors[i]
		w.put(uint64(a.Locks), 6)
		for j := range a.Frames {
			f := &a.Frames[j]
			w.put(uint64(f.PC), l.pc)
			w.put(uint64(failNumber[f.Fail])|uint64(f.Err)<<4|bit(f.Test)<<6|uint64(f.Want)<<7|uint64(callerNumber[f.Caller])<<9, 12)
			w.put(uint64(f.Device)|uint64(f.Loop[0])<<l.devices|uint64(f.Loop[1])<<(2*l.devices), 3*l.devices)
			w.put(uint64(f.Memory), l.slot)
		}
		w.put(uint64(a.Frames[0].Taken), l.taken)
	}
}

// more is the bits of a device that matter to several actors only.
func (l *layout) more(device int) uint {
	if device <= int(l.devices) {
		return 3
	}
	return 0
}

// unpackActors is the inverse of packActors.
func (l *layout) unpackActors(s *State, r *bitReader) {
	s.Preempts = uint8(r.get(l.count))
	for i := range s.Devices {
		v := r.get(l.more(i))
		d := &s.Devices[i]
		d.Quit, d.Ready, d.Dangling = v&1 != 0, v>>1&1 != 0, v>>2&1 != 0
	}
	for i := range s.Actors {
		a := &s.Actors[i]
		a.Locks = uint8(r.get(6))
		for j := range a.Frames {
			f := &a.Frames[j]
			f.PC = uint16(r.get(l.pc))
			v := r.get(12)
			if n := v & 15; n != 0 {
				f.Fail = failable[n-1]
			}
			f.Err, f.Test, f.Want, f.Caller = Err(v>>4&3), v>>6&1 != 0, uint8(v>>7&3), callers[v>>9&7]
			v = r.get(3 * l.devices)
			mask := uint64(1)<<l.devices - 1
			f.Device, f.Loop = uint8(v&mask), [2]uint8{uint8(v >> l.devices & mask), uint8(v >> (2 * l.devices) & mask)}
			f.Memory = uint8(r.get(l.slot))
		}
		a.Frames[0].Taken = uint8(r.get(l.taken))
	}
}

// callers are those who make calls of the DMA API, by number.
var callers = [8]Where{WhereInvalid, WhereProbe, WhereBound, WhereRemove, WhereAction, WhereLate, WhereOther}

// callerNumber is the inverse of callers.
var callerNumber = func() (t [numWheres]uint8) {
	for i, w := range callers {
		if w != WhereInvalid {
			t[w] = uint8(i)
		}
	}
	return t
}()

// failNumber is a failable step's number plus one.
var failNumber = func() (t [numOps]uint8) {
	for i, o := range failable {
		t[o] = uint8(i + 1)
	}
	return t
}()

// bitReader is the inverse of bitWriter.
type bitReader struct {
	words PackedState
	pos   uint
}

func (r *bitReader) get(n uint) uint64 {
	i, at := r.pos/64, r.pos%64
	v := r.words[i] >> at
	if at+n > 64 {
		v |= r.words[i+1] << (64 - at)
	}
	r.pos += n
	return v & (1<<n - 1)
}

// Unpack is the inverse of Pack.
func (m *Machine) Unpack(p PackedState) State {
	l, r := &m.layout, bitReader{words: p}
	var s State
	v := r.get(6)
	s.Provider, s.Identity, s.Timeout, s.Hotplug, s.Halted = Provider(v&3), v>>2&1 != 0, v>>3&1 != 0, v>>4&1 != 0, v>>5&1 != 0
	s.Turned = r.get(l.devices) != 0
	link := r.get(l.link)
	for i := range m.bounds.Devices {
		d := &s.Devices[i]
		*d = unpackDevice(r.get(25))
		d.Ready = m.prog.ready && d.Life != LifeAbsent // between two events of one actor
		for j := range l.entries {
			d.Devres[j] = DevresEntry(r.get(l.slots))
			if d.Devres[j] != 0 {
				d.NumDevres = uint8(j + 1)
			}
		}
	}
	for i := range m.bounds.Memory {
		v := r.get(14 + l.devices)
		s.Memory[i] = MemoryState{Alloc: AllocKind(v & 7), Path: DMAPath(v >> 3 & 15), Wide: v>>7&1 != 0, Bypass: v>>8&1 != 0,
			RangeMap: RangeMap(v >> 9 & 3), PoolGone: v>>11&1 != 0, DomainGone: v>>12&1 != 0, GroupGone: v>>13&1 != 0, Device: uint8(v >> 14)}
	}
	for i := range l.groups {
		v := r.get(8)
		s.Groups[i] = GroupState{Default: Domain(v & 15 % 3), Attached: Attached(v & 15 / 3), OwnerCount: uint8(v >> 4 & 3), Owned: v>>6&1 != 0, Listed: v>>7&1 != 0}
	}
	m.unpackLink(&s, link)
	if m.races {
		l.unpackActors(&s, &r)
		return s
	}
	a := &s.Actors[0]
	f := &a.Frames[0]
	f.PC = l.stops[r.get(l.stop)]
	v = r.get(15 + l.devices)
	if n := v & 15; n != 0 {
		f.Fail = failable[n-1]
	}
	f.Err, f.Test, a.Locks, f.Device = Err(v>>4&3), v>>6&1 != 0, uint8(v>>7&63), uint8(v>>15)
	f.Want = uint8(v >> 13 & 3)
	f.Loop = [2]uint8{uint8(r.get(l.devices)), uint8(r.get(l.devices))}
	if f.Taken = uint8(r.get(l.taken)); l.taken == 0 {
		if in := &m.prog.code[f.PC]; in.op == opAction { // nothing is added in an action
			f.Taken = s.Devices[f.device(in.depth)].NumDevres + 1
		}
	}
	return s
}

func unpackDevice(v uint64) DeviceState {
	b := func(n uint) bool { return v>>n&1 != 0 }
	three := v & 31
	return DeviceState{Life: Life(three % 3), Described: uint8(three / 3 % 3), RangeMap: RangeMap(three / 9),
		Dead: b(5), Driver: b(6), Bound: b(7), Deferred: b(8), Ops: DMAOps(v >> 9 & 7), DMAIOMMU: b(12),
		Bypass: b(13), Wide: b(14), Pool: b(15), Param: b(16), Fwspec: b(17), Group: b(18),
		OpsSetup: b(19), OwnMapping: b(20), Others: b(21), Unmapped: b(22), Uses: uint8(v >> 23 & 3)}
}
