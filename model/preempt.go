package model

// until says where a run stops, or who is told of each place where it could.
type until struct {
	number uint16 // of the point
	pass   uint8  // how often it is still to be gone by
	see    *Preempter
}

// mayPreempt tells whether the bound leaves room for one more preemption.
func (m *Machine) mayPreempt(s *State) bool {
	return m.races && (m.bounds.Preemptions == NoLimit || int(s.Preempts) < m.bounds.Preemptions)
}

// Preempting returns those of a set of enabled events that are a preemption in
// themselves: an idle actor takes them up while another one waits in a callback.
// Where the bounds do not count preemptions it returns none.
func (m *Machine) Preempting(s *State, set *EventSet) (paid EventSet) {
	if !m.races || m.bounds.Preemptions == NoLimit {
		return paid
	}
	i := s.fresh()
	if i < 0 {
		return paid
	}
	if _, _, waits := m.callback(s, 1-i); !waits {
		return paid
	}
	for id := range set.All() {
		try := *s
		if m.actorOf(&try, eventByID[id]); try.Preempts != s.Preempts {
			paid.Add(id)
		}
	}
	return paid
}

// stopAt makes the run stop at a point, if it comes by it and the bound has room.
func (r *runner) stopAt(p Point) {
	if p == (Point{}) || !r.m.mayPreempt(r.s) {
		return
	}
	u := until{pass: p.Pass}
	p.Pass = 0
	if u.number = r.m.prog.numbers[p]; u.number != 0 {
		r.until = &u
	}
}

// pause tells whether the run stops before a step that is a point.
func (r *runner) pause(in *instr) bool {
	u := r.until
	switch {
	case !r.m.mayPreempt(r.s): // the event itself was the last one
		return false
	case in.op == OpLock && r.held(r.m.lockBit(Lock(in.arg), r.device(in.depth))),
		in.op == OpUnbindConsumers && !r.m.unbindsOn(r.s, r.act, r.f, in): // it stops there anyway
		return false
	case u.see != nil:
		u.see.pass(r, in)
		return false
	case u.number != in.point:
		return false
	case u.pass > 0:
		u.pass--
		return false
	}
	r.preempted(r.f, r.s)
	return true
}

// preempted makes a state of a run that stops before a step.
func (r *runner) preempted(f *Frame, s *State) {
	if r.m.bounds.Preemptions != NoLimit {
		s.Preempts++
	}
	if f.Fail != OpInvalid && r.m.prog.still[f.PC]&failBit(f.Fail) == 0 {
		f.Fail = OpInvalid // it had its chance; states should not differ by it
	}
}

// PointID is a point's dense number under one machine, from 1 on.
type PointID uint16

// NumPoints is the highest PointID of the machine.
func (m *Machine) NumPoints() PointID { return PointID(len(m.prog.points) * (MaxPass + 1)) }

// Point returns the point of a number; the zero Point for 0.
func (m *Machine) Point(id PointID) Point {
	if id == 0 {
		return Point{}
	}
	p := m.prog.points[(id-1)/(MaxPass+1)]
	p.Pass = uint8((id - 1) % (MaxPass + 1))
	return p
}

// Preempter finds the places at which a run can be made to stop. It belongs to
// one goroutine.
type Preempter struct {
	machine *Machine
	passed  []uint8  // by number of point: how often this run has come by it
	touched []uint16 // the points that it has come by
	found   func(id PointID, after *State)
}

// NewPreempter returns a Preempter for a machine.
func NewPreempter(m *Machine) *Preempter {
	return &Preempter{machine: m, passed: make([]uint8, len(m.prog.points)+1)}
}

// Stops carries an enabled event out, and calls found for each place at which
// it can be made to stop for another actor, in the order of the run, with the
// state there: the one that the same event with that Until leads to. It calls it
// for none where the bound leaves no room. The state itself stays as it is.
func (p *Preempter) Stops(s *State, e Event, found func(id PointID, after *State)) {
	if !p.machine.mayPreempt(s) {
		return
	}
	for _, n := range p.touched {
		p.passed[n] = 0
	}
	p.touched, p.found = p.touched[:0], found
	try := *s
	r := runner{m: p.machine, s: &try, until: &until{see: p}}
	r.event(e)
}

// pass is called by a run that comes by a point.
func (p *Preempter) pass(r *runner, in *instr) {
	n := p.passed[in.point]
	if n > MaxPass {
		return
	}
	if n == 0 {
		p.touched = append(p.touched, in.point)
	}
	p.passed[in.point]++
	after := *r.s
	a := &after.Actors[r.act]
	r.preempted(a.top(), &after)
	after.sortActors()
	p.found(PointID((in.point-1)*(MaxPass+1))+PointID(n)+1, &after)
}
