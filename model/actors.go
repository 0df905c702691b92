package model

// Several actors: threads of the kernel that run one at a time, each from where
// it stands to the next place where somebody must choose. Nothing keeps two paths
// apart but their own locks and checks.
//
// An actor is idle, or runs a path, or a call of the DMA API by a driver's own
// thread. One that runs waits in a driver's callback, or has stopped: before a
// point, because the trace said so, or at a lock that another actor holds. Active
// actors stand before idle ones, in the order in which they began.

// top is the frame that the actor goes on in.
func (a *ActorState) top() *Frame {
	if a.Frames[1].PC != 0 {
		return &a.Frames[1]
	}
	return &a.Frames[0]
}

// active tells whether the actor runs something.
func (a *ActorState) active() bool { return a.Frames[0].PC != 0 }

// sortActors puts active actors first, and of idle ones last those that hold
// nothing.
func (s *State) sortActors() {
	a, b := &s.Actors[0], &s.Actors[1]
	if !a.active() && (b.active() || a.Locks == 0 && b.Locks != 0) {
		*a, *b = *b, *a
	}
}

// fresh is the actor that takes up something new, -1 if all are busy.
func (s *State) fresh() int {
	for i := range s.Actors {
		if !s.Actors[i].active() {
			return i
		}
	}
	return -1
}

// callback tells whether the actor waits in a callback, for which device, and
// at which step.
func (m *Machine) callback(s *State, actor int) (device uint8, op Op, ok bool) {
	a := &s.Actors[actor]
	f := &a.Frames[0]
	if f.PC == 0 || a.Frames[1].PC != 0 {
		return 0, OpInvalid, false
	}
	in := &m.prog.code[f.PC]
	device = f.device(in.depth)
	switch in.op {
	case OpDriverProbe, opAction:
		return device, in.op, true
	case OpDriverRemove: // without Quit it waits for the driver's threads, and has not begun
		return device, in.op, s.Devices[device].Quit
	}
	return 0, OpInvalid, false
}

// actorOf is the actor that carries an enabled event out.
func (m *Machine) actorOf(s *State, e Event) int {
	switch {
	case e.Kind == EventContinue || e.Kind == EventContinueHost:
		return m.continued(s, e)
	case e.Kind.ByDriver() && e.Kind != EventDevm:
		for i := range s.Actors {
			if d, _, ok := m.callback(s, i); ok && d == e.Device {
				return i
			}
		}
	}
	i := s.fresh()
	if e.Path() == PathKindInvalid && i < 0 { // carried out at once, by whomever
		return 0
	}
	if m.bounds.Preemptions != NoLimit && i >= 0 {
		if _, _, ok := m.callback(s, 1-i); ok && e.takesActor() {
			s.Preempts++
		}
	}
	return i
}

// ActorOf is the place in State.Actors of the actor that carries an enabled event
// out; 0 for one that acts at once where nobody is idle.
func (m *Machine) ActorOf(s *State, e Event) int {
	if !m.races {
		return 0
	}
	try := *s // it may count a preemption
	return max(0, m.actorOf(&try, e))
}

// Stopped tells whether an actor is active and waits in no callback: it stands
// before a point, at a lock, or at a remove that must wait.
func (m *Machine) Stopped(s *State, actor int) bool {
	_, _, waits := m.callback(s, actor)
	return s.Actors[actor].active() && !waits
}

// takesActor tells whether the event runs steps of the kernel.
func (e Event) takesActor() bool {
	switch e.Kind {
	case EventTimeout, EventHotplug, EventMask, EventBypass, EventPool, EventAction:
		return false
	}
	return true
}

// continued is the actor that a continue event means, -1 if there is none.
func (m *Machine) continued(s *State, e Event) int {
	n := e.Arg
	for i := range s.Actors {
		f := &s.Actors[i].Frames[0]
		if f.PC == 0 {
			continue
		}
		host := m.prog.code[f.PC].entry.host()
		if host != (e.Kind == EventContinueHost) || !host && f.Device != e.Device {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// host tells whether the path works on no device of its own.
func (p PathKind) host() bool {
	return p == PathIOMMURegister || p == PathIOMMUUnregister || p == PathShutdown
}

// movable tells whether an actor that has stopped, and not in a callback, can go
// on: it does not stand at a lock that another one holds.
func (m *Machine) movable(s *State, actor int) bool {
	f := s.Actors[actor].top()
	in := &m.prog.code[f.PC]
	device := f.device(in.depth)
	switch in.op {
	case OpLock:
		r := runner{m: m, s: s, f: f, act: actor}
		return in.conds != 0 && !r.holds(in.cond, in.conds, in.depth) || !r.held(m.lockBit(Lock(in.arg), device))
	case OpDriverRemove:
		return !m.threads(s, actor, device)
	case OpUnbindConsumers:
		return m.unbindsOn(s, actor, f, in)
	}
	return true
}

// held tells whether another actor holds a lock.
func (r *runner) held(bit uint8) bool {
	for i := range r.s.Actors {
		if i != r.act && r.s.Actors[i].Locks&bit != 0 {
			return true
		}
	}
	return false
}

// threads tells whether a thread of the device's driver, another actor, is in a
// call of the DMA API.
func (m *Machine) threads(s *State, actor int, device uint8) bool {
	for i := range s.Actors {
		if f := &s.Actors[i].Frames[0]; i != actor && f.PC != 0 && f.Caller == WhereBound && f.Device == device {
			return true
		}
	}
	return false
}

// quit begins a remove callback: its driver lets none of its threads do
// anything from then on. It returns false if one of them is in a call, for which
// a driver that keeps the contract waits.
func (r *runner) quit(in *instr) bool {
	device := r.device(in.depth)
	if r.m.bounds.Drivers != DriversAny && r.m.threads(r.s, r.act, device) {
		r.wait(in)
		return false
	}
	r.s.Devices[device].Quit = true
	return true
}

// wait stops the actor at a step that it cannot carry out before another actor
// has gone on; if that one will not, it waits for ever.
func (r *runner) wait(in *instr) {
	r.blocked = true
	for i := range r.s.Actors {
		if i == r.act {
			continue
		}
		_, _, waits := r.m.callback(r.s, i)
		if !r.s.Actors[i].active() || !waits && !r.m.movable(r.s, i) {
			r.violate(in, NoDeadlock, Hang, noMemory, DMAPathInvalid)
			return
		}
	}
}

// dangling reports a condition that looks into a fwspec that is freed. Those
// behind one that does not hold are not asked.
func (r *runner) dangling(in *instr) {
	device := r.device(in.depth)
	if !r.s.Devices[device].Dangling {
		return
	}
	for _, c := range r.m.prog.conds[in.cond : in.cond+uint16(in.conds)] {
		if c.Test == TestFwspec {
			r.violate(in, NoUseAfterTeardown, Silent, noMemory, DMAPathInvalid)
		}
		if r.test(c, device) == c.Not {
			return
		}
	}
}

// Cast follows who is who through a run of several actors, whatever place of
// State.Actors they stand at: 0 is who begins while nobody is active, 1 who comes
// in beside him; who stays keeps his number. The zero Cast stands before the first
// event.
type Cast struct{ who [MaxActors]uint8 }

// Follow returns who carries an event out. It is told the states before and
// after it, of events that were executed, in order.
func (c *Cast) Follow(m *Machine, before *State, e Event, after *State) uint8 {
	if !m.races {
		return 0
	}
	slot := m.ActorOf(before, e)
	other := 1 - slot
	if !before.Actors[slot].active() {
		c.who[slot] = 0
		if before.Actors[other].active() {
			c.who[slot] = 1 - c.who[other]
		}
	}
	by := c.who[slot]
	if slot == 0 && before.Actors[1].active() && !after.Actors[1].active() {
		c.who[0] = c.who[1] // the first has come to its end, and the second stands first now
	}
	return by
}
