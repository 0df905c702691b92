package explore

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"dmafuzz/model"
)

// Threads is a trace of two actors taken apart: what happens before, and what
// each of them does.
type Threads struct {
	Setup   []model.Event
	Actors  [2][]model.Event // no event stops anywhere, none is a continue
	machine *model.Machine
	steps   int    // in the longer of the two orders
	alone   [2]int // steps of a thread that goes first, until the other one's turn comes
}

// TakeApart splits a trace at its first event that is made to stop: that event,
// and what its actor does from then on, is the one thread, what the other actor does
// is the other.
func TakeApart(m *model.Machine, events []model.Event) *Threads {
	th := &Threads{Setup: events, machine: m}
	first := slices.IndexFunc(events, func(e model.Event) bool { return e.Until != (model.Point{}) })
	if first >= 0 {
		th.Setup = events[:first]
	}
	var s model.State
	var cast model.Cast
	for i, e := range events {
		before := s
		if out := m.Apply(&s, e); !out.Executed {
			continue
		}
		who := cast.Follow(m, &before, e, &s)
		if i < len(th.Setup) || e.Kind == model.EventContinue || e.Kind == model.EventContinueHost {
			continue
		}
		e.Until = model.Point{}
		th.Actors[who] = append(th.Actors[who], e)
	}
	for first := range 2 {
		p := scheduler{th: th, now: first}
		p.play()
		th.steps = max(th.steps, p.steps)
		th.alone[first] = max(1, p.alone)
	}
	return th
}

// PCT plays the threads in an order drawn from the seed, as Burckhardt and others
// have it (A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs,
// ASPLOS 2010): the thread of the highest priority that can go on does, and at
// depth-1 places drawn from all steps the one that runs becomes the lowest. Draws
// whose first place comes when the first thread is through, and which so change
// nothing, are drawn again; that only raises the odds. It returns the order as a trace.
func (th *Threads) PCT(seed uint64, depth int) []model.Event {
	var rng rand.PCG
	rng.Seed(seed, 0)
	below := func(n int) int {
		hi, _ := bits.Mul64(rng.Uint64(), uint64(n))
		return int(hi)
	}
	changes := make([]int, depth-1)
	for {
		first := below(2)
		for i := range changes {
			changes[i] = 1 + below(th.Steps())
		}
		slices.Sort(changes)
		if th.changes(first, changes) {
			return th.order(first, changes)
		}
	}
}

// changes tells whether places, in ascending order, come to bear.
func (th *Threads) changes(first int, places []int) bool {
	return len(places) == 0 || places[0] <= th.alone[first]
}

// order plays the threads with changes of priority after so many steps, in ascending order.
func (th *Threads) order(first int, places []int) []model.Event {
	p := scheduler{th: th, now: first, changes: places}
	return p.play()
}

// Steps is how many steps the threads take one after the other, in the longer
// of the two orders: events, and places within them where the other may preempt.
func (th *Threads) Steps() int { return max(1, th.steps) }

// Bound is the least probability with which PCT meets a bug that depth-1 switches
// at the right places bring about: 1/(n k^(depth-1)) for n threads and k steps.
func (th *Threads) Bound(depth int) float64 {
	return 1 / (2 * math.Pow(float64(th.Steps()), float64(depth-1)))
}

// scheduler plays threads in one order.
type scheduler struct {
	th      *Threads
	now     int   // the thread of the highest priority
	changes []int // the steps after which it becomes the lowest, ascending
	steps   int
	alone   int // steps before another thread than the first had its turn

	preempter *model.Preempter
	state     model.State
	owner     [2]int  // the thread of each active actor
	at        [2]int  // the next event of each thread
	busy      [2]bool // it has stopped within an event
	trace     []model.Event
}

func (p *scheduler) play() []model.Event {
	p.state, p.trace, p.preempter = model.State{}, nil, model.NewPreempter(p.th.machine)
	for _, e := range p.th.Setup {
		p.apply(e)
	}
	begun, first := p.now, true
	for {
		who, e, ok := p.pick()
		if !ok {
			return p.trace
		}
		p.carry(who, e)
		if first = first && who == begun; first {
			p.alone = p.steps
		}
	}
}

// pick returns the thread that goes on, and with what.
func (p *scheduler) pick() (who int, e model.Event, ok bool) {
	for _, who := range [2]int{p.now, 1 - p.now} {
		if e, ok := p.next(who); ok {
			return who, e, true
		}
	}
	// Nobody can go on: what cannot happen is skipped.
	for _, who := range [2]int{p.now, 1 - p.now} {
		if !p.busy[who] && p.at[who] < len(p.th.Actors[who]) {
			p.at[who]++
			return p.pick()
		}
	}
	return 0, model.Event{}, false
}

// next is what a thread does next, if it can do it now.
func (p *scheduler) next(who int) (model.Event, bool) {
	m := p.th.machine
	enabled := m.Enabled(&p.state)
	if p.busy[who] {
		for id := range enabled.All() {
			e, _ := id.Event()
			if (e.Kind == model.EventContinue || e.Kind == model.EventContinueHost) && p.owner[m.ActorOf(&p.state, e)] == who {
				return e, true
			}
		}
		return model.Event{}, false
	}
	if p.at[who] == len(p.th.Actors[who]) {
		return model.Event{}, false
	}
	e := p.th.Actors[who][p.at[who]]
	if !enabled.Has(e.ID()) {
		return e, false
	}
	slot := m.ActorOf(&p.state, e)
	return e, !p.active(slot) || p.owner[slot] == who
}

func (p *scheduler) active(slot int) bool { return p.state.Actors[slot].Frames[0].PC != 0 }

// carry carries an event out, as far as the next change of priorities.
func (p *scheduler) carry(who int, e model.Event) {
	m := p.th.machine
	var stops []model.PointID
	p.preempter.Stops(&p.state, e, func(at model.PointID, _ *model.State) { stops = append(stops, at) })
	n := len(stops) + 1
	if len(p.changes) > 0 && p.changes[0] <= p.steps+n {
		if n = max(1, p.changes[0]-p.steps); n <= len(stops) {
			e.Until = m.Point(stops[n-1])
		}
		p.changes = p.changes[1:]
		p.now = 1 - who
	}
	p.steps += n
	if !p.busy[who] {
		p.at[who]++
	}
	slot, second := m.ActorOf(&p.state, e), p.active(1)
	p.owner[slot] = who
	p.apply(e)
	if slot == 0 && second && !p.active(1) {
		p.owner[0] = p.owner[1] // the first has come to its end, and the second stands first now
		slot = 1
	}
	p.busy[who] = m.Stopped(&p.state, slot)
}

func (p *scheduler) apply(e model.Event) {
	p.th.machine.Apply(&p.state, e)
	p.trace = append(p.trace, e)
}
