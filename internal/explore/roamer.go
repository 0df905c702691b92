package explore

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"dmafuzz/model"
)

// roamer is one worker of a random search. As a chooser it draws one of the
// choices, each with the same chance.
type roamer struct {
	search *randomSearch
	walker walker
	rng    rand.PCG

	run   uint64
	trace []model.Event
	stops *model.Preempter // nil for one actor
	at    []model.PointID  // the places at which the event that was drawn can stop
	// Only these are drawn, unless nothing else is enabled.
	in model.EventSet
	// An event that ends the run is drawn only after so many others, or hardly
	// any run would get far.
	early int

	found []encounter // the first of each key in this round
}

func newRoamer(x *randomSearch, m *model.Machine) *roamer {
	r := &roamer{search: x, walker: walker{machine: m}, trace: make([]model.Event, 0, x.options.Length)}
	if m.Bounds().Actors > 1 {
		r.stops = model.NewPreempter(m)
	}
	if x.options.Cover {
		r.walker.cover = new(model.Cover)
	}
	return r
}

// roam makes all the runs of the round that this worker can get.
func (r *roamer) roam() {
	x := r.search
	for {
		hi := x.taken.Add(blockRuns)
		lo := hi - blockRuns
		if lo >= x.end {
			return
		}
		for n := lo; n < min(hi, x.end); n++ {
			r.start(n)
			r.walker.walk(r)
		}
	}
}

// start gets ready for a run.
func (r *roamer) start(run uint64) {
	r.run, r.trace = run, r.trace[:0]
	r.walker.state = model.State{}
	r.rng.Seed(r.search.options.Seed, run)
	r.early = int(r.below(uint64(r.search.options.Length)))
	r.in = everything
	if r.search.options.Swarm {
		for i := 0; i < len(classes); i += 64 {
			a, b := r.rng.Uint64(), r.rng.Uint64()
			drawn := a | b // three of four bits are set
			for _, c := range classes[i:min(i+64, len(classes))] {
				if drawn&1 == 0 {
					for w := range r.in {
						r.in[w] &^= c[w]
					}
				}
				drawn >>= 1
			}
		}
	}
}

func (r *roamer) next(s *model.State) (model.EventID, bool) {
	if len(r.trace) == r.search.options.Length {
		return 0, false
	}
	all := r.walker.machine.Choices(s)
	some := all
	n := 0
	for i := range some {
		some[i] &= r.in[i]
		if len(r.trace) < r.early {
			some[i] &^= ending[i]
		}
		n += bits.OnesCount64(some[i])
	}
	if n == 0 {
		some, n = all, all.Len()
	}
	if n == 0 {
		return 0, false
	}
	id := nth(&some, int(r.below(uint64(n))))
	if r.stops != nil {
		r.walker.until = r.stop(s, id)
	}
	return id, true
}

// stop draws a place at which the event shall stop, for one event of four that
// have such a place.
func (r *roamer) stop(s *model.State, id model.EventID) model.Point {
	if r.below(4) != 0 {
		return model.Point{}
	}
	e, _ := id.Event()
	r.at = r.at[:0]
	r.stops.Stops(s, e, func(at model.PointID, _ *model.State) { r.at = append(r.at, at) })
	if len(r.at) == 0 {
		return model.Point{}
	}
	return r.walker.machine.Point(r.at[r.below(uint64(len(r.at)))])
}

// nth returns the n-th least event of the set.
func nth(s *model.EventSet, n int) model.EventID {
	for i, w := range s {
		c := bits.OnesCount64(w)
		if n >= c {
			n -= c
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return model.EventID(i*64 + bits.TrailingZeros64(w))
	}
	panic("explore: the set has fewer events")
}

// below draws a number less than n. The chance of none is off by more than
// n / 2^64.
func (r *roamer) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.rng.Uint64(), n)
	return hi
}

func (r *roamer) took(_ *model.State, id model.EventID, out *model.Outcome) {
	e, _ := id.Event()
	e.Until = r.walker.until
	r.trace = append(r.trace, e)
	for _, v := range out.Violations() {
		if !r.search.known[v.Key] && !r.has(v.Key) {
			r.found = append(r.found, encounter{Finding{v, slices.Clone(r.trace)}, r.run})
		}
	}
}

func (r *roamer) has(key model.Key) bool {
	return slices.ContainsFunc(r.found, func(e encounter) bool { return e.Key() == key })
}

// classes are the sets of events that swarm leaves out as one: those of equal
// kind and argument. ending are the events after which nothing comes.
var classes, everything, ending = func() (classes []model.EventSet, everything, ending model.EventSet) {
	type class struct {
		kind model.EventKind
		arg  uint8
	}
	numbers := map[class]int{}
	for _, e := range model.AllEvents() {
		c := class{e.Kind, e.Arg}
		n, ok := numbers[c]
		if !ok {
			n = len(classes)
			numbers[c] = n
			classes = append(classes, model.EventSet{})
		}
		classes[n].Add(e.ID())
		everything.Add(e.ID())
		if e.Kind == model.EventShutdown {
			ending.Add(e.ID())
		}
	}
	return classes, everything, ending
}()
