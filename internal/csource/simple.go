package csource

// semicolon returns where the simple statement that starts at i ends: at a semicolon, or right
// before a token that cannot belong to it.
func (p *parser) semicolon(i, end int) int {
	start := i
	for i < end && p.kind(i) != ';' {
		*p.steps++
		t := p.tokens[i]
		if p.isMarker(i) || t.kind == ')' || t.kind == ']' || i > start && t.kw.opensStatement() {
			break
		}
		i = p.after(i)
	}
	if i < end && p.kind(i) == ';' {
		return i
	}
	p.fail(min(i, end), ";")
	return end
}

// simpleStmt reads a declaration or an expression and its semicolon. A macro call at the end of a
// block, or right before a keyword, needs none.
func (p *parser) simpleStmt(i, end int) (Stmt, int) {
	semi := i
	for semi < end && p.kind(semi) != ';' {
		*p.steps++
		t := p.tokens[semi]
		if p.isMarker(semi) || t.kind == ')' || t.kind == ']' || semi > i && p.opens(semi) {
			break
		}
		semi = p.after(semi)
	}
	next := semi + 1
	if semi >= end || p.kind(semi) != ';' {
		if semi == i || p.kind(semi-1) != ')' && p.kind(semi-1) != '}' {
			p.fail(min(semi, end), ";")
			return nil, end
		}
		next = semi
	}
	if !p.declares(i, semi) {
		return &ExprStmt{p.pos(i), p.expr(i, semi)}, next
	}
	return &Decl{p.pos(i), p.decl(i, semi), p.frees(i, semi)}, next
}

// frees returns the variables that the declaration from i up to end marks with __free.
func (p *parser) frees(i, end int) []Free {
	var list []Free
	read := false // one for each declarator
	for k := i; k+1 < end; k = p.after(k) {
		*p.steps++
		switch {
		case p.kind(k) == ',':
			i, read = k, false
		case !read && p.kind(k) == kIdent && p.kind(k+1) == '(' && p.word(k) == "__free":
			read = true
			list = append(list, Free{p.pos(k), p.textOf(k+2, p.partner(k+1)), p.declared(i, k)})
		}
	}
	return list
}

// opens reports whether token i opens a statement of its own. The goto of an asm goto does not.
func (p *parser) opens(i int) bool {
	kw := p.tokens[i].kw
	if before := p.tokens[i-1].kw; kw == kwGoto && (before == kwAsm || before == kwVolatile) {
		return false
	}
	return kw.opensStatement()
}

// declares reports whether the tokens from i up to end declare something. Without types that can only be
// guessed: two names in a row do, and so does a * b, which is of no use as an expression.
func (p *parser) declares(i, end int) bool {
	t := p.tokens[i]
	if t.kind != kIdent {
		return false
	}
	if t.kw.opensDeclaration() {
		return true
	}
	if t.kw != notKeyword || i+1 >= end {
		return false
	}
	k := i + 1
	for k < end && (p.kind(k) == '*' || p.tokens[k].kw == kwStorage) {
		*p.steps++
		k++
	}
	if k < end && p.kind(k) == kIdent {
		if k == i+1 {
			return true
		}
		after := k + 1
		if p.kind(after) == kIdent {
			return true
		}
		return after >= end || p.kind(after) == '=' || p.kind(after) == ',' || p.kind(after) == '['
	}
	// u32 (*f)(x) = g
	return k == i+1 && p.kind(k) == '(' && p.kind(k+1) == '*' && p.after(k) < end && p.kind(p.after(k)) == '('
}

// simpleExpr reads what may be a declaration as well as an expression.
func (p *parser) simpleExpr(i, end int) Expr {
	if i < end && p.declares(i, end) {
		return p.decl(i, end)
	}
	return p.expr(i, end)
}

// decl reads a declaration. Only its initialisers and array sizes hold calls: elsewhere, a name before
// parentheses is a parameter list or an attribute.
func (p *parser) decl(i, end int) Expr {
	e := Expr{Pos: p.pos(i), Text: p.textOf(i, end)}
	s := &scanner{parser: p}
	calls, assigns := len(p.calls), len(p.assigns)
	for k := i; k < end; {
		*p.steps++
		switch p.kind(k) {
		case '[':
			s.scan(k+1, p.partner(k), false, false)
		case '=':
			stop := p.until(',', k+1, end)
			name := p.declared(i, k)
			p.assigns = append(p.assigns, Assign{Pos: p.pos(k), LHS: name, Op: "=", RHS: p.textOf(k+1, stop)})
			s.scan(k+1, stop, false, true)
			k, i = stop, stop
			continue
		case ',':
			i = k
		}
		k = p.after(k)
	}
	if n := len(p.calls); n > calls {
		e.Calls = p.calls[calls:n:n]
	}
	if n := len(p.assigns); n > assigns {
		e.Assigns = p.assigns[assigns:n:n]
	}
	return e
}

// declared returns the name that the tokens from i up to k declare: the last one that is neither an
// attribute nor inside brackets, except for (*f)(x).
func (p *parser) declared(i, k int) string {
	name := ""
	for ; i < k; i = p.after(i) {
		*p.steps++
		switch t := p.tokens[i]; {
		case t.kind == '(' && p.kind(i+1) == '*' && p.kind(i+2) == kIdent:
			return p.word(i + 2)
		case t.kind == kIdent && t.kw == notKeyword:
			if word := p.word(i); name == "" || !attribute(word) {
				name = word
			}
		}
	}
	return name
}

// attribute reports whether word is one of the annotations that stand after a name.
func attribute(word string) bool {
	return len(word) > 2 && word[0] == '_' && word[1] == '_'
}

// scope reads guard, scoped_guard and their like at i. Their parentheses end before after.
func (p *parser) scope(name string, i, after, end, depth int) (Stmt, int) {
	g := &ScopeGuard{Pos: p.pos(i), Macro: name}
	args := p.split(i+2, after-1)
	if len(args) > 0 {
		g.Class, args = args[0], args[1:]
	}
	if name != "guard" && name != "CLASS" && name != "ACQUIRE" {
		g.Args, g.Expr = args, p.inner(i, i+2, after-1)
		g.Body, after = p.body(after, end, depth)
		return g, after
	}
	if len(args) > 0 {
		g.Var = args[0]
	}
	if p.kind(after) != '(' {
		p.fail(after, "( after "+name+"(...)")
		return nil, end
	}
	close := p.partner(after)
	g.Args, g.Expr = p.split(after+1, close), p.inner(i, after+1, close)
	return g, p.semicolon(close+1, end) + 1
}

// inner returns what happens in the tokens from i up to end, as a part of what starts at first.
func (p *parser) inner(first, i, end int) Expr {
	e := p.expr(i, end)
	e.Pos, e.Text = p.pos(first), p.textOf(first, end+1)
	return e
}
