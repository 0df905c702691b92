package extract

import (
	"fmt"
	"path"
	"strings"

	"dmafuzz/internal/csource"
)

// Limits on one path. The greatest of the real trees: 222 nodes, 57 when it is
// tidy, and 560 bytes of a state.
const (
	maxNodes  = 4000
	maxSilent = 20000 // instructions between two steps
	maxFrames = 32
	maxKey    = 1 << 13 // bytes of a state's text
	maxSteps  = 200     // nodes left of a path when it is tidy
)

// runner reads one path: it runs the C of its entry function on symbols, and
// notes each step and each test that the rules know.
type runner struct {
	t    *tree
	path string
	def  entry
	g    graph
	memo map[string]int
	hole *Missing // the first thing that stopped it
}

// run returns the node that the way from s begins with.
func (r *runner) run(s *state) int {
	key := s.key()
	if len(key) > maxKey {
		return r.fail(s.pos(), "functions with fewer variables")
	}
	if i, ok := r.memo[key]; ok {
		return i
	}
	at := r.add(node{kind: nAlias})
	r.memo[key] = at
	r.g.nodes[at].next = r.step(s)
	return at
}

func (r *runner) add(n node) int {
	if n.kind != nTest && n.kind != nUnsure && n.kind != nLoop && n.kind != nStep {
		n.alt = -1
	}
	r.g.nodes = append(r.g.nodes, n)
	return len(r.g.nodes) - 1
}

func (r *runner) fail(pos, expected string) int {
	if r.hole == nil {
		r.hole = &Missing{Pos: pos, Expected: expected}
	}
	return r.add(node{kind: nHole, text: expected, pos: pos})
}

// step runs instructions that say nothing up to one that does.
func (r *runner) step(s *state) int {
	for n := 0; ; n++ {
		if n > maxSilent || len(r.g.nodes) > maxNodes {
			return r.fail(s.pos(), "a path of a size that can be followed")
		}
		f := s.top()
		if f.pc == 0 && f.code.taken != "" {
			return r.fail(fmt.Sprintf("%s:%d", f.file, f.code.at), "a call of "+f.code.taken+" by its name")
		}
		in := &f.code.insts[f.pc]
		var at int
		switch in.kind {
		case iJump:
			f.pc = in.a
			continue
		case iCall:
			at = r.call(s, in)
		case iAssign:
			at = r.assign(s, in)
		case iBranch:
			at = r.branch(s, in)
		case iReturn:
			at = r.ret(s, f.eval(in.e))
		case iLoop:
			at = r.loop(s, in)
		case iEnd:
			at = r.endLoop(s, in)
		case iBreak:
			if n := len(s.loops); n > 0 && s.loops[n-1].is(len(s.frames), in.a) {
				at = r.add(node{kind: nEnd, loop: s.loopName()})
			} else {
				f.pc = in.b
				continue
			}
		}
		if at >= 0 {
			return at
		}
	}
}

// emit makes the nodes for the words of a rule and goes on with s.
func (r *runner) emit(s *state, words, pos, label string) int {
	parts := r.parts(s, words)
	if n := len(s.loops); n > 0 && s.loops[n-1].late == words && words != "" && !s.has(behindLock) {
		s.know(tooEarly)
		return -1
	}
	if len(parts) == 0 {
		s.forget(words)
		return -1
	}
	var nodes []int
	for i, w := range parts {
		n := node{kind: nStep, text: strings.TrimSpace(w), pos: pos, loop: s.loopName(), alt: -1}
		if i == 0 {
			n.name = label
		}
		nodes = append(nodes, r.add(n))
	}
	for i := 0; i+1 < len(nodes); i++ {
		r.g.nodes[nodes[i]].next = nodes[i+1]
	}
	s.forget(words)
	if strings.HasPrefix(words, "take ") {
		r.g.nodes[nodes[len(nodes)-1]].next = r.add(node{kind: nReturn, loop: s.loopName()})
		return nodes[0]
	}
	goOn := r.run
	if n := len(s.loops); n > 0 && s.loops[n-1].lock == words && words != "" {
		goOn = func(s *state) int { return r.again(s, pos) }
	}
	next := goOn(s)
	r.g.nodes[nodes[len(nodes)-1]].next = next
	return nodes[0]
}

// Notes of a round: its lock is held, and its late step came before.
const (
	behindLock = "$behind_lock"
	tooEarly   = "$too_early"
)

// again asks the guard of a loop behind its lock, and then takes the late step,
// if that came too early. It returns the node of the test; if the round is over,
// the lock is dropped.
func (r *runner) again(s *state, pos string) int {
	l := s.loops[len(s.loops)-1]
	over := func(s *state) int {
		end := r.add(node{kind: nEnd, loop: s.loopName()})
		return r.add(node{kind: nStep, text: "un" + l.lock, pos: pos, loop: s.loopName(), next: end, alt: -1})
	}
	return r.decide(s, l.guard, pos, func(s *state) int {
		s.know(behindLock)
		if !s.has(tooEarly) {
			return r.run(s)
		}
		return r.emit(s, l.late, pos, "")
	}, over)
}

// parts splits the words of a rule into steps, without those that this kernel
// does elsewhere.
func (r *runner) parts(s *state, words string) []string {
	var list []string
	for _, w := range strings.Split(words, ";") {
		w, unless, ok := strings.Cut(strings.TrimSpace(w), " unless ")
		if !isNote(w) && (!ok || !r.t.hasPath[unless] && !s.has(unless)) {
			list = append(list, w)
		}
	}
	return list
}

// try emits a step that may fail: the result of the call is ok, or the error.
func (r *runner) try(s *state, words, pos, label, temp string, used bool, ok, bad value) int {
	if !used && s.failed == noError {
		n := r.add(node{kind: nStep, text: words, pos: pos, name: label, loop: s.loopName(), alt: -1})
		s.forget(words)
		clear := r.add(node{kind: nStep, text: "ignore_error", loop: s.loopName(), alt: -1})
		r.g.nodes[n].next, r.g.nodes[n].alt = clear, clear
		next := r.run(s)
		r.g.nodes[clear].next = next
		return n
	}
	if !used {
		return r.emit(s, words, pos, label)
	}
	if s.failed != noError {
		s.failed = noError
		c := r.add(node{kind: nStep, text: "ignore_error", loop: s.loopName(), alt: -1})
		next := r.try(s, words, pos, label, temp, used, ok, bad)
		r.g.nodes[c].next = next
		return c
	}
	n := r.add(node{kind: nStep, text: words, pos: pos, name: label, loop: s.loopName(), alt: -1})
	s.forget(words)
	other := s.clone()
	s.top().set(temp, ok)
	next := r.run(s)
	other.failed = hasError
	other.top().set(temp, bad)
	alt := r.run(other)
	r.g.nodes[n].next, r.g.nodes[n].alt = next, alt
	return n
}

// way goes on from a state: it returns the node, or -1 if s just runs on.
type way func(*state) int

func then(f func(*state)) way {
	return func(s *state) int { f(s); return -1 }
}

// test emits a test, and goes on with yes or no.
func (r *runner) test(s *state, test, pos string, yes, no way) int {
	test, negate := strings.CutPrefix(test, "not ")
	if negate {
		yes, no = no, yes
	}
	if isNote(test) && !s.has(test) {
		return no(s)
	}
	for _, k := range s.known {
		if k == test {
			return yes(s)
		}
		if k == "not "+test {
			return no(s)
		}
	}
	n := r.add(node{kind: nTest, text: test, pos: pos, name: s.label(), loop: s.loopName()})
	other := s.clone()
	s.know(test)
	next := r.goOn(s, yes)
	other.know("not " + test)
	alt := r.goOn(other, no)
	r.g.nodes[n].next, r.g.nodes[n].alt = next, alt
	return n
}

func (r *runner) goOn(s *state, w way) int {
	if at := w(s); at >= 0 {
		return at
	}
	return r.run(s)
}

// enter calls a function of the tree.
func (r *runner) enter(s *state, fn *csource.Function, args []value, temp string, used bool) {
	nf := frame{code: r.t.code(fn), file: path.Clean(fn.File), temp: temp, used: used, failed: s.failed}
	for i, p := range fn.Params {
		words := tokens(p)
		for len(words) > 0 && !isWord(words[len(words)-1]) {
			words = words[:len(words)-1]
		}
		if len(words) > 0 && i < len(args) {
			nf.env = append(nf.env, binding{words[len(words)-1], args[i]})
		}
	}
	s.frames = append(s.frames, nf)
}
