package explore

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"dmafuzz/model"
)

// ErrStates is why a search stopped that reached its limit of states.
var ErrStates = errors.New("limit of states reached")

// ErrMore is why a search is not closed in which one event broke more rules than
// model.MaxViolations: the findings are good, and there are others.
var ErrMore = fmt.Errorf("one event breaks more than %d rules, and not all of them are listed", model.MaxViolations)

// ErrFound is why a search stopped that met the key it was to stop at.
var ErrFound = errors.New("finding met")

// Options are how an exhaustive search runs. None of them changes what it
// finds before it stops.
type Options struct {
	// Symmetry takes two states in which two devices that are alike have traded
	// places for one. It does not change which keys are found, nor how long their
	// traces are. It has no effect where [model.Machine.Symmetric] does not hold.
	Symmetry  bool
	Workers   int               // as many as there are processors if not positive
	MaxStates uint64            // stop when more are known; 0 for no limit but 2^31
	Until     model.Key         // stop when this finding is met; zero for none
	Cover     bool              // collect which steps run
	Progress  func(Certificate) // called now and then, from the calling goroutine
}

// Result is what an exhaustive search found.
type Result struct {
	Certificate
	// Stopped is nil if and only if the search is closed. Otherwise it is
	// ErrStates, ErrFound, or the error of the context.
	Stopped error
	// Findings has one entry for each key, the worst first, with the least of
	// its shortest traces: the fewest events, then the least ids of events from
	// the first on. That holds for a search that stopped, too: what it lacks
	// are further keys.
	Findings []Finding
	Goals    model.Goals    // goals met
	Events   model.EventSet // events carried out
	Cover    *model.Cover   // steps that ran; nil unless asked for
	Bytes    uint64         // memory that the table of states took
}

// Shortest returns the finding with the key; its trace is the shortest
// possible within the machine's bounds.
func (r *Result) Shortest(key model.Key) (Finding, bool) { return find(r.Findings, key) }

// Shortest searches for one key, as far as the level where it first occurs.
// The error is nil if and only if the finding is returned, or proven not to
// exist: ok is false then.
func Shortest(ctx context.Context, m *model.Machine, key model.Key, o Options) (f Finding, ok bool, err error) {
	o.Until = key
	r := Exhaustive(ctx, m, o)
	if f, ok = r.Shortest(key); ok {
		return f, true, nil
	}
	return Finding{}, false, r.Stopped
}

// Exhaustive carries out every choice in every state that can be reached from
// the zero state, level by level. Violations do not end a run; a state without
// choices has no successors.
//
// The result does not depend on the number of workers.
func Exhaustive(ctx context.Context, m *model.Machine, o Options) *Result {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	x := newSearch(m, workers, o)
	for x.more() {
		if err := stop(ctx, x, o); err != nil {
			return x.result(err)
		}
		x.batch()
		if o.Progress != nil {
			o.Progress(x.certificate())
		}
	}
	return x.result(nil)
}

func stop(ctx context.Context, x *search, o Options) error {
	limit := uint64(maxStates)
	if o.MaxStates != 0 {
		limit = min(limit, o.MaxStates)
	}
	switch {
	case o.Until != model.Key{} && x.known[o.Until]:
		return ErrFound
	case x.states > limit:
		return ErrStates
	}
	return ctx.Err()
}
