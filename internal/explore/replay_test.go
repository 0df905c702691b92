package explore

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dmafuzz/model"
)

// Replay does what one Step after the other does, whatever the events.
func TestReplayIsStepByStep(t *testing.T) {
	m := machine(t, kernel(t), model.DefaultBounds())
	rng := rand.New(rand.NewPCG(1, 1))
	all := append(model.AllEvents(), model.Event{}, model.Event{Kind: 200}, model.Event{Kind: model.EventAdd, Device: 77})
	p := NewPlayer(m)
	for range 300 {
		events := make([]model.Event, rng.IntN(200))
		for i := range events {
			events[i] = all[rng.IntN(len(all))]
		}
		var s model.State
		var executed []int
		var states []model.PackedState
		var hits []Hit
		steps := Replay(m, events)
		if len(steps) != len(events) {
			t.Fatalf("%d steps for %d events", len(steps), len(events))
		}
		for i, e := range events {
			var out model.Outcome
			s, out = m.Step(s, e)
			if steps[i] != (Step{e, out}) {
				t.Fatalf("event %d, %v: %+v", i, e, steps[i])
			}
			if out.Executed {
				executed = append(executed, i)
				states = append(states, m.Pack(&s))
			}
			for _, v := range out.Violations() {
				if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Violation.Key == v.Key }) {
					hits = append(hits, Hit{v, i})
				}
			}
		}
		if p.Play(events, model.Key{}) || !slices.Equal(p.Executed, executed) || !slices.Equal(p.States, states) || !slices.Equal(p.Hits, hits) {
			t.Fatalf("Play: %v, %v, want %v, %v", p.Executed, p.Hits, executed, hits)
		}
		for _, h := range hits {
			if !p.Play(events, h.Violation.Key) || p.Executed[len(p.Executed)-1] != h.At {
				t.Fatalf("Play does not stop at event %d for %s", h.At, h.Violation.Key)
			}
		}
	}
}
