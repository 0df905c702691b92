package extract

import "dmafuzz/internal/csource"

type targets struct{ yes, no []*int }

func (f *flattener) patch(list []*int, to int) {
	for _, p := range list {
		f.c.insts[*p>>1].set(*p&1, to)
	}
}

func (in *inst) set(which, to int) {
	if which == 0 {
		in.a = to
	} else {
		in.b = to
	}
}

// cond emits the branches of a condition.
func (f *flattener) cond(e *expr) targets {
	switch {
	case e.op == "pre!":
		t := f.cond(e.args[0])
		return targets{t.no, t.yes}
	case e.op == "&&":
		t := f.cond(e.args[0])
		f.patch(t.yes, f.here())
		u := f.cond(e.args[1])
		return targets{u.yes, append(t.no, u.no...)}
	case e.op == "||":
		t := f.cond(e.args[0])
		f.patch(t.no, f.here())
		u := f.cond(e.args[1])
		return targets{append(t.yes, u.yes...), u.no}
	case e.op == "call" && len(e.args) >= 2 && (transparent[e.args[0].text] || e.args[0].text == "WARN"):
		return f.cond(e.args[1])
	case (e.op == "==" || e.op == "!=") && e.args[1].String() == "NULL":
		t := f.cond(e.args[0])
		if e.op == "==" {
			t.yes, t.no = t.no, t.yes
		}
		return t
	}
	v := f.value(e)
	at := f.emit(inst{kind: iBranch, e: v})
	yes, no := at<<1, at<<1|1
	return targets{[]*int{&yes}, []*int{&no}}
}

func (f *flattener) ifStmt(s *csource.If) { f.fork(parseExpr(s.Cond.Text), s.Then, s.Else) }

func (f *flattener) fork(cond *expr, then, els []csource.Stmt) {
	t := f.cond(cond)
	f.patch(t.yes, f.here())
	f.stmts(then)
	if len(els) == 0 {
		f.patch(t.no, f.here())
		return
	}
	over := f.emit(inst{kind: iJump})
	f.patch(t.no, f.here())
	f.stmts(els)
	f.c.insts[over].a = f.here()
}
