package extract

import (
	"strings"

	"dmafuzz/internal/csource"
)

func (f *flattener) exprStmt(text string, next csource.Stmt) {
	e := parseExpr(strings.TrimSuffix(strings.TrimSpace(text), ";"))
	_, eager := next.(*csource.Goto)
	f.expr(e, eager)
}

func (f *flattener) expr(e *expr, eager bool) {
	switch {
	case e.op == ",":
		f.expr(e.args[0], false)
		f.expr(e.args[1], eager)
	case assignOps[e.op]:
		f.assign(e.args[0], e.op, e.args[1], eager)
	case e.op == "post++" || e.op == "pre++" || e.op == "post--" || e.op == "pre--":
		f.emit(inst{kind: iAssign, lhs: e.args[0], op: e.op[len(e.op)-2:], e: ident("1")})
	case e.op == "call":
		f.call(e, false)
	default:
		f.value(e)
	}
}

func (f *flattener) assign(lhs *expr, op string, rhs *expr, eager bool) {
	if rhs.op == "=" {
		f.assign(rhs.args[0], "=", rhs.args[1], false)
		rhs = rhs.args[0]
	}
	if rhs.op == "?:" {
		f.choose(lhs, op, rhs)
		return
	}
	if op == "=" && (rhs.op == "&&" || rhs.op == "||" || rhs.op == "pre!" || rhs.op == "==" || rhs.op == "!=") {
		f.choose(lhs, op, &expr{op: "?:", args: []*expr{rhs, {op: "num", text: "1"}, {op: "num", text: "0"}}})
		return
	}
	once := op == "=" && rhs.op == "call" && rhs.args[0].String() == "READ_ONCE"
	rhs = f.value(rhs)
	f.emit(inst{kind: iAssign, lhs: lhs, op: op, e: rhs, eager: eager, once: once})
}

// choose assigns one of two values.
func (f *flattener) choose(lhs *expr, op string, c *expr) {
	tests := f.cond(c.args[0])
	f.patch(tests.yes, f.here())
	f.assign(lhs, op, c.args[1], false)
	over := f.emit(inst{kind: iJump})
	f.patch(tests.no, f.here())
	f.assign(lhs, op, c.args[2], false)
	f.c.insts[over].a = f.here()
}

// value emits the calls inside e and returns it with their results in place.
func (f *flattener) value(e *expr) *expr {
	switch e.op {
	case "id", "num", "opaque":
		return e
	case "call":
		return ident(f.call(e, true))
	case "?:":
		t := ident(f.temp())
		f.choose(t, "=", e)
		return t
	case "&&", "||":
		t := ident(f.temp())
		f.choose(t, "=", &expr{op: "?:", args: []*expr{e, {op: "num", text: "1"}, {op: "num", text: "0"}}})
		return t
	}
	if assignOps[e.op] {
		f.assign(e.args[0], e.op, e.args[1], false)
		return e.args[0]
	}
	return f.operands(e)
}

// operands is value for an operation's operands.
func (f *flattener) operands(e *expr) *expr {
	args, changed := make([]*expr, len(e.args)), false
	for i, a := range e.args {
		args[i] = f.value(a)
		changed = changed || args[i] != a
	}
	if !changed {
		return e
	}
	return &expr{op: e.op, text: e.text, args: args}
}

func (f *flattener) call(e *expr, used bool) string {
	name := e.args[0].String()
	if transparent[name] && len(e.args) == 2 {
		if v := f.value(e.args[1]); used {
			t := f.temp()
			f.emit(inst{kind: iAssign, lhs: ident(t), op: "=", e: v})
			return t
		}
		return ""
	}
	args := []*expr{e.args[0]}
	for _, a := range e.args[1:] {
		args = append(args, f.value(a))
	}
	t := f.temp()
	f.emit(inst{kind: iCall, e: &expr{op: "call", args: args}, temp: t, used: used})
	return t
}

// transparent macros have the value of their one argument.
var transparent = map[string]bool{"likely": true, "unlikely": true, "READ_ONCE": true, "rcu_dereference": true,
	"data_race": true, "PTR_ERR": true, "WARN_ON": true, "WARN_ON_ONCE": true, "ERR_PTR": true}
