package explore

import (
	"context"
	"dmafuzz/model/text"
	"testing"

	"dmafuzz/model"
)

// PCT meets a bug of two switches no more rarely than its bound says: on the
// threads of each finding that two actors have and one does not, over a thousand seeds.
func TestPCTKeepsItsBound(t *testing.T) {
	k := kernel(t)
	one, two := small(), small()
	one.Families = model.FamilyCore | model.FamilyIOMMU
	two.Families, two.Actors, two.Preemptions = one.Families, 2, 1
	alone := Exhaustive(context.Background(), machine(t, k, one), Options{})
	tested := 0
	for _, f := range Exhaustive(context.Background(), machine(t, k, two), Options{}).Findings {
		if _, ok := alone.Shortest(f.Key()); ok {
			continue
		}
		trace := model.Trace{Actors: 2, Events: f.Trace}
		m := machine(t, k, trace.Bounds())
		th := TakeApart(m, f.Trace)
		const seeds, depth = 1000, 2
		hits := 0
		p := NewPlayer(m)
		for seed := range uint64(seeds) {
			if p.Play(th.PCT(seed, depth), f.Key()) {
				hits++
			}
		}
		bound := th.Bound(depth)
		t.Logf("%s: %d of %d seeds, bound %.4f, %d steps", f.Key(), hits, seeds, bound, th.Steps())
		if float64(hits)/seeds < bound {
			t.Errorf("%s: %d hits of %d, below the bound %.4f\n%s", f.Key(), hits, seeds, bound, text.FormatTrace(&trace))
		}
		tested++
	}
	if tested == 0 {
		t.Error("no finding needs two actors")
	}
}
