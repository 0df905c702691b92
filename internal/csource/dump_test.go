package csource

import (
	"fmt"
	"strings"
)

// dump writes a file as text, for goldens: one line a statement, its calls after a bar. A call that is
// conditional has a question mark.
func dump(f *File) string {
	var b strings.Builder
	for _, m := range f.Macros {
		fmt.Fprintf(&b, "define %s%v %s%s\n", m.Name, m.Params, m.Body, when(m.Guard))
	}
	for _, c := range f.MacroCalls {
		fmt.Fprintf(&b, "macro %s(%s)%s\n", c.Name, strings.Join(c.Args, "; "), when(c.Guard))
	}
	for _, in := range f.Inits {
		fmt.Fprintf(&b, "init %s: %s%s\n", in.Name, in.Type, when(in.Guard))
		dumpFields(&b, in.Fields, 1)
	}
	for _, fn := range f.Functions {
		fmt.Fprintf(&b, "func %s(%s)%s\n", fn.Name, strings.Join(fn.Params, "; "), when(fn.Guard))
		dumpStmts(&b, fn.Body, 1)
	}
	for _, d := range f.Diagnostics {
		fmt.Fprintf(&b, "diagnostic %v\n", d)
	}
	return b.String()
}

func when(g *Guard) string {
	if g == nil {
		return ""
	}
	return " when " + g.String()
}

func dumpFields(b *strings.Builder, fields []Field, depth int) {
	for _, f := range fields {
		fmt.Fprintf(b, "%s%s = %s%s\n", strings.Repeat("  ", depth), f.Name, f.Value, when(f.Guard))
		dumpFields(b, f.Fields, depth+1)
	}
}

func dumpStmts(b *strings.Builder, stmts []Stmt, depth int) {
	for _, s := range stmts {
		before, after := Exprs(s)
		fmt.Fprintf(b, "%s%d: %s%s\n", strings.Repeat("  ", depth), s.Position().Line, head(s), dumpExprs(append(before, after...)))
		first, second := Children(s)
		dumpStmts(b, first, depth+1)
		if len(second) > 0 {
			fmt.Fprintf(b, "%selse\n", strings.Repeat("  ", depth))
			dumpStmts(b, second, depth+1)
		}
	}
}

func head(s Stmt) string {
	switch s := s.(type) {
	case *ExprStmt:
		return "expr " + s.Expr.Text
	case *Decl:
		text := "decl " + s.Expr.Text
		for _, f := range s.Free {
			text += " {free " + f.Func + " " + f.Var + "}"
		}
		return text
	case *If:
		return "if " + s.Cond.Text
	case *Loop:
		return fmt.Sprintf("%v%s (%s; %s; %s)", s.Kind, s.Name, s.Init.Text, s.Cond.Text, s.Post.Text)
	case *Switch:
		return "switch " + s.Tag.Text
	case *Case:
		if s.Default {
			return "default"
		}
		return "case " + s.Value
	case *Goto:
		return "goto " + s.Label
	case *Label:
		return "label " + s.Name
	case *Return:
		return "return " + s.Expr.Text
	case *Block:
		return "block"
	case *Break:
		return "break"
	case *Continue:
		return "continue"
	case *ScopeGuard:
		return fmt.Sprintf("%s class %s var %q args %q", s.Macro, s.Class, s.Var, s.Args)
	case *Preproc:
		return "#if " + s.Cond
	}
	panic("a statement that dump does not know")
}

func dumpExprs(exprs []*Expr) string {
	var parts []string
	for _, e := range exprs {
		for _, c := range e.Calls {
			part := c.Name + "(" + strings.Join(c.Args, "; ") + ")"
			if c.Conditional {
				part = "?" + part
			}
			parts = append(parts, part)
		}
		for _, a := range e.Assigns {
			part := strings.TrimSpace("[" + a.LHS + "] " + a.Op + " " + a.RHS)
			if a.Conditional {
				part = "?" + part
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " | " + strings.Join(parts, " | ")
}
