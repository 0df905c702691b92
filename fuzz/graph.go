package fuzz

import "dmafuzz/model"

// graph is the part of the machine's state space that inputs have been to.
//
// Inputs of an engine share most of what they do, and a step of the machine
// costs more under its instrumentation than all else of an execution. So each
// step is carried out once. The engine sees states instead (visit), and what
// it sees of an input does not depend on the machine's code.
type graph struct {
	machine *model.Machine
	nodes   []node
	numbers map[model.PackedState]int32
}

type node struct {
	state   model.State
	enabled model.EventSet
	bucket  uint32
	next    [256]int32 // by byte: a node's number, or one of the below
}

const (
	unknown = -1 - iota // not carried out yet
	skipped             // not enabled, or no event
	broken              // breaks a rule in a way that is not known
)

// maxNodes is where the graph starts anew, at about 25 MB.
const maxNodes = 1 << 14

func newGraph(m *model.Machine) *graph {
	g := &graph{machine: m}
	g.reset()
	return g
}

// reset forgets all but the state at boot, which is node 0.
func (g *graph) reset() {
	g.nodes, g.numbers = g.nodes[:0], map[model.PackedState]int32{}
	g.number(&model.State{})
}

// number returns the number of a state's node, and makes one if need be.
func (g *graph) number(s *model.State) int32 {
	key := g.machine.Pack(s)
	if n, ok := g.numbers[key]; ok {
		return n
	}
	n := int32(len(g.nodes))
	g.numbers[key] = n
	g.nodes = append(g.nodes, node{state: *s, enabled: g.machine.Enabled(s), bucket: bucket(s)})
	next := &g.nodes[n].next
	for b := range next {
		if next[b] = skipped; ids[b] != unused && g.nodes[n].enabled.Has(ids[b]) {
			next[b] = unknown
		}
	}
	return n
}

// step carries out an enabled event for the first time and notes where it leads.
func (g *graph) step(at int32, b byte, isNews func(model.Outcome) bool) int32 {
	s := g.nodes[at].state
	to := int32(broken)
	if out := g.machine.Apply(&s, table[b], model.With{Chosen: true}); !isNews(out) {
		to = g.number(&s)
	}
	g.nodes[at].next[b] = to
	return to
}

// unused stands for the bytes that are no event.
const unused = model.EventID(model.NumEvents)

// ids has the ids of the table's events.
var ids = func() (list [256]model.EventID) {
	for i, e := range table {
		list[i] = unused
		if e.Kind != model.EventInvalid {
			list[i] = e.ID()
		}
	}
	return list
}()
