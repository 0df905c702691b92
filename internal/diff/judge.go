package diff

import (
	"errors"
	"slices"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Effect is what a change of a kernel does to the order of its life.
type Effect uint8

const (
	// EffectInvalid is no effect.
	EffectInvalid Effect = iota
	// Untouched: the same steps, facts and findings.
	Untouched
	// Moves: other steps or facts; what breaks is the same, maybe elsewhere.
	Moves
	// Fixes: findings go, and none come.
	Fixes
	// Introduces: a finding comes, or one gets a worse consequence.
	Introduces
	// Unjudged: nothing is seen to come, but something can not be seen.
	Unjudged
)

var effects = [...]struct{ name, doc string }{
	{"invalid", ""},
	{"does not touch the order", "the same steps, facts and findings; lines may have shifted (exit 0)"},
	{"moves", "steps or facts differ; what breaks is the same, maybe in another place (exit 0)"},
	{"fixes", "findings go, and none come (exit 0)"},
	{"introduces", "a finding comes, or one gets a worse consequence (exit 1)"},
	{"cannot be judged", "nothing is seen to come, but a path is unknown, a goal is out of reach or a search is not closed (exit 3)"},
}

func (e Effect) String() string { return effects[e].name }

// Doc says in a line what the effect means.
func (e Effect) Doc() string { return effects[e].doc }

// Side is one of two kernels with what a check says of it.
type Side struct {
	Verdict *check.Verdict
	Guessed bool // a fact of the kernel is not known
}

// Judgement compares two sides.
type Judgement struct {
	Effect Effect
	Steps  *Result
	// Changes of findings, without those in Moved.
	Introduced, Fixed, Weaker []Change
	// Moved are findings that only one side has, and that the same events
	// bring about on the other one: in another place.
	Moved []Move
	Kept  int
	// What is why not all can be seen, as a reader would say it.
	Why []Blind
}

// Move is a finding whose place is another.
type Move struct {
	From, To model.Key
	After    model.Consequence
}

// Blind is a reason why a comparison is not complete.
type Blind struct {
	Path model.PathKind // not known, if valid
	Goal string         // not met any more, if not empty
	What string         // otherwise
}

// Judge tells what the step from a to b does. A known finding of b's may come; if
// it goes, that counts. touched tells whether anything was changed that the
// kernels were read from: if not, what could not be seen before is not a reason
// now. The error is one of playing a trace of b's on a's kernel.
func Judge(a, b Side, touched bool) (*Judgement, error) {
	return judge(a, b, touched, func(f check.Finding) ([]check.Hit, error) {
		p, err := check.NewPlay(a.Verdict.Kernel, f.Trace())
		switch {
		case errors.Is(err, model.ErrNoLinks): // there is nothing there that could break
			return nil, nil
		case err != nil:
			return nil, err
		}
		return p.Hits(), nil
	})
}

// judge is Judge with what the trace of one of b's findings breaks on a's kernel.
func judge(a, b Side, touched bool, play func(check.Finding) ([]check.Hit, error)) (*Judgement, error) {
	before, after := a.Verdict.Findings, slices.Clone(b.Verdict.Findings)
	after = slices.DeleteFunc(after, func(f check.Finding) bool { return f.Known != "" && index(before, f.Key()) < 0 })
	j := &Judgement{Steps: Kernels(a.Verdict.Kernel, b.Verdict.Kernel)}
	changes, kept := Findings(before, after)
	j.Kept = kept
	j.Why = blind(a, b, touched)
	changes, err := j.pairMoved(changes, play)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		switch {
		case c.Mark() == New, c.Mark() == Came && c.After < c.Before: // the worse is the lesser
			j.Introduced = append(j.Introduced, c)
		case c.Mark() == Gone:
			j.Fixed = append(j.Fixed, c)
		default:
			j.Weaker = append(j.Weaker, c)
		}
	}
	switch {
	case len(j.Introduced) > 0:
		j.Effect = Introduces
	case len(j.Why) > 0:
		j.Effect = Unjudged
	case len(j.Fixed) > 0:
		j.Effect = Fixes
	case len(j.Moved)+len(j.Weaker) > 0 || !j.Steps.Equal():
		j.Effect = Moves
	default:
		j.Effect = Untouched
	}
	return j, nil
}

// blind lists why the comparison is not complete.
func blind(a, b Side, touched bool) []Blind {
	var why []Blind
	for _, p := range b.Verdict.Unknown {
		if touched || !slices.Contains(a.Verdict.Unknown, p) {
			why = append(why, Blind{Path: p})
		}
	}
	for _, g := range (b.Verdict.Missed &^ a.Verdict.Missed).List() {
		why = append(why, Blind{Goal: g.String()})
	}
	if b.Verdict.Open() && (touched || !a.Verdict.Open()) {
		why = append(why, Blind{What: "the search did not reach its end"})
	}
	if b.Guessed && (touched || !a.Guessed) {
		why = append(why, Blind{What: "a fact could not be read, and its usual value was taken"})
	}
	return why
}

// pairMoved takes those out of the changes that are one finding in two places:
// the trace of the new one breaks the same rule, for memory of the same kind
// and ways, on the first kernel, in a place that is gone.
func (j *Judgement) pairMoved(changes []Change, play func(check.Finding) ([]check.Hit, error)) ([]Change, error) {
	var rest []Change
	taken := map[model.Key]bool{}
	for _, c := range changes {
		if c.Mark() != New {
			rest = append(rest, c)
			continue
		}
		hits, err := play(c.Finding)
		if err != nil {
			return nil, err
		}
		from, ok := movedFrom(c, changes, taken, hits)
		if !ok {
			rest = append(rest, c)
			continue
		}
		taken[from] = true
		j.Moved = append(j.Moved, Move{from, c.Key, c.After})
	}
	return slices.DeleteFunc(rest, func(c Change) bool { return taken[c.Key] }), nil
}

func movedFrom(c Change, changes []Change, taken map[model.Key]bool, hits []check.Hit) (model.Key, bool) {
	for _, h := range hits {
		here := h.Key
		here.Site = c.Key.Site
		gone := slices.ContainsFunc(changes, func(g Change) bool { return g.Key == h.Key && g.Mark() == Gone })
		if here == c.Key && gone && !taken[h.Key] && h.Consequence <= c.After {
			return h.Key, true
		}
	}
	return model.Key{}, false
}
