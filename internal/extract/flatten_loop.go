package extract

import (
	"dmafuzz/internal/csource"
)

// loop emits a loop: a head that a rule may know, and the body behind it.
func (f *flattener) loop(s *csource.Loop) {
	if s.Kind == csource.DoLoop && (s.Cond.Text == "0" || s.Cond.Text == "false") {
		f.once(s)
		return
	}
	head := s.Cond.Text
	if s.Kind == csource.MacroLoop {
		head = s.Name + "(" + s.Cond.Text + ")"
	} else if s.Kind == csource.ForLoop {
		head = "for(" + s.Cond.Text + ")"
	}
	if s.Kind == csource.ForLoop && s.Init.Text != "" {
		// only its assignments count: i = 0 says nothing
		f.label = ""
	}
	at := f.emit(inst{kind: iLoop, e: parseExpr(head), pretty: head})
	f.c.insts[at].a = f.here()
	f.loops = append(f.loops, loopExit{scopes: len(f.scopes), loop: true, start: at})
	f.stmts(s.Body)
	l := f.loops[len(f.loops)-1]
	f.loops = f.loops[:len(f.loops)-1]
	end := f.emit(inst{kind: iEnd, a: at})
	for _, b := range l.conts {
		f.c.insts[b].a = end
	}
	f.c.insts[at].b = f.here()
	f.c.insts[end].b = f.here()
	for _, b := range l.breaks {
		f.c.insts[b].b = f.here()
		f.c.insts[b].a = at
	}
}

// once emits the body of do { } while (0).
func (f *flattener) once(s *csource.Loop) {
	f.loops = append(f.loops, loopExit{scopes: len(f.scopes), once: true})
	f.stmts(s.Body)
	l := f.loops[len(f.loops)-1]
	f.loops = f.loops[:len(f.loops)-1]
	for _, b := range l.breaks {
		f.c.insts[b].a = f.here()
	}
}

func (f *flattener) jumpOut(brk bool) {
	for i := len(f.loops) - 1; i >= 0; i-- {
		l := &f.loops[i]
		if !brk && !l.loop && !l.once {
			continue
		}
		f.leave(l.scopes)
		if !brk && !l.once {
			l.conts = append(l.conts, f.emit(inst{kind: iJump}))
		} else if l.loop {
			l.breaks = append(l.breaks, f.emit(inst{kind: iBreak}))
		} else {
			l.breaks = append(l.breaks, f.emit(inst{kind: iJump}))
		}
		return
	}
}

// switchStmt emits a switch as a chain of comparisons, then its body.
func (f *flattener) switchStmt(s *csource.Switch) {
	tag := f.value(parseExpr(s.Tag.Text))
	type arm struct {
		c  *csource.Case
		at []*int
	}
	var arms []arm
	var def *csource.Case
	for _, st := range s.Body {
		c, ok := st.(*csource.Case)
		switch {
		case !ok:
		case c.Default:
			def = c
		default:
			t := f.cond(&expr{op: "==", args: []*expr{tag, parseExpr(c.Value)}})
			arms = append(arms, arm{c, t.yes})
			f.patch(t.no, f.here())
		}
	}
	other := f.emit(inst{kind: iJump})
	f.loops = append(f.loops, loopExit{scopes: len(f.scopes)})
	starts := map[*csource.Case]int{}
	depth := len(f.scopes)
	for i, st := range s.Body {
		if c, ok := st.(*csource.Case); ok {
			starts[c] = f.here()
			continue
		}
		var next csource.Stmt
		if i+1 < len(s.Body) {
			next = s.Body[i+1]
		}
		f.stmt(st, next)
	}
	f.leave(depth)
	f.scopes = f.scopes[:depth]
	l := f.loops[len(f.loops)-1]
	f.loops = f.loops[:len(f.loops)-1]
	for _, a := range arms {
		f.patch(a.at, starts[a.c])
	}
	f.c.insts[other].a = f.here()
	if def != nil {
		f.c.insts[other].a = starts[def]
	}
	for _, b := range l.breaks {
		f.c.insts[b].a = f.here()
	}
}

// scopeCalls says which calls a guard's class stands for. A class that is not
// here is an unknown call.
var scopeCalls = map[string][2]string{
	"mutex":    {"mutex_lock", "mutex_unlock"},
	"device":   {"device_lock", "device_unlock"},
	"spinlock": {"spin_lock", "spin_unlock"},
}

func (f *flattener) guard(s *csource.ScopeGuard) {
	calls, ok := scopeCalls[s.Class]
	if !ok {
		calls = [2]string{"guard_" + s.Class, "unguard_" + s.Class}
	}
	args := []*expr{ident(calls[0])}
	for _, a := range s.Args {
		args = append(args, parseExpr(a))
	}
	f.emit(inst{kind: iCall, e: &expr{op: "call", args: args}, temp: f.temp()})
	unlock := &expr{op: "call", args: append([]*expr{ident(calls[1])}, args[1:]...)}
	depth := len(f.scopes)
	f.scopes = append(f.scopes, scopeExit{unlock})
	if s.Body != nil {
		f.loops = append(f.loops, loopExit{scopes: depth})
		f.stmts(s.Body)
		f.leave(depth)
		f.scopes = f.scopes[:depth]
		l := f.loops[len(f.loops)-1]
		f.loops = f.loops[:len(f.loops)-1]
		for _, b := range l.breaks {
			f.c.insts[b].a = f.here()
		}
	}
}
