package explore

import (
	"os"
	"strings"
	"testing"

	"dmafuzz/model"
)

// kernel returns the kernel of the tests, with some of its text replaced.
func kernel(tb testing.TB, oldnew ...string) *model.Kernel {
	tb.Helper()
	text, err := os.ReadFile("testdata/wrong-order.kernel")
	if err != nil {
		tb.Fatal(err)
	}
	k, err := model.ParseKernel("wrong-order.kernel", []byte(strings.NewReplacer(oldnew...).Replace(string(text))), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func machine(tb testing.TB, k *model.Kernel, b model.Bounds) *model.Machine {
	tb.Helper()
	m, err := model.NewMachine(k, b)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// small closes within milliseconds.
func small() model.Bounds {
	b := model.DefaultBounds()
	b.Memory = 1
	return b
}

// naive is the search written in the most obvious way: a queue of whole
// traces, a map of states, and findings compared event by event. It shares
// nothing with the other one but the machine.
type naive struct {
	states      map[model.State]bool
	transitions uint64
	depth       int
	goals       model.Goals
	events      model.EventSet
	findings    map[model.Key]Finding
}

func naiveSearch(m *model.Machine) naive {
	n := naive{states: map[model.State]bool{{}: true}, findings: map[model.Key]Finding{}}
	type node struct {
		state model.State
		trace []model.Event
	}
	queue := []node{{}}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		n.depth = len(at.trace)
		choices := m.Choices(&at.state)
		for id := range choices.All() {
			e, _ := id.Event()
			after, out := m.Step(at.state, e)
			trace := append(append([]model.Event(nil), at.trace...), e)
			n.transitions++
			// Whatever stops differs from what does not by State.Preempts.
			for p := model.PointID(1); p <= m.NumPoints(); p++ {
				e.Until = m.Point(p)
				stopped, _ := m.Step(at.state, e)
				if stopped == after {
					continue
				}
				n.transitions++
				if !n.states[stopped] {
					n.states[stopped] = true
					queue = append(queue, node{stopped, append(append([]model.Event(nil), at.trace...), e)})
				}
			}
			n.goals |= out.Goals
			n.events.Add(id)
			for _, v := range out.Violations() {
				old, ok := n.findings[v.Key]
				if !ok || len(trace) < len(old.Trace) || m.Bounds().Actors < 2 && len(trace) == len(old.Trace) && lexLess(trace, old.Trace) {
					n.findings[v.Key] = Finding{v, trace}
				}
			}
			if !n.states[after] {
				n.states[after] = true
				queue = append(queue, node{after, trace})
			}
		}
	}
	return n
}

func lexLess(a, b []model.Event) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i].ID() < b[i].ID()
		}
	}
	return false
}
