package extract

import "strings"

// maxTokens is how long an expression may be.
const maxTokens = 2000

// parseExpr reads an expression.
func parseExpr(text string) *expr {
	p := exprParser{toks: tokens(text)}
	if len(p.toks) > maxTokens {
		return &expr{op: "opaque", text: text[:40] + "..."}
	}
	e := p.comma()
	if p.at < len(p.toks) {
		return &expr{op: "opaque", text: strings.Join(p.toks, "")}
	}
	return e
}

type exprParser struct {
	toks []string
	at   int
	deep int
}

func (p *exprParser) peek() string {
	if p.at < len(p.toks) {
		return p.toks[p.at]
	}
	return ""
}

func (p *exprParser) accept(t string) bool {
	if p.peek() == t {
		p.at++
		return true
	}
	return false
}

func (p *exprParser) comma() *expr {
	e := p.assign()
	for p.accept(",") {
		e = &expr{op: ",", args: []*expr{e, p.assign()}}
	}
	return e
}

var assignOps = map[string]bool{"=": true, "+=": true, "-=": true, "|=": true, "&=": true, "^=": true,
	"<<=": true, ">>=": true, "*=": true, "/=": true, "%=": true}

func (p *exprParser) assign() *expr {
	p.deep++
	defer func() { p.deep-- }()
	if p.deep > 200 {
		rest := strings.Join(p.toks[p.at:], "")
		p.at = len(p.toks)
		return &expr{op: "opaque", text: rest}
	}
	e := p.binary(0)
	if p.accept("?") {
		if p.accept(":") {
			return &expr{op: "?:", args: []*expr{e, e, p.assign()}}
		}
		a := p.comma()
		p.accept(":")
		return &expr{op: "?:", args: []*expr{e, a, p.assign()}}
	}
	if assignOps[p.peek()] {
		op := p.peek()
		p.at++
		return &expr{op: op, args: []*expr{e, p.assign()}}
	}
	return e
}

var levels = []map[string]bool{
	{"||": true}, {"&&": true}, {"|": true}, {"^": true}, {"&": true}, {"==": true, "!=": true},
	{"<": true, ">": true, "<=": true, ">=": true}, {"<<": true, ">>": true}, {"+": true, "-": true},
	{"*": true, "/": true, "%": true},
}

func (p *exprParser) binary(level int) *expr {
	if level == len(levels) {
		return p.unary()
	}
	e := p.binary(level + 1)
	for levels[level][p.peek()] {
		op := p.peek()
		p.at++
		e = &expr{op: op, args: []*expr{e, p.binary(level + 1)}}
	}
	return e
}

func (p *exprParser) unary() *expr {
	p.deep++
	defer func() { p.deep-- }()
	t := p.peek()
	switch t {
	case "!", "-", "~", "&", "*", "+", "++", "--":
		if p.deep > 200 {
			break
		}
		p.at++
		return &expr{op: "pre" + t, args: []*expr{p.unary()}}
	case "(":
		if n := p.cast(); n > 0 && p.deep <= 200 {
			p.at = n
			return p.unary()
		}
	case "{":
		return p.opaque("{", "}")
	case "sizeof", "typeof":
		p.at++
		if p.peek() == "(" {
			e := p.opaque("(", ")")
			e.text = t + e.text
			return e
		}
		return p.unary()
	}
	return p.postfix()
}

// cast returns where the operand of a cast begins, 0 if there is no cast.
func (p *exprParser) cast() int {
	i := p.at + 1
	words, stars := 0, 0
	for ; i < len(p.toks) && p.toks[i] != ")"; i++ {
		switch {
		case isWord(p.toks[i]):
			words++
		case p.toks[i] == "*":
			stars++
		default:
			return 0
		}
	}
	if i+1 >= len(p.toks) || words == 0 || p.toks[i-1] != "*" && !typeWords[p.toks[p.at+1]] {
		return 0
	}
	if next := p.toks[i+1]; !isWord(next) && next != "(" && next != "&" && next != "*" && next != "-" && next != "{" {
		return 0
	}
	return i + 1
}

var typeWords = map[string]bool{"struct": true, "unsigned": true, "void": true, "long": true, "int": true, "u64": true,
	"u32": true, "const": true, "phys_addr_t": true, "dma_addr_t": true}

func (p *exprParser) opaque(open, shut string) *expr {
	start, depth := p.at, 0
	for ; p.at < len(p.toks); p.at++ {
		if p.toks[p.at] == open {
			depth++
		} else if p.toks[p.at] == shut {
			if depth--; depth == 0 {
				p.at++
				break
			}
		}
	}
	return &expr{op: "opaque", text: strings.Join(p.toks[start:p.at], "")}
}

func (p *exprParser) postfix() *expr {
	var e *expr
	t := p.peek()
	switch {
	case t == "(" && p.at+1 < len(p.toks) && p.toks[p.at+1] == "{":
		e = p.opaque("(", ")")
	case t == "(":
		p.at++
		e = p.comma()
		p.accept(")")
	case isWord(t):
		p.at++
		e = ident(t)
		if t[0] >= '0' && t[0] <= '9' {
			e.op = "num"
		}
	case t == "":
		return &expr{op: "opaque"}
	default:
		p.at++
		e = &expr{op: "opaque", text: t}
		for p.peek() != "" && p.peek()[0] == '"' { // strings side by side
			p.at++
		}
	}
	for {
		switch t := p.peek(); t {
		case "(":
			p.at++
			call := &expr{op: "call", args: []*expr{e}}
			for p.peek() != "" && p.peek() != ")" {
				call.args = append(call.args, p.assign())
				if !p.accept(",") {
					for p.peek() != "" && p.peek() != ")" { // a type among the arguments, or strings with macros
						p.at++
						if p.peek() == "," {
							p.at++
							break
						}
					}
				}
			}
			p.accept(")")
			e = call
		case "[":
			p.at++
			e = &expr{op: "[]", args: []*expr{e, p.comma()}}
			p.accept("]")
		case "->", ".":
			p.at++
			e = &expr{op: t, text: p.peek(), args: []*expr{e}}
			p.at++
		case "++", "--":
			p.at++
			e = &expr{op: "post" + t, args: []*expr{e}}
		default:
			return e
		}
	}
}
