package explore

import (
	"slices"

	"dmafuzz/model"
)

// Step is one event of a replay.
type Step struct {
	Event   model.Event
	Outcome model.Outcome // Executed is false if the event was skipped
}

// Replay carries out the events from the zero state. An event that is not
// enabled when its turn comes is skipped.
func Replay(m *model.Machine, events []model.Event) []Step {
	steps := make([]Step, 0, len(events))
	p := Player{walker: walker{machine: m}}
	p.see = func(i int, out *model.Outcome) {
		steps = append(steps, Step{events[i], *out})
	}
	p.Play(events, model.Key{})
	return steps
}

// Player replays traces one after the other, and keeps just what a minimizer
// needs. It allocates nothing once its slices have grown.
type Player struct {
	walker walker
	events []model.Event
	at     int
	until  model.Key
	over   bool
	see    func(i int, out *model.Outcome)

	// Of the last Play, valid until the next:
	Executed []int               // the indices of the events that were carried out
	States   []model.PackedState // the states after them
	Hits     []Hit               // the first violation of each key
}

// Hit is a violation and the index of the event that had it.
type Hit struct {
	Violation model.Violation
	At        int
}

// NewPlayer returns a Player for traces on a machine.
func NewPlayer(m *model.Machine) *Player { return &Player{walker: walker{machine: m}} }

// Goals are the goals that all plays together have met.
func (p *Player) Goals() model.Goals { return p.walker.tally.goals }

// Play carries out the events from the zero state, skips those that are not
// enabled, and stops after an event that has a violation with the key until;
// a zero key stops nowhere. It tells whether it met the key.
func (p *Player) Play(events []model.Event, until model.Key) bool {
	p.events, p.at, p.until, p.over = events, 0, until, false
	p.Executed, p.States, p.Hits = p.Executed[:0], p.States[:0], p.Hits[:0]
	p.walker.state = model.State{}
	p.walker.walk(p)
	return p.over
}

func (p *Player) next(s *model.State) (model.EventID, bool) {
	if p.over {
		return 0, false
	}
	for ; p.at < len(p.events); p.at++ {
		if e := p.events[p.at]; e.Valid() {
			if set := p.walker.machine.Enabled(s); set.Has(e.ID()) {
				p.walker.until = e.Until
				return e.ID(), true
			}
		}
		if p.see != nil {
			p.see(p.at, &model.Outcome{})
		}
	}
	return 0, false
}

func (p *Player) took(s *model.State, _ model.EventID, out *model.Outcome) {
	p.Executed = append(p.Executed, p.at)
	p.States = append(p.States, p.walker.machine.Pack(s))
	for _, v := range out.Violations() {
		if !slices.ContainsFunc(p.Hits, func(h Hit) bool { return h.Violation.Key == v.Key }) {
			p.Hits = append(p.Hits, Hit{v, p.at})
		}
		p.over = p.over || v.Key == p.until
	}
	if p.see != nil {
		p.see(p.at, out)
	}
	p.at++
}
