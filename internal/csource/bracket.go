package csource

import "slices"

// match gives each bracket its partner in aux, or -1, in one pass. Everything after it jumps from
// a bracket to its partner instead of searching, which is what keeps hostile nesting linear.
//
// If the brackets do not match, one that is missing would swallow the rest of the file. Then a
// second pass trusts the kernel's style: a brace in column 1 opens or closes a function.
func (f *flow) match(lines []uint32, steps *int) {
	m := &matcher{flow: f, lines: lines, steps: steps}
	if !m.run() {
		m.columns, f.deep = true, nil
		m.run()
	}
	for i, t := range f.tokens {
		if t.kind == kBad {
			m.bad = append(m.bad, int32(i))
		}
	}
	slices.Sort(m.bad)
	f.bad = m.bad
}

type matcher struct {
	*flow
	lines   []uint32
	steps   *int
	columns bool    // braces in column 1 open and close functions
	open    []int32 // brackets
	braces  int     // how many of them are braces
	bad     []int32
}

// run reports whether all brackets match.
func (m *matcher) run() bool {
	m.open, m.bad, m.braces = m.open[:0], m.bad[:0], 0
	for i := range m.tokens {
		*m.steps++
		switch t := &m.tokens[i]; t.kind {
		case '(', '[', '{':
			if m.columns && t.kind == '{' && m.first(*t) {
				m.drop(0)
			}
			t.aux = -1
			m.open = append(m.open, int32(i))
			if t.kind == '{' {
				m.braces++
			}
			if len(m.open) == MaxDepth+1 {
				m.deep = append(m.deep, int32(i))
			}
		case ')', ']', '}':
			t.aux = -1
			m.shut(i, t)
		}
	}
	m.drop(0)
	return len(m.bad) == 0
}

// first reports whether t stands in column 1.
func (m *matcher) first(t token) bool { return t.src == m.lines[t.line-1] }

// drop gives up on all open brackets but the first n.
func (m *matcher) drop(n int) {
	for _, b := range m.open[n:] {
		*m.steps++
		m.bad = append(m.bad, b)
		if m.tokens[b].kind == '{' {
			m.braces--
		}
	}
	m.open = m.open[:n]
}

// shut pairs the closing bracket t, which is token i.
func (m *matcher) shut(i int, t *token) {
	last := func() *token { return &m.tokens[m.open[len(m.open)-1]] }
	if t.kind != '}' {
		opener := kind('(')
		if t.kind == ']' {
			opener = '['
		}
		for len(m.open) > 0 && last().kind != opener && last().kind != '{' {
			m.drop(len(m.open) - 1)
		}
		if len(m.open) == 0 || last().kind != opener {
			m.bad = append(m.bad, int32(i))
			return
		}
		m.pair(i, t)
		return
	}
	if m.braces == 0 {
		m.drop(0)
		m.bad = append(m.bad, int32(i))
		return
	}
	for last().kind != '{' || m.columns && m.first(*t) && m.braces > 1 {
		m.drop(len(m.open) - 1)
	}
	outermost := m.columns && m.braces == 1
	if outermost && !m.first(*t) && m.first(*last()) {
		m.bad = append(m.bad, int32(i))
		return
	}
	m.pair(i, t)
	m.braces--
	if outermost {
		m.drop(0)
	}
}

func (m *matcher) pair(i int, t *token) {
	n := len(m.open) - 1
	b := m.open[n]
	m.open = m.open[:n]
	t.aux = b
	m.tokens[b].aux = int32(i)
}
