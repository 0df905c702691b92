package explore

import (
	"math/bits"

	"dmafuzz/model"
)

// expander is one worker of an exhaustive search. As a chooser it picks, for
// each state of the chunks that it takes, each choice in order of id.
type expander struct {
	search *search
	number int // among the workers
	walker walker

	chunk   *chunk // that is being expanded
	rank    int    // of the next state
	parent  model.State
	from    ref // the parent
	mode    mode
	choices model.EventSet   // of the parent that are still to be carried out to their end
	stops   *model.Preempter // nil for one actor

	candidates []candidate // put down in this batch
	sifted     int         // so many of them are known not to be in the table
	recent     [recentLen]uint32
	found      []sighting         // the first of each key in this batch
	seen       map[model.Key]bool // the keys of found

	// Of the states that this worker inserted in this batch.
	states uint64
	sum    Sum
}

// candidate is a successor that was not in the table before the batch.
type candidate struct {
	key   model.PackedState
	hash  uint64
	state ref // the parent; once inserted, the state itself
	event model.EventID
	point model.PointID // where the event was made to stop, 0 for nowhere
	added bool
}

// Neighbours have successors in common. recent remembers by hash which
// candidate was put down last, so that most are put down once.
const recentLen = 1 << 12

func newExpander(x *search, number int, cover bool) *expander {
	e := &expander{search: x, number: number, walker: walker{machine: x.machine}, seen: map[model.Key]bool{}}
	if x.machine.Bounds().Actors > 1 {
		e.stops = model.NewPreempter(x.machine)
	}
	if cover {
		e.walker.cover = new(model.Cover)
	}
	return e
}

// expand carries out all choices of the chunks that this worker can get.
func (x *expander) expand() {
	x.chunk = nil
	x.walker.walk(x)
}

func (x *expander) next(s *model.State) (model.EventID, bool) {
	for {
		for i, w := range x.choices {
			if w != 0 {
				x.choices[i] = w & (w - 1)
				*s = x.parent
				return model.EventID(i*64 + bits.TrailingZeros64(w)), true
			}
		}
		if !x.advance() {
			return 0, false
		}
	}
}

// advance goes to the next state of the chunk, or of another chunk.
func (x *expander) advance() bool {
	if x.chunk == nil || x.rank == x.chunk.hi {
		if x.chunk != nil {
			x.sift()
			x.chunk.to = len(x.candidates)
		}
		n := int(x.search.taken.Add(1)) - 1
		if n >= len(x.search.chunks) {
			return false
		}
		x.chunk = &x.search.chunks[n]
		x.chunk.worker, x.chunk.from = x.number, len(x.candidates)
		x.rank = x.chunk.lo
	}
	var stage int
	x.from, x.mode, stage = x.search.frontier.at(x.rank)
	x.rank++
	x.parent = x.search.machine.Unpack(x.search.table.key(x.from))
	x.parent.Preempts = uint8(stage)
	x.choose()
	return true
}

// choose collects what is carried out of the parent's choices to its end, and does
// what is only made to stop.
func (x *expander) choose() {
	x.choices = x.search.machine.Choices(&x.parent)
	if x.mode == modeAll {
		return
	}
	paid := x.search.machine.Preempting(&x.parent, &x.choices)
	free := x.choices
	for i := range free {
		free[i] &^= paid[i]
	}
	switch x.mode {
	case modeInvalid:
		panic("explore: a source without a mode")
	case modeFree:
		x.choices = free
	case modeOnce:
		x.choices = paid
		x.stop(&free)
	case modeTwice:
		x.choices = model.EventSet{}
		x.stop(&paid)
	}
}

// stop carries events out as far as each place at which they can be made to stop.
func (x *expander) stop(set *model.EventSet) {
	for id := range set.All() {
		e, _ := id.Event()
		x.stops.Stops(&x.parent, e, func(at model.PointID, after *model.State) {
			x.walker.tally.executed++
			x.put(after, id, at)
		})
	}
}

func (x *expander) took(s *model.State, id model.EventID, out *model.Outcome) {
	for _, v := range out.Violations() {
		if !x.search.known[v.Key] && !x.seen[v.Key] {
			x.seen[v.Key] = true
			x.found = append(x.found, sighting{v, x.rank, x.from, id})
		}
	}
	x.put(s, id, 0)
	if x.stops != nil && x.mode == modeAll {
		var one model.EventSet
		one.Add(id)
		x.stop(&one)
	}
}

// put notes a successor. States are told apart without the count of preemptions.
func (x *expander) put(s *model.State, id model.EventID, at model.PointID) {
	s.Preempts = 0
	k := x.search.pack(s)
	h := hashKey(&k)
	// Whatever recent names, it is compared. The worker's chunks come in order,
	// so what it put down before has a lower rank.
	last := &x.recent[h%recentLen]
	if n := int(*last); n < len(x.candidates) && x.candidates[n].hash == h && x.candidates[n].key == k {
		return
	}
	*last = uint32(len(x.candidates))
	x.candidates = append(x.candidates, candidate{key: k, hash: h, state: x.from, event: id, point: at})
	if len(x.candidates)-x.sifted == lookLen {
		x.sift()
	}
}

// sift drops those candidates since the last time that are in the table.
func (x *expander) sift() {
	list := x.candidates[x.sifted:]
	in := x.search.table.findAll(list)
	for i := range list {
		if !in[i] {
			x.candidates[x.sifted] = list[i]
			x.sifted++
		}
	}
	x.candidates = x.candidates[:x.sifted]
}

// insert puts those candidates of the batch into the table that fall into the
// worker's shards: every workers-th one.
func (x *expander) insert() {
	workers := uint32(len(x.search.workers))
	var mine [lookLen]*candidate
	n := 0
	for i := range x.search.chunks {
		c := &x.search.chunks[i]
		list := x.search.workers[c.worker].candidates[c.from:c.to]
		for j := range list {
			if shardOf(list[j].hash)%workers != uint32(x.number) {
				continue
			}
			mine[n] = &list[j]
			if n++; n == len(mine) {
				x.insertAll(mine[:])
				n = 0
			}
		}
	}
	x.insertAll(mine[:n])
}

func (x *expander) insertAll(list []*candidate) {
	t := x.search.table
	t.await(list)
	for _, d := range list {
		d.state, d.added = t.insert(d.hash, &d.key, d.state, d.event, d.point)
		if d.added {
			x.states++
			x.sum.add(sumKey(&d.key))
		}
	}
}
