package uml

import (
	"math/bits"
	"math/rand/v2"

	"dmafuzz/model"
)

// drawer draws random sequences. The same seed and number give the same
// sequence, whatever was drawn before.
type drawer struct {
	tellers []*teller      // one for each contract, see contracts
	plays   model.EventSet // the events that the player can play
	length  int            // events of a sequence; a callback that waits then is still brought to its end
	seed    uint64
	rng     rand.PCG
}

// draw makes sequence n, with what the machine says of it.
func (d *drawer) draw(n uint64) expectation {
	t := d.tellers[n%uint64(len(d.tellers))]
	from := len(t.buf)
	q := sequence{number: n, drivers: t.machine.Bounds().Drivers, link: linkLine(t.machine.Bounds()), events: make([]model.Event, 0, d.length+2)}
	t.begin(n)
	d.rng.Seed(d.seed, n)
	in := d.swarm()
	for len(q.events) < d.length && !t.state.Halted {
		set := t.machine.Enabled(&t.state)
		some := set
		for i := range set {
			set[i] &= d.plays[i]
		}
		if len(q.events) < d.length-1 {
			for i := range set {
				set[i] &^= shutdowns[i]
			}
		}
		t.withoutKnown(&set)
		for i := range set {
			some[i] = set[i] & in[i]
		}
		if some.Empty() {
			some = set
		}
		if some.Empty() {
			break
		}
		e := nth(&some, int(d.below(uint64(some.Len()))))
		q.events = append(q.events, e)
		t.event(e)
	}
	q.events = t.finish(q.events)
	return t.expect(q, from)
}

// shutdowns are the events that nothing comes after: they are drawn last.
var shutdowns = func() (set model.EventSet) {
	for _, e := range model.AllEvents() {
		if e.Kind == model.EventShutdown {
			set.Add(e.ID())
		}
	}
	return set
}()

// swarm leaves a quarter of the kinds of event out, an argument counting as a
// kind: what is left out is at times what would have kept a sequence from
// getting somewhere.
func (d *drawer) swarm() model.EventSet {
	var in model.EventSet
	for i := 0; i < len(classes); i += 64 {
		a, b := d.rng.Uint64(), d.rng.Uint64()
		left := a | b // three of four bits are set
		for j := i; j < min(i+64, len(classes)); j++ {
			if left&(1<<(j-i)) == 0 {
				continue
			}
			for w := range in {
				in[w] |= classes[j][w]
			}
		}
	}
	return in
}

// nth is the n-th least event of the set.
func nth(s *model.EventSet, n int) model.Event {
	for i, w := range s {
		c := bits.OnesCount64(w)
		if n >= c {
			n -= c
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		e, _ := model.EventID(i*64 + bits.TrailingZeros64(w)).Event()
		return e
	}
	panic("uml: defect: the set has fewer events")
}

// below draws a number less than n.
func (d *drawer) below(n uint64) uint64 {
	hi, _ := bits.Mul64(d.rng.Uint64(), n)
	return hi
}

// classes are the sets of events that are left out as one.
var classes = func() (classes []model.EventSet) {
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
	}
	return classes
}()
