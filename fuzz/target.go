package fuzz

import (
	"errors"
	"fmt"
	"sync"

	"dmafuzz/fuzz/visit"
	"dmafuzz/model"
)

// maxLen is how many bytes of an input count. The deepest finding of any
// shipped kernel is less than 20 events away; longer inputs only take time.
const maxLen = 32

// bounds are what the table of bytes speaks of. Two devices in one group have
// more to do with each other than in two; a life of one device alone is the
// same in both.
func bounds(drivers model.Drivers) model.Bounds {
	return model.Bounds{Devices: 2, Memory: 2, Actions: 2, SharedGroup: true, Drivers: drivers, Families: model.AllFamilies}
}

// target is a kernel to be fuzzed, fit for any number of goroutines.
type target struct {
	machine  *model.Machine
	known    map[model.Key]bool
	searched sync.Map // model.Key -> []model.Event, for reports

	mu    sync.Mutex // guards graph
	graph *graph
}

// errNothing is for a kernel of which fuzzing could look at nothing.
var errNothing = errors.New("no driver can be bound: there is nothing to look at")

func newTarget(k *model.Kernel, drivers model.Drivers, known []model.Key) (*target, error) {
	m, err := model.NewMachine(k, bounds(drivers))
	if err != nil {
		return nil, err
	}
	if m.Reachable()&model.GoalDirectAllocated == 0 {
		return nil, fmt.Errorf("%s: %w", k.FullName(), errNothing)
	}
	t := &target{machine: m, known: map[model.Key]bool{}, graph: newGraph(m)}
	for _, key := range known {
		t.known[key] = true
	}
	return t, nil
}

// result is what an input did.
type result struct {
	found     bool            // an event broke a rule in a way that is not known; the run ended there
	violation model.Violation // the worst one of that event
	bucket    uint32          // of the last state reached
	steps     int             // events that were carried out
}

// run carries out an input.
func (t *target) run(data []byte) result {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.graph
	if len(g.nodes) > maxNodes-maxLen {
		g.reset()
	}
	var r result
	at := int32(0)
	for _, b := range data[:min(len(data), maxLen)] {
		to := g.nodes[at].next[b]
		if to == unknown {
			to = g.step(at, b, func(out model.Outcome) bool { _, news := t.worst(out); return news })
		}
		if to == skipped {
			continue
		}
		r.steps++
		if to == broken {
			_, out := t.machine.Step(g.nodes[at].state, table[b])
			r.violation, r.found = t.worst(out)
			return r
		}
		at, r.bucket = to, g.nodes[to].bucket
		visit.Bucket(r.bucket)
	}
	return r
}

// worst returns the worst violation that is not known; ok is false if none is.
func (t *target) worst(out model.Outcome) (v model.Violation, ok bool) {
	for _, w := range out.Violations() {
		if !t.known[w.Key] && (!ok || w.Consequence < v.Consequence) {
			v, ok = w, true
		}
	}
	return v, ok
}
