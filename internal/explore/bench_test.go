package explore

import (
	"context"
	"fmt"
	"testing"

	"dmafuzz/model"
)

// wide is a space of a few hundred thousand states.
func wide(tb testing.TB) *model.Machine {
	b := model.DefaultBounds()
	b.Families &^= model.FamilyPools | model.FamilyOwnership
	b.Drivers = model.DriversLate
	b.Devices = 2
	return machine(tb, kernel(tb), b)
}

func BenchmarkExhaustive(b *testing.B) {
	m := wide(b)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			var states, transitions, bytes uint64
			for b.Loop() {
				r := Exhaustive(context.Background(), m, Options{Workers: workers})
				states += r.States
				transitions += r.Transitions
				bytes = r.Bytes / r.States
			}
			s := b.Elapsed().Seconds()
			b.ReportMetric(float64(states)/s/1e6, "Mstates/s")
			b.ReportMetric(float64(transitions)/s/1e6, "Mtransitions/s")
			b.ReportMetric(float64(bytes), "B/state")
			b.ReportMetric(float64(states)/float64(b.N), "states")
		})
	}
}

func BenchmarkRandom(b *testing.B) {
	m := wide(b)
	for _, swarm := range []bool{false, true} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("swarm=%v/workers=%d", swarm, workers), func(b *testing.B) {
				var events, runs uint64
				for b.Loop() {
					r := Random(context.Background(), m, RandomOptions{Seed: 1, Events: 1e6, Swarm: swarm, Workers: workers})
					events += r.Events
					runs += r.Runs
				}
				b.ReportMetric(float64(events)/b.Elapsed().Seconds()/1e6, "Mevents/s")
				b.ReportMetric(float64(events)/float64(runs), "events/run")
			})
		}
	}
}
