package csource

import (
	"strconv"
	"strings"
)

// Eval returns what the condition expr comes to: Yes or No if config and the constants in it
// decide that, else Unknown. It reads the text of an If or of a Guard alike, so that
// IS_ENABLED(CONFIG_X) can be asked where it stands in ordinary code: any other call, and any
// variable, is unknown. Text that is no expression is Unknown.
func Eval(expr string, config Config) Value {
	steps := 0
	return evalTokens(lex([]byte(expr), true, &steps), config, false)
}

func evalTokens(l *lexer, config Config, kconfig bool) Value {
	e := &evaluator{l: l, config: config, kconfig: kconfig}
	v := e.ternary(0)
	if e.bad || e.peek().kind != kEOF || !v.known {
		return Unknown
	}
	if v.n != 0 {
		return Yes
	}
	return No
}

// A number is the value of a part of a condition. In Kconfig, 0, 1 and 2 are n, m and y.
type number struct {
	n     int64
	known bool
}

func truth(b bool) number {
	if b {
		return number{1, true}
	}
	return number{0, true}
}

// An evaluator evaluates over three values: what a symbol that is not known cannot change is known.
type evaluator struct {
	l       *lexer
	i       int
	config  Config
	kconfig bool // bare symbols without CONFIG_, and = compares
	bad     bool
}

func (e *evaluator) peek() token { return e.l.tokens[e.i] }

func (e *evaluator) text(t token) string { return string(e.l.src[t.src : t.src+t.n]) }

// accept skips the next token if it is op.
func (e *evaluator) accept(op string) bool {
	t := e.peek()
	if t.kind == kEOF || e.text(t) != op {
		return false
	}
	e.i++
	return true
}

func (e *evaluator) expect(op string) {
	if !e.accept(op) {
		e.bad = true
	}
}

// deep reports whether depth is past what is read, and spoils the evaluation if so.
func (e *evaluator) deep(depth int) bool {
	e.bad = e.bad || depth > MaxDepth
	return e.bad
}

func (e *evaluator) ternary(depth int) number {
	c := e.binary(0, depth)
	if e.deep(depth) || !e.accept("?") {
		return c
	}
	a := e.ternary(depth + 1)
	e.expect(":")
	b := e.ternary(depth + 1)
	switch {
	case !c.known && a == b:
		return a
	case !c.known:
		return number{}
	case c.n != 0:
		return a
	}
	return b
}

// levels holds the binary operators, loosest first.
var levels = [][]string{
	{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!=", "="}, {"<=", ">=", "<", ">"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"},
}

func (e *evaluator) binary(level, depth int) number {
	if level == len(levels) {
		return e.unary(depth)
	}
	x := e.binary(level+1, depth)
	for !e.bad {
		op := ""
		for _, o := range levels[level] {
			if e.accept(o) {
				op = o
				break
			}
		}
		if op == "" {
			break
		}
		x = apply(op, x, e.binary(level+1, depth))
	}
	return x
}

// apply returns x op y. The logical operators are known as soon as one side decides them.
func apply(op string, x, y number) number {
	no := func(v number) bool { return v.known && v.n == 0 }
	yes := func(v number) bool { return v.known && v.n != 0 }
	switch {
	case op == "&&" && (no(x) || no(y)):
		return truth(false)
	case op == "||" && (yes(x) || yes(y)):
		return truth(true)
	case !x.known || !y.known:
		return number{}
	}
	switch op {
	case "&&":
		return truth(x.n != 0 && y.n != 0)
	case "||":
		return truth(x.n != 0 || y.n != 0)
	case "==", "=":
		return truth(x.n == y.n)
	case "!=":
		return truth(x.n != y.n)
	case "<":
		return truth(x.n < y.n)
	case ">":
		return truth(x.n > y.n)
	case "<=":
		return truth(x.n <= y.n)
	case ">=":
		return truth(x.n >= y.n)
	case "+":
		return number{x.n + y.n, true}
	case "-":
		return number{x.n - y.n, true}
	case "*":
		return number{x.n * y.n, true}
	case "&":
		return number{x.n & y.n, true}
	case "|":
		return number{x.n | y.n, true}
	}
	return number{} // shifts and division: not used to choose code
}

func (e *evaluator) unary(depth int) number {
	if e.deep(depth) {
		return number{}
	}
	switch {
	case e.accept("!"):
		v := e.unary(depth + 1)
		if v.known {
			v = truth(v.n == 0)
		}
		return v
	case e.accept("-"):
		v := e.unary(depth + 1)
		return number{-v.n, v.known}
	case e.accept("("):
		v := e.ternary(depth + 1)
		e.expect(")")
		return v
	}
	for _, op := range []string{"*", "&", "~", "+", "++", "--"} { // of variables, which are unknown
		if e.accept(op) {
			e.unary(depth + 1)
			return number{}
		}
	}
	v := e.primary()
	for e.postfix() {
		v = number{}
	}
	return v
}

// postfix skips what makes another value of the operand before it, and reports whether there was any.
func (e *evaluator) postfix() bool {
	switch t := e.peek(); t.kind {
	case kArrow, '.':
		e.i++
		if e.peek().kind != kIdent {
			e.bad = true
			return false
		}
		e.i++
	case kIncDec:
		e.i++
	case '(', '[':
		e.skip()
	default:
		return false
	}
	return !e.bad
}

// skip skips a pair of brackets.
func (e *evaluator) skip() {
	for open := 0; ; e.i++ {
		switch e.peek().kind {
		case '(', '[':
			open++
		case ')', ']':
			open--
		case kEOF:
			e.bad = true
			return
		}
		if open == 0 {
			e.i++
			return
		}
	}
}

func (e *evaluator) primary() number {
	t := e.peek()
	switch t.kind {
	case kNumber:
		e.i++
		n, err := strconv.ParseInt(strings.TrimRight(e.text(t), "uUlL"), 0, 64)
		return number{n, err == nil}
	case kIdent:
		e.i++
		name := e.text(t)
		switch {
		case e.kconfig:
			return e.symbol(name)
		case name == "defined":
			return e.defined()
		case e.peek().kind == '(':
			return e.call(name)
		}
		return macroValue(e.config.ask(name))
	case kString, kChar:
		e.i++
		return number{}
	}
	e.bad = true
	return number{}
}
