package csource

// An Expr is an expression, or a declaration: its text and what happens in it.
type Expr struct {
	Pos
	Text    string // one space wherever the source has any, no comments
	Calls   []Call
	Assigns []Assign
}

// A Call is a call of a function or of a macro. Calls are in the order of evaluation, as far as C
// fixes it: the calls among the arguments before the call itself, else from left to right.
// Nothing inside sizeof, typeof or offsetof is a call.
type Call struct {
	Pos         // of the first word of Name
	Name string // as written: device_add, dev->bus->dma_configure, (*release)
	Args []string
	// Whether the call depends on something else in the same expression: it is on the right of
	// && or ||, a branch of ?:, or inside ({ }) after a statement that branches.
	Conditional bool
}

// Member returns the last word of the name: dma_configure of dev->bus->dma_configure.
func (c Call) Member() string {
	name := c.Name
	for len(name) > 0 && !identByte(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	i := len(name)
	for i > 0 && identByte(name[i-1]) {
		i--
	}
	return name[i:]
}

// Direct reports whether the call names its function, and does not go through a pointer.
func (c Call) Direct() bool { return c.Member() == c.Name }

// An Assign is an assignment, in the order of the source. Those in the arguments of a call are left
// out. In a = b = NULL, there are two: a from "b = NULL", and b from "NULL".
type Assign struct {
	Pos
	LHS, Op, RHS string // Op is =, +=, ..., ++ or --; these two have no RHS
	Conditional  bool
}

// A scanner finds the calls and assignments of one expression.
type scanner struct {
	*parser
	pending []int // assignments whose right side goes on
}

// expr reads the tokens from i up to j as an expression.
func (p *parser) expr(i, j int) Expr {
	if i >= j {
		return Expr{}
	}
	s := &scanner{parser: p}
	calls, assigns := len(p.calls), len(p.assigns)
	s.scan(i, j, false, true)
	e := Expr{Pos: p.pos(i), Text: p.textOf(i, j)}
	if n := len(p.calls); n > calls {
		e.Calls = p.calls[calls:n:n]
	}
	if n := len(p.assigns); n > assigns {
		e.Assigns = p.assigns[assigns:n:n]
	}
	return e
}

// scan reads one level of brackets, and goes into those that it meets. What it finds is
// conditional if cond is set; assignments count if assigns is.
func (s *scanner) scan(i, j int, cond, assigns bool) {
	var (
		operand = -1   // where the operand at hand starts, or -1 before one
		segment = i    // where the left side of an assignment would start
		branch  = cond // a branch of && || ?: here
		choice  = 0    // how many open conditionals of the preprocessor stand around
		pending = len(s.pending)
	)
	for k := i; k < j; k = s.after(k) {
		*s.steps++
		t := &s.tokens[k]
		switch t.kind {
		case '(':
			operand = s.paren(k, operand, branch || choice > 0, assigns)
			continue
		case '[', '{':
			s.scan(k+1, s.partner(k), branch || choice > 0, false)
			continue
		case kIdent:
			if opens := t.kw != notKeyword && s.opens(k); opens || t.kw == kwAsm || t.kw == kwVolatile || t.kw == kwType || t.kw == kwStorage {
				operand = -1
				cond = cond || opens && t.kw != kwReturn
				branch = branch || cond
			} else if operand < 0 || s.kind(k-1) != kArrow && s.kind(k-1) != '.' {
				operand = k
			}
			continue
		case kArrow, '.', kString, kNumber, kChar:
			continue
		case kIncDec:
			if assigns {
				s.step(k, operand, j, branch)
			}
		case kAndAnd, kOrOr, '?':
			branch, segment = true, k+1
		case '=', kAssign:
			if assigns {
				s.assign(k, segment, branch)
			}
			segment = k + 1
		case ',', ';':
			s.settle(pending, k)
			branch, segment = cond, k+1
		case ':', '}':
			segment = k + 1
		case kIf:
			choice++
		case kEndif:
			choice--
		}
		operand = -1
	}
	s.settle(pending, j)
}

// paren reads the parentheses at k. The operand before them, if there is one, is what they call.
// It returns where the operand that they are part of starts.
func (s *scanner) paren(k, operand int, cond, assigns bool) int {
	end := s.partner(k)
	if operand < 0 {
		s.scan(k+1, end, cond, assigns)
		return k
	}
	before := s.tokens[k-1]
	switch {
	case before.kw == kwSizeof || before.kw == kwTypeof || before.kw == kwAttr:
		return operand
	case before.kw != notKeyword:
		s.scan(k+1, end, cond, false)
		return operand
	case before.kind == ')' && int(before.aux) == operand && !s.pointer(operand):
		s.scan(k+1, end, cond, assigns) // a cast before parentheses
		return k
	case before.kind == kString || before.kind == kNumber || before.kind == kChar:
		s.scan(k+1, end, cond, assigns) // an operand of asm
		return k
	}
	s.scan(k+1, end, cond, false)
	s.calls = append(s.calls, Call{
		Pos: s.pos(operand), Name: s.textOf(operand, k), Args: s.split(k+1, end), Conditional: cond,
	})
	return operand
}

// pointer reports whether the parentheses at k, which other ones follow, hold a function to
// call and not a type.
func (s *scanner) pointer(k int) bool {
	end := s.partner(k)
	if s.kind(k+1) == '*' {
		return k+2 < end // (*) is a type again
	}
	for i := k + 1; i < end; i = s.after(i) {
		*s.steps++
		switch s.kind(i) {
		case kArrow, '.', '?':
			return true
		}
	}
	return false
}

// assign notes the assignment whose operator is k. Its right side ends later.
func (s *scanner) assign(k, left int, cond bool) {
	s.pending = append(s.pending, len(s.assigns), k+1)
	s.assigns = append(s.assigns, Assign{
		Pos: s.pos(min(left, k)), LHS: s.textOf(left, k), Op: s.word(k), Conditional: cond,
	})
}

// settle ends the right sides of all assignments past the first n entries of pending at token k.
func (s *scanner) settle(n, k int) {
	for i := n; i < len(s.pending); i += 2 {
		*s.steps++
		s.assigns[s.pending[i]].RHS = s.textOf(s.pending[i+1], k)
	}
	s.pending = s.pending[:n]
}

// step notes the ++ or -- at k, which stands after its operand, or before it if there is none.
func (s *scanner) step(k, operand, end int, cond bool) {
	from, to := operand, k
	if operand < 0 {
		from, to = k+1, k+1
		for to < end && (s.kind(to) == kIdent || s.kind(to) == kArrow || s.kind(to) == '.') {
			*s.steps++
			to++
		}
	}
	s.assigns = append(s.assigns, Assign{
		Pos: s.pos(min(from, k)), LHS: s.textOf(from, to), Op: s.word(k), Conditional: cond,
	})
}

// split returns the texts between the commas of the tokens from i up to j. Nothing is no text.
func (p *parser) split(i, j int) []string {
	if i >= j {
		return nil
	}
	start, first := len(p.args), i
	for k := i; k < j; k = p.after(k) {
		*p.steps++
		if p.kind(k) == ',' {
			p.args = append(p.args, p.textOf(first, k))
			first = k + 1
		}
	}
	p.args = append(p.args, p.textOf(first, j))
	n := len(p.args)
	return p.args[start:n:n]
}
