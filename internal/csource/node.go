package csource

// A Stmt is a statement: one of the types below. A switch over all of them needs no default.
type Stmt interface {
	Position() Pos
	stmt()
}

type (
	// An ExprStmt is an expression, or a macro call that may lack its semicolon.
	ExprStmt struct {
		Pos
		Expr Expr
	}

	// A Decl declares local variables. Its Expr is all of it: the Text is the whole declaration, each
	// initialiser is an Assign to the name alone. What it marks with __free(fn) is in Free: fn is called
	// on it when the block ends, last declared first, together with the other ScopeGuards.
	Decl struct {
		Pos
		Expr Expr
		Free []Free
	}

	// An If is an if statement. Else holds one If for an else if.
	If struct {
		Pos
		Cond       Expr
		Then, Else []Stmt
	}

	// A Loop is a for, while or do loop, or one that a macro makes.
	Loop struct {
		Pos
		Kind LoopKind
		Name string // of the macro
		Init Expr   // for
		Cond Expr   // for, while, do; all that is in the parentheses of a macro
		Post Expr   // for
		Body []Stmt
	}

	// A Switch holds its cases among the statements of its Body.
	Switch struct {
		Pos
		Tag  Expr
		Body []Stmt
	}

	// A Case is case VALUE: or, if Default is set, default: without a Value.
	Case struct {
		Pos
		Value   string
		Default bool
	}

	// A Goto jumps to Label. A computed one (goto *p) has its text, with the star, as Label.
	Goto struct {
		Pos
		Label string
	}

	// A Label is a place to jump to.
	Label struct {
		Pos
		Name string
	}

	// A Return leaves the function.
	Return struct {
		Pos
		Expr Expr
	}

	// A Block is a pair of braces that belongs to no other statement.
	Block struct {
		Pos
		Body []Stmt
	}

	// A Break leaves the innermost loop or switch.
	Break struct{ Pos }

	// A Continue goes to the next round of the innermost loop.
	Continue struct{ Pos }

	// A ScopeGuard takes something that is released when its scope ends, last taken first.
	//
	//	guard(mutex)(&lock);                     Class mutex, Args &lock, until the block ends
	//	scoped_guard(mutex, &lock) { ... }       the same, until Body ends; Body runs once
	//	CLASS(fdget, f)(fd);                     Class fdget, Var f, Args fd
	//
	// Macro is guard, scoped_guard and so on.
	ScopeGuard struct {
		Pos
		Macro string
		Class string
		Var   string
		Args  []string
		Expr  Expr // all of the head
		Body  []Stmt
	}

	// A Preproc is a conditional of the preprocessor that the Config leaves open. Else holds one Preproc
	// for an #elif.
	Preproc struct {
		Pos
		Cond       string // as Eval reads it
		Then, Else []Stmt
	}
)

// A Free is a variable that a function named by __free(Func) is called on at the end of its block.
type Free struct {
	Pos  // of __free
	Func string
	Var  string
}

// A LoopKind says what makes a loop.
type LoopKind uint8

// A DoLoop runs its body before it looks at its condition. A MacroLoop is a macro with a body, most
// often one with for_each in its name.
const (
	ForLoop LoopKind = iota
	WhileLoop
	DoLoop
	MacroLoop
)

// String returns the word that opens such a loop.
func (k LoopKind) String() string { return [...]string{"for", "while", "do", "macro"}[k&3] }

func (*ExprStmt) stmt()   {}
func (*Decl) stmt()       {}
func (*If) stmt()         {}
func (*Loop) stmt()       {}
func (*Switch) stmt()     {}
func (*Case) stmt()       {}
func (*Goto) stmt()       {}
func (*Label) stmt()      {}
func (*Return) stmt()     {}
func (*Block) stmt()      {}
func (*Break) stmt()      {}
func (*Continue) stmt()   {}
func (*ScopeGuard) stmt() {}
func (*Preproc) stmt()    {}

// Walk calls visit for each statement in the order of the source, and goes into those for which
// it returns true.
func Walk(stmts []Stmt, visit func(Stmt) bool) {
	for _, s := range stmts {
		if !visit(s) {
			continue
		}
		first, second := Children(s)
		Walk(first, visit)
		Walk(second, visit)
	}
}

// Children returns the statements inside s: two lists, because an If and a Preproc have two.
func Children(s Stmt) (first, second []Stmt) {
	switch s := s.(type) {
	case *If:
		return s.Then, s.Else
	case *Loop:
		return s.Body, nil
	case *Switch:
		return s.Body, nil
	case *Block:
		return s.Body, nil
	case *ScopeGuard:
		return s.Body, nil
	case *Preproc:
		return s.Then, s.Else
	}
	return nil, nil
}

// Exprs returns the expressions of s itself, in the order of their evaluation, without those of
// the statements inside. The Post of a for loop and the Cond of a do loop come after the body.
func Exprs(s Stmt) (before, after []*Expr) {
	switch s := s.(type) {
	case *ExprStmt:
		return []*Expr{&s.Expr}, nil
	case *Decl:
		return []*Expr{&s.Expr}, nil
	case *If:
		return []*Expr{&s.Cond}, nil
	case *Loop:
		switch s.Kind {
		case DoLoop:
			return nil, []*Expr{&s.Cond}
		case ForLoop:
			return []*Expr{&s.Init, &s.Cond}, []*Expr{&s.Post}
		}
		return []*Expr{&s.Cond}, nil
	case *Switch:
		return []*Expr{&s.Tag}, nil
	case *Return:
		return []*Expr{&s.Expr}, nil
	case *ScopeGuard:
		return []*Expr{&s.Expr}, nil
	}
	return nil, nil
}

// Calls returns all calls in stmts, in the order in which they would run if every branch were
// taken once.
func Calls(stmts []Stmt) []Call { return appendCalls(nil, stmts) }

func appendCalls(calls []Call, stmts []Stmt) []Call {
	for _, s := range stmts {
		before, after := Exprs(s)
		for _, e := range before {
			calls = append(calls, e.Calls...)
		}
		first, second := Children(s)
		calls = appendCalls(appendCalls(calls, first), second)
		for _, e := range after {
			calls = append(calls, e.Calls...)
		}
	}
	return calls
}

// Unresolved returns the gotos of fn whose label fn does not have. A computed goto is not one.
func (fn *Function) Unresolved() []*Goto {
	labels := map[string]bool{}
	var gotos, lost []*Goto
	Walk(fn.Body, func(s Stmt) bool {
		switch s := s.(type) {
		case *Label:
			labels[s.Name] = true
		case *Goto:
			gotos = append(gotos, s)
		}
		return true
	})
	for _, g := range gotos {
		if g.Label[0] != '*' && !labels[g.Label] {
			lost = append(lost, g)
		}
	}
	return lost
}
