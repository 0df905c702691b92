package explore

import (
	"context"
	"dmafuzz/model/text"
	"errors"
	"reflect"
	"testing"
	"time"

	"dmafuzz/model"
)

func TestRandomIsReproducible(t *testing.T) {
	m := machine(t, kernel(t), small())
	for _, o := range []RandomOptions{
		{Seed: 1, Runs: 5000, Length: 50},
		{Seed: 1, Events: 200_000, Length: 50, Swarm: true},
		{Seed: 2, Runs: 100, Events: 1e6, Cover: true},
	} {
		var want *RandomResult
		for _, workers := range []int{1, 1, 2, 8} {
			o.Workers = workers
			got := Random(context.Background(), m, o)
			if want == nil {
				want = got
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d workers: %d runs, %d events, %d findings; want %d, %d, %d, or another part differs", workers,
					got.Runs, got.Events, len(got.Findings), want.Runs, want.Events, len(want.Findings))
			}
		}
		if o.Runs != 0 && want.Runs != o.Runs || o.Runs == 0 && (want.Events < o.Events || want.Events > o.Events+uint64(roundRuns*o.Length)) {
			t.Errorf("limits %d runs, %d events: %d runs, %d events", o.Runs, o.Events, want.Runs, want.Events)
		}
		o.Seed += 100
		if other := Random(context.Background(), m, o); reflect.DeepEqual(other.Findings, want.Findings) {
			t.Error("another seed finds the same, by the same traces")
		}
	}
}

// A random search finds what there is, by traces that a replay confirms.
func TestRandomAgreesWithExhaustive(t *testing.T) {
	for name, m := range spaces(t) {
		all := Exhaustive(context.Background(), m, Options{})
		for _, swarm := range []bool{false, true} {
			r := Random(context.Background(), m, RandomOptions{Seed: 7, Events: 150_000, Length: 60, Swarm: swarm})
			for _, f := range r.Findings {
				if _, ok := all.Shortest(f.Key()); !ok {
					t.Errorf("%s: %s is none of the exhaustive search's", name, f.Key())
				}
				steps := Replay(m, f.Trace)
				if vs := steps[len(steps)-1].Outcome.Violations(); !containsViolation(vs, f.Violation) {
					t.Errorf("%s: the trace of %s ends with %v", name, f.Key(), vs)
				}
			}
			if r.Goals&^all.Goals != 0 || !subset(r.Kinds, all.Events) {
				t.Errorf("%s: a random search met goals or events that cannot be", name)
			}
			if mean := r.Events / r.Runs; len(all.Findings) > 0 && mean < 25 {
				t.Errorf("%s, swarm %v: a run has %d events on average of 60", name, swarm, mean)
			}
			t.Logf("%s, swarm %v: %d of %d findings, %d runs", name, swarm, len(r.Findings), len(all.Findings), r.Runs)
			if len(all.Findings) > 0 && len(r.Findings) < len(all.Findings)/2 {
				t.Errorf("%s, swarm %v: %d findings of %d", name, swarm, len(r.Findings), len(all.Findings))
			}
		}
	}
}

func subset(a, b model.EventSet) bool {
	for i := range a {
		if a[i]&^b[i] != 0 {
			return false
		}
	}
	return true
}

func TestRandomStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := machine(t, kernel(t), small())
	n := 0
	r := Random(ctx, m, RandomOptions{Progress: func(RandomResult) {
		if n++; n == 3 {
			cancel()
		}
	}})
	if !errors.Is(r.Stopped, context.Canceled) || n != 3 || r.Runs != 3*roundRuns {
		t.Errorf("%v after %d rounds and %d runs", r.Stopped, n, r.Runs)
	}
}

// A run draws from three of four classes, and stays within them while it can.
func TestSwarmLeavesEventsOut(t *testing.T) {
	m := machine(t, kernel(t), small())
	x := newRandomSearch(m, RandomOptions{Seed: 3, Length: 100, Swarm: true, Workers: 1})
	r := x.workers[0]
	left, strayed, events := 0, 0, 0
	for run := range uint64(200) {
		r.start(run)
		left += everything.Len() - r.in.Len()
		r.walker.walk(r)
		for _, e := range r.trace {
			events++
			if !r.in.Has(e.ID()) {
				strayed++
			}
		}
	}
	if share := float64(left) / float64(200*everything.Len()); share < 0.2 || share > 0.3 {
		t.Errorf("%.2f of the events are left out, want about a quarter", share)
	}
	if strayed == 0 || strayed > events/2 {
		t.Errorf("%d of %d events were left out", strayed, events)
	}
}

func TestNth(t *testing.T) {
	s := everything
	n := 0
	for id := range s.All() {
		if got := nth(&s, n); got != id {
			t.Fatalf("event %d of the set is %d, want %d", n, got, id)
		}
		n++
	}
}

func TestHotLoopsDoNotAllocate(t *testing.T) {
	m := machine(t, kernel(t), small())
	x := newRandomSearch(m, RandomOptions{Seed: 3, Length: 100, Swarm: true, Workers: 1})
	x.run(2 * roundRuns) // all findings are known after it
	r := x.workers[0]
	if n := testing.AllocsPerRun(100, func() {
		r.start(1)
		r.walker.walk(r)
	}); n != 0 {
		t.Errorf("a random run allocates %v times", n)
	}
	trace := r.trace
	p := NewPlayer(m)
	p.Play(trace, model.Key{})
	if n := testing.AllocsPerRun(100, func() { p.Play(trace, model.Key{}) }); n != 0 {
		t.Errorf("a replay allocates %v times", n)
	}
}

// A search ends by itself, whatever its limits, where nothing can happen, and
// where every run is over after an event or two.
func TestRandomEndsOnIdleKernels(t *testing.T) {
	const head = "kernel idle\narch arm64\nfact null-ops direct\nfact default-domain dma\n"
	for _, c := range []struct {
		reason, paths string
		want          error
	}{
		{"no path is known", "", ErrIdle},
		{"nothing can be added", "path add unknown\npath iommu_register\n  provider_list\n", nil},
		{"a device, and nothing to do with it", "path add\n  registered\n", nil},
	} {
		k, err := text.ParseKernel("idle.kernel", []byte(head+c.paths), nil)
		if err != nil {
			t.Fatal(err)
		}
		m := machine(t, k, small())
		for _, o := range []RandomOptions{{Events: 1000}, {Events: 1000, Swarm: true}, {Runs: 100}} {
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			r := Random(ctx, m, o)
			stop()
			if !errors.Is(r.Stopped, c.want) || c.want == nil && r.Events == 0 {
				t.Errorf("%s, %+v: stopped by %v after %d runs and %d events, want %v", c.reason, o, r.Stopped, r.Runs, r.Events, c.want)
			}
		}
		if r := Random(context.Background(), m, RandomOptions{Cover: true, Events: 10}); r.Cover == nil {
			t.Errorf("%s: no cover", c.reason)
		}
	}
}
