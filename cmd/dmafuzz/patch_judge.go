package main

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// report judges each patch after the one before it, and the series as a whole.
// The exit code is the whole's.
func (c *patchCmd) report(stages []*stage) (*report.Series, int, error) {
	first, last := stages[0], stages[len(stages)-1]
	s := &report.Series{Name: first.verdict.Name, Before: first.verdict, After: last.verdict}
	var whole *diff.Judgement
	touched := false
	for i, st := range stages[1:] {
		j, err := judge(stages[i], st, st.touched())
		if err != nil {
			return nil, 0, err
		}
		e := effectOf(j, stages[i], st)
		e.Subject, e.Position, e.Others = st.patch.Subject, st.patch.Pos.String(), st.others
		e.Read = append(e.Read, st.read...)
		s.Patches = append(s.Patches, e)
		touched = touched || st.touched()
		whole = j
	}
	if len(stages) > 2 {
		var err error
		if whole, err = judge(first, last, touched); err != nil {
			return nil, 0, err
		}
		e := effectOf(whole, first, last)
		s.Whole = &e
	}
	s.Effect = whole.Effect.String()
	keys := map[string]bool{}
	for _, ch := range whole.Introduced {
		keys[ch.Key.String()] = true
	}
	s.Introduced = last.verdict.Only(keys)
	switch whole.Effect {
	case diff.Introduces:
		return s, exitFound, nil
	case diff.Unjudged:
		return s, exitInconclusive, nil
	}
	return s, exitClean, nil
}

// judge compares two stages.
func judge(a, b *stage, touched bool) (*diff.Judgement, error) {
	before, after := a.side(), b.side()
	// A known finding may come; if it goes, that is worth a line.
	after.Findings = slices.DeleteFunc(after.Findings, func(f explore.Finding) bool {
		return b.found.Known[f.Key()] != "" && !slices.ContainsFunc(before.Findings, func(o explore.Finding) bool { return o.Key() == f.Key() })
	})
	var failed error
	j := diff.Judge(before, after, touched, func(f explore.Finding) []explore.Hit {
		hits, err := b.replayOn(a.result.Kernel, f)
		if err != nil {
			failed = err
		}
		return hits
	})
	return j, failed
}

// side is what a stage's search has found.
func (s *stage) side() diff.Side {
	side := diff.Side{Kernel: s.result.Kernel, Unknown: s.found.Unknown, Missed: s.found.Missed, Guessed: guessed(s.result)}
	for _, d := range s.found.Found {
		side.Findings = append(side.Findings, explore.Finding{Violation: d.Violation, Trace: d.Trace.Events})
	}
	for _, p := range s.found.Passes {
		side.Open = side.Open || !p.Closed
	}
	return side
}

// replayOn carries out the trace of one of the stage's findings on another
// kernel.
func (s *stage) replayOn(k *model.Kernel, f explore.Finding) ([]explore.Hit, error) {
	i := slices.IndexFunc(s.found.Found, func(d report.Discovery) bool { return d.Violation.Key == f.Key() })
	t := s.found.Found[i].Trace
	m, err := model.NewMachine(k, t.Bounds())
	if errors.Is(err, model.ErrNoLinks) { // there is nothing left that could break
		return nil, nil
	}
	if err != nil {
		return nil, defect{err}
	}
	p := explore.NewPlayer(m)
	p.Play(t.Events, model.Key{})
	return p.Hits, nil
}

// effectOf is a judgement in the report's words.
func effectOf(j *diff.Judgement, before, after *stage) report.PatchEffect {
	e := report.PatchEffect{Effect: j.Effect.String(), Read: []string{}}
	for _, f := range j.Steps.Facts {
		e.Facts = append(e.Facts, fmt.Sprintf("%s: %s -> %s", f.Kind, orNone(f.A), orNone(f.B)))
	}
	for _, p := range j.Steps.Paths {
		e.Paths = append(e.Paths, pathMove(p))
	}
	for _, ch := range j.Introduced {
		f, _ := after.verdict.Find(ch.Key.String())
		e.Introduced = append(e.Introduced, f)
	}
	for _, ch := range j.Fixed {
		f, _ := before.verdict.Find(ch.Key.String())
		e.Fixed = append(e.Fixed, f)
	}
	for _, m := range j.Moved {
		e.Moved = append(e.Moved, report.PlaceMove{From: m.From.String(), To: m.To.String()})
	}
	for _, ch := range j.Weaker {
		e.Weaker = append(e.Weaker, fmt.Sprintf("%s -> %s: %s", ch.Before, ch.After, ch.Key))
	}
	for _, b := range j.Why {
		e.Blind = append(e.Blind, blindWords(b, after))
	}
	return e
}

// blindWords says why a comparison is not complete, and where that lies.
func blindWords(b diff.Blind, after *stage) string {
	switch {
	case b.What != "":
		return b.What
	case b.Goal != "":
		return fmt.Sprintf("goal %s is not met any more: part of the machine never runs", b.Goal)
	}
	for _, m := range after.result.Missing {
		if m.What == "path "+b.Path.String() {
			return fmt.Sprintf("path %s is unknown: %s: expected %s", b.Path, m.Pos, m.Expected)
		}
	}
	return fmt.Sprintf("path %s is unknown", b.Path)
}

// pathMove is a path's difference with two steps around each that moved.
func pathMove(p diff.Path) report.PathMove {
	const around = 2
	m := report.PathMove{Path: p.Kind.String(), Change: statusChange(p), Lines: []report.MoveLine{}}
	near := func(i int) bool {
		return slices.ContainsFunc(p.Lines[max(0, i-around):min(len(p.Lines), i+around+1)], func(l diff.Line) bool { return l.Mark != diff.Same })
	}
	gap := false
	for i, l := range p.Lines {
		if !near(i) {
			gap = true
			continue
		}
		if gap && len(m.Lines) > 0 {
			m.Lines = append(m.Lines, report.MoveLine{Words: "..."})
		}
		gap = false
		m.Lines = append(m.Lines, report.MoveLine{Mark: string(rune(l.Mark)), Words: l.Text, Position: l.Pos})
	}
	if p.A != p.B && len(p.Lines) > 0 && p.B != model.PathKnown { // all of its steps are gone
		m.Lines = []report.MoveLine{}
	}
	return m
}
