package extract

import (
	"strconv"
	"strings"

	"dmafuzz/internal/csource"
)

// code is one C function as a list of instructions: calls, assignments,
// branches on one condition, jumps. Loops of C become jumps, or a loop
// instruction where a rule says what the loop walks over.
type code struct {
	fn     *csource.Function
	insts  []inst
	labels map[string]int
	bools  map[string]bool // variables declared bool: they keep what a test was
	ptr    bool            // returns a pointer: NULL says that it failed
	taken  string          // a function that is a step, and is not called by its name
	at     int             // in which line
}

type instKind uint8

const (
	iCall   instKind = iota // $temp = call
	iAssign                 // lhs op rhs
	iBranch                 // to a if the condition holds, else to b
	iJump                   // to a
	iReturn                 // with the value
	iLoop                   // a loop that a rule may know: body up to b, then b
	iEnd                    // the end of its body
	iBreak                  // leaves the loop at a, going on at b
)

type inst struct {
	kind   instKind
	line   int
	e      *expr // call, condition, value, or the loop's head
	lhs    *expr
	op     string
	temp   string // what a call's result is named
	label  string // a C label that stands here
	a, b   int
	used   bool // the result of the call is looked at
	eager  bool // the assignment of an error that a goto follows
	once   bool // the assignment of what READ_ONCE reads here and not again
	pretty string
}

type flattener struct {
	c      *code
	scopes []scopeExit
	loops  []loopExit
	gotos  map[int]string
	temps  int
	line   int
	label  string
	depths map[string]int // how many scope exits are pending where a label stands
}

type scopeExit struct{ unlock *expr }

type loopExit struct {
	scopes        int
	breaks, conts []int
	loop          bool // of the iLoop kind
	once          bool // do { } while (0)
	start         int
}

func flatten(fn *csource.Function) *code {
	f := &flattener{c: &code{fn: fn, labels: map[string]int{}, bools: map[string]bool{}}, gotos: map[int]string{}, depths: map[string]int{}}
	f.labelDepths(fn.Body, 0)
	f.c.ptr = strings.Contains(fn.Spec, "*") || strings.HasSuffix(strings.TrimSpace(fn.Spec), "*")
	f.stmts(fn.Body)
	f.line = fn.End.Line
	f.emit(inst{kind: iReturn})
	for at, label := range f.gotos {
		if to, ok := f.c.labels[label]; ok {
			f.c.insts[at].a = to
		} else {
			f.c.insts[at] = inst{kind: iReturn, line: f.c.insts[at].line, e: &expr{op: "opaque", text: "goto " + label}}
		}
	}
	return f.c
}

func (f *flattener) emit(in inst) int {
	in.line, in.label = f.line, f.label
	f.label = ""
	f.c.insts = append(f.c.insts, in)
	return len(f.c.insts) - 1
}

func (f *flattener) here() int { return len(f.c.insts) }

func (f *flattener) stmts(list []csource.Stmt) {
	depth := len(f.scopes)
	for i, s := range list {
		var next csource.Stmt
		if i+1 < len(list) {
			next = list[i+1]
		}
		f.stmt(s, next)
	}
	f.leave(depth)
	f.scopes = f.scopes[:depth]
}

// labelDepths notes how many scopes are open at each label.
func (f *flattener) labelDepths(list []csource.Stmt, depth int) {
	for _, s := range list {
		switch s := s.(type) {
		case *csource.Label:
			f.depths[s.Name] = depth
		case *csource.Decl:
			depth += len(s.Free)
		case *csource.ScopeGuard:
			if s.Body == nil {
				depth++
			} else {
				f.labelDepths(s.Body, depth+1)
			}
		default:
			first, second := csource.Children(s)
			f.labelDepths(first, depth)
			f.labelDepths(second, depth)
		}
	}
}

// leave emits what the scopes above depth do when they end.
func (f *flattener) leave(depth int) {
	for i := len(f.scopes) - 1; i >= depth; i-- {
		if u := f.scopes[i].unlock; u != nil {
			f.emit(inst{kind: iCall, e: u, temp: f.temp()})
		}
	}
}

func (f *flattener) temp() string {
	f.temps++
	return "$" + strconv.Itoa(f.temps)
}

func (f *flattener) stmt(s csource.Stmt, next csource.Stmt) {
	f.line = s.Position().Line
	switch s := s.(type) {
	case *csource.ExprStmt:
		f.exprStmt(s.Expr.Text, next)
	case *csource.Decl:
		f.decl(s)
	case *csource.If:
		f.ifStmt(s)
	case *csource.Return:
		f.returnStmt(s)
	case *csource.Goto:
		f.leave(f.depths[s.Label])
		f.gotos[f.emit(inst{kind: iJump})] = s.Label
	case *csource.Label:
		f.c.labels[s.Name] = f.here()
		f.label = s.Name
	case *csource.Block:
		f.stmts(s.Body)
	case *csource.Loop:
		f.loop(s)
	case *csource.ScopeGuard:
		f.guard(s)
	case *csource.Switch:
		f.switchStmt(s)
	case *csource.Break:
		f.jumpOut(true)
	case *csource.Continue:
		f.jumpOut(false)
	case *csource.Preproc:
		f.fork(&expr{op: "opaque", text: "#if " + s.Cond}, s.Then, s.Else)
	case *csource.Case:
	}
}

func (f *flattener) returnStmt(s *csource.Return) {
	text := strings.TrimSpace(s.Expr.Text)
	if text == "" {
		f.leave(0)
		f.emit(inst{kind: iReturn})
		return
	}
	e := parseExpr(text)
	switch e.op {
	case "?:", "&&", "||", "pre!", "==", "!=":
		t := ident(f.temp())
		f.assign(t, "=", e, false)
		e = t
	default:
		e = f.value(e)
	}
	f.leave(0)
	f.emit(inst{kind: iReturn, e: e})
}

// decl emits the initialisers of a declaration; its text is cut at commas
// outside of brackets.
func (f *flattener) decl(s *csource.Decl) {
	text := strings.TrimSuffix(strings.TrimSpace(s.Expr.Text), ";")
	isBool := strings.HasPrefix(text, "bool ") || strings.HasPrefix(text, "const bool ")
	for _, part := range splitTop(text) {
		name, init, ok := strings.Cut(part, "=")
		words := declared(tokens(name))
		if len(words) == 0 {
			continue
		}
		v := words[len(words)-1]
		if isBool {
			f.c.bools[v] = true
		}
		if ok && isWord(v) {
			f.assign(ident(v), "=", parseExpr(init), false)
		}
	}
	for _, fr := range s.Free {
		call := &expr{op: "call", args: []*expr{ident(fr.Func), ident(fr.Var)}}
		f.scopes = append(f.scopes, scopeExit{call})
	}
}

// declared cuts what stands behind a variable's name: attributes such as
// __free(kfree).
func declared(words []string) []string {
	for i := 1; i+1 < len(words); i++ {
		if strings.HasPrefix(words[i], "__") && words[i+1] == "(" && isWord(words[i-1]) {
			return words[:i]
		}
	}
	return words
}

func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}
