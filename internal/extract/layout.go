package extract

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
