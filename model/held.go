package model

// HeldLock is one lock among those of its kind.
type HeldLock struct {
	Lock   Lock
	Device uint8 // of LockDevice and LockGroup; the first device where all share a group
}

// HeldLock names the lock that a step for a device takes or drops.
func (m *Machine) HeldLock(l Lock, device uint8) HeldLock {
	switch l {
	case LockDevice:
		return HeldLock{l, device}
	case LockGroup:
		return HeldLock{l, m.group(device)}
	}
	return HeldLock{Lock: l}
}

// HeldLocks lists the locks that an actor holds, by kind, then by device.
func (m *Machine) HeldLocks(s *State, actor int) []HeldLock {
	var list []HeldLock
	for l := LockInvalid + 1; l < numLocks; l++ {
		for d := range uint8(MaxDevices) {
			h := m.HeldLock(l, d)
			if h.Device == d && s.Actors[actor].Locks&m.lockBit(l, d) != 0 {
				list = append(list, h)
			}
		}
	}
	return list
}

// Next is the step that an active actor goes on with, or waits in, and the device
// it is for.
func (m *Machine) Next(s *State, actor int) (ref StepRef, device uint8) {
	f := s.Actors[actor].top()
	in := &m.prog.code[f.PC]
	return in.ref, f.device(in.depth)
}
