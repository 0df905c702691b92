package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// What a change does, by what comes, goes, moves, and cannot be seen.
func TestJudge(t *testing.T) {
	const head = "kernel k\narch arm64\nfact null-ops direct\n"
	one := parse(t, head+"path del\n  notify_del\n  deleted\n")
	two := parse(t, head+"path del\n  deleted\n  notify_del\n")
	at := func(where model.Where) model.Site { return model.Site{Where: where, Step: model.OpDevresRelease} }
	find := func(inv model.Invariant, where model.Where, c model.Consequence) explore.Finding {
		return explore.Finding{Violation: model.Violation{Key: model.Key{Invariant: inv, Site: at(where)}, Consequence: c}}
	}
	a, b, leak := find(model.SameOps, 1, model.Oops), find(model.SameOps, 2, model.Oops), find(model.NoLeak, 1, model.Leak)
	weak := find(model.SameOps, 1, model.Leak)
	list := func(f ...explore.Finding) []explore.Finding { return f }
	unknown := []model.PathKind{model.PathPut}
	for _, c := range []struct {
		reason        string
		before, after diff.Side
		touched       bool
		hits          []explore.Hit // what the new finding's trace breaks before
		want          diff.Effect
		moved         int
	}{
		{"nothing", diff.Side{Kernel: one}, diff.Side{Kernel: one}, true, nil, diff.Untouched, 0},
		{"the same finding", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: one, Findings: list(a)}, true, nil, diff.Untouched, 0},
		{"steps", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Findings: list(a)}, true, nil, diff.Moves, 0},
		{"one comes", diff.Side{Kernel: one}, diff.Side{Kernel: two, Findings: list(a)}, true, nil, diff.Introduces, 0},
		{"one goes", diff.Side{Kernel: one, Findings: list(a, leak)}, diff.Side{Kernel: two, Findings: list(leak)}, true, nil, diff.Fixes, 0},
		{"one comes, one goes", diff.Side{Kernel: one, Findings: list(leak)}, diff.Side{Kernel: two, Findings: list(a)}, true, nil, diff.Introduces, 0},
		{"worse", diff.Side{Kernel: one, Findings: list(weak)}, diff.Side{Kernel: two, Findings: list(a)}, true, nil, diff.Introduces, 0},
		{"less bad", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Findings: list(weak)}, true, nil, diff.Moves, 0},
		{"the same events, another place", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Findings: list(b)}, true,
			[]explore.Hit{{Violation: a.Violation}}, diff.Moves, 1},
		{"other events, another place", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Findings: list(b)}, true,
			[]explore.Hit{{Violation: leak.Violation}}, diff.Introduces, 0},
		{"another place, and the old one is still there", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Findings: list(a, b)}, true,
			[]explore.Hit{{Violation: a.Violation}}, diff.Introduces, 0},
		{"another place, and worse", diff.Side{Kernel: one, Findings: list(weak)}, diff.Side{Kernel: two, Findings: list(b)}, true,
			[]explore.Hit{{Violation: weak.Violation}}, diff.Introduces, 0},
		{"a path becomes unknown", diff.Side{Kernel: one, Findings: list(a)}, diff.Side{Kernel: two, Unknown: unknown}, true, nil, diff.Unjudged, 0},
		{"it was unknown before", diff.Side{Kernel: one, Unknown: unknown}, diff.Side{Kernel: one, Unknown: unknown}, true, nil, diff.Unjudged, 0},
		{"and nothing is touched", diff.Side{Kernel: one, Unknown: unknown}, diff.Side{Kernel: one, Unknown: unknown}, false, nil, diff.Untouched, 0},
		{"it becomes known", diff.Side{Kernel: one, Unknown: unknown}, diff.Side{Kernel: one}, true, nil, diff.Untouched, 0},
		{"unknown, and one comes", diff.Side{Kernel: one}, diff.Side{Kernel: two, Findings: list(a), Unknown: unknown}, true, nil, diff.Introduces, 0},
		{"not closed", diff.Side{Kernel: one}, diff.Side{Kernel: one, Open: true}, true, nil, diff.Unjudged, 0},
		{"a guess", diff.Side{Kernel: one}, diff.Side{Kernel: one, Guessed: true}, true, nil, diff.Unjudged, 0},
		{"a goal", diff.Side{Kernel: one}, diff.Side{Kernel: one, Missed: 1}, true, nil, diff.Unjudged, 0},
		{"a goal that was missed before", diff.Side{Kernel: one, Missed: 1}, diff.Side{Kernel: one, Missed: 1}, true, nil, diff.Untouched, 0},
	} {
		j := diff.Judge(c.before, c.after, c.touched, func(explore.Finding) []explore.Hit { return c.hits })
		if j.Effect != c.want || len(j.Moved) != c.moved {
			t.Errorf("%s: %s, %d moved; want %s, %d: %+v", c.reason, j.Effect, len(j.Moved), c.want, c.moved, j)
		}
	}
	var words []string
	for e := diff.EffectInvalid; e <= diff.Unjudged; e++ {
		words = append(words, e.String())
	}
	if d := cmp.Diff([]string{"invalid", "does not touch the order", "moves", "fixes", "introduces", "cannot be judged"}, words); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
