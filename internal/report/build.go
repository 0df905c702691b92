package report

import (
	"slices"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Source says how the command line names a kernel, for the commands that a
// report shows.
type Source struct {
	Argument string
	Flags    []string // the words that say how it is read, if it is a source tree
}

// New is a verdict in the report's words.
func New(v *check.Verdict, from Source) Kernel {
	k := Kernel{Name: v.Kernel.FullName(), Verdict: v.Status(), Stories: []Story{}}
	for i := range v.Passes {
		p := &v.Passes[i]
		k.Passes = append(k.Passes, Pass{Bounds: p.Bounds.String(), Certificate: p.String(), Closed: p.Closed(),
			States: p.Certificate.States, Random: p.Random != ""})
	}
	for _, p := range v.Unknown {
		k.Unknown = append(k.Unknown, p.String())
	}
	for _, g := range v.Missed.List() {
		k.Missed = append(k.Missed, Goal{g.String(), g.Doc()})
	}
	if v.Steps != nil {
		k.Steps = coverage(v.Kernel, v.Steps)
	}
	known := map[model.Key]string{}
	for i := range v.Findings {
		known[v.Findings[i].Key()] = v.Findings[i].Known
	}
	for _, group := range sameTrace(v.Findings) {
		k.Stories = append(k.Stories, newStory(group, known, from))
	}
	slices.SortStableFunc(k.Stories, compareStories)
	return k
}

func coverage(k *model.Kernel, s *check.Steps) *Coverage {
	c := &Coverage{All: len(s.All), Run: len(s.Ran)}
	for _, ref := range s.All {
		if !slices.Contains(s.Ran, ref) {
			words, pos := k.Describe(ref)
			c.Never = append(c.Never, Step{ref.Path.String(), words, pos})
		}
	}
	return c
}

// newStory makes one story of findings that share their trace.
func newStory(group []check.Finding, known map[model.Key]string, from Source) Story {
	p := newPlay(group[0].Play)
	slices.SortStableFunc(group, func(a, b check.Finding) int { return compareViolations(a.Violation, b.Violation) })
	t := *group[0].Trace()
	s := Story{Raw: group[0].Raw, Minimal: group[0].Length.String(), trace: &t, kernel: from.Argument, flags: quoted(from.Flags)}
	var own []model.Key
	for _, f := range group {
		h, _, ok := p.find(f.Key())
		if !ok {
			panic("report: a verdict's trace of " + f.Key().String() + " does not break it")
		}
		own = append(own, h.Key)
		s.Findings = append(s.Findings, p.finding(h, known))
	}
	for i := range p.events {
		for _, h := range p.events[i].hits {
			if !slices.Contains(own, h.Key) {
				own = append(own, h.Key)
				s.Also = append(s.Also, p.finding(h, known))
			}
		}
	}
	head := &s.Findings[0]
	t.Comments = []string{head.Head("error"), head.Happens}
	for _, e := range t.Events {
		s.Events = append(s.Events, e.Format(&t))
	}
	s.Rows, s.Timeline = p.rows(), p.timeline()
	s.setCommands(pipe(&t))
	return s
}

func (p *play) finding(h hit, known map[model.Key]string) Finding {
	return Finding{
		Key: h.Key.String(), Invariant: h.Key.Invariant.String(), Doc: h.Key.Invariant.Doc(),
		Consequence: h.Consequence.String(), Blame: p.blame(h).String(), Part: p.part(h),
		Position: p.position(p.site(h)), Message: p.message(h), Happens: p.happens(h),
		Known: known[h.Key], violation: h.Violation,
	}
}
