package explore

import (
	"slices"
	"sync/atomic"

	"dmafuzz/model"
)

// A batch of states is expanded in two phases, so that no lock is needed and
// the order of the workers cannot matter. First, workers take chunks of it,
// carry out events and put down those successors that are not in the table,
// which nobody changes. Then each worker goes through all that was put down,
// in the order of the states that it came from, and inserts what falls into
// its shards.
//
// Both lengths are part of where a search that has a limit stops; so they are
// constants, and do not depend on the number of workers.
const (
	batchLen = 4096
	chunkLen = 32
)

// noParent marks the first state.
const noParent ref = 1<<32 - 1

// search is an exhaustive search under way.
//
// A state's rank is its place in the frontier. Ranks go by the rank of the least
// state that it is reached from, then by the event: with one actor, then, the
// order of ranks is the order of the states' least traces.
type search struct {
	machine  *model.Machine
	table    *table
	workers  []*expander
	frontier frontier // what is being expanded
	next     []ref    // what was met for the first time, one level deeper
	done     int      // states of the frontier that are expanded
	stages   stages
	mirrors  bool // states that are mirror images of each other are one

	chunks []chunk      // of the present batch
	taken  atomic.Int32 // chunks that workers have taken

	states uint64
	sum    Sum
	known  map[model.Key]bool
	found  []sighting
}

// chunk is a part of a batch, and what was put down for it.
type chunk struct {
	lo, hi   int // ranks
	worker   int
	from, to int // of the worker's candidates
}

// sighting is a violation, by the state and the event that led to it.
type sighting struct {
	violation model.Violation
	rank      int
	state     ref
	event     model.EventID
}

func newSearch(m *model.Machine, workers int, o Options) *search {
	x := &search{machine: m, table: newTable(m.PackedWords()), known: map[model.Key]bool{}, stages: newStages(m.Bounds())}
	x.mirrors = o.Symmetry && m.Symmetric()
	for w := range workers {
		x.workers = append(x.workers, newExpander(x, w, o.Cover))
	}
	x.table.stops = m.Bounds().Actors > 1
	var boot model.State
	k := m.Pack(&boot)
	r, _ := x.table.insert(hashKey(&k), &k, noParent, 0, 0)
	x.states, x.sum = 1, sumKey(&k)
	x.next = []ref{r}
	return x
}

// pack is the key by which the table knows a state.
func (x *search) pack(s *model.State) model.PackedState {
	if x.mirrors {
		return x.machine.PackAlike(s)
	}
	return x.machine.Pack(s)
}

// more goes to the next level where the present one is over, and tells whether
// there is something to expand.
func (x *search) more() bool {
	if x.done < x.frontier.len() {
		return true
	}
	var ok bool
	x.frontier, ok = x.stages.advance(x.next)
	x.next, x.done = x.stages.room(), 0
	return ok
}

// batch expands the next states of the frontier.
func (x *search) batch() {
	hi := min(x.done+batchLen, x.frontier.len())
	x.chunks = x.chunks[:0]
	for lo := x.done; lo < hi; lo += chunkLen {
		x.chunks = append(x.chunks, chunk{lo: lo, hi: min(lo+chunkLen, hi)})
	}
	x.taken.Store(0)
	x.done = hi

	workers := min(len(x.workers), len(x.chunks))
	parallel(workers, func(w int) { x.workers[w].expand() })
	x.note()
	parallel(len(x.workers), func(w int) { x.workers[w].insert() })
	for _, c := range x.chunks {
		for _, d := range x.workers[c.worker].candidates[c.from:c.to] {
			if d.added {
				x.next = append(x.next, d.state)
			}
		}
	}
	for _, w := range x.workers {
		x.states += w.states
		x.sum.add(w.sum)
		w.states, w.sum, w.candidates, w.sifted = 0, Sum{}, w.candidates[:0], 0
	}
}

// note takes the least sighting of each new key from the workers.
func (x *search) note() {
	for _, w := range x.workers {
		for _, s := range w.found {
			i := slices.IndexFunc(x.found, func(t sighting) bool { return t.violation.Key == s.violation.Key })
			switch {
			case i < 0:
				x.found = append(x.found, s)
			case s.before(x.found[i]) && !x.known[s.violation.Key]:
				x.found[i] = s
			}
		}
		w.found = w.found[:0]
		clear(w.seen)
	}
	for _, s := range x.found {
		x.known[s.violation.Key] = true
	}
}

// before compares sightings of one batch.
func (s sighting) before(t sighting) bool {
	return s.rank < t.rank || s.rank == t.rank && s.event < t.event
}

// trace returns the events that lead to a state and one more from there. In the
// table the devices may have traded places on the way; in the trace they have
// their names throughout.
func (x *search) trace(r ref, last model.EventID) []model.Event {
	e, _ := last.Event()
	events, keys := []model.Event{e}, []model.PackedState{x.table.key(r)}
	for {
		parent, id, at := x.table.origin(r)
		if parent == noParent {
			break
		}
		e, _ := id.Event()
		e.Until = x.machine.Point(at)
		events, keys = append(events, e), append(keys, x.table.key(parent))
		r = parent
	}
	slices.Reverse(events)
	slices.Reverse(keys)
	if x.mirrors {
		x.unmirror(events, keys)
	}
	return events
}

// unmirror gives the devices of events their names. keys are the states before
// them, as they stand in the table.
func (x *search) unmirror(events []model.Event, keys []model.PackedState) {
	var s model.State
	for i := range events {
		bare := s
		bare.Preempts = 0
		if x.machine.Pack(&bare) != keys[i] {
			events[i] = events[i].Mirror()
		}
		x.machine.Apply(&s, events[i])
	}
}

func (x *search) certificate() Certificate {
	c := Certificate{Symmetry: x.mirrors, States: x.states, Depth: x.stages.deepest, Sum: x.sum, Layout: model.LayoutVersion}
	for _, w := range x.workers {
		c.Transitions += w.walker.tally.executed
	}
	if len(x.next) > 0 {
		c.Depth = max(c.Depth, x.stages.depth+1)
	}
	return c
}

func (x *search) result(stopped error) *Result {
	r := &Result{Certificate: x.certificate(), Bytes: x.table.bytes()}
	var t tally
	for _, w := range x.workers {
		t.merge(&w.walker.tally)
		if w.walker.cover == nil {
			continue
		}
		if r.Cover == nil {
			r.Cover = w.walker.cover
		} else if w.walker.tally.executed > 0 {
			r.Cover.Merge(w.walker.cover)
		}
	}
	r.Goals, r.Events = t.goals, t.events
	if stopped == nil && t.more {
		stopped = ErrMore
	}
	r.Stopped, r.Closed = stopped, stopped == nil
	for _, s := range x.found {
		r.Findings = append(r.Findings, x.finding(s))
	}
	sortFindings(r.Findings)
	return r
}

// finding is a sighting with its trace. Where devices may have traded places the
// violation is the one that the trace has in the end.
func (x *search) finding(s sighting) Finding {
	f := Finding{s.violation, x.trace(s.state, s.event)}
	if !x.mirrors {
		return f
	}
	var at model.State
	for _, e := range f.Trace {
		out := x.machine.Apply(&at, e)
		for _, v := range out.Violations() {
			if v.Key == s.violation.Key {
				f.Violation = v
			}
		}
	}
	return f
}
