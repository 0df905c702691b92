package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// state is what is known at a point of a function. A nil env is a point that is not reached.
type state struct {
	env  map[string]set
	irqs irqState
}

func (s state) dead() bool { return s.env == nil }

func (s state) clone() state {
	if s.dead() {
		return s
	}
	c := state{make(map[string]set, len(s.env)), s.irqs}
	for k, v := range s.env {
		c.env[k] = v
	}
	return c
}

// merge is what is known where two ways meet.
func merge(a, b state) state {
	switch {
	case a.dead():
		return b
	case b.dead():
		return a
	}
	out := state{make(map[string]set, len(a.env)), a.irqs | b.irqs}
	for k, v := range a.env {
		if w, ok := b.env[k]; ok {
			out.env[k] = v.add(w...)
		} else {
			out.env[k] = v
		}
	}
	for k, w := range b.env {
		if _, ok := a.env[k]; !ok {
			out.env[k] = w
		}
	}
	return out
}

// A walker goes through a function once, and through each loop twice.
type walker struct {
	f       *function
	now     state
	types   map[string]csource.Type
	storage map[string]bool // locals that are static
	pending map[string]state
	breaks  []*state
	under   []string
	nodes   map[string]*csource.Node
	record  bool
	loops   int
	seq     int
	expr    *csource.Expr
	taken   map[string]int // calls of a name that were met in this expression
	seen    map[string]*call
	known   map[string]*store
	depth   int // of macros
	deep    int // of expressions
	steps   int
	label   string // the last one
}

// maxSteps is how many statements a walk may visit, loops counted again.
const maxSteps = 200000

// maxLoops is how deep loops may nest and still be walked twice each.
const maxLoops = 4

// newWalker is one that evaluates in f, and notes nothing.
func newWalker(f *function) *walker {
	return &walker{f: f, now: state{map[string]set{}, irqsAtEntry}, types: map[string]csource.Type{}, storage: map[string]bool{},
		pending: map[string]state{}, nodes: map[string]*csource.Node{}, taken: map[string]int{}, seen: map[string]*call{}, known: map[string]*store{}}
}

// walk notes what f does.
func (f *function) walk() {
	w := newWalker(f)
	w.record = true
	w.block(f.src.Body)
	f.walked = true
}

func (w *walker) block(list []csource.Stmt) {
	depth := len(w.under)
	for _, s := range list {
		if w.steps++; w.steps > maxSteps {
			break
		}
		switch s.(type) {
		case *csource.Label, *csource.Case: // comes from elsewhere: what was asked before does not hold
			w.under = w.under[:depth]
		}
		w.stmt(s)
		if i, ok := s.(*csource.If); ok && len(i.Else) == 0 && leaves(i.Then) && !w.now.dead() {
			w.under = append(w.under, "!("+i.Cond.Text+")")
		}
	}
	w.under = w.under[:depth]
}

// leaves tells whether what follows some statements is not reached from them.
func leaves(list []csource.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *csource.Return, *csource.Goto, *csource.Break, *csource.Continue:
		return true
	case *csource.Block:
		return leaves(s.Body)
	}
	return false
}

func (w *walker) stmt(s csource.Stmt) {
	switch s := s.(type) {
	case *csource.Label:
		w.now = merge(w.now, w.pending[s.Name])
		w.label = s.Name
		return
	case *csource.Case: // one inside a block of its switch: what was known at the switch is not at hand
		return
	}
	if w.now.dead() {
		// What follows a return without a label is only reached through labels inside.
		if !hasLabel(s) {
			return
		}
	}
	switch s := s.(type) {
	case *csource.ExprStmt:
		w.evalExpr(&s.Expr)
	case *csource.Decl:
		w.decl(s)
	case *csource.If:
		w.ifStmt(s)
	case *csource.Loop:
		w.loop(s)
	case *csource.Switch:
		w.switchStmt(s)
	case *csource.Goto:
		w.pending[s.Label] = merge(w.pending[s.Label], w.now.clone())
		w.now = state{}
	case *csource.Return:
		if s.Expr.Text != "" {
			if v := w.evalExpr(&s.Expr); w.record {
				w.f.returns = append(w.f.returns, v)
			}
		}
		w.now = state{}
	case *csource.Break, *csource.Continue:
		if n := len(w.breaks); n > 0 {
			*w.breaks[n-1] = merge(*w.breaks[n-1], w.now.clone())
		}
		w.now = state{}
	case *csource.Block:
		w.block(s.Body)
	case *csource.ScopeGuard:
		w.guard(s)
	case *csource.Preproc:
		before := w.now.clone()
		w.block(s.Then)
		then := w.now
		w.now = before
		w.block(s.Else)
		w.now = merge(then, w.now)
	}
}

func hasLabel(s csource.Stmt) bool {
	found := false
	csource.Walk([]csource.Stmt{s}, func(s csource.Stmt) bool {
		switch s.(type) {
		case *csource.Label, *csource.Case:
			found = true
		}
		return !found
	})
	return found
}

func (w *walker) ifStmt(s *csource.If) {
	w.evalExpr(&s.Cond)
	before := w.now.clone()
	w.under = append(w.under, s.Cond.Text)
	w.block(s.Then)
	then := w.now
	w.now = before
	w.under[len(w.under)-1] = "!(" + s.Cond.Text + ")"
	w.block(s.Else)
	w.under = w.under[:len(w.under)-1]
	w.now = merge(then, w.now)
}

func (w *walker) loop(s *csource.Loop) {
	if s.Kind == csource.ForLoop {
		w.init(&s.Init)
	}
	w.loops++
	var out state
	w.breaks = append(w.breaks, &out)
	rounds := 2
	if w.loops > maxLoops {
		rounds = 1
	}
	recording := w.record
	for round := range rounds {
		w.record = recording && round == rounds-1
		before := w.now.clone()
		if s.Kind == csource.MacroLoop {
			w.macroLoop(s)
		} else if s.Kind != csource.DoLoop {
			w.evalExpr(&s.Cond)
		}
		w.under = append(w.under, s.Cond.Text)
		w.block(s.Body)
		w.under = w.under[:len(w.under)-1]
		w.now = merge(w.now, out.clone())
		if !w.now.dead() {
			if s.Kind == csource.ForLoop {
				w.evalExpr(&s.Post)
			}
			if s.Kind == csource.DoLoop {
				w.evalExpr(&s.Cond)
			}
		}
		w.now = merge(before, w.now)
	}
	w.record = recording
	w.loops--
	w.breaks = w.breaks[:len(w.breaks)-1]
}

// macroLoop gives the variable that a for_each macro sets a value of its own in each round.
func (w *walker) macroLoop(s *csource.Loop) {
	n := w.parse(s.Cond.Text)
	var args []*csource.Node
	for n.Kind == csource.BinaryNode && n.Text == "," {
		args = append([]*csource.Node{n.Args[1]}, args...)
		n = n.Args[0]
	}
	args = append([]*csource.Node{n}, args...)
	for i, a := range args {
		if i < 2 && a.Kind == csource.IdentNode && w.local(a.Text) {
			w.now.env[a.Text] = one(w.opaque("each "+s.Name, s.Pos, a.Text))
		} else {
			w.expr = &s.Cond
			w.taken = map[string]int{}
			w.eval(a)
		}
	}
}

// opaque is a value of which only the place is known where it comes from.
func (w *walker) opaque(what string, pos csource.Pos, name string) *value {
	c := &call{pos: pos, fn: w.f, name: what}
	v := (&value{kind: vCall, text: what + " " + name, call: c}).finish()
	return v.typed(w.typeOf(name))
}

func (w *walker) switchStmt(s *csource.Switch) {
	w.evalExpr(&s.Tag)
	entry := w.now.clone()
	var out state
	w.breaks = append(w.breaks, &out)
	w.now = state{}
	hasDefault := false
	w.under = append(w.under, "switch "+s.Tag.Text)
	for _, c := range s.Body {
		if k, ok := c.(*csource.Case); ok {
			hasDefault = hasDefault || k.Default
			w.now = merge(w.now, entry.clone())
			continue
		}
		w.stmt(c)
	}
	w.under = w.under[:len(w.under)-1]
	w.breaks = w.breaks[:len(w.breaks)-1]
	w.now = merge(w.now, out)
	if !hasDefault {
		w.now = merge(w.now, entry)
	}
}

func (w *walker) guard(s *csource.ScopeGuard) {
	before := w.now.irqs
	if strings.Contains(s.Class, "irqsave") || strings.HasSuffix(s.Class, "_irq") && strings.Contains(s.Class, "lock") {
		w.now.irqs = irqsOff
	}
	w.expr, w.taken = &s.Expr, map[string]int{}
	for _, a := range s.Args {
		w.eval(w.parse(a))
	}
	if len(s.Body) > 0 || s.Macro != "guard" && s.Macro != "CLASS" && s.Macro != "ACQUIRE" {
		w.block(s.Body)
		if !w.now.dead() {
			w.now.irqs = before
		}
	}
}

func (w *walker) init(e *csource.Expr) {
	if e.Text == "" {
		return
	}
	if d := csource.ParseDecl(e.Text); len(d) > 0 && w.parse(e.Text).Kind == csource.BadNode {
		w.decl(&csource.Decl{Pos: e.Pos, Expr: *e})
		return
	}
	w.evalExpr(e)
}

func (w *walker) decl(s *csource.Decl) {
	static := strings.HasPrefix(s.Expr.Text, "static ")
	names := map[string]bool{}
	for _, d := range csource.ParseDecl(s.Expr.Text) {
		w.types[d.Name] = w.f.scope.real(d.Type)
		w.storage[d.Name] = static
		names[d.Name] = true
		if w.now.env != nil {
			delete(w.now.env, d.Name)
		}
	}
	for i := range s.Expr.Assigns {
		a := &s.Expr.Assigns[i]
		if !names[a.LHS] || strings.HasPrefix(a.RHS, "{") {
			continue
		}
		delete(names, a.LHS)
		w.expr, w.taken = &s.Expr, map[string]int{}
		v := w.eval(w.parse(a.RHS))
		if t, ok := strings.CutPrefix(w.types[a.LHS].Base, "typeof"); ok && t != "" || w.types[a.LHS].Base == "__auto_type" {
			if len(v) > 0 {
				w.types[a.LHS] = v[0].typ
			}
		}
		w.set(a.LHS, v)
	}
}

// parse reads an expression once.
func (w *walker) parse(text string) *csource.Node {
	n, ok := w.nodes[text]
	if !ok {
		n = csource.ParseExpr(text)
		w.nodes[text] = n
	}
	return n
}

func (w *walker) evalExpr(e *csource.Expr) set {
	if e.Text == "" || w.now.dead() {
		return unknownSet
	}
	w.expr, w.taken = e, map[string]int{}
	return w.eval(w.parse(e.Text))
}

func (w *walker) local(name string) bool { _, ok := w.types[name]; return ok }

func (w *walker) paramIndex(name string) int {
	for i, p := range w.f.params {
		if p.Name == name {
			return i
		}
	}
	return -1
}

func (w *walker) typeOf(name string) csource.Type {
	if t, ok := w.types[name]; ok {
		return t
	}
	if i := w.paramIndex(name); i >= 0 {
		return w.f.params[i].Type
	}
	return csource.Type{}
}

// set gives a local variable or a parameter a value.
func (w *walker) set(name string, v set) {
	if w.now.env == nil {
		return
	}
	t := w.typeOf(name)
	w.now.env[name] = v.each(func(v *value) *value { return v.typed(t) })
}
