package explore

import (
	"dmafuzz/model/text"
	"slices"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/internal/long"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// PCT meets every rule that a trace of two actors in the corpus breaks, from that
// trace's own events, no more rarely than its bound says, on the first kernel that
// the trace names as broken: over a thousand seeds, and, where the bound leaves one hit in a
// thousand to chance, over every draw that there is.
func TestPCTOnTheCorpus(t *testing.T) {
	tested := 0
	for _, f := range corpus.Files() {
		trace, err := text.ParseTrace(f.Name, []byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range trace.Expect {
			if trace.Actors == 2 && len(x.Violations) > 0 {
				t.Run(f.Name, func(t *testing.T) { pctOn(t, trace, x.Kernel) })
				tested++
				break
			}
		}
	}
	if tested < 10 {
		t.Errorf("%d traces of two actors, want at least 10", tested)
	}
}

func pctOn(t *testing.T, trace *model.Trace, name string) {
	k, err := kernels.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, k, trace.Bounds())
	keys := map[model.Key]int{}
	p := NewPlayer(m)
	p.Play(trace.Events, model.Key{})
	for _, h := range p.Hits {
		keys[h.Violation.Key] = 0
	}
	depth := depthOf(m, trace.Events)
	if depth > 3 {
		long.Only(t, "hundreds of thousands of draws")
	}
	const seeds = 1000
	th := TakeApart(m, trace.Events)
	bound := th.Bound(depth)
	count := func(order []model.Event) {
		p.Play(order, model.Key{})
		for _, h := range p.Hits {
			if n, ok := keys[h.Violation.Key]; ok {
				keys[h.Violation.Key] = n + 1
			}
		}
	}
	runs := 0
	if bound*seeds < 20 {
		th.draws(depth, func(first int, places []int) { count(th.order(first, places)); runs++ })
	} else {
		for ; runs < seeds; runs++ {
			count(th.PCT(uint64(runs), depth))
		}
	}
	for key, hits := range keys {
		t.Logf("%s, %s: %d of %d at depth %d, bound %.6f, %d steps", name, key, hits, runs, depth, bound, th.Steps())
		if float64(hits)/float64(runs) < bound {
			t.Errorf("%s: %d hits of %d, below the bound %.6f", key, hits, runs, bound)
		}
	}
}

// depthOf is one more than how often a trace takes the turn from a thread that has
// more to do.
func depthOf(m *model.Machine, events []model.Event) int {
	var s model.State
	var cast model.Cast
	var turns []uint8
	var more []bool // it has been made to stop
	for _, e := range events {
		before := s
		m.Apply(&s, e)
		who := cast.Follow(m, &before, e, &s)
		if len(turns) > 0 || e.Until != (model.Point{}) {
			turns, more = append(turns, who), append(more, e.Until != (model.Point{}))
		}
	}
	depth := 1
	for i := range turns[1:] {
		if turns[i] != turns[i+1] && (more[i] || slices.Contains(turns[i+1:], turns[i])) {
			depth++
		}
	}
	return depth
}

// draws visits every draw of PCT that comes to bear; they are equally likely.
func (th *Threads) draws(depth int, visit func(first int, places []int)) {
	places := make([]int, depth-1)
	var draw func(first, i int)
	draw = func(first, i int) {
		if i == len(places) {
			sorted := slices.Sorted(slices.Values(places))
			if th.changes(first, sorted) {
				visit(first, sorted)
			}
			return
		}
		for places[i] = 1; places[i] <= th.Steps(); places[i]++ {
			draw(first, i+1)
		}
	}
	draw(0, 0)
	draw(1, 0)
}
