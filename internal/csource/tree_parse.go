package csource

import "strings"

// ParseExpr reads the text of an expression into a tree. What it cannot read is a BadNode, or an
// OpaqueNode if it is C that has no tree: it never fails, and its work is linear in the text. Whether
// (x) y is a cast is guessed from how x is written, because no types are known.
func ParseExpr(text string) *Node {
	steps := 0
	if len(text) > MaxSize {
		return &Node{Kind: BadNode, Text: text[:40]}
	}
	l := lex([]byte(text), true, &steps)
	p := &treeParser{lexer: l, text: text}
	n := p.comma()
	if p.bad || p.kind() != kEOF {
		return &Node{Kind: BadNode, Text: text}
	}
	return n
}

// A treeParser reads an expression by recursive descent, at most MaxDepth deep.
type treeParser struct {
	*lexer
	text string
	i    int
	deep int
	bad  bool
}

func (p *treeParser) kind() kind { return p.tokens[p.i].kind }

func (p *treeParser) word() string {
	t := p.tokens[p.i]
	return p.text[t.src : t.src+t.n]
}

// wordAt returns the text of a token further on, "" past the end.
func (p *treeParser) wordAt(i int) string {
	if i >= len(p.tokens) {
		return ""
	}
	t := p.tokens[i]
	return p.text[t.src : t.src+t.n]
}

func (p *treeParser) accept(k kind) bool {
	if p.kind() == k {
		p.i++
		return true
	}
	return false
}

// enter reports whether there is depth left, and spoils the parse if not.
func (p *treeParser) enter() bool {
	p.deep++
	p.bad = p.bad || p.deep > MaxDepth
	return !p.bad
}

func (p *treeParser) comma() *Node {
	n := p.assign()
	for !p.bad && p.accept(',') {
		n = &Node{Kind: BinaryNode, Text: ",", Args: []*Node{n, p.assign()}}
	}
	return n
}

func (p *treeParser) assign() *Node {
	defer func() { p.deep-- }()
	if !p.enter() {
		return badNode
	}
	n := p.binary(1)
	switch {
	case p.accept('?'):
		yes := n
		if p.kind() != ':' {
			yes = p.comma()
		}
		if !p.accept(':') {
			p.bad = true
		}
		return &Node{Kind: CondNode, Args: []*Node{n, yes, p.assign()}}
	case p.kind() == '=' || p.kind() == kAssign:
		op := p.word()
		p.i++
		return &Node{Kind: AssignNode, Text: op, Args: []*Node{n, p.assign()}}
	}
	return n
}

var badNode = &Node{Kind: BadNode}

// precedence returns how tightly a binary operator binds, 0 if it is none.
func precedence(op string) int {
	switch op {
	case "||":
		return 1
	case "&&":
		return 2
	case "|":
		return 3
	case "^":
		return 4
	case "&":
		return 5
	case "==", "!=":
		return 6
	case "<", ">", "<=", ">=":
		return 7
	case "<<", ">>":
		return 8
	case "+", "-":
		return 9
	case "*", "/", "%":
		return 10
	}
	return 0
}

// binary reads operators of at least the given precedence.
func (p *treeParser) binary(least int) *Node {
	n := p.unary()
	for !p.bad && p.kind() != kEOF && p.kind() != kString {
		op := p.word()
		binds := precedence(op)
		if binds < least {
			break
		}
		p.i++
		n = &Node{Kind: BinaryNode, Text: op, Args: []*Node{n, p.binary(binds + 1)}}
	}
	return n
}

func (p *treeParser) unary() *Node {
	defer func() { p.deep-- }()
	if !p.enter() {
		return badNode
	}
	switch k := p.kind(); k {
	case '!', '-', '~', '&', '*', '+', kIncDec, kAndAnd:
		op := p.word()
		p.i++
		return &Node{Kind: UnaryNode, Text: op, Args: []*Node{p.unary()}}
	case '(':
		if end := p.cast(); end > 0 {
			typ := p.between(p.i+1, end)
			if p.tokens[end+1].kind == '{' {
				first := p.i
				p.i = end + 1
				return p.postfix(p.skip(first))
			}
			p.i = end + 1
			return &Node{Kind: CastNode, Text: typ, Args: []*Node{p.unary()}}
		}
	case kIdent:
		switch p.word() {
		case "sizeof":
			p.i++
			return p.sizeof()
		case "__extension__":
			p.i++
			return p.unary()
		}
	}
	return p.postfix(p.primary())
}

// sizeof reads what stands after the word.
func (p *treeParser) sizeof() *Node {
	if p.kind() == '(' {
		end := p.partner(p.i)
		if end < 0 {
			p.bad = true
			return badNode
		}
		if p.typeName(p.i+1, end) {
			n := &Node{Kind: SizeofNode, Text: p.between(p.i+1, end)}
			p.i = end + 1
			return n
		}
	}
	return &Node{Kind: SizeofNode, Args: []*Node{p.unary()}}
}

// partner returns the bracket that closes the one at i, or -1.
func (p *treeParser) partner(i int) int {
	open := 0
	for ; i < len(p.tokens); i++ {
		switch p.tokens[i].kind {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// between is the text of the tokens from i up to j.
func (p *treeParser) between(i, j int) string {
	if i >= j {
		return ""
	}
	first, last := p.tokens[i], p.tokens[j-1]
	return strings.Join(strings.Fields(p.text[first.src:last.src+last.n]), " ")
}

// skip makes what stands from token first to the end of the bracket at hand an opaque node.
func (p *treeParser) skip(first int) *Node {
	end := p.partner(p.i)
	if end < 0 {
		p.bad = true
		return badNode
	}
	n := &Node{Kind: OpaqueNode, Text: p.between(first, end+1)}
	p.i = end + 1
	return n
}

// cast returns where the parentheses at hand close if they hold a type and an operand follows, else 0.
func (p *treeParser) cast() int {
	end := p.i + 1
	for ; end < len(p.tokens) && p.tokens[end].kind != ')'; end++ {
		switch t := p.tokens[end]; {
		case t.kind == kIdent || t.kind == '*':
		case t.kind == '(' && p.tokens[end-1].kw == kwTypeof:
			if end = p.partner(end); end < 0 {
				return 0
			}
		default:
			return 0
		}
	}
	if end+1 >= len(p.tokens) || !p.typeName(p.i+1, end) {
		return 0
	}
	switch next := p.tokens[end+1]; next.kind {
	case kIdent, kNumber, kString, kChar, '(', '{', '!', '~':
		return end
	case '*', '&', '-', '+', kIncDec: // an operation, if the name might be a value
		if p.surelyType(p.i+1, end) {
			return end
		}
	}
	return 0
}

// typeName reports whether the tokens from i up to j can only be a type, or are one by their look.
func (p *treeParser) typeName(i, j int) bool {
	words, stars := 0, 0
	for k := i; k < j; k++ {
		switch t := p.tokens[k]; {
		case t.kind == kIdent && stars > 0 && t.kw != kwStorage && t.kw != kwVolatile && !attribute(p.wordAt(k)):
			return false // a * b
		case t.kind == kIdent:
			words++
		case t.kind == '*' && words > 0:
			stars++
		case t.kind == '(' && p.tokens[k-1].kw == kwTypeof:
			if k = p.partner(k); k < 0 || k >= j {
				return false
			}
			words++
		case t.kind == '[' && words > 0 && k > i && p.surelyType(i, k):
			return p.partner(k) == j-1
		default:
			return false
		}
	}
	return words > 0 && (stars > 0 || words > 1 || p.surelyType(i, j))
}

// surelyType reports whether the tokens are a type by how they are written.
func (p *treeParser) surelyType(i, j int) bool {
	t, w := p.tokens[i], p.wordAt(i)
	if t.kw == kwStruct || t.kw == kwType || t.kw == kwTypeof || t.kw == kwVolatile || w == "const" {
		return true
	}
	for k := i; k < j; k++ {
		if p.tokens[k].kind == '*' {
			return true
		}
	}
	return typeWord(w)
}

// typeWord reports whether w is spelled as the kernel spells types.
func typeWord(w string) bool {
	switch w {
	case "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool", "uint", "ulong", "ushort", "BOOLEAN",
		"__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__le16", "__le32", "__le64",
		"__be16", "__be32", "__be64":
		return true
	}
	return strings.HasSuffix(w, "_t")
}

func (p *treeParser) primary() *Node {
	t, w := p.tokens[p.i], p.word()
	switch t.kind {
	case kIdent:
		if t.kw == kwStruct || t.kw == kwType { // a type among the arguments
			return p.typeArgument()
		}
		p.i++
		if p.kind() == kString { // a macro that is a string, before another
			first := p.i - 1
			for p.kind() == kString || p.kind() == kIdent {
				p.i++
			}
			return &Node{Kind: StringNode, Text: p.between(first, p.i)}
		}
		return &Node{Kind: IdentNode, Text: w}
	case kNumber:
		p.i++
		return &Node{Kind: NumberNode, Text: w}
	case kChar:
		p.i++
		return &Node{Kind: CharNode, Text: w}
	case kString:
		first := p.i
		for p.kind() == kString || p.kind() == kIdent {
			p.i++
		}
		return &Node{Kind: StringNode, Text: p.between(first, p.i)}
	case '(':
		if p.tokens[p.i+1].kind == '{' {
			return p.skip(p.i)
		}
		p.i++
		n := p.comma()
		if !p.accept(')') {
			p.bad = true
		}
		return n
	case '{':
		return p.skip(p.i)
	}
	p.bad = true
	return badNode
}

// typeArgument reads a type up to the comma or bracket that ends it.
func (p *treeParser) typeArgument() *Node {
	first := p.i
	for p.kind() == kIdent || p.kind() == '*' {
		p.i++
	}
	return &Node{Kind: OpaqueNode, Text: p.between(first, p.i)}
}

// postfix reads what follows an operand. It is a loop, so that a long chain is not nesting.
func (p *treeParser) postfix(n *Node) *Node {
	for !p.bad {
		switch p.kind() {
		case '(':
			p.i++
			call := &Node{Kind: CallNode, Args: []*Node{n}}
			for p.kind() != ')' && !p.bad {
				call.Args = append(call.Args, p.assign())
				if !p.accept(',') {
					break
				}
			}
			if !p.accept(')') {
				p.bad = true
			}
			n = call
		case '[':
			p.i++
			n = &Node{Kind: IndexNode, Args: []*Node{n, p.comma()}}
			if !p.accept(']') {
				p.bad = true
			}
		case kArrow, '.':
			arrow := p.kind() == kArrow
			p.i++
			n = &Node{Kind: MemberNode, Arrow: arrow, Text: p.word(), Args: []*Node{n}}
			if !p.accept(kIdent) {
				p.bad = true
			}
		case kIncDec:
			n = &Node{Kind: PostfixNode, Text: p.word(), Args: []*Node{n}}
			p.i++
		default:
			return n
		}
	}
	return n
}
