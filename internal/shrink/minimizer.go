package shrink

import (
	"cmp"
	"fmt"
	"slices"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// minimizer holds the shortest trace so far. All attempts to change it go
// through accept.
type minimizer struct {
	machine   *model.Machine
	player    *explore.Player
	key       model.Key
	trace     []model.Event // ends with the violation; nothing in it is skipped
	violation model.Violation

	limit   int // of replays, 0 for none
	replays int
	raw     int // events that were given
	labels  []Count
	failed  map[string]bool
	others  []explore.Finding
}

func newMinimizer(m *model.Machine, key model.Key, limit int) *minimizer {
	return &minimizer{
		machine: m, player: explore.NewPlayer(m), key: key, limit: limit, failed: map[string]bool{},
	}
}

// begin replays the raw trace, and settles which key it is about.
func (x *minimizer) begin(events []model.Event) error {
	if x.key == (model.Key{}) {
		x.player.Play(events, model.Key{})
		if len(x.player.Hits) == 0 {
			return ErrNoViolation
		}
		x.key = x.player.Hits[0].Violation.Key
	}
	x.raw = len(events)
	if !x.play(labelReplay, events) {
		return ErrNoViolation
	}
	return nil
}

// accept tries a candidate. It becomes the trace if and only if the same key
// comes back, and it is better than the trace: shorter, or of lower ids.
func (x *minimizer) accept(label string, candidate []model.Event) ([]model.Event, bool) {
	if len(candidate) <= len(x.trace) && slices.Equal(candidate, x.trace[:len(candidate)]) {
		// The trace itself, or a part of it in which the violation has not come yet.
		return nil, false
	}
	name := nameOf(candidate)
	if x.failed[name] || x.spent() {
		return nil, false
	}
	if !x.play(label, candidate) {
		x.failed[name] = true
		return nil, false
	}
	return x.trace, true
}

func (x *minimizer) spent() bool { return x.limit > 0 && x.replays >= x.limit }

// play replays a candidate, and makes what matters of it the trace if it has
// the key.
func (x *minimizer) play(label string, candidate []model.Event) bool {
	ok := x.player.Play(candidate, x.key)
	x.replays++
	c := x.count(label)
	c.Replays++
	for _, h := range x.player.Hits {
		if h.Violation.Key == x.key {
			x.violation = h.Violation
		} else {
			x.putAside(h, candidate)
		}
	}
	if !ok {
		return false
	}
	e := x.essence(candidate)
	if x.trace != nil && !less(e, x.trace) {
		return false
	}
	c.Kept++
	x.trace = e
	return true
}

// less is the order in which traces get better: fewer places at which an actor
// is made to stop, fewer events, then lower ids.
func less(a, b []model.Event) bool {
	return cmp.Or(cmp.Compare(stops(a), stops(b)), cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, func(x, y model.Event) int {
		return cmp.Compare(x.ID(), y.ID())
	})) < 0
}

// stops counts the events that are made to stop somewhere.
func stops(events []model.Event) int {
	n := 0
	for _, e := range events {
		if e.Until != (model.Point{}) {
			n++
		}
	}
	return n
}

func (x *minimizer) count(label string) *Count {
	i := slices.IndexFunc(x.labels, func(c Count) bool { return c.Label == label })
	if i < 0 {
		i = len(x.labels)
		x.labels = append(x.labels, Count{Label: label})
	}
	return &x.labels[i]
}

// putAside keeps the first trace of another key.
func (x *minimizer) putAside(h explore.Hit, candidate []model.Event) {
	if slices.ContainsFunc(x.others, func(f explore.Finding) bool { return f.Key() == h.Violation.Key }) {
		return
	}
	f := explore.Finding{Violation: h.Violation}
	for _, i := range x.player.Executed {
		if i <= h.At {
			f.Trace = append(f.Trace, candidate[i])
		}
	}
	x.others = append(x.others, f)
}

// essence returns the events of the last play without those that were skipped,
// those after the violation, and those that led back to a state in which the
// trace had been. None of them needs a replay: a state is all that the machine
// remembers.
func (x *minimizer) essence(candidate []model.Event) []model.Event {
	var boot model.State
	last := len(x.player.Executed) - 1
	before := append([]model.PackedState{x.machine.Pack(&boot)}, x.player.States[:last]...)
	var events []model.Event
	for i := 0; i <= last; i++ {
		for j := last; j > i; j-- {
			if before[j] == before[i] {
				i = j
			}
		}
		events = append(events, candidate[x.player.Executed[i]])
	}
	return events
}

// nameOf tells candidates apart.
func nameOf(events []model.Event) string {
	b := make([]byte, 0, 4*len(events))
	for _, e := range events {
		b = append(b, byte(e.Kind), e.Device, e.Memory, e.Arg)
		if p := e.Until; p != (model.Point{}) {
			b = fmt.Append(b, p)
		}
	}
	return string(b)
}
