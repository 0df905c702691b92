package check

import (
	"encoding/json"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// What a verdict says, by what it rests on: found before gone before what is not
// closed, vacuous or partial. Only the last two are success.
func TestStatus(t *testing.T) {
	found := []Finding{{Violation: model.Violation{Key: key(t, reportKey)}}}
	known := []Finding{{Violation: found[0].Violation, Known: "seen before"}}
	closed, open, random := []Pass{{}}, []Pass{{}, {Stopped: explore.ErrStates}}, []Pass{{Random: "seed 1"}}
	unknown := []model.PathKind{model.PathPut}
	gone := KnownKeys("why", key(t, "no-leak:dmam_alloc:unbind.devres_release:iommu>direct:platform"))
	for _, c := range []struct {
		reason string
		v      Verdict
		known  Known
		want   Status
	}{
		{"all is closed", Verdict{Passes: closed}, nil, Clean},
		{"a known finding", Verdict{Passes: closed, Findings: known}, nil, Clean},
		{"a finding", Verdict{Passes: closed, Findings: found}, nil, Found},
		{"a finding, whatever else", Verdict{Passes: open, Findings: found, Missed: model.GoalClaimed, Unknown: unknown}, gone, Found},
		{"one that is gone", Verdict{Passes: closed}, gone, Gone},
		{"gone before partial", Verdict{Passes: closed, Unknown: unknown}, gone, Gone},
		{"not closed proves nothing gone", Verdict{Passes: open}, gone, NotClosed},
		{"not closed before vacuous", Verdict{Passes: open, Missed: model.GoalClaimed}, nil, NotClosed},
		{"a goal that is missed", Verdict{Passes: closed, Missed: model.GoalClaimed, Unknown: unknown}, nil, Vacuous},
		{"no pass at all", Verdict{}, nil, Vacuous},
		{"a path that is not known", Verdict{Passes: closed, Unknown: unknown}, nil, Partial},
		{"and is accepted", Verdict{Passes: closed, Unknown: unknown, Accepted: unknown}, nil, Clean},
		{"another one is accepted", Verdict{Passes: closed, Unknown: unknown, Accepted: []model.PathKind{model.PathDel}}, nil, Partial},
		{"a search by chance", Verdict{Passes: random}, nil, NothingFound},
		{"by chance, and partial", Verdict{Passes: random, Unknown: unknown}, nil, Partial},
		{"by chance, and nothing was done", Verdict{Passes: random, Missed: model.GoalDirectFreed}, nil, Vacuous},
	} {
		if got := Overall(c.known, &c.v); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
		if want := c.want == Clean || c.want == NothingFound; c.want.Success() != want {
			t.Errorf("%s: success is %v", c.want, !want)
		}
	}
	if got := Overall(nil); got != Vacuous {
		t.Errorf("no verdict at all: %s, want %s", got, Vacuous)
	}
	if got := Overall(nil, &Verdict{Passes: closed}, &Verdict{Passes: closed, Unknown: unknown}); got != Partial {
		t.Errorf("the worse of two: %s, want %s", got, Partial)
	}
}

func TestStatusText(t *testing.T) {
	for _, s := range Statuses() {
		text, err := json.Marshal(s)
		var back Status
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back != s || s.Doc() == "" {
			t.Errorf("%s comes back as %s, %v", text, back, err)
		}
	}
	var s Status
	if err := json.Unmarshal([]byte(`"fine"`), &s); err == nil {
		t.Error("an unknown status is read")
	}
}
