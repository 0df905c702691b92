package diff

import (
	"cmp"
	"slices"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// Change is a finding that only one of two kernels has, or that has another
// consequence in the second.
type Change struct {
	Key     model.Key
	Before  model.Consequence // ConsequenceInvalid if the first kernel does not have it
	After   model.Consequence // ConsequenceInvalid if the second one does not
	Finding check.Finding     // with its trace, of the second kernel if it has one there
}

// Mark is New for a finding that came, Gone for one that went, Came for one
// whose consequence is another.
func (c Change) Mark() Mark {
	switch {
	case c.Before == model.ConsequenceInvalid:
		return New
	case c.After == model.ConsequenceInvalid:
		return Gone
	}
	return Came
}

// Findings compares what was found on two kernels, by key: what came first,
// then what changed, then what went, each the worst first. kept is how many
// keys both have with one consequence.
func Findings(a, b []check.Finding) (changes []Change, kept int) {
	for _, f := range b {
		before := model.ConsequenceInvalid
		if i := index(a, f.Key()); i >= 0 {
			before = a[i].Violation.Consequence
		}
		if before == f.Violation.Consequence {
			kept++
			continue
		}
		changes = append(changes, Change{f.Key(), before, f.Violation.Consequence, f})
	}
	for _, f := range a {
		if index(b, f.Key()) < 0 {
			changes = append(changes, Change{f.Key(), f.Violation.Consequence, model.ConsequenceInvalid, f})
		}
	}
	slices.SortStableFunc(changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(x.rank(), y.rank()), cmp.Compare(x.now(), y.now()), explore.CompareKeys(x.Key, y.Key))
	})
	return changes, kept
}

// now is the consequence in the second kernel, else in the first.
func (c Change) now() model.Consequence {
	if c.After != model.ConsequenceInvalid {
		return c.After
	}
	return c.Before
}

func (c Change) rank() int {
	switch c.Mark() {
	case New:
		return 0
	case Came:
		return 1
	}
	return 2
}

func index(list []check.Finding, key model.Key) int {
	return slices.IndexFunc(list, func(f check.Finding) bool { return f.Key() == key })
}
