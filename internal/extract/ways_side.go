package extract

import (
	"strings"

	"dmafuzz/model"
)

// side is one of the two paths.
type side struct {
	k      *model.Kernel
	steps  []model.Step
	labels map[string]int
	ends   map[model.PathKind][]string
}

// spot is a place on one side: the next step, and the error that is set.
type spot struct {
	pc  int
	err string // "", failed or defer
}

func newSide(k *model.Kernel, path model.PathKind) *side {
	s := &side{k: k, steps: k.Path(path).Steps, labels: map[string]int{}, ends: map[model.PathKind][]string{}}
	for i, st := range s.steps {
		if st.Op == model.OpLabel {
			s.labels[st.Label] = i
		}
	}
	return s
}

// errors are what a path may leave, whatever its tests say.
func (s *side) errors(p model.PathKind) []string {
	if list, ok := s.ends[p]; ok {
		return list
	}
	s.ends[p] = nil // a path does not fail because it calls itself
	o := newSide(s.k, p)
	o.ends = s.ends
	seen, left := map[spot]bool{}, map[string]bool{}
	var walk func(spot)
	walk = func(at spot) {
		if seen[at] {
			return
		}
		seen[at] = true
		if at.pc >= len(o.steps) {
			left[at.err] = true
			return
		}
		known := map[string]bool{}
		for _, c := range o.steps[at.pc].When {
			if c.Test != model.TestError && c.Test != model.TestDefer {
				known[strings.TrimPrefix(c.String(), "not ")] = !c.Not
			}
		}
		if len(known) > 0 { // or one of them does not hold
			walk(spot{at.pc + 1, at.err})
		}
		if next, _, _ := o.settle(at, known); next != at {
			walk(next)
			return
		}
		walk(o.after(at, ""))
		if o.steps[at.pc].Op == model.OpForEach {
			walk(o.behind(at))
		}
		for _, e := range o.outcomes(at) {
			walk(o.after(at, e))
		}
	}
	walk(spot{})
	var list []string
	for _, e := range []string{"failed", "defer"} {
		if left[e] {
			list = append(list, e)
		}
	}
	s.ends[p] = list
	return list
}

// settle runs what does nothing. It returns the action that comes next, or the
// test that has to be answered first.
func (s *side) settle(at spot, known map[string]bool) (spot, string, string) {
	for range 1000 {
		if at.pc >= len(s.steps) {
			return at, "end " + at.err, ""
		}
		st := s.steps[at.pc]
		holds := true
		for _, c := range st.When {
			name := strings.TrimPrefix(c.String(), "not ")
			v, ok := known[name]
			switch {
			case name == "error":
				v = at.err != ""
			case name == "defer":
				v = at.err == "defer"
			case !ok:
				return at, "", name
			}
			if v == c.Not {
				holds = false
				break
			}
		}
		switch {
		case !holds || st.Op == model.OpLabel:
			at.pc++
		case st.Op == model.OpGoto:
			at.pc = s.labels[st.Label]
		case st.Op == model.OpReturn:
			at.pc = len(s.steps)
		case st.Op == model.OpIgnoreError:
			at = spot{at.pc + 1, ""}
		case st.Op == model.OpRefuse:
			at = s.failed(at, strings.Replace(strings.TrimPrefix(words(st), "refuse "), "error", "failed", 1))
		default:
			return at, words(st), ""
		}
	}
	return at, "goes round", ""
}

// words is a step without its conditions.
func words(st model.Step) string {
	st.When, st.Else, st.Pos = nil, "", ""
	return strings.Join(strings.Fields(st.String()), " ")
}

// failed is where a failing step goes.
func (s *side) failed(at spot, err string) spot {
	if l := s.steps[at.pc].Else; l != "" {
		return spot{s.labels[l], err}
	}
	return spot{len(s.steps), err}
}

// outcomes are the errors that a step may end with, beside success.
func (s *side) outcomes(at spot) []string {
	switch st := s.steps[at.pc]; {
	case st.Op == model.OpLinksCheck:
		return []string{"defer"}
	case st.Op == model.OpCall:
		return s.errors(model.PathKind(st.Arg))
	case st.Op == model.OpDriverProbe:
		return []string{"failed", "defer"}
	case st.Op.Fails():
		return []string{"failed"}
	}
	return nil
}

// after is where a step goes on, by its outcome. A call without an else label
// goes on with the error kept; a for each block may also be left out.
func (s *side) after(at spot, outcome string) spot {
	st := s.steps[at.pc]
	switch {
	case st.Op == model.OpTake:
		return spot{len(s.steps), at.err}
	case outcome == "":
		if st.Op == model.OpEnd {
			for depth := 0; ; at.pc-- {
				switch s.steps[at.pc].Op {
				case model.OpEnd:
					depth++
				case model.OpForEach:
					if depth--; depth == 0 {
						return at
					}
				}
			}
		}
		return spot{at.pc + 1, at.err}
	case st.Op == model.OpCall && st.Else == "":
		return spot{at.pc + 1, outcome}
	}
	return s.failed(at, outcome)
}

// behind is the place behind a for each block.
func (s *side) behind(at spot) spot {
	for depth := 0; ; at.pc++ {
		switch s.steps[at.pc].Op {
		case model.OpForEach:
			depth++
		case model.OpEnd:
			if depth--; depth == 0 {
				return spot{at.pc + 1, at.err}
			}
		}
	}
}
