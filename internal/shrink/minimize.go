// Package shrink makes failing traces short.
//
// [Reduce] is the general part: it takes items out of a list. [Minimize] puts
// on top of it what is known of traces: an event that is not enabled is
// skipped, nothing matters after the violation, a trace that comes back to a
// state went there for nothing, and names do not matter.
package shrink

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// ErrNoViolation is returned for a trace that does not have the violation that
// it is to be minimized for.
var ErrNoViolation = errors.New("the trace does not have the violation")

// Options are how a trace is minimized.
type Options struct {
	// Shortest is the shortest trace of the key that there is, from a search;
	// nil if that is not known.
	Shortest []model.Event
	// MaxReplays ends the work early; 0 for no limit.
	MaxReplays int
}

// Result is a minimized trace.
type Result struct {
	Violation model.Violation
	Raw       int           // events that were given
	Reduced   []model.Event // what is left of them; it ends with the violation
	// Shortest is Options.Shortest, unless Reduced is shorter than that: then
	// it was not found within the same bounds, and proves nothing. Nil if
	// nothing is proven.
	Shortest []model.Event
	Complete bool // false if MaxReplays ended the work
	Replays  int
	Labels   []Count           // attempts by pass
	Others   []explore.Finding // other keys that were met on the way, and not followed
}

// Count is how often a pass replayed a candidate, and how often it did.
type Count struct {
	Label         string
	Replays, Kept int
}

// Events returns the trace to go on with: the shortest possible one where it
// is known, else the reduced one.
func (r *Result) Events() []model.Event {
	if r.Shortest != nil {
		return r.Shortest
	}
	return r.Reduced
}

// String says how far the trace got: "minimized 57 -> 6 events (shortest possible)".
func (r *Result) String() string {
	word := "1-minimal"
	switch {
	case r.Shortest != nil:
		word = "shortest possible"
	case !r.Complete:
		word = "limit of replays reached"
	}
	return fmt.Sprintf("minimized %d -> %d events (%s)", r.Raw, len(r.Events()), word)
}

// Minimize shortens a trace that has a violation with the key; with a zero
// key, the first violation that the trace has. The result has the same key:
// another one that comes up is put aside.
//
// A candidate costs one replay, a repeated one nothing. Reduce works on what
// the first replay leaves of n events. With k events in the end, the trace is
// made plainer only as long as all replays together stay below
// n + k(k+1)/2 + 30, those included that show that no event and no pair of
// events can go.
func Minimize(m *model.Machine, events []model.Event, key model.Key, o Options) (*Result, error) {
	x := newMinimizer(m, key, o.MaxReplays)
	if err := x.begin(events); err != nil {
		return nil, err
	}
	coarse(x.trace, x.accept)
	for done := false; !done; {
		before := x.trace
		x.polish()
		fine(x.trace, x.accept)
		done = slices.Equal(before, x.trace)
	}
	r := &Result{
		Violation: x.violation,
		Raw:       len(events),
		Reduced:   x.trace,
		Complete:  !x.spent(),
		Replays:   x.replays,
		Labels:    x.labels,
		Others:    x.others,
	}
	if len(o.Shortest) > 0 && len(o.Shortest) <= len(r.Reduced) {
		r.Shortest = slices.Clone(o.Shortest)
	}
	return r, nil
}
