package explore

import "dmafuzz/model"

// A chooser picks the events of a walk. It is the only thing in which the
// searches differ.
type chooser interface {
	// next returns the event to carry out in s, which must be enabled there. A
	// chooser that goes on from another state than the last one (a search that
	// backtracks) puts that state into s first. The walk is over when ok is
	// false.
	next(s *model.State) (id model.EventID, ok bool)
	// took tells what the event did, with the state after it.
	took(s *model.State, id model.EventID, out *model.Outcome)
}

// tally is what every search reports of the events that it carried out.
type tally struct {
	executed uint64
	goals    model.Goals
	events   model.EventSet
	more     bool // an event broke more rules than its outcome holds
}

func (t *tally) merge(o *tally) {
	t.executed += o.executed
	t.goals |= o.goals
	t.more = t.more || o.more
	for i, w := range o.events {
		t.events[i] |= w
	}
}

// walker is the step loop with the memory that it needs; it is reused so that
// a walk allocates nothing.
type walker struct {
	machine *model.Machine
	until   model.Point  // where the next event shall stop; a chooser of several actors sets it
	cover   *model.Cover // nil if nobody asks which steps run
	state   model.State
	out     model.Outcome
	tally   tally
}

// walk carries out one event after the other, as the chooser says.
func (w *walker) walk(c chooser) {
	for {
		id, ok := c.next(&w.state)
		if !ok {
			return
		}
		e, _ := id.Event()
		e.Until = w.until
		w.out = w.machine.Apply(&w.state, e, model.With{Chosen: true, Cover: w.cover})
		w.tally.executed++
		w.tally.goals |= w.out.Goals
		w.tally.more = w.tally.more || w.out.More
		w.tally.events.Add(id)
		c.took(&w.state, id, &w.out)
	}
}
