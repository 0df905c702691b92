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
			m := &Missing{Pos: n.pos, Expected: "a condition that is known, not " + quote(n.text)}
			if !strings.HasPrefix(n.text, "loop ") {
				m.Assume = "if " + n.text + "=TEST"
			}
			return "", m
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
