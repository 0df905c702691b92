package extract

import "strings"

// expr is a C expression. Casts are dropped and what cannot be read is one
// opaque node that keeps its text, so that parsing never fails: what nobody
// understands matches no rule.
type expr struct {
	op   string // "id", "num", "call", "->", ".", "[]", "?:", "pre!" for prefixes, "post++", "opaque", else a binary operator
	text string // of an id, num, opaque, or the member's name
	args []*expr
	str  string // String, made once
}

func (e *expr) String() string {
	if e.str != "" {
		return e.str
	}
	s := ""
	switch {
	case e.op == "id" || e.op == "num" || e.op == "opaque":
		s = e.text
	case e.op == "call":
		parts := make([]string, 0, len(e.args))
		for _, a := range e.args[1:] {
			parts = append(parts, a.String())
		}
		s = e.args[0].String() + "(" + strings.Join(parts, ",") + ")"
	case e.op == "->" || e.op == ".":
		s = e.args[0].atom() + e.op + e.text
	case e.op == "[]":
		s = e.args[0].atom() + "[" + e.args[1].String() + "]"
	case e.op == "?:":
		s = e.args[0].String() + "?" + e.args[1].String() + ":" + e.args[2].String()
	case strings.HasPrefix(e.op, "pre"):
		s = e.op[3:] + e.args[0].atom()
	case strings.HasPrefix(e.op, "post"):
		s = e.args[0].atom() + e.op[4:]
	default:
		s = e.args[0].atom() + e.op + e.args[1].atom()
	}
	e.str = s
	return s
}

// atom is the text of an operand: in parentheses if it is an operation itself.
func (e *expr) atom() string {
	switch e.op {
	case "id", "num", "opaque", "call", "->", ".", "[]":
		return e.String()
	}
	if strings.HasPrefix(e.op, "pre") {
		return e.String()
	}
	return "(" + e.String() + ")"
}

func ident(name string) *expr { return &expr{op: "id", text: name, str: name} }

// replaced is e with one expression in it replaced by another; e itself if it
// is not in there.
func (e *expr) replaced(from string, to *expr) *expr {
	if e.String() == from {
		return to
	}
	args, changed := make([]*expr, len(e.args)), false
	for i, a := range e.args {
		args[i] = a.replaced(from, to)
		changed = changed || args[i] != a
	}
	if !changed {
		return e
	}
	return &expr{op: e.op, text: e.text, args: args}
}
