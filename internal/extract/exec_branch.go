package extract

import "strings"

// words are what a test rule asks.
func (ru *rule) words() string {
	if ru.rest == "" {
		return ru.verb
	}
	return ru.verb + " " + ru.rest
}

// branch decides a condition: by values, by a rule, or both ways.
func (r *runner) branch(s *state, in *inst) int {
	f := s.top()
	pos := s.pos()
	e := in.e
	jump := func(to int) way { return then(func(s *state) { s.top().pc = to }) }
	yes, no := jump(in.a), jump(in.b)
	if e.op == "id" && strings.HasPrefix(e.text, "$") {
		v, ok := f.get(e.text)
		if !ok {
			v = symbol(e)
		}
		f.drop(e.text)
		return r.truth(s, v, pos, yes, no)
	}
	if len(e.args) == 2 {
		switch e.op {
		case "==", "!=", "<", ">", "<=", ">=":
			if at, ok := r.compare(s, e, pos, yes, no); ok {
				return at
			}
		}
	}
	return r.truth(s, f.eval(e), pos, yes, no)
}

// truth decides whether a value is not 0.
func (r *runner) truth(s *state, v value, pos string, yes, no way) int {
	switch v.kind {
	case vZero:
		return no(s)
	case vOne, vErrno, vError:
		return yes(s)
	}
	if v.set {
		return yes(s)
	}
	text := v.e.String()
	if ru := pick(r.t.rules.tests[text], r.path); ru != nil {
		return r.decide(s, ru.words(), pos, yes, no)
	}
	if ru := r.t.factTest(text); ru != "" {
		return r.decide(s, ru, pos, yes, no)
	}
	if a, ok := r.t.assume["if "+strings.Join(tokens(text), "")]; ok {
		return r.decide(s, a, pos, yes, no)
	}
	n := r.add(node{kind: nUnsure, text: text, pos: pos, name: s.label(), loop: s.loopName()})
	other := s.clone()
	next := r.goOn(s, yes)
	alt := r.goOn(other, no)
	r.g.nodes[n].next, r.g.nodes[n].alt = next, alt
	return n
}

// compare decides comparisons of errors and constants.
func (r *runner) compare(s *state, e *expr, pos string, yes, no way) (int, bool) {
	f := s.top()
	if e.op == "!=" {
		e = &expr{op: "==", args: e.args}
		yes, no = no, yes
	}
	a, b := f.eval(e.args[0]), f.eval(e.args[1])
	say := func(holds bool) (int, bool) {
		for _, x := range e.args {
			if x.op == "id" && strings.HasPrefix(x.text, "$") {
				s.top().drop(x.text)
			}
		}
		if holds {
			return yes(s), true
		}
		return no(s), true
	}
	if e.op != "==" {
		sign, ok := signOf(a)
		if !ok || b.kind != vZero {
			return 0, false
		}
		return say(e.op == "<" && sign < 0 || e.op == ">" && sign > 0 || e.op == "<=" && sign <= 0 || e.op == ">=" && sign >= 0)
	}
	if a.kind == vError {
		positive := b.kind == vSymbol && isErrno(b.e.String())
		name := b.name
		if positive {
			name = b.e.String()
		}
		switch {
		case b.kind == vZero || b.kind != vErrno && !positive || positive != a.pos || name != "EPROBE_DEFER":
			return say(false)
		case a.name != "any":
			return say(a.name == "defer")
		}
		return r.decide(s, "defer", pos, func(s *state) int { s.refine("defer"); return yes(s) },
			func(s *state) int { s.refine("failed"); return no(s) }), true
	}
	if a.kind == vErrno && b.kind == vSymbol && isErrno(b.e.String()) {
		return say(false) // a positive error number
	}
	if a.kind == vOne && b.kind == vOne || a.kind == vZero && b.kind == vSymbol && isErrno(b.e.String()) {
		return say(a.kind == vOne)
	}
	if a.kind != vSymbol && b.kind != vSymbol {
		return say(a.text() == b.text())
	}
	at, bt := f.resolve(e.args[0]).String(), f.resolve(e.args[1]).String()
	if ru := pick(r.t.rules.tests[at+"=="+bt], r.path); ru != nil && at == bt { // read before, and again
		return r.decide(s, ru.words(), pos, yes, no), true
	}
	if at == bt {
		return say(true)
	}
	if isConstant(at) && isConstant(bt) {
		return say(false)
	}
	for _, text := range []string{at + "==" + bt, bt + "==" + at} {
		if ru := pick(r.t.rules.tests[text], r.path); ru != nil {
			return r.decide(s, ru.words(), pos, yes, no), true
		}
	}
	return r.truth(s, symbol(&expr{op: "==", args: []*expr{ident(at), ident(bt)}}), pos, yes, no), true
}

func isConstant(s string) bool {
	return s != "" && strings.ToUpper(s) == s && isWord(s) && !strings.ContainsAny(s, "()->. ")
}

func signOf(v value) (int, bool) {
	switch v.kind {
	case vZero:
		return 0, true
	case vOne:
		return 1, true
	case vErrno:
		return -1, true
	case vError:
		if v.pos {
			return 1, true
		}
		return -1, true
	}
	return 0, false
}

// refine says which error the machine holds, in all variables that have it.
func (s *state) refine(name string) {
	for i := range s.frames {
		f := &s.frames[i]
		for _, b := range f.env {
			if b.v.kind == vError {
				b.v.name = name
				f.set(b.name, b.v)
			}
		}
	}
}
