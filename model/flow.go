package model

// lockBit is a lock's place in ActorState.Locks.
func (m *Machine) lockBit(l Lock, device uint8) uint8 {
	switch l {
	case LockDevice:
		return 1 << device
	case LockGroup:
		return 1 << (MaxDevices + m.group(device))
	case LockProbe:
		return 1 << (2 * MaxDevices)
	}
	return 1 << (2*MaxDevices + 1)
}

// lock takes or drops a lock; it returns false if the actor waits for itself.
func (r *runner) lock(in *instr) bool {
	a := &r.s.Actors[r.act]
	bit := r.m.lockBit(Lock(in.arg), r.device(in.depth))
	if in.op == OpUnlock {
		a.Locks &^= bit
		return true
	}
	if a.Locks&bit != 0 {
		r.violate(in, NoDeadlock, Hang, noMemory, DMAPathInvalid)
		return false
	}
	if r.m.races && r.held(bit) {
		r.wait(in)
		return false
	}
	a.Locks |= bit
	return true
}

// Operands of OpForEach.
const (
	loopDevices = 1
	loopGroup   = 2
	loopListed  = 3
)

// place is a device's place on the bus's list, and the device at a place.
func (s *State) place(n uint8) uint8 {
	if s.Turned {
		return MaxDevices - 1 - n
	}
	return n
}

// loop enters a for each block, or goes on to its next device. Devices stand in
// the order in which they were added.
func (r *runner) loop(in *instr) bool {
	f := r.f
	i, at := uint8(0), &f.Loop[in.depth]
	if in.op == opNext {
		i = r.s.place(*at) + 1
	}
	for ; i < MaxDevices; i++ {
		n := r.s.place(i)
		d := &r.s.Devices[n]
		if r.visits(in, n, d) {
			*at = n
			if in.op == opNext {
				f.PC = in.jump
			} else {
				f.PC++
			}
			return false
		}
	}
	*at = 0
	if in.op == opNext {
		f.PC++
	} else {
		f.PC = in.jump
	}
	return false
}

// visits tells whether a for each block is for a device.
func (r *runner) visits(in *instr, n uint8, d *DeviceState) bool {
	switch in.arg {
	case loopDevices:
		return d.Life == LifeRegistered
	case loopListed:
		return d.Group && r.s.Groups[r.m.group(n)].Listed
	}
	return d.Group && r.m.group(n) == r.m.group(r.device(in.depth))
}

// pop releases the last of the entries that devres_release_all has taken off the
// list when it began; what is added since stays on it. A memory entry is freed by the steps that
// follow, an action waits if its driver has to choose.
func (r *runner) pop(in *instr) bool {
	f := r.f
	device := r.device(in.depth)
	d := &r.s.Devices[device]
	f.Memory = 0
	if f.Taken == 0 {
		f.Taken = d.NumDevres + 1
	}
	if f.Taken == 1 {
		f.Taken = 0
		f.PC = in.jump
		return false
	}
	f.Taken--
	entry := d.remove(int(f.Taken) - 1)
	if entry == DevresAction {
		if !r.ahead && r.m.mustChoose(r.s, device) {
			f.PC++
			return true
		}
		return false
	}
	slot := uint8(entry) - 1
	if r.s.Memory[slot].Alloc == AllocNone {
		r.report(Violation{Key: Key{Invariant: NoDoubleFree, Alloc: AllocDmam, Site: Site{r.where(in), OpDevresRelease, 0}, Bus: r.m.bus[device]},
			Device: device, Memory: slot, Consequence: BadPage, Step: in.ref})
		return false
	}
	f.Memory = slot
	f.PC += 2
	if r.where(in) == WhereBindFailed {
		r.out.Goals |= GoalFailedWithMemory
	}
	return false
}

// remove takes entry i off the list.
func (d *DeviceState) remove(i int) DevresEntry {
	e := d.Devres[i]
	copy(d.Devres[i:], d.Devres[i+1:d.NumDevres])
	d.NumDevres--
	d.Devres[d.NumDevres] = 0
	return e
}

// taken is how many entries of a device a release that is under way has taken
// off its list.
func (r *runner) taken(device uint8) int {
	for i := range r.s.Actors {
		f := &r.s.Actors[i].Frames[0]
		if f.Taken != 0 && f.device(r.m.prog.code[f.PC].depth) == device {
			return int(f.Taken) - 1
		}
	}
	return 0
}
