package extract

import (
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// A comparer walks two paths at once, one that was read and one that a person
// wrote, and gives both the same answers to the same tests: two paths are equal
// if and only if on every way the same steps come in the same order and the
// same error is left. Labels, lines, and the order in which one place asks its
// tests do not count.
//
// Where the steps differ, allow is asked; without a reason the way ends there
// and is noted.
type comparer struct {
	got, want *side
	allow     allowed
	seen      map[string]bool
	found     []string // differences without a reason, each once
}

// allowed tells whether there is a reason for a difference, where some tests
// have answers.
type allowed func(difference string, known map[string]bool) bool

// compareWays returns the differences of one path for which there is no reason.
func compareWays(got, want *model.Kernel, path model.PathKind, allow allowed) []string {
	return compareFrom(got, want, path, map[string]bool{}, allow)
}

// compareFrom is compareWays where some tests have answers from the start.
func compareFrom(got, want *model.Kernel, path model.PathKind, known map[string]bool, allow allowed) []string {
	c := &comparer{got: newSide(got, path), want: newSide(want, path), allow: allow, seen: map[string]bool{}}
	if a, b := got.Path(path).Status, want.Path(path).Status; a != b {
		if d := fmt.Sprintf("%s <> %s", a, b); !allow(d, nil) {
			return []string{d}
		}
		return nil
	}
	c.walk(spot{}, spot{}, known, nil)
	return c.found
}

func (c *comparer) walk(a, b spot, known map[string]bool, way []string) {
	key := fmt.Sprint(a, b, known) // fmt prints maps in order
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	a, x, ask := c.got.settle(a, known)
	if ask == "" {
		b, _, ask = c.want.settle(b, known)
	}
	if ask != "" {
		for _, v := range []bool{true, false} {
			if more, ok := learn(known, ask, v); ok {
				word := map[bool]string{true: "", false: "not "}[v] + ask
				c.walk(a, b, more, append(slices.Clone(way), word))
			}
		}
		return
	}
	_, y, _ := c.want.settle(b, known)
	if x != y {
		c.differ(a, b, x, y, known, way)
		return
	}
	if strings.HasPrefix(x, "end ") && x != "end" || x == "goes round" || x == "end " {
		return
	}
	way = append(slices.Clone(way), x+";")
	st := c.got.steps[a.pc]
	op := st.Op
	c.walk(c.got.after(a, ""), c.want.after(b, ""), forget(known, st), way)
	if op == model.OpForEach {
		c.walk(c.got.behind(a), c.want.behind(b), forget(known, st), way)
	}
	outcomes := c.got.outcomes(a)
	if other := c.want.outcomes(b); len(other) > len(outcomes) {
		outcomes = other
	}
	for _, o := range outcomes {
		after := known
		if op == model.OpCall || op == model.OpDriverProbe {
			after = forget(known, st)
		}
		c.walk(c.got.after(a, o), c.want.after(b, o), after, append(slices.Clone(way), o+":"))
	}
}

// differ asks for a reason: "+S" is a step that only the tree has, "-S" one
// that only the written path has, "S <> T" is the end of what is compared.
func (c *comparer) differ(a, b spot, x, y string, known map[string]bool, way []string) {
	x, y = strings.TrimSpace(x), strings.TrimSpace(y)
	ends := func(s string) bool { return s == "goes round" || strings.HasPrefix(s, "end") }
	switch {
	case c.allow(x+" <> "+y, known):
	case !ends(x) && c.allow("+"+x, known):
		st := c.got.steps[a.pc]
		if st.Op == model.OpForEach {
			c.walk(c.got.behind(a), b, known, way)
			return
		}
		if st.Op != model.OpLock { // the other side goes by what it knew
			known = forget(known, st)
		}
		c.walk(c.got.after(a, ""), b, known, way)
	case !ends(y) && c.allow("-"+y, known):
		st := c.want.steps[b.pc]
		if st.Op == model.OpForEach {
			c.walk(a, c.want.behind(b), known, way)
			return
		}
		c.walk(a, c.want.after(b, ""), forget(known, st), way)
	default:
		text := fmt.Sprintf("%s <> %s", x, y)
		for _, f := range c.found {
			if strings.HasPrefix(f, text+"  (") {
				return
			}
		}
		c.found = append(c.found, text+"  ("+strings.Join(way, " ")+")")
	}
}
