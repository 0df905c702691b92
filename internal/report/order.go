package report

import (
	"cmp"
	"slices"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// sameTrace puts findings together whose traces are equal, in the order in
// which they come.
func sameTrace(found []check.Finding) [][]check.Finding {
	var groups [][]check.Finding
	for _, f := range found {
		i := slices.IndexFunc(groups, func(g []check.Finding) bool { return equalTraces(g[0].Trace(), f.Trace()) })
		if i < 0 {
			groups = append(groups, []check.Finding{f})
			continue
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func equalTraces(a, b *model.Trace) bool {
	return slices.Equal(a.Events, b.Events) && a.Drivers == b.Drivers && a.Actors == b.Actors && a.Group == b.Group && slices.Equal(a.Devices, b.Devices)
}

// compareViolations puts the worse first, then goes by declaration.
func compareViolations(a, b model.Violation) int {
	return cmp.Or(cmp.Compare(a.Consequence, b.Consequence), explore.CompareKeys(a.Key, b.Key))
}

// compareStories puts first what a reader should see first: new before known,
// the worst consequence, the rule declared first, one thing after the other, a life
// in which nothing fails, the kernel's own steps before a driver's calls, the
// shortest trace.
func compareStories(a, b Story) int {
	x, y := a.Findings[0].violation, b.Findings[0].violation
	return cmp.Or(
		compareBool(a.Known(), b.Known()),
		cmp.Compare(x.Consequence, y.Consequence),
		cmp.Compare(x.Key.Invariant, y.Key.Invariant),
		compareBool(hasRace(a.trace), hasRace(b.trace)),
		compareBool(hasFailure(a.trace), hasFailure(b.trace)),
		compareBool(x.Key.Site.Call != model.PathKindInvalid, y.Key.Site.Call != model.PathKindInvalid),
		cmp.Compare(len(a.trace.Events), len(b.trace.Events)),
		slices.CompareFunc(a.trace.Events, b.trace.Events, func(a, b model.Event) int { return cmp.Compare(a.ID(), b.ID()) }),
	)
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// hasFailure tells whether the trace needs something to go wrong, or a kernel
// built to test itself.
func hasFailure(t *model.Trace) bool {
	return slices.ContainsFunc(t.Events, func(e model.Event) bool {
		return e.FailStep() != model.OpInvalid || e.TestRemove() || e.Kind == model.EventTimeout ||
			e.Kind == model.EventProbe && e.Arg != model.ProbeOK
	})
}

// hasRace tells whether the trace needs two actors at the same time.
func hasRace(t *model.Trace) bool {
	return slices.ContainsFunc(t.Events, func(e model.Event) bool { return e.Until != (model.Point{}) || continues(e) })
}
