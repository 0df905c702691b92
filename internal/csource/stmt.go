package csource

import "strings"

// fail gives up on the function at hand, because of token i.
func (p *parser) fail(i int, expected string) {
	if p.err != nil {
		return
	}
	found := p.word(i)
	switch p.kind(i) {
	case kEOF:
		found = "end of file"
	case kIf, kElse, kEndif:
		found = "a conditional"
	}
	p.err = &Error{Pos: p.pos(i), Msg: "expected " + expected + ", found " + found}
}

// block reads the statements from token i up to end. After a failure it returns what it has.
func (p *parser) block(i, end, depth int) []Stmt {
	var list []Stmt
	for i < end && p.err == nil {
		*p.steps++
		var s Stmt
		s, i = p.stmt(i, end, depth)
		if s != nil {
			list = append(list, s)
		}
	}
	return list
}

// body reads the one statement that belongs to an if or a loop, and returns the token after it.
// Braces around it leave no Block.
func (p *parser) body(i, end, depth int) ([]Stmt, int) {
	if i < end && p.kind(i) == '{' {
		close := p.partner(i)
		return p.block(i+1, close, depth+1), close + 1
	}
	var list []Stmt
	for p.err == nil {
		*p.steps++
		if i >= end || p.isMarker(i) {
			p.fail(i, "a statement")
			break
		}
		var s Stmt
		s, i = p.stmt(i, end, depth+1)
		if s != nil {
			list = append(list, s)
		}
		switch s.(type) {
		case *Label, *Case: // belong to the statement after them
			if i < end && p.kind(i) != '}' {
				continue
			}
		}
		break
	}
	return list, i
}

// stmt reads the statement at token i, which is nil for a lone semicolon, and returns the token
// after it.
func (p *parser) stmt(i, end, depth int) (Stmt, int) {
	if depth > MaxDepth {
		if p.err == nil {
			p.err = &Error{Pos: p.pos(i), Msg: "expected less nesting of statements", Err: ErrTooDeep}
		}
		return nil, end
	}
	switch t := p.tokens[i]; t.kind {
	case ';':
		return nil, i + 1
	case '{':
		close := p.partner(i)
		return &Block{p.pos(i), p.block(i+1, close, depth+1)}, close + 1
	case kIf:
		return p.preproc(i, depth)
	case kIdent:
		if t.kw >= kwIf && t.kw <= kwContinue {
			return p.keyword(t.kw, i, end, depth)
		}
		if t.kw == notKeyword && i+1 < end {
			switch p.kind(i + 1) {
			case ':':
				return &Label{p.pos(i), p.word(i)}, i + 2
			case '(':
				if s, next := p.macro(i, end, depth); next > i {
					return s, next
				}
			}
		}
	case kElse, kEndif, ')', ']', '}':
		p.fail(i, "a statement")
		return nil, end
	}
	return p.simpleStmt(i, end)
}

// keyword reads a statement that starts with kw.
func (p *parser) keyword(kw keyword, i, end, depth int) (Stmt, int) {
	pos := p.pos(i)
	switch kw {
	case kwIf:
		return p.ifStmt(i, end, depth)
	case kwFor, kwWhile, kwSwitch:
		return p.loop(kw, i, end, depth)
	case kwDo:
		return p.do(i, end, depth)
	case kwCase, kwDefault:
		return p.caseStmt(kw, i, end)
	case kwReturn:
		semi := p.semicolon(i+1, end)
		return &Return{pos, p.expr(i+1, semi)}, semi + 1
	case kwGoto:
		semi := p.semicolon(i+1, end)
		if semi == i+1 {
			p.fail(semi, "a label")
		}
		return &Goto{pos, p.textOf(i+1, semi)}, semi + 1
	case kwBreak:
		return &Break{pos}, p.semicolon(i+1, end) + 1
	case kwContinue:
		return &Continue{pos}, p.semicolon(i+1, end) + 1
	}
	p.fail(i, "if before else")
	return nil, end
}

// parens returns the token after the parentheses that must open at i.
func (p *parser) parens(i, end int) int {
	if i >= end || p.kind(i) != '(' {
		p.fail(min(i, end), "(")
		return i
	}
	return p.partner(i) + 1
}

// ifStmt reads an if with all its else ifs, in a loop: a long chain is not nesting.
func (p *parser) ifStmt(i, end, depth int) (Stmt, int) {
	first := &If{}
	for s := first; ; {
		*p.steps++
		s.Pos = p.pos(i)
		after := p.parens(i+1, end)
		if p.err != nil {
			return nil, end
		}
		s.Cond = p.expr(i+2, after-1)
		s.Then, i = p.body(after, end, depth)
		if p.err != nil || i >= end || p.tokens[i].kw != kwElse {
			return first, i
		}
		if i+1 >= end || p.tokens[i+1].kw != kwIf {
			s.Else, i = p.body(i+1, end, depth)
			return first, i
		}
		next := &If{}
		s.Else, s, i = []Stmt{next}, next, i+1
	}
}

// loop reads a for, while or switch.
func (p *parser) loop(kw keyword, i, end, depth int) (Stmt, int) {
	after := p.parens(i+1, end)
	if p.err != nil {
		return nil, end
	}
	open, close := i+2, after-1
	if kw == kwSwitch {
		s := &Switch{Pos: p.pos(i), Tag: p.expr(open, close)}
		s.Body, i = p.body(after, end, depth)
		return s, i
	}
	l := &Loop{Pos: p.pos(i), Kind: WhileLoop}
	if kw == kwWhile {
		l.Cond = p.expr(open, close)
	} else {
		l.Kind = ForLoop
		first := p.until(';', open, close)
		second := p.until(';', min(first+1, close), close)
		l.Init = p.simpleExpr(open, first)
		l.Cond = p.expr(min(first+1, close), second)
		l.Post = p.expr(min(second+1, close), close)
	}
	l.Body, i = p.body(after, end, depth)
	return l, i
}

// until returns the first token of kind k from i up to end, at this level of brackets, or end.
func (p *parser) until(k kind, i, end int) int {
	for i < end && p.kind(i) != k {
		*p.steps++
		i = p.after(i)
	}
	return min(i, end)
}

func (p *parser) do(i, end, depth int) (Stmt, int) {
	l := &Loop{Pos: p.pos(i), Kind: DoLoop}
	l.Body, i = p.body(i+1, end, depth)
	if p.err == nil && (i >= end || p.tokens[i].kw != kwWhile) {
		p.fail(min(i, end), "while after do")
	}
	after := p.parens(i+1, end)
	if p.err != nil {
		return nil, end
	}
	l.Cond = p.expr(i+2, after-1)
	return l, after // the semicolon is an empty statement
}

func (p *parser) caseStmt(kw keyword, i, end int) (Stmt, int) {
	question := 0
	for k := i + 1; k < end; k = p.after(k) {
		*p.steps++
		switch p.kind(k) {
		case '?':
			question++
		case ':':
			if question == 0 {
				return &Case{p.pos(i), p.textOf(i+1, k), kw == kwDefault}, k + 1
			}
			question--
		case ';', '{', kIf, kElse, kEndif:
			p.fail(k, ": after "+p.word(i))
			return nil, end
		}
	}
	p.fail(end, ": after "+p.word(i))
	return nil, end
}

// preproc reads a conditional of the preprocessor with all its #elifs, and returns the token after its #endif.
func (p *parser) preproc(i, depth int) (Stmt, int) {
	first := &Preproc{}
	for s := first; ; {
		*p.steps++
		group, n := p.tokens[i].marker()
		alt, next := &p.groups[group].alts[n], p.partner(i)
		s.Pos, s.Cond = alt.pos, alt.cond
		s.Then = p.block(i+1, next, depth+1)
		if p.err != nil || p.kind(next) == kEndif {
			return first, next + 1
		}
		i = next
		if _, n = p.tokens[i].marker(); p.groups[group].alts[n].cond == "" {
			next = p.partner(i)
			s.Else = p.block(i+1, next, depth+1)
			return first, next + 1
		}
		elif := &Preproc{}
		s.Else, s = []Stmt{elif}, elif
	}
}

// macro reads a statement that starts with a name and parentheses, if they make more than an
// expression; else it returns i.
func (p *parser) macro(i, end, depth int) (Stmt, int) {
	name, after := p.word(i), p.after(i+1)
	if after >= end {
		return nil, i
	}
	switch next := p.tokens[after]; {
	case name == "guard" || name == "CLASS" || name == "ACQUIRE" || name == "scoped_guard" ||
		name == "scoped_cond_guard" || strings.HasPrefix(name, "scoped_") && next.kind == '{':
		return p.scope(name, i, after, end, depth)
	case next.kind == '{' || strings.Contains(name, "for_each") && startsStatement(next):
		l := &Loop{Pos: p.pos(i), Kind: MacroLoop, Name: name, Cond: p.expr(i+2, after-1)}
		l.Body, after = p.body(after, end, depth)
		return l, after
	case next.kw.opensStatement() && next.kw != kwElse: // a macro that needs no semicolon
		return &ExprStmt{p.pos(i), p.expr(i, after)}, after
	}
	return nil, i
}

// startsStatement reports whether t can be the first token of a statement other than a lone
// semicolon, after parentheses.
func startsStatement(t token) bool {
	return t.kind == kIdent || t.kind == kIncDec || t.kind == '('
}
