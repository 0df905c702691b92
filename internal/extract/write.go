package extract

import (
	"fmt"
	"strings"
)

// line is one line of a path as it is written down.
type line struct {
	label string // a label line if set
	text  string
	when  []string
	els   string
	pos   string
	node  int
}

// writer lays a graph out as a list.
type writer struct {
	g       *graph
	lines   []line
	done    map[int]bool
	pending []int
	names   map[int]string
	used    map[string]bool
	preds   map[int]int
}

// writePath returns a path in the words of a kernel file, or what in it was
// not understood.
func writePath(g *graph, path, pos string) (string, *Missing) {
	order := g.reach()
	if len(order) > maxSteps {
		return "", &Missing{Pos: pos, Expected: "a path of a size that can be written down"}
	}
	w := &writer{g: g, done: map[int]bool{}, names: map[int]string{}, used: map[string]bool{}, preds: map[int]int{}}
	if g.entry < 0 {
		return "", &Missing{Pos: pos, Expected: "a path that ends"}
	}
	for _, i := range order {
		n := &g.nodes[i]
		switch n.kind {
		case nHole:
			return "", &Missing{Pos: n.pos, Expected: n.text}
		case nUnsure:
			return "", &Missing{Pos: n.pos, Expected: "a condition that is known, not " + quote(n.text)}
		case nReturn, nEnd:
			continue
		}
		if n.next < 0 {
			return "", &Missing{Pos: n.pos, Expected: "a path that ends"}
		}
		w.preds[n.next]++
		if n.alt >= 0 && n.alt != n.next {
			w.preds[n.alt]++
		}
	}
	w.block(g.entry, -1)
	w.lines = polish(w.lines)
	var b strings.Builder
	fmt.Fprintf(&b, "path %s  %s\n", path, pos)
	depth := 1
	for _, l := range w.lines {
		if l.label != "" {
			b.WriteString(l.label + ":\n")
			continue
		}
		if l.text == "end" {
			depth--
		}
		b.WriteString(strings.Repeat("  ", depth) + l.text)
		if len(l.when) > 0 {
			b.WriteString("  when " + strings.Join(l.when, ", "))
		}
		if l.els != "" {
			b.WriteString("  else " + l.els)
		}
		if l.pos != "" {
			b.WriteString("  " + l.pos)
		}
		b.WriteByte('\n')
		if strings.HasPrefix(l.text, "for each") {
			depth++
		}
	}
	return b.String(), nil
}

func quote(s string) string {
	if len(s) > 120 {
		s = s[:120] + "..."
	}
	return "'" + s + "'"
}

// name returns the label of a node.
func (w *writer) name(i int) string {
	if n, ok := w.names[i]; ok {
		return n
	}
	name := strings.ToLower(w.g.nodes[i].name)
	if w.g.nodes[i].text == "test_remove_off" {
		name = "test_remove" // the machine names what happens behind this label
	}
	switch {
	case name == "test_remove" && w.g.nodes[i].text != "test_remove_off":
		name = "go_on"
	case name == "":
		name = "l"
	}
	base := name
	for k := 2; w.used[name] || name == "l"; k++ {
		name = fmt.Sprintf("%s%d", base, k-1)
		if base != "l" {
			name = fmt.Sprintf("%s%d", base, k)
		}
	}
	w.used[name] = true
	w.names[i] = name
	return name
}

func (w *writer) put(l line) { w.lines = append(w.lines, l) }

// block writes everything that can be reached from a node, up to the end of
// the for each block that end closes, -1 for none.
func (w *writer) block(i, end int) {
	saved := w.pending
	w.pending = nil
	w.visit(i, end)
	for len(w.pending) > 0 {
		k := w.first()
		p := w.pending[k]
		w.pending = append(w.pending[:k], w.pending[k+1:]...)
		if !w.done[p] && p != end {
			w.visit(p, end)
		}
	}
	w.pending = saved
}

// first picks the pending node that the fewest others lead to.
func (w *writer) first() int {
	best, score := 0, 1<<30
	for k, p := range w.pending {
		n := 0
		for j, q := range w.pending {
			if j != k && q != p && w.leads(q, p) {
				n++
			}
		}
		if n < score {
			best, score = k, n
		}
	}
	return best
}

func (w *writer) leads(from, to int) bool {
	seen := map[int]bool{}
	var walk func(int) bool
	walk = func(i int) bool {
		if i == to {
			return true
		}
		if i < 0 || seen[i] || w.done[i] {
			return false
		}
		seen[i] = true
		n := w.g.nodes[i]
		if n.kind == nReturn || n.kind == nEnd {
			return false
		}
		return walk(n.next) || walk(n.alt)
	}
	return walk(from)
}

// later makes sure that a node is written, and returns its label.
func (w *writer) later(i int) string {
	if !w.done[i] {
		w.pending = append(w.pending, i)
	}
	return w.name(i)
}

func (w *writer) visit(i, end int) {
	for {
		n := &w.g.nodes[i]
		if i == end || w.done[i] {
			if n.kind == nReturn {
				w.put(line{text: "return", pos: n.pos, node: i})
			} else {
				w.put(line{text: "goto " + w.name(i), node: -1})
			}
			return
		}
		w.done[i] = true
		w.put(line{label: w.name(i), node: i})
		switch n.kind {
		case nReturn:
			w.put(line{text: "return", pos: n.pos, node: i})
			return
		case nEnd:
			return
		case nLoop:
			w.put(line{text: n.text, pos: n.pos, node: i})
			last := w.endOf(i)
			w.block(n.next, last)
			if last >= 0 {
				w.put(line{label: w.name(last), node: last})
			}
			w.put(line{text: "end", node: -1})
			i = n.alt
		case nStep:
			if i = w.step(n, i); i < 0 {
				return
			}
		case nTest:
			i = w.test(n, i)
		}
	}
}

// endOf finds the end of a for each block.
func (w *writer) endOf(i int) int {
	inner := ""
	var found int = -1
	seen := map[int]bool{}
	var walk func(int)
	walk = func(k int) {
		if k < 0 || seen[k] || found >= 0 {
			return
		}
		seen[k] = true
		n := w.g.nodes[k]
		if inner == "" {
			inner = n.loop
		}
		if n.kind == nEnd && n.loop == inner {
			found = k
			return
		}
		if n.kind == nEnd || n.kind == nReturn {
			return
		}
		walk(n.next)
		walk(n.alt)
	}
	walk(w.g.nodes[i].next)
	return found
}

// step writes a step and returns where it goes on, -1 for nowhere.
func (w *writer) step(n *node, i int) int {
	text, when, _ := strings.Cut(n.text, " when ")
	l := line{text: text, pos: n.pos, node: i}
	if when != "" {
		l.when = strings.Split(when, ", ")
	}
	if n.alt >= 0 {
		if n.alt == n.next && strings.HasPrefix(n.text, "call ") {
			// goes on with the error kept
		} else if w.g.nodes[n.alt].kind != nReturn || strings.HasPrefix(n.text, "call ") {
			l.els = w.later(n.alt)
		}
	}
	w.put(l)
	if strings.HasPrefix(n.text, "refuse ") || strings.HasPrefix(n.text, "take ") && w.g.nodes[n.next].kind == nReturn {
		return -1
	}
	return n.next
}

// test writes a jump on a test and returns where it goes on.
func (w *writer) test(n *node, i int) int {
	yes, no := n.next, n.alt
	for _, side := range []struct {
		to, other int
		cond      string
	}{{yes, no, n.text}, {no, yes, "not " + n.text}} {
		t := &w.g.nodes[side.to]
		cond := strings.TrimPrefix(side.cond, "not not ")
		if t.kind == nReturn {
			w.put(line{text: "return", when: []string{cond}, pos: n.pos, node: -1})
			return side.other
		}
		if t.kind == nStep && (strings.HasPrefix(t.text, "refuse ") || strings.HasPrefix(t.text, "take ")) && !w.done[side.to] {
			if w.preds[side.to] == 1 {
				w.done[side.to] = true
			}
			l := line{text: t.text, when: []string{cond}, pos: t.pos, node: -1}
			if t.alt >= 0 && w.g.nodes[t.alt].kind != nReturn {
				l.els = w.later(t.alt)
			}
			w.put(l)
			return side.other
		}
	}
	if w.done[yes] || w.preds[yes] > 1 && !w.done[no] && w.leads(no, yes) || w.g.nodes[yes].kind == nEnd {
		w.put(line{text: "goto " + w.later(yes), when: []string{n.text}, pos: n.pos, node: -1})
		return no
	}
	w.put(line{text: "goto " + w.later(no), when: []string{"not " + n.text}, pos: n.pos, node: -1})
	return yes
}
