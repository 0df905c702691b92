package report

import (
	"fmt"
	"slices"

	"dmafuzz/model"
)

// Discovery is one finding as a search hands it over: the trace ends with, or at
// least has, an event that breaks the rule on the kernel.
type Discovery struct {
	Violation model.Violation
	Trace     *model.Trace
	Raw       int    // events before it was minimized, 0 if it was not
	Minimal   string // "shortest possible", "1-minimal", "" if nothing is known
}

// Input is what a [Kernel] is made of.
type Input struct {
	Kernel   *model.Kernel
	Argument string   // how the command line names the kernel
	Flags    []string // the command line's words that say how it is read, for the commands of the stories
	Passes   []Pass
	Found    []Discovery          // one for each key
	Known    map[model.Key]string // reasons by key
	Unknown  []model.PathKind
	Missed   model.Goals
	All, Ran []model.StepRef // steps with a DMA meaning; nil if nobody counted
}

// New replays every finding and says all there is to say of the kernel.
func New(in Input) (Kernel, error) {
	k := Kernel{Name: in.Kernel.FullName(), Passes: in.Passes, Stories: []Story{}}
	for _, p := range in.Unknown {
		k.Unknown = append(k.Unknown, p.String())
	}
	for _, g := range in.Missed.List() {
		k.Missed = append(k.Missed, Goal{g.String(), g.Doc()})
	}
	if in.All != nil {
		k.Steps = coverage(in.Kernel, in.All, in.Ran)
	}
	for _, group := range sameTrace(in.Found) {
		s, err := newStory(in, group)
		if err != nil {
			return Kernel{}, err
		}
		k.Stories = append(k.Stories, s)
	}
	slices.SortStableFunc(k.Stories, compareStories)
	k.Verdict = verdict(&k)
	return k, nil
}

func verdict(k *Kernel) Verdict {
	news := slices.ContainsFunc(k.Stories, func(s Story) bool { return !s.Known() })
	open := slices.ContainsFunc(k.Passes, func(p Pass) bool { return !p.Closed && !p.Random })
	switch {
	case news:
		return Found
	case open:
		return NotClosed
	case len(k.Passes) > 0 && k.Passes[0].Random:
		return Nothing
	case len(k.Missed) > 0:
		return Vacuous
	case len(k.Unknown) > 0:
		return Partial
	}
	return Clean
}

func coverage(k *model.Kernel, all, ran []model.StepRef) *Coverage {
	c := &Coverage{All: len(all), Run: len(ran)}
	for _, ref := range all {
		if !slices.Contains(ran, ref) {
			words, pos := k.Describe(ref)
			c.Never = append(c.Never, Step{ref.Path.String(), words, pos})
		}
	}
	return c
}

// newStory makes one story of findings that share their trace.
func newStory(in Input, group []Discovery) (Story, error) {
	t := *group[0].Trace
	p, err := newPlay(in.Kernel, &t)
	if err != nil {
		return Story{}, err
	}
	slices.SortFunc(group, func(a, b Discovery) int { return compareViolations(a.Violation, b.Violation) })
	s := Story{Raw: group[0].Raw, Minimal: group[0].Minimal, trace: &t, kernel: in.Argument, flags: quoted(in.Flags)}
	var own []model.Key
	for _, f := range group {
		h, event, ok := p.find(f.Violation.Key)
		if !ok {
			return Story{}, fmt.Errorf("report: the trace of %s does not break it on %s", f.Violation.Key, in.Kernel.FullName())
		}
		own = append(own, h.Key)
		s.Findings = append(s.Findings, p.finding(h, event, in.Known))
	}
	var broken []model.Invariant
	for i := range p.events {
		for _, h := range p.events[i].hits {
			if !slices.Contains(own, h.Key) {
				own = append(own, h.Key)
				s.Also = append(s.Also, p.finding(h, i, in.Known))
			}
			if !slices.Contains(broken, h.Key.Invariant) {
				broken = append(broken, h.Key.Invariant)
			}
		}
	}
	slices.Sort(broken)
	t.Expect = []model.Expectation{{Kernel: in.Kernel.FullName(), Violations: broken}}
	head := &s.Findings[0]
	t.Comments = []string{head.Head("error"), head.Happens}
	for _, e := range t.Events {
		s.Events = append(s.Events, e.Format(&t))
	}
	s.Rows, s.Timeline = p.rows(), p.timeline()
	s.setCommands(pipe(&t))
	return s, nil
}

func (p *play) finding(h hit, event int, known map[model.Key]string) Finding {
	return Finding{
		Key: h.Key.String(), Invariant: h.Key.Invariant.String(), Doc: h.Key.Invariant.Doc(),
		Consequence: h.Consequence.String(), Blame: p.blame(h).String(), Part: p.part(h),
		Position: p.position(p.site(h)), Message: p.message(h), Happens: p.happens(h),
		Known: known[h.Key], violation: h.Violation, at: event,
	}
}
