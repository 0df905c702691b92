package source

import (
	"strings"

	"dmafuzz/internal/csource"
)

// is tells whether a statement is the one that is looked for.
type is func(csource.Stmt) bool

// calls is a statement that calls a function, with these first arguments.
func calls(name string, args ...string) is {
	return func(st csource.Stmt) bool {
		x, ok := st.(*csource.ExprStmt)
		if !ok {
			return false
		}
		for _, c := range x.Expr.Calls {
			if c.Name == name && len(c.Args) >= len(args) && strings.Join(c.Args[:len(args)], ",") == strings.Join(args, ",") {
				return true
			}
		}
		return false
	}
}

// assigns is an assignment; rhs may be left empty.
func assigns(lhs, rhs string) is {
	return func(st csource.Stmt) bool {
		x, ok := st.(*csource.ExprStmt)
		if !ok {
			return false
		}
		for _, a := range x.Expr.Assigns {
			if a.LHS == lhs && a.Op == "=" && (rhs == "" || a.RHS == rhs) {
				return true
			}
		}
		return false
	}
}

// asks is an if whose condition has the text in it.
func asks(text string) is {
	return func(st csource.Stmt) bool {
		x, ok := st.(*csource.If)
		return ok && strings.Contains(x.Cond.Text, text)
	}
}

// around is a statement of that kind, or an if without else around nothing
// else.
func around(want is) is {
	return func(st csource.Stmt) bool {
		x, ok := st.(*csource.If)
		return want(st) || ok && x.Else == nil && len(x.Then) == 1 && want(x.Then[0])
	}
}

// either is one or the other.
func either(a, b is) is { return func(st csource.Stmt) bool { return a(st) || b(st) } }

// first returns the first such statement of a block itself, or nil.
func first(block []csource.Stmt, want is) csource.Stmt {
	for _, st := range block {
		if want(st) {
			return st
		}
	}
	return nil
}

// deep returns the first such statement of a block or of what is inside it, and
// the block that it stands in.
func deep(block []csource.Stmt, want is) (csource.Stmt, []csource.Stmt) {
	for _, st := range block {
		if want(st) {
			return st, block
		}
		a, b := csource.Children(st)
		for _, inner := range [][]csource.Stmt{a, b} {
			if found, in := deep(inner, want); found != nil {
				return found, in
			}
		}
	}
	return nil, nil
}
