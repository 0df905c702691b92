package driver

import (
	"strconv"
	"strings"

	"dmafuzz/internal/csource"
)

// maxEval is how deep expressions, macros and sizes may stand in each other.
const maxEval = 600

// eval is what an expression may come to. Its calls and assignments take effect.
func (w *walker) eval(n *csource.Node) set {
	if w.deep >= maxEval { // an array whose size is said by its own size
		return unknownSet
	}
	w.deep++
	defer func() { w.deep-- }()
	switch n.Kind {
	case csource.NumberNode:
		return constant(n.Text)
	case csource.CharNode:
		return one(named(n.Text))
	case csource.StringNode:
		return one(named(n.Text))
	case csource.IdentNode:
		return w.ident(n.Text)
	case csource.CallNode:
		return w.call(n)
	case csource.MemberNode, csource.IndexNode:
		return w.lvalue(n)
	case csource.CondNode:
		w.eval(n.Args[0])
		before := w.now.clone()
		a := w.eval(n.Args[1])
		then := w.now
		w.now = before
		b := w.eval(n.Args[2])
		w.now = merge(then, w.now)
		return set(nil).add(a...).add(b...)
	case csource.UnaryNode:
		return w.unary(n)
	case csource.PostfixNode:
		v := w.eval(n.Args[0])
		w.assign(n.Args[0], unknownSet, n.Text)
		return v
	case csource.BinaryNode:
		return w.binary(n)
	case csource.AssignNode:
		v := w.eval(n.Args[1])
		if n.Text != "=" {
			op := strings.TrimSuffix(n.Text, "=")
			v = pairs(w.eval(n.Args[0]), v, func(x, y *value) *value { return arith(op, x, y) })
		}
		w.assign(n.Args[0], v, n.Text)
		return v
	case csource.CastNode:
		v := w.eval(n.Args[0])
		t, ok := csource.ParseType(n.Text)
		if !ok {
			return v
		}
		t = w.f.scope.real(t)
		return v.each(func(v *value) *value { return cast(v, t) })
	case csource.SizeofNode:
		return one(w.sizeof(n))
	}
	return unknownSet
}

// cast gives v a pointer's type; other casts change nothing of interest.
func cast(v *value, t csource.Type) *value {
	if t.Ptr == 0 || !v.known() || v.kind == vNum {
		return v
	}
	c := *v
	c.typ = t
	return &c
}

func constant(text string) set {
	n, err := strconv.ParseInt(strings.TrimRight(text, "uUlL"), 0, 64)
	if err != nil {
		if u, err := strconv.ParseUint(strings.TrimRight(text, "uUlL"), 0, 64); err == nil {
			return one(number(int64(u)))
		}
		return unknownSet
	}
	return one(number(n))
}

func (w *walker) ident(name string) set {
	if t, ok := w.types[name]; ok {
		if v, ok := w.now.env[name]; ok && len(t.Dims) == 0 {
			return v
		}
		return one((&value{kind: vLocal, fn: w.f, text: name, typ: t}).finish())
	}
	if i := w.paramIndex(name); i >= 0 {
		if v, ok := w.now.env[name]; ok {
			return v
		}
		return one(w.f.param(i))
	}
	return w.global(name)
}

// maxMacros is how deep macros may stand in macros.
const maxMacros = 12

// global is a name that the function does not declare.
func (w *walker) global(name string) set {
	if _, ok := w.f.unit.byName[name]; ok {
		w.f.unit.mention(name)
		return one(named(name))
	}
	if v := w.f.unit.variable(w.f.scope, name); v != nil {
		return one(v)
	}
	if opaqueNames[name] {
		return one(named(name))
	}
	if m := w.f.scope.macro(name); m != nil {
		if m.Function || m.Body == "" || w.depth >= maxMacros {
			return one(named(name))
		}
		body := w.parse(m.Body)
		if body.Kind == csource.BadNode || body.Kind == csource.OpaqueNode || body.Is(name) {
			return one(named(name))
		}
		w.depth++
		v := w.eval(body)
		w.depth--
		if len(v) == 1 && v[0].known() && v[0].kind != vCall {
			return v
		}
		if body.Callee() != "" {
			return v
		}
		return one(named(name))
	}
	if e := w.f.scope.enum(name); e != nil {
		if e.Value == "" {
			return one(number(int64(e.Offset)))
		}
		if w.depth < maxMacros {
			w.depth++
			v := w.eval(w.parse(e.Value))
			w.depth--
			if len(v) == 1 && v[0].kind == vNum {
				return one(number(v[0].num + int64(e.Offset)))
			}
		}
	}
	return one(named(name))
}

// opaqueNames keep their names: their values are their own affair.
var opaqueNames = map[string]bool{
	"NULL": true, "PAGE_SIZE": true, "PAGE_SHIFT": true, "DMA_TO_DEVICE": true, "DMA_FROM_DEVICE": true, "DMA_BIDIRECTIONAL": true,
	"DMA_NONE": true, "PCI_DMA_TODEVICE": true, "PCI_DMA_FROMDEVICE": true, "PCI_DMA_BIDIRECTIONAL": true, "GFP_KERNEL": true,
	"GFP_ATOMIC": true, "current": true, "true": true, "false": true, "HZ": true, "jiffies": true,
	"SMP_CACHE_BYTES": true, "L1_CACHE_BYTES": true, "NR_CPUS": true, "MAX_SKB_FRAGS": true,
}

func (w *walker) unary(n *csource.Node) set {
	switch n.Text {
	case "&":
		if n.Args[0].Kind == csource.IdentNode {
			name := n.Args[0].Text
			if t, ok := w.types[name]; ok {
				return one(addr((&value{kind: vLocal, fn: w.f, text: name, typ: t}).finish()))
			}
		}
		return w.lvalue(n.Args[0]).each(addr)
	case "*":
		return w.eval(n.Args[0]).each(deref)
	case "++", "--":
		w.assign(n.Args[0], unknownSet, n.Text)
		return w.eval(n.Args[0])
	}
	v := w.eval(n.Args[0])
	switch n.Text {
	case "+":
		return v
	case "-", "~":
		return v.each(func(v *value) *value {
			if v.kind == vNum {
				if n.Text == "-" {
					return number(-v.num)
				}
				return number(^v.num)
			}
			return (&value{kind: vUn, text: n.Text, args: []*value{v}}).finish()
		})
	}
	return v.each(func(v *value) *value { return (&value{kind: vUn, text: n.Text, args: []*value{v}}).finish() })
}

func (w *walker) binary(n *csource.Node) set {
	a := w.eval(n.Args[0])
	switch n.Text {
	case ",":
		return w.eval(n.Args[1])
	case "&&", "||":
		before := w.now.clone()
		w.eval(n.Args[1])
		w.now = merge(before, w.now)
		return unknownSet
	}
	b := w.eval(n.Args[1])
	return pairs(a, b, func(x, y *value) *value { return arith(n.Text, x, y) })
}

// arith is x op y.
func arith(op string, x, y *value) *value {
	if x.kind == vNum && y.kind == vNum {
		if n, ok := fold(op, x.num, y.num); ok {
			return number(n)
		}
		return unknown
	}
	if op == "+" && x.kind == vNum && x.num == 0 {
		return y
	}
	if (op == "+" || op == "-" || op == "<<" || op == ">>") && y.kind == vNum && y.num == 0 {
		return x
	}
	if (op == "*" || op == "/") && y.kind == vNum && y.num == 1 {
		return x
	}
	if op == "*" && x.kind == vNum && x.num == 1 {
		return y
	}
	if op == "<<" && y.kind == vNum && y.num >= 0 && y.num < 62 {
		return arith("*", x, number(1<<y.num))
	}
	if (op == "+" || op == "-") && x.typ.Ptr > 0 && len(x.typ.Dims) == 0 && y.typ.Ptr == 0 &&
		(strings.HasPrefix(x.typ.Base, "struct ") || strings.HasPrefix(x.typ.Base, "union ")) {
		return x // another element of the same array
	}
	v := &value{kind: vBin, text: op, args: []*value{x, y}}
	if (op == "+" || op == "-") && x.typ.Ptr > 0 {
		v.typ = x.typ
	}
	return v.finish()
}

func fold(op string, a, b int64) (int64, bool) {
	switch op {
	case "+":
		return a + b, true
	case "-":
		return a - b, true
	case "*":
		return a * b, true
	case "/":
		if b != 0 {
			return a / b, true
		}
	case "%":
		if b != 0 {
			return a % b, true
		}
	case "<<":
		if b >= 0 && b < 63 {
			return a << b, true
		}
	case ">>":
		if b >= 0 && b < 63 {
			return a >> b, true
		}
	case "|":
		return a | b, true
	case "&":
		return a & b, true
	case "^":
		return a ^ b, true
	case "==":
		return bit(a == b), true
	case "!=":
		return bit(a != b), true
	case "<":
		return bit(a < b), true
	case ">":
		return bit(a > b), true
	case "<=":
		return bit(a <= b), true
	case ">=":
		return bit(a >= b), true
	}
	return 0, false
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// lvalue is the object that an expression names.
func (w *walker) lvalue(n *csource.Node) set {
	switch n.Kind {
	case csource.MemberNode:
		base := w.lvalueBase(n)
		return base.each(func(b *value) *value { return w.field(b, n.Text) })
	case csource.IndexNode:
		w.eval(n.Args[1])
		return w.eval(n.Args[0]).each(func(b *value) *value {
			if !b.known() {
				return unknown
			}
			if len(b.typ.Dims) > 0 {
				e := &value{kind: vElem, args: []*value{b}, typ: b.typ}
				e.typ.Dims = b.typ.Dims[1:]
				return e.finish()
			}
			return deref(b)
		})
	case csource.UnaryNode:
		if n.Text == "*" {
			return w.eval(n.Args[0]).each(deref)
		}
	}
	return w.eval(n)
}

func (w *walker) lvalueBase(n *csource.Node) set {
	if n.Arrow {
		return w.eval(n.Args[0]).each(deref)
	}
	if a := n.Args[0]; a.Kind == csource.IdentNode && w.local(a.Text) {
		t := w.types[a.Text]
		return one((&value{kind: vLocal, fn: w.f, text: a.Text, typ: t}).finish())
	}
	return w.lvalue(n.Args[0])
}

func (w *walker) field(b *value, name string) *value {
	if !b.known() {
		return unknown
	}
	v := &value{kind: vField, args: []*value{b}, text: name}
	if b.typ.Ptr == 0 && b.typ.Base != "" {
		if w.record && w.f.reads != nil {
			w.f.reads[w.f.scope.id(b.typ.Base)+"."+name] = true
		}
		if t, ok := w.f.scope.member(b.typ, name); ok {
			v.typ = t
		}
	}
	return v.finish()
}

// assign stores a set where an expression says. An op other than = changes what was there.
func (w *walker) assign(n *csource.Node, v set, op string) {
	for n.Kind == csource.CastNode {
		n = n.Args[0]
	}
	if n.Kind == csource.IdentNode && (w.local(n.Text) && !w.storage[n.Text] || w.paramIndex(n.Text) >= 0) {
		w.set(n.Text, v)
		return
	}
	for _, to := range w.lvalue(n) {
		w.store(to, v, op)
	}
}

func (w *walker) store(to *value, v set, op string) {
	if !to.known() || !w.record {
		return
	}
	pos := w.f.src.Pos
	if w.expr != nil {
		pos = w.expr.Pos
	}
	key := pos.String() + to.key
	if old := w.known[key]; old != nil {
		old.set = old.set.add(v...)
		return
	}
	w.seq++
	s := &store{pos: pos, fn: w.f, to: to, set: v, op: op, seq: w.seq}
	w.known[key] = s
	w.f.stores = append(w.f.stores, s)
}
