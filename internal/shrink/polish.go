package shrink

import (
	"slices"

	"dmafuzz/model"
)

// polishSpare is how many replays polish may take beyond those that the raw
// events allow: it makes traces plainer, and rarely shorter.
const polishSpare = 12

// polish brings the trace closer to the least one: the lowest names, plainer
// arguments, and events in the order of their ids where the order does not
// matter.
func (x *minimizer) polish() {
	for done := false; !done; {
		before := x.trace
		x.run()
		x.rename()
		x.replace()
		x.reorder()
		done = slices.Equal(before, x.trace)
	}
}

// run lets each event that is made to stop run to its end, if that will do.
func (x *minimizer) run() {
	for i := len(x.trace) - 1; i >= 0; i = min(i-1, len(x.trace)-1) {
		if x.trace[i].Until == (model.Point{}) {
			continue
		}
		candidate := slices.Clone(x.trace)
		candidate[i].Until = model.Point{}
		x.improve(labelRun, candidate)
	}
}

// improve is accept as long as enough replays are left for the k(k-1)/2 that
// singles and pairs take once more for a trace that has changed.
func (x *minimizer) improve(label string, candidate []model.Event) bool {
	k := len(x.trace)
	if x.replays >= x.raw+k+polishSpare {
		return false
	}
	_, ok := x.accept(label, candidate)
	return ok
}

// rename gives devices and memory the lowest names: both, or one of them.
func (x *minimizer) rename() {
	if x.improve(labelRename, renameMemory(x.machine, renameDevices(x.trace))) {
		return
	}
	x.improve(labelRename, renameDevices(x.trace))
	x.improve(labelRename, renameMemory(x.machine, x.trace))
}

// An event of a kind that names no device has device 0 only.
func namesDevice(e model.Event) bool { return model.Event{Kind: e.Kind, Device: 1}.Valid() }
func namesMemory(e model.Event) bool { return model.Event{Kind: e.Kind, Memory: 1}.Valid() }

// renameDevices numbers devices in the order in which they come up.
func renameDevices(trace []model.Event) []model.Event {
	var number [model.MaxDevices]uint8
	var order []uint8
	for _, e := range trace {
		if namesDevice(e) && !slices.Contains(order, e.Device) {
			number[e.Device] = uint8(len(order))
			order = append(order, e.Device)
		}
	}
	renamed := slices.Clone(trace)
	for i, e := range renamed {
		if namesDevice(e) {
			renamed[i].Device = number[e.Device]
		}
	}
	return renamed
}

// renameMemory gives each allocation the lowest slot that is free when it is
// made.
func renameMemory(m *model.Machine, trace []model.Event) []model.Event {
	var number [model.MaxMemory]uint8 // of live slots
	renamed := slices.Clone(trace)
	var s model.State
	for i, e := range trace {
		if namesMemory(e) && s.Memory[e.Memory].Alloc == model.AllocNone {
			number[e.Memory] = lowest(&s, &number)
		}
		if namesMemory(e) {
			renamed[i].Memory = number[e.Memory]
		}
		m.Apply(&s, e)
	}
	return renamed
}

// lowest returns the lowest number that no live slot has.
func lowest(s *model.State, number *[model.MaxMemory]uint8) uint8 {
	for n := range uint8(model.MaxMemory) {
		taken := false
		for slot := range s.Memory {
			taken = taken || s.Memory[slot].Alloc != model.AllocNone && number[slot] == n
		}
		if !taken {
			return n
		}
	}
	panic("shrink: no slot is free for an allocation that the machine carried out")
}

// reorder swaps neighbours that come in descending order of id.
func (x *minimizer) reorder() {
	for i := 1; i < len(x.trace); i++ {
		if x.trace[i].ID() >= x.trace[i-1].ID() {
			continue
		}
		candidate := slices.Clone(x.trace)
		candidate[i-1], candidate[i] = candidate[i], candidate[i-1]
		if x.improve(labelReorder, candidate) {
			i = max(0, i-2)
		}
	}
}
