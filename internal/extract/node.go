package extract

import "strings"

// node is one place of a path's graph: something the machine does, and where it
// goes on.
type node struct {
	kind nodeKind
	text string // the step, in the words of a kernel file; the test; what was not understood
	pos  string
	name string // the C label that stands here, or one that the machine asks for
	loop string // the for each blocks around it
	next int    // of a test: where it holds
	alt  int    // of a test: where it does not hold; of a step: where a failure goes, -1 if it cannot fail
}

type nodeKind uint8

const (
	nAlias  nodeKind = iota // the same as next
	nStep                   // does text
	nTest                   // asks text
	nUnsure                 // a condition that no rule knows
	nReturn                 // ends the path
	nLoop                   // for each text: next is the body, alt comes after
	nEnd                    // the end of the body
	nHole                   // not understood
)

// graph is a path before it is written down as a list.
type graph struct {
	nodes []node
	entry int
}

// seek follows aliases, and returns -1 for a circle of them.
func (g *graph) seek(i int) int {
	for n := 0; i >= 0 && g.nodes[i].kind == nAlias; n++ {
		if n > len(g.nodes) {
			return -1
		}
		i = g.nodes[i].next
	}
	return i
}

// forgive lets a step whose failure is only forgotten go on alike both ways:
// ignore_error does no harm where there is none.
func (g *graph) forgive() bool {
	done := false
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.kind != nStep || n.alt < 0 || n.alt == n.next || strings.HasPrefix(n.text, "refuse ") {
			continue
		}
		if a := g.nodes[n.alt]; a.kind == nStep && a.text == "ignore_error" && a.next == n.next {
			n.next, done = n.alt, true
		}
	}
	return done
}

// tidy merges nodes that do the same from there on, and drops tests that
// change nothing, until neither finds any more.
func (g *graph) tidy() {
	for {
		g.straighten()
		merged := g.merge()
		dropped := g.dropTests()
		g.straighten()
		if !dropped && !merged && !g.forgive() {
			return
		}
	}
}

func (g *graph) straighten() {
	g.entry = g.seek(g.entry)
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.kind == nAlias || n.kind == nReturn || n.kind == nEnd || n.kind == nHole {
			continue
		}
		n.next = g.seek(n.next)
		if n.alt >= 0 {
			n.alt = g.seek(n.alt)
		}
	}
}

// merge finds the coarsest partition into nodes that behave alike and keeps the
// first of each class.
func (g *graph) merge() bool {
	type key struct {
		kind      nodeKind
		text, lp  string
		next, alt int
	}
	class := make([]int, len(g.nodes))
	count := 0
	for {
		ids := map[key]int{}
		fresh := make([]int, len(g.nodes))
		for i, n := range g.nodes {
			if n.kind == nAlias {
				fresh[i] = -1
				continue
			}
			k := key{kind: n.kind, text: n.text, lp: n.loop, next: -1, alt: -1}
			if n.kind == nHole {
				k.text += n.pos
			}
			if n.kind != nReturn && n.kind != nEnd && n.kind != nHole {
				if k.next = class[n.next]; n.alt >= 0 {
					k.alt = class[n.alt]
				}
			}
			id, ok := ids[k]
			if !ok {
				id = len(ids)
				ids[k] = id
			}
			fresh[i] = id
		}
		class = fresh
		if len(ids) == count {
			break
		}
		count = len(ids)
	}
	first := map[int]int{}
	merged := false
	for i := range g.nodes {
		if g.nodes[i].kind == nAlias {
			continue
		}
		if f, ok := first[class[i]]; ok {
			if g.nodes[f].name == "" {
				g.nodes[f].name = g.nodes[i].name
			}
			g.nodes[i] = node{kind: nAlias, next: f, alt: -1}
			merged = true
		} else {
			first[class[i]] = i
		}
	}
	g.straighten()
	return merged
}

func (g *graph) dropTests() bool {
	dropped := false
	for i := range g.nodes {
		if n := &g.nodes[i]; n.kind == nLoop && g.nodes[n.next].kind == nEnd {
			g.nodes[i] = node{kind: nAlias, next: n.alt, alt: -1} // a walk that does nothing
			dropped = true
		} else if (n.kind == nTest || n.kind == nUnsure) && n.next == n.alt && n.next != i {
			g.nodes[i] = node{kind: nAlias, next: n.next, alt: -1}
			dropped = true
		}
	}
	return dropped
}

// reach returns the nodes that can be reached, in the order of a walk.
func (g *graph) reach() []int {
	seen := make([]bool, len(g.nodes))
	var order []int
	var walk func(int)
	walk = func(i int) {
		if i < 0 || seen[i] {
			return
		}
		seen[i] = true
		order = append(order, i)
		switch n := g.nodes[i]; n.kind {
		case nReturn, nEnd, nHole:
		default:
			walk(n.next)
			walk(n.alt)
		}
	}
	walk(g.entry)
	return order
}
