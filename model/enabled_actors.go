package model

// pathSet is a set of paths.
type pathSet uint64

func (s pathSet) has(p PathKind) bool { return s&(1<<p) != 0 }

// actors takes in what the active actors may do, and what an idle one may begin.
// The caller of a path keeps it from running twice where the kernel leaves that to
// him: device_add, device_del and the last put of one device, and the life of the
// IOMMU. Other code works on a device only while nobody else does anything, and so does
// a driver's thread that attaches or detaches a mapping. Everything else is left to the paths' own locks and checks.
func (c *chooser) actors() {
	waits, others := false, false
	for i := range c.s.Actors {
		a := &c.s.Actors[i]
		if !a.active() {
			continue
		}
		c.busy = true
		f := &a.Frames[0]
		if in := &c.m.prog.code[f.PC]; in.inner {
			c.runs[c.m.consumer] |= 1 << PathUnbind
		}
		others = others || f.Caller == WhereOther || c.m.prog.code[f.PC].entry.mapping()
		if entry := c.m.prog.code[f.PC].entry; entry.host() {
			c.host |= 1 << entry
		} else {
			c.runs[f.Device] |= 1 << entry
		}
		if n, op, ok := c.m.callback(c.s, i); ok {
			waits = true
			c.inCallback(n, op)
		} else if c.m.movable(c.s, i) {
			c.goesOn(i)
		}
	}
	if c.s.fresh() < 0 || others || waits && !c.m.mayPreempt(c.s) {
		return
	}
	c.environment()
	for d := range c.m.bounds.Devices {
		c.device(uint8(d))
	}
}

// mapping tells whether the path attaches or detaches a mapping of one's own.
func (p PathKind) mapping() bool { return p == PathMappingAttach || p == PathMappingDetach }

// goesOn takes in the continue event of an actor.
func (c *chooser) goesOn(actor int) {
	f := &c.s.Actors[actor].Frames[0]
	e := Event{Kind: EventContinue, Device: f.Device}
	if c.m.prog.code[f.PC].entry.host() {
		e = Event{Kind: EventContinueHost}
	}
	for ; e.Arg < 2; e.Arg++ {
		if c.m.continued(c.s, e) == actor {
			c.one(e.Kind, e.Device, 0, e.Arg)
			return
		}
	}
}

// referenced tells whether an actor works on a device, and so holds a reference:
// its path or call is for the device, or a for each block of it is at the device.
func (c *chooser) referenced(n uint8) bool {
	for i := range c.s.Actors {
		for j := range c.s.Actors[i].Frames {
			f := &c.s.Actors[i].Frames[j]
			in := &c.m.prog.code[f.PC]
			if f.PC != 0 && !in.entry.host() && f.Device == n {
				return true
			}
			open := in.depth
			if in.op == opNext { // the block is still at its device
				open++
			}
			for _, visited := range f.Loop[:open] {
				if f.PC != 0 && visited == n {
					return true
				}
			}
		}
	}
	return false
}

// quiet tells whether nobody does more with a device than with its group.
func (c *chooser) quiet(n uint8) bool {
	return c.runs[n]&^(1<<PathTypeStore|1<<PathOwnerClaim|1<<PathOwnerRelease) == 0
}

// binds tells whether an actor binds a driver.
func (c *chooser) binds() bool {
	for _, r := range c.runs {
		if r.has(PathAttach) || r.has(PathBindStore) || r.has(PathRetry) {
			return true
		}
	}
	return false
}

// releasing tells whether an actor gives back the ownership of the device's group.
func (c *chooser) releasing(n uint8) bool {
	for d := range c.runs {
		if c.runs[d].has(PathOwnerRelease) && c.m.group(uint8(d)) == c.m.group(n) {
			return true
		}
	}
	return false
}

// calls visits the calls of the DMA API that actors have not ended.
func (c *chooser) calls(visit func(f *Frame, call PathKind) bool) bool {
	if !c.busy {
		return false
	}
	for i := range c.s.Actors {
		for j := range c.s.Actors[i].Frames {
			f := &c.s.Actors[i].Frames[j]
			if call := c.m.prog.code[f.PC].entry; f.PC != 0 && f.Caller != WhereInvalid && visit(f, call) {
				return true
			}
		}
	}
	return false
}

// inCall tells whether a slot is the business of a call that has not ended: nobody
// else can know of the memory yet, or has it still.
func (c *chooser) inCall(slot uint8) bool {
	return c.calls(func(f *Frame, _ PathKind) bool { return f.Memory == slot })
}

// inAlloc tells whether a call that allocates has chosen the slot.
func (c *chooser) inAlloc(slot uint8) bool {
	return c.calls(func(f *Frame, call PathKind) bool {
		return f.Memory == slot && (call == PathDMAAlloc || call == PathDMAMap || call == PathDmamAlloc)
	})
}

// calling tells whether a call for the device has not ended.
func (c *chooser) calling(n uint8) bool {
	return c.calls(func(f *Frame, _ PathKind) bool { return f.Device == n })
}
