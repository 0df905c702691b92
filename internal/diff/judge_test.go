package diff

import (
	"dmafuzz/model/text"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// What a change does, by what comes, goes, moves, and cannot be seen.
func TestJudge(t *testing.T) {
	const head = "kernel k\narch arm64\nfact null-ops direct\n"
	one := parse(t, head+"path del\n  notify_del\n  deleted\n")
	two := parse(t, head+"path del\n  deleted\n  notify_del\n")
	at := func(where model.Where) model.Site { return model.Site{Where: where, Step: model.OpDevresRelease} }
	find := func(inv model.Invariant, where model.Where, c model.Consequence) check.Finding {
		return check.Finding{Violation: model.Violation{Key: model.Key{Invariant: inv, Site: at(where)}, Consequence: c}}
	}
	a, b, leak := find(model.SameOps, 1, model.Oops), find(model.SameOps, 2, model.Oops), find(model.NoLeak, 1, model.Leak)
	weak := find(model.SameOps, 1, model.Leak)
	list := func(f ...check.Finding) []check.Finding { return f }
	unknown := []model.PathKind{model.PathPut}
	open := []check.Pass{{Stopped: check.ErrNotClosed}}
	side := func(v check.Verdict) Side { return Side{Verdict: &v} }
	for _, c := range []struct {
		reason        string
		before, after Side
		touched       bool
		hits          []check.Hit // what the new finding's trace breaks before
		want          Effect
		moved         int
	}{
		{"nothing", side(check.Verdict{Kernel: one}), side(check.Verdict{Kernel: one}), true, nil, Untouched, 0},
		{"the same finding", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: one, Findings: list(a)}), true, nil, Untouched, 0},
		{"steps", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Findings: list(a)}), true, nil, Moves, 0},
		{"one comes", side(check.Verdict{Kernel: one}), side(check.Verdict{Kernel: two, Findings: list(a)}), true, nil, Introduces, 0},
		{"one goes", side(check.Verdict{Kernel: one, Findings: list(a, leak)}), side(check.Verdict{Kernel: two, Findings: list(leak)}), true, nil, Fixes, 0},
		{"one comes, one goes", side(check.Verdict{Kernel: one, Findings: list(leak)}), side(check.Verdict{Kernel: two, Findings: list(a)}), true, nil, Introduces, 0},
		{"worse", side(check.Verdict{Kernel: one, Findings: list(weak)}), side(check.Verdict{Kernel: two, Findings: list(a)}), true, nil, Introduces, 0},
		{"less bad", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Findings: list(weak)}), true, nil, Moves, 0},
		{"the same events, another place", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Findings: list(b)}), true,
			[]check.Hit{{Violation: a.Violation}}, Moves, 1},
		{"other events, another place", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Findings: list(b)}), true,
			[]check.Hit{{Violation: leak.Violation}}, Introduces, 0},
		{"another place, and the old one is still there", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Findings: list(a, b)}), true,
			[]check.Hit{{Violation: a.Violation}}, Introduces, 0},
		{"another place, and worse", side(check.Verdict{Kernel: one, Findings: list(weak)}), side(check.Verdict{Kernel: two, Findings: list(b)}), true,
			[]check.Hit{{Violation: weak.Violation}}, Introduces, 0},
		{"a path becomes unknown", side(check.Verdict{Kernel: one, Findings: list(a)}), side(check.Verdict{Kernel: two, Unknown: unknown}), true, nil, Unjudged, 0},
		{"it was unknown before", side(check.Verdict{Kernel: one, Unknown: unknown}), side(check.Verdict{Kernel: one, Unknown: unknown}), true, nil, Unjudged, 0},
		{"and nothing is touched", side(check.Verdict{Kernel: one, Unknown: unknown}), side(check.Verdict{Kernel: one, Unknown: unknown}), false, nil, Untouched, 0},
		{"it becomes known", side(check.Verdict{Kernel: one, Unknown: unknown}), side(check.Verdict{Kernel: one}), true, nil, Untouched, 0},
		{"unknown, and one comes", side(check.Verdict{Kernel: one}), side(check.Verdict{Kernel: two, Findings: list(a), Unknown: unknown}), true, nil, Introduces, 0},
		{"not closed", side(check.Verdict{Kernel: one}), side(check.Verdict{Kernel: one, Passes: open}), true, nil, Unjudged, 0},
		{"a guess", side(check.Verdict{Kernel: one}), Side{&check.Verdict{Kernel: one}, true}, true, nil, Unjudged, 0},
		{"a goal", side(check.Verdict{Kernel: one}), side(check.Verdict{Kernel: one, Missed: 1}), true, nil, Unjudged, 0},
		{"a goal that was missed before", side(check.Verdict{Kernel: one, Missed: 1}), side(check.Verdict{Kernel: one, Missed: 1}), true, nil, Untouched, 0},
	} {
		j, err := judge(c.before, c.after, c.touched, func(check.Finding) ([]check.Hit, error) { return c.hits, nil })
		if err != nil {
			t.Fatal(err)
		}
		if j.Effect != c.want || len(j.Moved) != c.moved {
			t.Errorf("%s: %s, %d moved; want %s, %d: %+v", c.reason, j.Effect, len(j.Moved), c.want, c.moved, j)
		}
	}
	var words []string
	for e := EffectInvalid; e <= Unjudged; e++ {
		words = append(words, e.String())
	}
	if d := cmp.Diff([]string{"invalid", "does not touch the order", "moves", "fixes", "introduces", "cannot be judged"}, words); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func parse(t *testing.T, body string) *model.Kernel {
	t.Helper()
	k, err := text.ParseKernel("test.kernel", []byte(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
