package explore

import (
	"cmp"
	"slices"

	"dmafuzz/model"
)

// Finding is one broken rule with a way to it from the first state. The last
// event of the trace is the one that breaks the rule.
type Finding struct {
	Violation model.Violation
	Trace     []model.Event
}

// Key tells the finding from others.
func (f Finding) Key() model.Key { return f.Violation.Key }

// sortFindings puts the worst consequence first, then goes by declaration.
func sortFindings(list []Finding) {
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Violation.Consequence, b.Violation.Consequence),
			CompareKeys(a.Key(), b.Key()),
		)
	})
}

// CompareKeys orders keys by declaration: negative if a comes before b, zero if
// and only if they are equal.
func CompareKeys(a, b model.Key) int {
	return cmp.Or(
		cmp.Compare(a.Invariant, b.Invariant),
		cmp.Compare(a.Alloc, b.Alloc),
		cmp.Compare(a.Site.Where, b.Site.Where),
		cmp.Compare(a.Site.Step, b.Site.Step),
		cmp.Compare(a.Site.Call, b.Site.Call),
		cmp.Compare(a.From, b.From),
		cmp.Compare(a.To, b.To),
		cmp.Compare(a.Bus, b.Bus),
	)
}

// find returns the finding with the key.
func find(list []Finding, key model.Key) (Finding, bool) {
	i := slices.IndexFunc(list, func(f Finding) bool { return f.Key() == key })
	if i < 0 {
		return Finding{}, false
	}
	return list[i], true
}
