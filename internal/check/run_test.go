package check_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

func load(t testing.TB, name string) *model.Kernel {
	t.Helper()
	k, err := kernels.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func run(t *testing.T, k *model.Kernel, p check.Plan, o check.Options) *check.Verdict {
	t.Helper()
	v, err := check.Run(context.Background(), k, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A check finds the key of each of its passes with the shortest trace of them,
// and each trace does what it says.
func TestRunIsItsPasses(t *testing.T) {
	k := load(t, "v5.0/arm64")
	plan := check.DefaultPlan(model.DefaultBounds())
	v := run(t, k, plan, check.Options{Cover: true})
	shortest := map[model.Key]int{}
	for _, b := range plan.Passes {
		m, err := model.NewMachine(k, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range explore.Exhaustive(context.Background(), m, explore.Options{}).Findings {
			if n, ok := shortest[f.Key()]; !ok || len(f.Trace) < n {
				shortest[f.Key()] = len(f.Trace)
			}
		}
	}
	if len(v.Findings) != len(shortest) || len(v.Passes) != len(plan.Passes) {
		t.Errorf("%d findings in %d passes, want %d in %d", len(v.Findings), len(v.Passes), len(shortest), len(plan.Passes))
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		if got, want := len(f.Trace().Events), shortest[f.Key()]; got != want {
			t.Errorf("%s: %d events, want %d", f.Key(), got, want)
		}
		r, err := check.Replay(k, f.Trace())
		if err != nil {
			t.Fatal(err)
		}
		if r.Status() != check.Clean {
			t.Errorf("%s: its trace is %s", f.Key(), r.Status())
		}
		if _, _, ok := r.Find(f.Key()); !ok {
			t.Errorf("%s: its trace does not show it", f.Key())
		}
	}
	if v.Status() != check.Found || !slices.Equal(v.Unknown, []model.PathKind{model.PathIOMMUUnregister, model.PathIOMMURelease}) {
		t.Errorf("%s, unknown %v", v.Status(), v.Unknown)
	}
}

// Of two passes with two actors the trace with fewer stops stays, even where the
// later one has fewer events.
func TestRunKeepsFewestPreemptions(t *testing.T) {
	k := load(t, "v7.2.13/arm64")
	b := model.DefaultBounds()
	b.Memory, b.Actors, b.Preemptions = 1, 2, 1
	families, _ := model.ParseFamilies("core+ownership+iommu")
	once := check.FamiliesPlan(b, families)
	b.Preemptions = 2
	twice := check.FamiliesPlan(b, families)
	both := run(t, k, check.Plan{Passes: append(once.Passes, twice.Passes...)}, check.Options{})
	races := 0
	for _, f := range run(t, k, once, check.Options{}).Findings {
		for _, g := range both.Findings {
			if g.Key() != f.Key() {
				continue
			}
			if n := check.Stops(f.Trace().Events); n > 0 {
				races++
			}
			if check.Stops(g.Trace().Events) > check.Stops(f.Trace().Events) {
				t.Errorf("%s: %d stops, want %d", f.Key(), check.Stops(g.Trace().Events), check.Stops(f.Trace().Events))
			}
		}
	}
	if races == 0 {
		t.Error("no race was compared")
	}
}

// Nothing looked at is never clean.
func TestRunLooksAtSomething(t *testing.T) {
	k := load(t, "v7.3-rc7/x86")
	if v := run(t, k, check.DefaultPlan(model.DefaultBounds()), check.Options{}); v.Status() != check.Clean {
		t.Errorf("%s, want %s", v.Status(), check.Clean)
	}
	for f := model.Families(1); f < model.AllFamilies; f <<= 1 {
		v := run(t, k, check.FamiliesPlan(model.DefaultBounds(), f), check.Options{})
		took := f == model.FamilyCore // which binds without an IOMMU on x86
		if got := v.Status() == check.Clean; got != took {
			t.Errorf("families %s: %s", f, v.Status())
		}
	}
	if v := run(t, k, check.Plan{}, check.Options{}); v.Status() != check.Vacuous {
		t.Errorf("no pass: %s, want %s", v.Status(), check.Vacuous)
	}
	v := run(t, k, check.DefaultPlan(model.DefaultBounds()), check.Options{MaxStates: 100})
	if v.Status() != check.NotClosed {
		t.Errorf("a limit of states: %s, want %s", v.Status(), check.NotClosed)
	}
	if _, err := check.Keys(context.Background(), k, check.DefaultPlan(model.DefaultBounds()), check.Options{MaxStates: 100}); !errors.Is(err, check.ErrNotClosed) {
		t.Errorf("keys of a search that stopped: %v", err)
	}
}

// Passes over a device link are left out where the plan lets them, on a kernel
// that makes none; elsewhere such a kernel is an error.
func TestRunWithoutLinks(t *testing.T) {
	k := load(t, "v4.9/arm64")
	b := model.DefaultBounds()
	plan := check.LinkPlan(check.Linked(b))
	if _, err := check.Run(context.Background(), k, plan, check.Options{}); !errors.Is(err, model.ErrNoLinks) {
		t.Errorf("a plan over a link: %v, want %v", err, model.ErrNoLinks)
	}
	plan.LinksMayLack = true
	if v := run(t, k, plan, check.Options{}); len(v.Passes) != 0 || v.Status() != check.Vacuous {
		t.Errorf("%d passes, %s", len(v.Passes), v.Status())
	}
}

// Many kernels at once give the verdicts of one after the other.
func TestRunAll(t *testing.T) {
	list := []*model.Kernel{load(t, "v7.3-rc7/x86"), load(t, "v5.0/arm64"), load(t, "v5.2.1/arm64")}
	b := model.DefaultBounds()
	b.Memory = 1
	plan := check.DefaultPlan(b)
	told := 0
	all, err := check.RunAll(context.Background(), list, plan, check.Options{Workers: 2}, func(n int, _ *check.Verdict) { told = n })
	if err != nil || told != len(list) {
		t.Fatalf("%d told, %v", told, err)
	}
	for i, k := range list {
		one := run(t, k, plan, check.Options{})
		if fmt.Sprint(all[i].Keys(), all[i].Status()) != fmt.Sprint(one.Keys(), one.Status()) {
			t.Errorf("%s differs from a run of its own", k.FullName())
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	all, err = check.RunAll(gone, list, plan, check.Options{}, nil)
	if err != nil || all[0] != nil {
		t.Errorf("an ended context: %v, %v", all, err)
	}
}
