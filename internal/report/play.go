package report

import (
	"slices"
	"strings"

	"dmafuzz/model"
)

// play is a trace as one kernel carries it out, step by step. Everything that
// a report says of a finding is read off it.
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
	device uint8
	before model.State
	after  model.State
	place  [model.MaxActors]int // of each actor in the state after
}

// hit is a violation and the moment at which it happened.
type hit struct {
	model.Violation
	moment int
}

// newPlay replays the trace on the kernel.
func newPlay(k *model.Kernel, t *model.Trace) (*play, error) {
	m, err := model.NewMachine(k, t.Bounds())
	if err != nil {
		return nil, err
	}
	p := &play{trace: t, machine: m, kernel: k}
	var s model.State
	for i, e := range t.Events {
		p.event(i, e, &s)
	}
	return p, nil
}

// event carries out one event and notes its moments.
func (p *play) event(i int, e model.Event, s *model.State) {
	ev := eventPlay{event: e, actor: nobody, first: len(p.moments)}
	before := *s
	last := before
	add := func(ref model.StepRef, device uint8, after model.State) {
		p.moments = append(p.moments, moment{event: i, ref: ref, device: device, before: last, after: after})
		last = after
	}
	out := p.machine.ApplyObserved(s, e, func(ref model.StepRef, device uint8, after *model.State) {
		add(ref, device, *after)
	})
	violations := out.Violations()
	switch n := len(violations); {
	case s.Halted && n > 0: // the step that stops the kernel is not observed
		add(violations[n-1].Step, violations[n-1].Device, *s)
	case *s != last:
		add(model.StepRef{}, e.Device, *s)
	}
	for _, v := range violations {
		p.asked(i, v, ev.first)
	}
	ev.executed, ev.last, ev.after = out.Executed, len(p.moments), *s
	if out.Executed {
		p.takePart(&ev, &before)
	}
	for _, v := range violations {
		ev.hits = append(ev.hits, hit{v, p.locate(v, ev.first)})
	}
	p.events = append(p.events, ev)
}

// asked notes the step of a violation that its condition alone has brought about,
// if the condition did not hold: such a step is not observed.
func (p *play) asked(event int, v model.Violation, first int) {
	if !readsFwspec(v) {
		return
	}
	at := len(p.moments)
	for i := first; i < len(p.moments); i++ {
		switch ref := p.moments[i].ref; {
		case ref == v.Step:
			return
		case at == len(p.moments) && (ref.Path == model.PathKindInvalid || ref.Path == v.Step.Path && ref.Step > v.Step.Step):
			at = i
		}
	}
	s := p.moments[at-1].after // some step has freed the fwspec before
	p.moments = slices.Insert(p.moments, at, moment{event: event, ref: v.Step, device: v.Device, before: s, after: s})
}

// locate finds the moment of a violation: the first one of its step that
// touches its memory, else the first one of its step.
func (p *play) locate(v model.Violation, first int) int {
	found := -1
	for i := first; i < len(p.moments); i++ {
		m := &p.moments[i]
		if m.ref != v.Step {
			continue
		}
		if found < 0 {
			found = i
		}
		if v.Key.Alloc == model.AllocNone || m.after.Halted || m.before.Memory[v.Memory] != m.after.Memory[v.Memory] {
			return i
		}
	}
	if found < 0 {
		return len(p.moments) - 1
	}
	return found
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
	switch e.Kind {
	case model.EventAdd:
		return model.PathAdd
	case model.EventAttach, model.EventBind, model.EventRetry:
		return model.PathBind
	case model.EventUnbind:
		return model.PathUnbind
	case model.EventDel:
		return model.PathDel
	case model.EventPut:
		return model.PathPut
	case model.EventShutdown:
		return model.PathShutdown
	case model.EventIOMMURegister:
		return model.PathIOMMURegister
	case model.EventIOMMUUnregister:
		return model.PathIOMMUUnregister
	case model.EventType:
		return model.PathTypeStore
	case model.EventClaim:
		return model.PathOwnerClaim
	case model.EventRelease:
		return model.PathOwnerRelease
	case model.EventMapping:
		if e.Arg == model.MappingAttach {
			return model.PathMappingAttach
		}
		return model.PathMappingDetach
	}
	return model.PathKindInvalid
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
