package extract

import "strings"

// loop runs the head of a loop, by the rule for it.
func (r *runner) loop(s *state, in *inst) int {
	f := s.top()
	pos, label := s.pos(), s.label()
	head := f.resolve(in.e).String()
	ru := r.loopRule(head)
	if ru == nil {
		return r.unsureLoop(s, in, head, pos)
	}
	switch ru.verb {
	case "once": // the body runs once, for the device at hand
		f.pc = in.a
		return -1
	case "onceif":
		at, over := in.a, in.b
		return r.decide(s, ru.rest, pos, then(func(s *state) { s.top().pc = at }), then(func(s *state) { s.top().pc = over }))
	case "skip":
		f.pc = in.b
		if ru.rest != "" {
			return r.emit(s, ru.rest, pos, label)
		}
		return -1
	case "while": // a step that jumps into the body, which comes back to it
		n := r.add(node{kind: nStep, text: ru.rest, pos: pos, name: label, loop: s.loopName()})
		body := s.clone()
		body.top().pc = in.a
		alt := r.run(body)
		f.pc = in.b
		next := r.run(s)
		r.g.nodes[n].next, r.g.nodes[n].alt = next, alt
		return n
	case "each":
		what, guard, _ := strings.Cut(ru.rest, " when ")
		guard, lock, _ := strings.Cut(guard, ", behind ")
		lock, late, _ := strings.Cut(lock, ", then ")
		return r.each(s, "for each "+what, pos, label, openLoop{depth: len(s.frames), at: f.pc, guard: guard, lock: lock, late: late},
			func(s *state) { s.top().pc = in.a }, func(s *state, bad bool) {
				s.top().pc = in.b
			})
	}
	return r.fail(pos, "a verb that is known in rule: "+ru.source)
}

// loopRule is the rule for a loop with that head, nil if there is none.
func (r *runner) loopRule(head string) (ru *rule) {
	for i := range r.t.rules.loops {
		c := &r.t.rules.loops[i]
		if (c.path == "" || c.path == r.path) && strings.HasPrefix(head, c.args[0]) && (ru == nil || c.path != "") {
			ru = c
		}
	}
	return ru
}

// unsureLoop is a loop that no rule knows: harmless if its body does nothing.
func (r *runner) unsureLoop(s *state, in *inst, head, pos string) int {
	n := r.add(node{kind: nUnsure, text: "loop " + head, pos: pos, name: s.label(), loop: s.loopName()})
	other := s.clone()
	s.top().pc = in.a
	next := r.run(s)
	other.top().pc = in.b
	alt := r.run(other)
	r.g.nodes[n].next, r.g.nodes[n].alt = next, alt
	return n
}

// each makes a for each block. An error ends the walk: the rest of the devices
// are passed over, and what comes after the loop sees it.
func (r *runner) each(s *state, text, pos, label string, l openLoop, body func(*state), after func(*state, bool)) int {
	n := r.add(node{kind: nLoop, text: text, pos: pos, name: label, loop: s.loopName()})
	s.drop(func(test string) bool { return !isNote(test) })
	l.pos, l.failed = pos, s.failed
	out := s.clone()
	s.loops = append(s.loops, l)
	end := r.add(node{kind: nEnd, loop: s.loopName()})
	ask := r.add(node{kind: nTest, text: "error", loop: s.loopName(), pos: pos})
	in := s.clone()
	body(in)
	first := r.run(in)
	if l.at >= 0 && r.g.nodes[first].kind == nEnd { // nothing in it is a step
		after(out, false)
		next := r.run(out)
		r.g.nodes[n] = node{kind: nAlias, next: next, alt: -1}
		return n
	}
	r.g.nodes[ask].next, r.g.nodes[ask].alt = end, first
	canFail := r.canFail(r.g.nodes[end].loop)
	if !canFail {
		r.g.nodes[ask].next = first
	} else if l.failed != noError {
		return r.fail(pos, "no walk that may fail after an error")
	}
	r.g.nodes[n].next = ask
	again := r.add(node{kind: nTest, text: "error", pos: pos, loop: out.loopName()})
	if !canFail {
		after(out, false)
		next := r.run(out)
		r.g.nodes[again] = node{kind: nAlias, next: next, alt: -1}
		r.g.nodes[n].alt = again
		return n
	}
	bad := out.clone()
	bad.failed = hasError
	after(bad, true)
	worse := r.afterError(bad, l)
	after(out, false)
	well := r.run(out)
	r.g.nodes[again].next, r.g.nodes[again].alt = worse, well
	r.g.nodes[n].alt = again
	return n
}

// canFail tells whether a step inside a for each block may set the error.
func (r *runner) canFail(loop string) bool {
	for i := range r.g.nodes {
		n := &r.g.nodes[i]
		if n.kind == nStep && n.alt >= 0 && strings.HasPrefix(n.loop, loop) &&
			(n.alt != n.next || r.g.nodes[n.alt].text != "ignore_error") {
			return true
		}
	}
	return false
}

// afterError goes on behind a loop that an error ended: by a return from the
// function that it stands in.
func (r *runner) afterError(s *state, l openLoop) int {
	if l.at < 0 { // a callback: its result is the error
		return r.run(s)
	}
	at := r.ret(s, value{kind: vError, name: "any"})
	if at < 0 {
		at = r.run(s)
	}
	return at
}

// leaveLoop ends one round of a for each block with a return inside of it.
func (r *runner) leaveLoop(s *state, v value, pos string) int {
	end := r.add(node{kind: nEnd, loop: s.loopName()})
	switch {
	case v.kind == vErrno:
		n := r.add(node{kind: nStep, text: refusal(v), pos: pos, loop: s.loopName(), alt: end})
		r.g.nodes[n].next = end
		return n
	case v.kind != vError && s.failed != noError && s.loops[len(s.loops)-1].failed == noError:
		n := r.add(node{kind: nStep, text: "ignore_error", loop: s.loopName(), alt: -1})
		r.g.nodes[n].next = end
		return n
	}
	return end
}

// endLoop is the end of a loop's body.
func (r *runner) endLoop(s *state, in *inst) int {
	if n := len(s.loops); n > 0 && s.loops[n-1].is(len(s.frames), in.a) {
		return r.leaveLoop(s, value{kind: vZero}, s.pos())
	}
	f := s.top()
	if ru := r.loopRule(f.resolve(f.code.insts[in.a].e).String()); ru != nil && ru.verb == "while" {
		f.pc = in.a
		return -1
	}
	f.pc = in.b
	return -1
}

// callback is a walk that calls a function for each device: each WHAT N, where
// the Nth argument names the function.
func (r *runner) callback(s *state, in *inst, ru *rule, args []*expr, pos, label string) int {
	words := strings.Fields(ru.rest)
	at := int(words[1][0] - '1')
	if at >= len(args) {
		return r.fail(pos, "a callback as argument "+words[1])
	}
	fn := r.t.function(args[at].String(), s.top().file)
	if fn == nil {
		return r.fail(pos, "the body of "+args[at].String())
	}
	l := openLoop{depth: len(s.frames) + 1, at: -1}
	return r.each(s, "for each "+words[0], pos, label, l, func(s *state) {
		r.enter(s, fn, []value{symbol(ident("dev")), symbol(ident("data"))}, "", false)
	}, func(s *state, bad bool) {
		v := value{kind: vZero}
		if bad {
			v = value{kind: vError, name: "any"}
		}
		if in.used {
			s.top().set(in.temp, v)
		} else {
			s.failed = noError
		}
	})
}
