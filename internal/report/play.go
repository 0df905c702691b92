package report

import (
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// play is a trace as one kernel has carried it out, step by step. Everything
// that a report says of a finding is read off it.
type play struct {
	trace   *model.Trace
	machine *model.Machine
	kernel  *model.Kernel
	events  []eventPlay
	moments []moment
	cast    model.Cast
	phases  [model.MaxActors]phases
}

// eventPlay is one event: its moments are those from first up to last.
type eventPlay struct {
	event       model.Event
	executed    bool
	inside      bool // of a callback
	actor       int  // who carries it out, nobody if it acts at once
	joins       bool // the actor was idle before
	stand       stand
	first, last int
	after       model.State
	hits        []hit
}

// moment is one step that ran.
type moment struct {
	event  int
	phase  model.PathKind // the outermost named phase that runs
	ref    model.StepRef  // the zero value where no step of a path acts
	before model.State
	after  model.State
	place  [model.MaxActors]int // of each actor in the state after
}

// hit is a violation and the moment at which it happened.
type hit struct {
	model.Violation
	moment int
}

// newPlay reads a play as a report shows it: who carries each event out, and
// in which phase each step runs.
func newPlay(c *check.Play) *play {
	p := &play{trace: c.Trace, machine: c.Machine, kernel: c.Kernel}
	for i := range c.Events {
		p.event(&c.Events[i], c.Moments)
	}
	return p
}

// event takes one event over with its moments.
func (p *play) event(e *check.PlayedEvent, moments []check.Moment) {
	for _, m := range moments[e.First:e.Last] {
		p.moments = append(p.moments, moment{event: m.Event, ref: m.Ref, before: m.Before, after: m.After})
	}
	ev := eventPlay{event: e.Event, executed: e.Executed, actor: nobody, first: e.First, last: e.Last, after: e.After}
	if ev.executed {
		p.takePart(&ev, &e.Before)
	}
	for _, h := range e.Hits {
		ev.hits = append(ev.hits, hit{h.Violation, h.Moment})
	}
	p.events = append(p.events, ev)
}

// find returns the first violation of the key and the number of its event.
func (p *play) find(key model.Key) (h hit, event int, ok bool) {
	for i := range p.events {
		for _, h := range p.events[i].hits {
			if h.Key == key {
				return h, i, true
			}
		}
	}
	return hit{}, 0, false
}

// phaseOf is the outermost named phase that an event starts; a callback's calls
// and its result belong to the phase that waits.
func phaseOf(e model.Event) model.PathKind {
	switch path := e.Path(); path {
	case model.PathAttach, model.PathBindStore, model.PathRetry:
		return model.PathBind
	default:
		return path
	}
}

// op is what the step of a moment does, OpInvalid where no step acts.
func (p *play) op(i int) model.Op {
	st, ok := p.step(p.moments[i].ref)
	if !ok {
		return model.OpInvalid
	}
	return st.Op
}

func (p *play) step(ref model.StepRef) (model.Step, bool) {
	if ref.Path == model.PathKindInvalid {
		return model.Step{}, false
	}
	steps := p.kernel.Path(ref.Path).Steps
	if int(ref.Step) >= len(steps) {
		return model.Step{}, false
	}
	return steps[ref.Step], true
}

// site is the step that a violation is put down to: the release that frees for
// devres, else the step itself.
func (p *play) site(h hit) model.StepRef {
	if h.Key.Site.Step != model.OpDevresRelease {
		return h.Step
	}
	// It may have begun in an earlier event, and waited in a devm action since.
	for i := h.moment; i >= 0; i-- {
		if p.op(i) == model.OpDevresRelease && p.actor(i) == p.actor(h.moment) {
			return p.moments[i].ref
		}
	}
	return h.Step
}

// position is where a step stands in the kernel's source, else its path and
// name in one word.
func (p *play) position(ref model.StepRef) string {
	words, pos := p.kernel.Describe(ref)
	if pos == "" {
		return ref.Path.String() + "." + strings.ReplaceAll(bare(words), " ", "_")
	}
	return pos
}
