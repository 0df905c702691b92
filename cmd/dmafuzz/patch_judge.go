package main

import (
	"fmt"
	"slices"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// report judges each patch after the one before it, and the series as a whole.
// The exit code is the whole's.
func (c *patchCmd) report(stages []*stage) (*report.Series, int, error) {
	first, last := stages[0], stages[len(stages)-1]
	s := &report.Series{Name: first.shown.Name, Before: first.shown, After: last.shown}
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
	s.Introduced = last.shown.Only(keys)
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
	j, err := diff.Judge(a.side(), b.side(), touched)
	if err != nil {
		return nil, defect{err}
	}
	return j, nil
}

// side is what a stage's search has found.
func (s *stage) side() diff.Side {
	return diff.Side{Verdict: s.verdict, Guessed: guessed(s.result)}
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
		f, _ := after.shown.Find(ch.Key.String())
		e.Introduced = append(e.Introduced, f)
	}
	for _, ch := range j.Fixed {
		f, _ := before.shown.Find(ch.Key.String())
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
