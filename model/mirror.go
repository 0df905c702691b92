package model

// Two devices that are alike can trade places: what the machine does with the
// one in a state it does with the other in the mirrored state. A search needs
// only one state of each such pair.

// symmetric tells whether mirrored states behave alike: there are two devices
// with one bus and firmware, neither is the other's supplier, a device is on its bus's list before it can be in a
// group, and the paths that concern no device ask and change outside of their
// for each blocks only what concerns none.
func (m *Machine) symmetric() bool {
	if m.linked || m.bounds.Devices != 2 || MaxDevices != 2 || m.bus[0] != m.bus[1] || m.firmware[0] != m.firmware[1] {
		return false
	}
	registered := false
	for pc := range m.prog.code {
		in := &m.prog.code[pc]
		switch {
		case in.entry == PathAdd && in.op == OpRegistered:
			registered = true
		case in.entry == PathAdd && in.op == OpGroupJoin && !registered:
			return false
		case in.entry.host() && in.depth == 0 && !m.aboutNone(in):
			return false
		}
	}
	return true
}

// aboutNone tells whether an instruction neither asks about nor changes a device.
func (m *Machine) aboutNone(in *instr) bool {
	for _, c := range m.prog.conds[in.cond : in.cond+uint16(in.conds)] {
		switch c.Test {
		case TestError, TestDefer, TestTestRemove, TestProvider, TestReady, TestTimeout, TestPinned:
		default:
			return false
		}
	}
	switch in.op {
	case OpLock, OpUnlock:
		return Lock(in.arg) != LockDevice && Lock(in.arg) != LockGroup
	case opIdle, opNop, opUnknown, opBranch, opJumpErr, opNext, OpForEach, OpGoto, OpRefuse, OpIgnoreError,
		OpProviderGoing, OpProviderList, OpProviderReady, OpProviderUnlist, OpBusProbe:
		return in.arg != loopGroup || in.op != OpForEach && in.op != opNext
	}
	return false
}

// Symmetric tells whether Mirror means anything under this machine.
func (m *Machine) Symmetric() bool { return m.mirrors }

// Mirror lets the two devices of a state trade places.
func (m *Machine) Mirror(s *State) {
	both := s.Devices[0].Life != LifeAbsent && s.Devices[1].Life != LifeAbsent
	s.Turned = both && !s.Turned
	s.Devices[0], s.Devices[1] = s.Devices[1], s.Devices[0]
	for i := range s.Memory {
		if mem := &s.Memory[i]; mem.Alloc != AllocNone {
			mem.Device = 1 - mem.Device
		}
	}
	if !m.bounds.SharedGroup {
		s.Groups[0], s.Groups[1] = s.Groups[1], s.Groups[0]
	}
	for i := range s.Actors {
		a := &s.Actors[i]
		a.Locks = m.mirrorLocks(a.Locks)
		for j := range a.Frames {
			m.mirrorFrame(&a.Frames[j])
		}
	}
}

func (m *Machine) mirrorLocks(held uint8) (out uint8) {
	out = held
	for _, l := range []Lock{LockDevice, LockGroup} {
		out &^= m.lockBit(l, 0) | m.lockBit(l, 1)
	}
	for _, l := range []Lock{LockDevice, LockGroup} {
		for n := range uint8(2) {
			if held&m.lockBit(l, n) != 0 {
				out |= m.lockBit(l, 1-n)
			}
		}
	}
	return out
}

func (m *Machine) mirrorFrame(f *Frame) {
	if f.PC == 0 {
		return
	}
	in := &m.prog.code[f.PC]
	if !in.entry.host() {
		f.Device = 1 - f.Device
	}
	open := in.depth
	if in.op == opNext { // the block is still at its device
		open++
	}
	for i := range open {
		f.Loop[i] = 1 - f.Loop[i]
	}
}

// Mirror is the event that does with the other device what this one does.
func (e Event) Mirror() Event {
	if eventTable[e.Kind].object != ObjectNone {
		e.Device = 1 - e.Device
	}
	return e
}

// PackAlike returns the key that a state has in common with its mirror image: the
// lesser one of theirs.
func (m *Machine) PackAlike(s *State) PackedState {
	k := m.Pack(s)
	other := *s
	m.Mirror(&other)
	if o := m.Pack(&other); lessPacked(&o, &k) {
		return o
	}
	return k
}

func lessPacked(a, b *PackedState) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
