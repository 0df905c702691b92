package check

import (
	"testing"

	"dmafuzz/model"
)

// Of two traces of a key the better witness has as many actors, no more stops, and
// fewer events.
func TestShorter(t *testing.T) {
	trace := func(actors uint8, stops, events int) *model.Trace {
		tr := &model.Trace{Actors: actors, Events: make([]model.Event, events)}
		for i := range stops {
			tr.Events[i].Until = model.Point{Pass: 1}
		}
		return tr
	}
	for _, c := range []struct {
		reason string
		a, b   *model.Trace
		want   bool
	}{
		{"fewer events", trace(2, 1, 3), trace(2, 1, 4), true},
		{"as many events", trace(2, 1, 4), trace(2, 1, 4), false},
		{"fewer events, fewer stops", trace(2, 0, 3), trace(2, 1, 4), true},
		{"fewer events, more stops", trace(2, 2, 3), trace(2, 1, 4), false},
		{"fewer events, another number of actors", trace(2, 0, 3), trace(0, 0, 4), false},
	} {
		if got := shorter(c.a, c.b); got != c.want {
			t.Errorf("%s: %t, want %t", c.reason, got, c.want)
		}
	}
}
