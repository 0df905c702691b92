package check

import (
	"slices"

	"dmafuzz/model"
)

// Play is a trace as one kernel carries it out, step by step.
type Play struct {
	Trace   *model.Trace
	Kernel  *model.Kernel
	Machine *model.Machine
	Events  []PlayedEvent // one for each event of the trace
	Moments []Moment      // in the order in which they happen
}

// PlayedEvent is one event of a trace: its moments are those from First up to
// Last.
type PlayedEvent struct {
	Event       model.Event
	Executed    bool // false: it was not enabled when its turn came, and was skipped
	First, Last int
	Before      model.State
	After       model.State
	Hits        []Hit
}

// Moment is one step that ran.
type Moment struct {
	Event  int
	Ref    model.StepRef // the zero value where no step of a path acts
	Device uint8
	Before model.State
	After  model.State
}

// Hit is a violation and the moment at which it happens.
type Hit struct {
	model.Violation
	Moment int
}

// NewPlay carries out the events of a trace on a kernel. Events that are not
// enabled when their turn comes are skipped.
func NewPlay(k *model.Kernel, t *model.Trace) (*Play, error) {
	m, err := model.NewMachine(k, t.Bounds())
	if err != nil {
		return nil, err
	}
	p := &Play{Trace: t, Machine: m, Kernel: k}
	var s model.State
	for i, e := range t.Events {
		p.event(i, e, &s)
	}
	return p, nil
}

// event carries out one event and notes its moments.
func (p *Play) event(i int, e model.Event, s *model.State) {
	ev := PlayedEvent{Event: e, First: len(p.Moments), Before: *s}
	last := *s
	add := func(ref model.StepRef, device uint8, after model.State) {
		p.Moments = append(p.Moments, Moment{Event: i, Ref: ref, Device: device, Before: last, After: after})
		last = after
	}
	out := p.Machine.Apply(s, e, model.With{See: func(ref model.StepRef, device uint8, after *model.State) {
		add(ref, device, *after)
	}})
	violations := out.Violations()
	switch n := len(violations); {
	case s.Halted && n > 0: // the step that stops the kernel is not observed
		add(violations[n-1].Step, violations[n-1].Device, *s)
	case *s != last:
		add(model.StepRef{}, e.Device, *s)
	}
	for _, v := range violations {
		p.asked(i, v, ev.First)
	}
	ev.Executed, ev.Last, ev.After = out.Executed, len(p.Moments), *s
	for _, v := range violations {
		ev.Hits = append(ev.Hits, Hit{v, p.locate(v, ev.First)})
	}
	p.Events = append(p.Events, ev)
}

// asked notes the step of a violation that its condition alone has brought about,
// if the condition did not hold: such a step is not observed.
func (p *Play) asked(event int, v model.Violation, first int) {
	if !ReadsFwspec(v) {
		return
	}
	at := len(p.Moments)
	for i := first; i < len(p.Moments); i++ {
		switch ref := p.Moments[i].Ref; {
		case ref == v.Step:
			return
		case at == len(p.Moments) && (ref.Path == model.PathKindInvalid || ref.Path == v.Step.Path && ref.Step > v.Step.Step):
			at = i
		}
	}
	s := p.Moments[at-1].After // some step has freed the fwspec before
	p.Moments = slices.Insert(p.Moments, at, Moment{Event: event, Ref: v.Step, Device: v.Device, Before: s, After: s})
}

// locate finds the moment of a violation: the first one of its step that
// touches its memory, else the first one of its step.
func (p *Play) locate(v model.Violation, first int) int {
	found := -1
	for i := first; i < len(p.Moments); i++ {
		m := &p.Moments[i]
		if m.Ref != v.Step {
			continue
		}
		if found < 0 {
			found = i
		}
		if v.Key.Alloc == model.AllocNone || m.After.Halted || m.Before.Memory[v.Memory] != m.After.Memory[v.Memory] {
			return i
		}
	}
	if found < 0 {
		return len(p.Moments) - 1
	}
	return found
}

// ReadsFwspec tells whether the violation is a condition that looks into a fwspec
// that another actor has freed.
func ReadsFwspec(v model.Violation) bool {
	return v.Key.Invariant == model.NoUseAfterTeardown && v.Key.Alloc == model.AllocNone
}

// Find returns the first violation of the key and the number of its event.
func (p *Play) Find(key model.Key) (h Hit, event int, ok bool) {
	for i := range p.Events {
		for _, h := range p.Events[i].Hits {
			if h.Key == key {
				return h, i, true
			}
		}
	}
	return Hit{}, 0, false
}

// Hits returns the first violation of each key, in the order in which they
// happen.
func (p *Play) Hits() []Hit {
	var hits []Hit
	for i := range p.Events {
		for _, h := range p.Events[i].Hits {
			if !slices.ContainsFunc(hits, func(o Hit) bool { return o.Key == h.Key }) {
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// Skipped lists the numbers of the events that were skipped, from 1.
func (p *Play) Skipped() []int {
	var list []int
	for i := range p.Events {
		if !p.Events[i].Executed {
			list = append(list, i+1)
		}
	}
	return list
}

// Broken is the set of rules that break, in order of declaration.
func (p *Play) Broken() []model.Invariant {
	var rules []model.Invariant
	for _, h := range p.Hits() {
		if !slices.Contains(rules, h.Key.Invariant) {
			rules = append(rules, h.Key.Invariant)
		}
	}
	slices.Sort(rules)
	return rules
}
