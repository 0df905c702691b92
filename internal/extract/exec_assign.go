package extract

import "strings"

// mapFreed is the note that the range map was freed and its pointer still leads there.
const mapFreed = "$map_freed"

// assign runs an assignment.
func (r *runner) assign(s *state, in *inst) int {
	f := s.top()
	pos, label := s.pos(), s.label()
	v := f.eval(in.e)
	if in.op != "=" {
		v = symbol(f.resolve(in.e))
	}
	if in.e.op == "id" && strings.HasPrefix(in.e.text, "$") {
		f.drop(in.e.text)
	}
	lhs := in.lhs
	if lhs.op == "id" {
		return r.assignLocal(s, in, v, pos, label)
	}
	var l string
	if lhs.op == "pre*" && lhs.args[0].op == "->" || lhs.op != "pre*" {
		l = f.resolve(lhs).String()
	} else {
		l = "*" + f.resolve(lhs.args[0]).String()
	}
	f.pc++
	held := false
	if to := detached[l]; to != "" {
		held = s.replace(l, ident(to))
	}
	want := v.text()
	if in.op != "=" {
		want = in.op
	}
	ru := matchAssign(r.t.rules.assigns[l], r.path, want)
	freed := l == "dev->dma_range_map" && s.has(mapFreed)
	if freed {
		s.drop(func(test string) bool { return test == mapFreed })
	}
	switch {
	case freed && v.kind == vZero: // its kfree was the step
		return -1
	case l == "dev->dma_range_map" && v.kind == vZero && ru != nil && ru.verb == "step" && !held:
		return r.fail(pos, "kfree(dev->dma_range_map) where it is cleared")
	case ru == nil && watched[l]:
		return r.fail(pos, "an assignment to "+l+" that is known, not of "+want)
	case ru == nil || ru.verb == "ignore":
		return -1
	case ru.verb == "step":
		return r.emit(s, ru.rest, pos, label)
	}
	return r.fail(pos, "a verb that is known in rule: "+ru.source)
}

func matchAssign(list []rule, path, want string) *rule {
	var found *rule
	for i := range list {
		ru := &list[i]
		if ru.path != "" && ru.path != path || ru.args[0] != "*" && ru.args[0] != want {
			continue
		}
		if found == nil || ru.path != "" && found.path == "" || found.args[0] == "*" && ru.args[0] != "*" {
			found = ru
		}
	}
	return found
}

// assignLocal sets a local variable. One that is declared bool keeps what a
// test was when it was set; the others stand for what they were set to.
func (r *runner) assignLocal(s *state, in *inst, v value, pos, label string) int {
	f := s.top()
	name := in.lhs.text
	if ru := matchAssign(r.t.rules.assigns[name], r.path, v.text()); ru != nil {
		f.pc++
		switch ru.verb {
		case "step":
			return r.emit(s, ru.rest, pos, label)
		case "expr":
			f.set(name, symbol(ident(ru.rest)))
		}
		return -1
	}
	if in.op != "=" {
		f.pc++
		return -1
	}
	if v.kind == vSymbol && (f.code.bools[name] || in.once) {
		if ru := pick(r.t.rules.tests[v.e.String()], r.path); ru != nil {
			f.pc++
			yes := value{kind: vOne}
			if in.once { // what it points to counts, too
				yes = v
				yes.set = true
			}
			set := func(v value) way {
				return then(func(s *state) { s.top().set(name, v) })
			}
			return r.decide(s, ru.words(), pos, set(yes), set(value{kind: vZero}))
		}
	}
	f.pc++
	if in.eager && v.kind == vErrno && len(s.frames) == 1 && len(s.loops) == 0 && s.failed == noError {
		n := r.add(node{kind: nStep, text: refusal(v), pos: pos, name: label, loop: s.loopName()})
		s.failed = hasError
		kind := "failed"
		if v.name == "EPROBE_DEFER" {
			kind = "defer"
		}
		s.top().set(name, value{kind: vError, name: kind})
		next := r.run(s)
		r.g.nodes[n].next, r.g.nodes[n].alt = next, next
		return n
	}
	f.set(name, v)
	return -1
}
