package shrink

import (
	"context"
	"dmafuzz/model/text"
	"errors"
	"os"
	"reflect"
	"slices"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

func machine(tb testing.TB, b model.Bounds) *model.Machine {
	tb.Helper()
	body, err := os.ReadFile("../explore/testdata/wrong-order.kernel")
	if err != nil {
		tb.Fatal(err)
	}
	k, err := text.ParseKernel("wrong-order.kernel", body, nil)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := model.NewMachine(k, b)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func small() model.Bounds {
	b := model.DefaultBounds()
	b.Memory = 1
	return b
}

// failing returns raw traces: for each of so many seeds, one for each key that
// a random search comes upon.
func failing(m *model.Machine, seeds uint64) []explore.Finding {
	var list []explore.Finding
	for seed := range seeds {
		r := explore.Random(context.Background(), m, explore.RandomOptions{Seed: seed, Runs: 300, Length: 60, Swarm: seed%2 == 1, Workers: 1})
		list = append(list, r.Findings...)
	}
	return list
}

// has tells by single steps whether the trace is carried out as a whole, and
// has the key at its end and not before. It is all that a naive minimizer needs.
func has(m *model.Machine, trace []model.Event, key model.Key) (end, whole bool) {
	var s model.State
	whole = true
	for _, e := range trace {
		var out model.Outcome
		s, out = m.Step(s, e)
		whole = whole && out.Executed && !end
		end = end || slices.ContainsFunc(out.Violations(), func(v model.Violation) bool { return v.Key == key })
	}
	return end, whole
}

func TestMinimize(t *testing.T) {
	m := machine(t, small())
	all := explore.Exhaustive(context.Background(), m, explore.Options{})
	raws := failing(m, 20)
	optimal := 0
	for _, raw := range raws {
		key := raw.Key()
		shortest, _ := all.Shortest(key)
		r, err := Minimize(m, raw.Trace, key, Options{Shortest: shortest.Trace})
		if err != nil {
			t.Fatal(err)
		}
		n, k := len(raw.Trace), len(r.Reduced)
		if limit := n + k*(k+1)/2 + 30; r.Replays > limit {
			t.Errorf("%s: %d -> %d events took %d replays, want at most %d: %v", key, n, k, r.Replays, limit, r.Labels)
		}
		if end, whole := has(m, r.Reduced, key); !end || !whole || r.Violation.Key != key {
			t.Errorf("%s: %v does not end with the violation, or has events that do nothing", key, r.Reduced)
		}
		for i := range r.Reduced {
			for j := range i + 1 {
				shorter := without(r.Reduced, i, i+1)
				if j < i {
					shorter = without(shorter, j, j+1)
				}
				if end, _ := has(m, shorter, key); end {
					t.Errorf("%s: events %d and %d can be taken out of %v", key, j, i, r.Reduced)
				}
			}
		}
		for _, f := range r.Others {
			if end, whole := has(m, f.Trace, f.Key()); f.Key() == key || !end || !whole {
				t.Errorf("%s: put aside: %s %v", key, f.Key(), f.Trace)
			}
		}
		if !r.Complete || !slices.Equal(r.Events(), shortest.Trace) || len(r.Reduced) < len(shortest.Trace) {
			t.Errorf("%s: %s: answer %v, reduced %v, shortest %v", key, r, r.Events(), r.Reduced, shortest.Trace)
		}
		if k == len(shortest.Trace) {
			optimal++
		}
		if again, _ := Minimize(m, raw.Trace, key, Options{Shortest: shortest.Trace}); !reflect.DeepEqual(again, r) {
			t.Errorf("%s: another result the second time", key)
		}
	}
	t.Logf("%d of %d reach the shortest length by themselves", optimal, len(raws))
	if len(raws) < 500 || optimal*100 < len(raws)*90 {
		t.Errorf("%d of %d reach the shortest length by themselves, want 90 %% of at least 500", optimal, len(raws))
	}
}

// The bug that this project started with: whatever stands around it, its
// shortest trace comes out, and the report of it reads as it should.
func TestMinimizeTheReport(t *testing.T) {
	b := small()
	b.Memory, b.Devices = 2, 2
	m := machine(t, b)
	var raw []model.Event
	for _, words := range []string{
		"timeout", "add eth", "attach eth", "iommu register", "attach eth", "claim sata", "alloc eth ring", "alloc eth buf managed",
		"free eth ring", "mask eth wide", "probe eth ok", "add sata ranges", "attach sata", "probe sata defer", "hotplug", "unbind eth", "shutdown",
	} {
		e, err := text.ParseEvent(words)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, e)
	}
	key, err := model.ParseKey("same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Minimize(m, raw, key, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := r.String(); s != "minimized 17 -> 6 events (1-minimal)" {
		t.Error(s)
	}

	f, ok, err := explore.Shortest(context.Background(), machine(t, small()), key, explore.Options{})
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if !slices.Equal(r.Reduced, f.Trace) {
		t.Errorf("got %v, want %v", r.Reduced, f.Trace)
	}
	if r, err = Minimize(m, raw, key, Options{Shortest: f.Trace}); err != nil || r.String() != "minimized 17 -> 6 events (shortest possible)" {
		t.Error(r, err)
	}
	if r, err = Minimize(m, raw, key, Options{Shortest: raw}); err != nil || r.Shortest != nil {
		t.Error("a longer trace proves that nothing is shorter:", r, err)
	}
	if r, err = Minimize(m, raw, key, Options{MaxReplays: 5}); err != nil || r.Complete || r.Replays != 5 {
		t.Error("limit of 5 replays:", r, r.Replays, err)
	} else if end, _ := has(m, r.Reduced, key); !end {
		t.Error("the limit lost the violation:", r.Reduced)
	}
}

// Slots are numbered as they are taken, and taken again.
func TestRenameMemory(t *testing.T) {
	m := machine(t, model.MaxBounds())
	body := func(slots ...string) (events []model.Event) {
		for _, words := range []string{"iommu register", "add sata", "attach sata", "alloc sata " + slots[0], "alloc sata " + slots[1], "free sata " + slots[0],
			"alloc sata " + slots[2], "map sata " + slots[3], "free sata " + slots[1], "free sata " + slots[2]} {
			e, err := text.ParseEvent(words)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
		return events
	}
	got := renameMemory(m, body("skb", "ring", "page", "buf"))
	if want := body("buf", "ring", "buf", "page"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNoViolation(t *testing.T) {
	m := machine(t, model.DefaultBounds())
	add := model.Event{Kind: model.EventAdd}
	for _, key := range []model.Key{{}, {Invariant: model.SameOps}} {
		if _, err := Minimize(m, []model.Event{add}, key, Options{}); !errors.Is(err, ErrNoViolation) {
			t.Errorf("%s: %v, want ErrNoViolation", key, err)
		}
	}
}

func BenchmarkMinimize(b *testing.B) {
	m := machine(b, small())
	raws := failing(m, 2)
	replays, i := 0, 0
	for b.Loop() {
		raw := raws[i%len(raws)]
		i++
		r, err := Minimize(m, raw.Trace, raw.Key(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		replays += r.Replays
	}
	b.ReportMetric(float64(replays)/b.Elapsed().Seconds(), "replays/s")
	b.ReportMetric(float64(replays)/float64(b.N), "replays/trace")
}
