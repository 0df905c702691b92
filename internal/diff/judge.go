package diff

import (
	"slices"

	"dmafuzz/internal/explore"
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

// Side is one of two kernels with what a search found on it.
type Side struct {
	Kernel   *model.Kernel
	Findings []explore.Finding // the shortest of each key
	Unknown  []model.PathKind  // paths that the search left out
	Missed   model.Goals       // goals that it could have met, and did not
	Open     bool              // it did not reach its end
	Guessed  bool              // a fact of the kernel is not known
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

// Judge tells what the step from a to b does. replay carries out the events of
// one of b's findings on a, and returns what breaks there. touched tells
// whether anything was changed that the kernels were read from: if not, what
// could not be seen before is not a reason now.
func Judge(a, b Side, touched bool, replay func(explore.Finding) []explore.Hit) *Judgement {
	j := &Judgement{Steps: Kernels(a.Kernel, b.Kernel)}
	changes, kept := Findings(a.Findings, b.Findings)
	j.Kept = kept
	j.Why = blind(a, b, touched)
	changes = j.pairMoved(changes, b, replay)
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
	return j
}

// blind lists why the comparison is not complete.
func blind(a, b Side, touched bool) []Blind {
	var why []Blind
	for _, p := range b.Unknown {
		if touched || !slices.Contains(a.Unknown, p) {
			why = append(why, Blind{Path: p})
		}
	}
	for _, g := range (b.Missed &^ a.Missed).List() {
		why = append(why, Blind{Goal: g.String()})
	}
	if b.Open && (touched || !a.Open) {
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
func (j *Judgement) pairMoved(changes []Change, b Side, replay func(explore.Finding) []explore.Hit) []Change {
	var rest []Change
	taken := map[model.Key]bool{}
	for _, c := range changes {
		if c.Mark() != New {
			rest = append(rest, c)
			continue
		}
		from, ok := movedFrom(c, changes, taken, replay(b.Findings[index(b.Findings, c.Key)]))
		if !ok {
			rest = append(rest, c)
			continue
		}
		taken[from] = true
		j.Moved = append(j.Moved, Move{from, c.Key, c.After})
	}
	return slices.DeleteFunc(rest, func(c Change) bool { return taken[c.Key] })
}

func movedFrom(c Change, changes []Change, taken map[model.Key]bool, hits []explore.Hit) (model.Key, bool) {
	for _, h := range hits {
		key := h.Violation.Key
		here := key
		here.Site = c.Key.Site
		gone := slices.ContainsFunc(changes, func(g Change) bool { return g.Key == key && g.Mark() == Gone })
		if here == c.Key && gone && !taken[key] && h.Violation.Consequence <= c.After {
			return key, true
		}
	}
	return model.Key{}, false
}
