package explore

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"

	"dmafuzz/model"
)

// RandomOptions are how a random search runs. Results are equal if Seed, Runs,
// Events, Length and Swarm are, and the context lives.
type RandomOptions struct {
	Seed   uint64
	Runs   uint64 // stop after so many runs; 0 for no limit
	Events uint64 // stop soon after so many events; 0 for no limit
	Length int    // the most events of a run; 200 if not positive
	// Swarm makes each run leave out a quarter of the kinds of event, an
	// argument counting as a kind, drawn anew for each run: what is left out is
	// at times what would have kept a run from getting somewhere (Groce and
	// others, ISSTA 2012; they leave out half, which found less here). Where
	// nothing else is enabled it is taken nevertheless.
	Swarm    bool
	Cover    bool               // collect which steps run
	Workers  int                // as many as there are processors if not positive
	Progress func(RandomResult) // called now and then, from the calling goroutine
}

// RandomResult is what a random search found.
type RandomResult struct {
	Seed   uint64
	Runs   uint64
	Events uint64 // carried out
	// Findings has one entry for each key, the worst first, with the raw trace
	// of the first run that met it.
	Findings []Finding
	Goals    model.Goals    // goals met
	Kinds    model.EventSet // events carried out at least once
	Cover    *model.Cover   // steps that ran; nil unless asked for
	// Stopped is nil if a limit ended the search, else ErrIdle or the error of the
	// context.
	Stopped error
}

// ErrIdle ends a random search of a machine in which nothing can ever happen: a
// budget of events would never be spent.
var ErrIdle = errors.New("no event is possible at boot: the paths that the first ones need are unknown")

const (
	defaultLength = 200
	// Limits are looked at after each round of at most so many runs, so that
	// where a search stops does not depend on the number of workers.
	roundRuns = 2048
	blockRuns = 32 // a worker takes so many at a time
)

// Random makes random runs from the zero state until a limit is reached or the
// context is done; without a limit, only the context ends it. A run goes on
// after a violation; it ends when nothing is enabled or it has Length events.
// Where nothing is enabled in the zero state, there are no runs, and Stopped is
// [ErrIdle].
//
// Run number n draws its choices from PCG(Seed, n), so the result does not
// depend on the number of workers.
func Random(ctx context.Context, m *model.Machine, o RandomOptions) *RandomResult {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Length <= 0 {
		o.Length = defaultLength
	}
	x := newRandomSearch(m, o)
	var boot model.State
	if first := m.Choices(&boot); first.Len() == 0 {
		return x.report(ErrIdle)
	}
	for {
		n := x.round()
		if n == 0 {
			return x.report(nil)
		}
		if err := ctx.Err(); err != nil {
			return x.report(err)
		}
		x.run(n)
		if o.Progress != nil {
			o.Progress(*x.report(nil))
		}
	}
}

// randomSearch is a random search under way.
type randomSearch struct {
	options RandomOptions
	workers []*roamer
	taken   atomic.Uint64 // runs that workers have taken
	end     uint64        // of the round
	runs    uint64        // done
	known   map[model.Key]bool
	found   []encounter
}

// encounter is a finding and the number of the run that met it.
type encounter struct {
	Finding
	run uint64
}

func newRandomSearch(m *model.Machine, o RandomOptions) *randomSearch {
	x := &randomSearch{options: o, known: map[model.Key]bool{}}
	for range o.Workers {
		x.workers = append(x.workers, newRoamer(x, m))
	}
	return x
}

// round returns how many runs come next, 0 if a limit is reached. Few are left
// to a round where few events are left to do.
func (x *randomSearch) round() uint64 {
	n := uint64(roundRuns)
	if x.options.Runs != 0 {
		n = min(n, x.options.Runs-x.runs)
	}
	if x.options.Events != 0 {
		done := x.events()
		if done >= x.options.Events {
			return 0
		}
		n = min(n, (x.options.Events-done)/uint64(x.options.Length)+1)
	}
	return n
}

func (x *randomSearch) events() uint64 {
	var n uint64
	for _, w := range x.workers {
		n += w.walker.tally.executed
	}
	return n
}

// run makes n runs.
func (x *randomSearch) run(n uint64) {
	x.taken.Store(x.runs)
	x.runs += n
	x.end = x.runs
	parallel(len(x.workers), func(w int) { x.workers[w].roam() })
	for _, w := range x.workers {
		for _, e := range w.found {
			i := slices.IndexFunc(x.found, func(f encounter) bool { return f.Key() == e.Key() })
			switch {
			case i < 0:
				x.found = append(x.found, e)
			case e.run < x.found[i].run:
				x.found[i] = e
			}
		}
		w.found = w.found[:0]
	}
	for _, e := range x.found {
		x.known[e.Key()] = true
	}
}

func (x *randomSearch) report(stopped error) *RandomResult {
	r := &RandomResult{Seed: x.options.Seed, Runs: x.runs, Stopped: stopped}
	if x.options.Cover {
		r.Cover = new(model.Cover)
	}
	var t tally
	for _, w := range x.workers {
		t.merge(&w.walker.tally)
		if r.Cover != nil && w.walker.tally.executed > 0 {
			r.Cover.Merge(w.walker.cover)
		}
	}
	r.Events, r.Goals, r.Kinds = t.executed, t.goals, t.events
	for _, e := range x.found {
		r.Findings = append(r.Findings, e.Finding)
	}
	sortFindings(r.Findings)
	return r
}
