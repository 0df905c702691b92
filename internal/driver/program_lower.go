package driver

import (
	"fmt"
	"strings"

	"dmafuzz/internal/csource"
)

// stmt writes a statement as steps.
func (x *extractor) stmt(f *function, s csource.Stmt) {
	before, after := csource.Exprs(s)
	switch s := s.(type) {
	case *csource.If:
		x.ifStmt(f, s)
	case *csource.Loop:
		start, end := x.label("again"), x.label("end")
		mark := len(x.path.Steps)
		x.exprs(f, before)
		x.add(PathStep{Kind: StepLabel, Name: start})
		cond := s.Cond.Text
		switch {
		case s.Kind == csource.MacroLoop:
			cond = s.Name + "(" + cond + ")"
		case cond == "":
			cond = "1"
		}
		if s.Kind != csource.DoLoop && cond != "1" {
			x.add(PathStep{Kind: StepGoto, Name: end, When: "!(" + cond + ")", Pos: place(s.Pos)})
		}
		inside := len(x.path.Steps)
		x.ends = append(x.ends, end)
		x.block(f, s.Body)
		x.ends = x.ends[:len(x.ends)-1]
		x.exprs(f, after)
		if !effects(x.path.Steps[inside:]) { // nothing in it matters
			x.path.Steps = x.path.Steps[:mark]
			return
		}
		if s.Kind != csource.DoLoop {
			cond = ""
		}
		x.add(PathStep{Kind: StepGoto, Name: start, When: cond, Pos: place(s.Pos)})
		x.add(PathStep{Kind: StepLabel, Name: end})
	case *csource.Break:
		if n := len(x.ends); n > 0 {
			x.add(PathStep{Kind: StepGoto, Name: x.ends[n-1], Pos: place(s.Pos)})
		}
	case *csource.Switch:
		x.exprs(f, before)
		x.cases(f, s)
	case *csource.Label:
		x.add(PathStep{Kind: StepLabel, Name: s.Name, Pos: place(s.Pos)})
	case *csource.Goto:
		x.add(PathStep{Kind: StepGoto, Name: strings.Trim(s.Label, "* "), Pos: place(s.Pos)})
	case *csource.Return:
		x.exprs(f, before)
		x.add(PathStep{Kind: StepReturn, Name: outcome(s.Expr.Text), Pos: place(s.Pos)})
	default:
		x.exprs(f, before)
		first, second := csource.Children(s)
		x.block(f, first)
		x.block(f, second)
		x.exprs(f, after)
	}
}

// outcome is what a returned expression says.
func outcome(text string) string {
	switch {
	case text == "0" || text == "IRQ_HANDLED" || text == "NETDEV_TX_OK":
		return "ok"
	case strings.HasPrefix(text, "-E") || strings.HasPrefix(text, "ERR_PTR(") || text == "NULL" || strings.HasPrefix(text, "PTR_ERR(") || strings.HasPrefix(text, "dev_err_probe("):
		return "error"
	}
	return ""
}

// ifStmt writes a branch. One that only leaves after a step that can fail is the step's else.
func (x *extractor) ifStmt(f *function, s *csource.If) {
	mark := len(x.path.Steps)
	x.exprs(f, []*csource.Expr{&s.Cond})
	if g, ok := single(s.Then).(*csource.Goto); ok && len(s.Else) == 0 {
		if n := len(x.path.Steps); n > 0 && x.path.Steps[n-1].Else == "" && failure(s.Cond.Text) && canFail(x.path.Steps[n-1].Kind) &&
			(n > mark || shortlyBefore(x.path.Steps[n-1].Pos, s.Pos.Line)) {
			x.path.Steps[n-1].Else = g.Label
			return
		}
		x.add(PathStep{Kind: StepGoto, Name: g.Label, When: s.Cond.Text, Pos: place(s.Pos)})
		return
	}
	els, end := x.label("else"), ""
	from := len(x.path.Steps)
	x.add(PathStep{Kind: StepGoto, Name: els, When: "!(" + s.Cond.Text + ")", Pos: place(s.Pos)})
	x.block(f, s.Then)
	nothing := len(x.path.Steps) == from+1
	if len(s.Else) > 0 {
		end = x.label("end")
		x.add(PathStep{Kind: StepGoto, Name: end})
		x.add(PathStep{Kind: StepLabel, Name: els})
		at := len(x.path.Steps)
		x.block(f, s.Else)
		nothing = nothing && len(x.path.Steps) == at
		els = end
	}
	if nothing {
		x.path.Steps = x.path.Steps[:from]
		return
	}
	x.add(PathStep{Kind: StepLabel, Name: els})
}

// cases writes each case of a switch as a branch of its own.
func (x *extractor) cases(f *function, s *csource.Switch) {
	end := x.label("end")
	mark := len(x.path.Steps)
	x.ends = append(x.ends, end)
	defer func() { x.ends = x.ends[:len(x.ends)-1] }()
	for _, c := range s.Body {
		switch c := c.(type) {
		case *csource.Case:
			x.add(PathStep{Kind: StepGoto, Name: end, When: "!(" + s.Tag.Text + " == " + c.Value + ")", Pos: place(c.Pos)})
		default:
			x.stmt(f, c)
		}
	}
	for _, t := range x.path.Steps[mark:] {
		if t.Kind != StepGoto {
			x.add(PathStep{Kind: StepLabel, Name: end})
			return
		}
	}
	x.path.Steps = x.path.Steps[:mark]
}

func single(list []csource.Stmt) csource.Stmt {
	if len(list) == 0 {
		return nil
	}
	for _, s := range list[:len(list)-1] { // a message before the goto
		if _, ok := s.(*csource.ExprStmt); !ok {
			return nil
		}
	}
	return list[len(list)-1]
}

func canFail(k StepKind) bool {
	return k == StepAlloc || k == StepCall || k == StepIRQ || k == StepRegister
}

// failure tells whether a condition asks for a failure, as far as its words say.
func failure(cond string) bool {
	n := csource.ParseExpr(cond)
	if n.Kind == csource.CallNode {
		name := n.Callee()
		return strings.HasPrefix(name, "IS_ERR") || name == "dma_mapping_error" || name == "unlikely" || !strings.HasPrefix(name, "is_")
	}
	return n.Kind == csource.UnaryNode && n.Text == "!" || n.Kind == csource.IdentNode || n.Kind == csource.BinaryNode && (n.Text == "<" || n.Text == "!=" || n.Text == "==")
}

// shortlyBefore tells whether a step stands within a few lines before a line.
func shortlyBefore(pos string, line int) bool {
	i := strings.LastIndexByte(pos, ':')
	n := 0
	_, err := fmt.Sscanf(pos[i+1:], "%d", &n)
	return err == nil && line-n >= 0 && line-n <= 6
}
