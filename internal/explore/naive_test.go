package explore

import (
	"dmafuzz/model/text"
	"os"
	"strings"
	"testing"

	"dmafuzz/model"
)

// kernel returns the kernel of the tests, with some of its text replaced.
func kernel(tb testing.TB, oldnew ...string) *model.Kernel {
	tb.Helper()
	body, err := os.ReadFile("testdata/wrong-order.kernel")
	if err != nil {
		tb.Fatal(err)
	}
	k, err := text.ParseKernel("wrong-order.kernel", []byte(strings.NewReplacer(oldnew...).Replace(string(body))), nil)
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
// nothing with the other one but the machine. A state counts once, however many
// preemptions it took, and is met first with the fewest, then the fewest events.
type naive struct {
	states      map[model.State]bool
	transitions uint64
	depth       int
	goals       model.Goals
	events      model.EventSet
	findings    map[model.Key]Finding
}

func naiveSearch(m *model.Machine) naive {
	n := naive{states: map[model.State]bool{}, findings: map[model.Key]Finding{}}
	type node struct {
		state model.State
		trace []model.Event
	}
	var queues [model.MaxPreemptions + 1][][]node // by preemptions and events
	put := func(s model.State, trace []model.Event) {
		q := &queues[s.Preempts]
		for len(*q) <= len(trace) {
			*q = append(*q, nil)
		}
		(*q)[len(trace)] = append((*q)[len(trace)], node{s, trace})
	}
	put(model.State{}, nil)
	for i := range queues {
		for depth := 0; depth < len(queues[i]); depth++ {
			for _, at := range queues[i][depth] {
				n.visit(m, at.state, at.trace, put)
			}
		}
	}
	return n
}

func (n *naive) visit(m *model.Machine, s model.State, trace []model.Event, put func(model.State, []model.Event)) {
	bare := s
	bare.Preempts = 0
	if n.states[bare] {
		return
	}
	n.states[bare] = true
	n.depth = max(n.depth, len(trace))
	choices := m.Choices(&s)
	for id := range choices.All() {
		e, _ := id.Event()
		after, out := m.Step(s, e)
		trace := append(append([]model.Event(nil), trace...), e)
		n.transitions++
		put(after, trace)
		// Whatever stops differs from what does not by State.Preempts.
		for p := model.PointID(1); p <= m.NumPoints(); p++ {
			e.Until = m.Point(p)
			if stopped, _ := m.Step(s, e); stopped != after {
				n.transitions++
				put(stopped, append(append([]model.Event(nil), trace[:len(trace)-1]...), e))
			}
		}
		n.goals |= out.Goals
		n.events.Add(id)
		for _, v := range out.Violations() {
			old, ok := n.findings[v.Key]
			count, was := preempted(m, trace), preempted(m, old.Trace)
			if !ok || count < was || count == was && (len(trace) < len(old.Trace) ||
				m.Bounds().Actors < 2 && len(trace) == len(old.Trace) && lexLess(trace, old.Trace)) {
				n.findings[v.Key] = Finding{v, trace}
			}
		}
	}
}

// preempted counts the preemptions of a trace.
func preempted(m *model.Machine, trace []model.Event) (n uint8) {
	var s model.State
	for _, e := range trace {
		var one model.EventSet
		one.Add(e.ID())
		if paid := m.Preempting(&s, &one); !paid.Empty() {
			n++
		}
		if e.Until != (model.Point{}) {
			n++
		}
		m.Apply(&s, e)
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
