package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// transparent calls give back one of their arguments, as far as values go.
var transparent = map[string]int{
	"cpu_to_le16": 0, "cpu_to_le32": 0, "cpu_to_le64": 0, "cpu_to_be16": 0, "cpu_to_be32": 0, "cpu_to_be64": 0,
	"le16_to_cpu": 0, "le32_to_cpu": 0, "le64_to_cpu": 0, "be16_to_cpu": 0, "be32_to_cpu": 0, "be64_to_cpu": 0,
	"__cpu_to_le32": 0, "__le32_to_cpu": 0, "__cpu_to_le64": 0, "__le64_to_cpu": 0, "__cpu_to_be32": 0, "__be32_to_cpu": 0,
	"READ_ONCE": 0, "ACCESS_ONCE": 0, "likely": 0, "unlikely": 0, "rcu_dereference": 0, "rcu_dereference_protected": 0,
	"rtnl_dereference": 0, "ERR_CAST": 0, "PTR_ALIGN": 0, "smp_load_acquire": 0, "rcu_access_pointer": 0, "no_free_ptr": 0,
	"devm_kmemdup_ptr": 0, "array_index_nospec": 0, "__force": 0, "return_ptr": 0,
}

// call evaluates a call: one of those that csource or a table knows, a macro, or a function.
func (w *walker) call(n *csource.Node) set {
	name := n.Callee()
	if v, ok := w.builtin(name, n); ok {
		return v
	}
	if name == "" {
		return w.indirect(n)
	}
	if w.paramIndex(name) < 0 && !w.local(name) && !w.tabled(name) {
		if v, ok := w.expand(name, n); ok {
			return v
		}
	}
	args := make([]set, len(n.Args)-1)
	for i, a := range n.Args[1:] {
		args[i] = w.eval(a)
	}
	return w.made(name, n, args)
}

func (w *walker) tabled(name string) bool {
	_, alloc := allocators[name]
	_, free := freers[name]
	return alloc || free || watched[name]
}

// builtin handles what is no call in the machine.
func (w *walker) builtin(name string, n *csource.Node) (set, bool) {
	args := n.Args[1:]
	if i, ok := transparent[name]; ok && len(args) > i {
		return w.eval(args[i]), true
	}
	member := func() *csource.Node {
		return &csource.Node{Kind: csource.MemberNode, Arrow: true, Text: args[1].Text, Args: []*csource.Node{args[0]}}
	}
	switch {
	case (name == "dma_unmap_addr" || name == "dma_unmap_len" || name == "pci_unmap_addr" || name == "pci_unmap_len") && len(args) == 2:
		return w.lvalue(member()), true
	case (name == "dma_unmap_addr_set" || name == "dma_unmap_len_set" || name == "pci_unmap_addr_set") && len(args) == 3:
		v := w.eval(args[2])
		w.assign(member(), v, "=")
		return v, true
	case (name == "WRITE_ONCE" || name == "rcu_assign_pointer" || name == "smp_store_release") && len(args) == 2:
		v := w.eval(args[1])
		w.assign(args[0], v, "=")
		return v, true
	case name == "ARRAY_SIZE" && len(args) == 1:
		if v := w.lvalue(args[0]); len(v) == 1 && len(v[0].typ.Dims) > 0 {
			return w.eval(w.parse(v[0].typ.Dims[0])), true
		}
		return unknownSet, true
	case (name == "array_size" || name == "size_mul" || name == "array3_size" || name == "size_add") && len(args) >= 2:
		op := "*"
		if name == "size_add" {
			op = "+"
		}
		v := w.eval(args[0])
		for _, a := range args[1:] {
			v = pairs(v, w.eval(a), func(x, y *value) *value { return arith(op, x, y) })
		}
		return v, true
	case name == "BIT" && len(args) == 1:
		return w.eval(args[0]).each(func(v *value) *value { return arith("<<", number(1), v) }), true
	case name == "sizeof_field" && len(args) == 2, name == "FIELD_SIZEOF" && len(args) == 2:
		if t, ok := csource.ParseType(args[0].Text); ok {
			if m, ok := w.f.scope.member(w.f.scope.real(t), args[1].Text); ok {
				return one(w.sizeOf(m)), true
			}
		}
		return unknownSet, true
	case (name == "container_of" || name == "container_of_const") && len(args) == 3:
		return w.container(args), true
	case (name == "min_t" || name == "max_t" || name == "clamp_t") && len(args) >= 3:
		return w.made(name, n, []set{w.eval(args[1]), w.eval(args[2])}), true
	case (name == "IS_ENABLED" || name == "__builtin_expect" || name == "typecheck"):
		return unknownSet, true
	}
	return nil, false
}

// container is the object around a member.
func (w *walker) container(args []*csource.Node) set {
	t, ok := csource.ParseType(args[1].String())
	if !ok {
		return unknownSet
	}
	t.Ptr++
	member := args[2].String()
	return w.eval(args[0]).each(func(p *value) *value {
		if !p.known() {
			return unknown
		}
		if p.kind == vAddr { // &x->member
			if m := p.args[0]; m.kind == vField && m.text == member {
				return addr(m.args[0])
			}
		}
		v := &value{kind: vUn, text: "container of " + member + " ", args: []*value{p}, typ: t}
		return v.finish()
	})
}

// expand evaluates a call-like macro by its body.
func (w *walker) expand(name string, n *csource.Node) (set, bool) {
	if w.f.unit.functions(w.f, name) != nil || w.depth >= maxMacros {
		return nil, false
	}
	m := w.f.scope.macro(name)
	if m == nil || foreign(m) || !m.Function || m.Body == "" || len(m.Params) != len(n.Args)-1 || len(m.Body) > 2000 || strings.Contains(m.Body, "#") {
		return nil, false
	}
	body := w.parse(m.Body)
	if body.Kind == csource.BadNode || body.Kind == csource.OpaqueNode {
		return nil, false
	}
	with := map[string]*csource.Node{}
	for i, p := range m.Params {
		with[p] = n.Args[i+1]
	}
	body, ok := substitute(body, with)
	if !ok {
		return nil, false
	}
	w.depth++
	defer func() { w.depth-- }()
	return w.eval(body), true
}

// foreign tells a macro of the kernel's own headers, whose calls mean something by their names.
func foreign(m *csource.Macro) bool {
	return strings.HasPrefix(m.Pos.File, "include/") && !strings.HasPrefix(m.Body, "((struct ")
}

// maxExpansion is how many nodes a macro may become.
const maxExpansion = 400

// substitute puts the arguments of a macro in its body.
func substitute(n *csource.Node, with map[string]*csource.Node) (*csource.Node, bool) {
	budget := maxExpansion
	var put func(n *csource.Node) *csource.Node
	put = func(n *csource.Node) *csource.Node {
		if budget--; budget < 0 {
			return n
		}
		if n.Kind == csource.IdentNode {
			if a, ok := with[n.Text]; ok {
				return a
			}
			return n
		}
		c := &csource.Node{Kind: n.Kind, Arrow: n.Arrow, Text: n.Text}
		if n.Kind == csource.MemberNode {
			if a, ok := with[n.Text]; ok && a.Kind == csource.IdentNode {
				c.Text = a.Text
			}
		}
		if n.Kind == csource.CastNode || n.Kind == csource.SizeofNode {
			for name, a := range with {
				if n.Text == name {
					c.Text = a.String()
				}
			}
		}
		for _, a := range n.Args {
			c.Args = append(c.Args, put(a))
		}
		return c
	}
	out := put(n)
	return out, budget >= 0
}

// indirect is a call through a pointer.
func (w *walker) indirect(n *csource.Node) set {
	name := "*"
	if c := n.Args[0]; c.Kind == csource.MemberNode {
		name = "->" + c.Text
	}
	w.eval(n.Args[0])
	args := make([]set, len(n.Args)-1)
	for i, a := range n.Args[1:] {
		args[i] = w.eval(a)
	}
	return w.made(name, n, args)
}

// position finds where the call at hand stands: the next of its name in the expression.
func (w *walker) position(name string) csource.Pos {
	if w.expr == nil {
		return w.f.src.Pos
	}
	i := 0
	for j := range w.expr.Calls {
		c := &w.expr.Calls[j]
		if c.Name == name || name[0] == '-' && c.Member() == name[2:] {
			if i == w.taken[name] {
				w.taken[name]++
				return c.Pos
			}
			i++
		}
	}
	if i > 0 {
		for j := range w.expr.Calls {
			if c := &w.expr.Calls[j]; c.Name == name {
				return c.Pos
			}
		}
	}
	return w.expr.Pos
}

// made notes a call and gives its result.
func (w *walker) made(name string, n *csource.Node, args []set) set {
	pos := w.position(name)
	c := &call{pos: pos, fn: w.f, name: name, node: n, args: args, irqs: w.now.irqs, cond: len(w.under), loop: w.loops, label: w.label}
	id := c.at() + name
	if old := w.seen[id]; old != nil {
		for i := range old.args {
			if i < len(args) {
				old.args[i] = old.args[i].add(args[i]...)
			}
		}
		old.irqs |= c.irqs
		c = old
	} else {
		w.seen[id] = c
	}
	if w.record && c.seq == 0 {
		w.seq++
		c.seq = w.seq
		c.under = append([]string{}, w.under...)
		w.f.calls = append(w.f.calls, c)
	}
	w.locks(name)
	local := w.f.unit.functions(w.f, name)
	if a, ok := allocators[name]; ok && w.f.unit.api(w.f, name) {
		return w.allocate(c, a)
	}
	for i, a := range args {
		w.escape(c, i, a, len(local) > 0)
	}
	result := &value{kind: vCall, text: name, call: c}
	for _, a := range args {
		if len(a) == 1 {
			result.args = append(result.args, a[0])
		} else {
			result.args = append(result.args, unknown)
		}
	}
	if len(local) > 0 {
		result.typ = local[0].resultType()
	} else if h := w.f.scope.inlineFunction(name); h != nil {
		result.typ = specType(w.f.scope, h.Spec)
	}
	return one(result.finish())
}

// resultType is what a function returns.
func (f *function) resultType() csource.Type { return specType(f.scope, f.src.Spec) }

func specType(s *scope, spec string) csource.Type {
	t, ok := csource.ParseType(spec)
	if !ok {
		return csource.Type{}
	}
	return s.real(t)
}

// allocate gives what an allocator gives.
func (w *walker) allocate(c *call, a allocator) set {
	if c.sites == nil {
		c.sites = &site{call: c, how: a}
	}
	if a.out >= 0 && a.out < len(c.args) {
		h := (&value{kind: vAlloc, num: 1, site: c.sites, typ: csource.Type{Base: "dma_addr_t"}}).finish()
		for _, to := range c.args[a.out] {
			w.storeThrough(to, one(h))
		}
	}
	v := &value{kind: vAlloc, site: c.sites}
	if a.result == handle {
		v.num, v.typ = 1, csource.Type{Base: "dma_addr_t"}
	} else {
		v.typ = csource.Type{Base: "void", Ptr: 1}
	}
	return one(v.finish())
}

// storeThrough stores what a function stores through a pointer that it was given.
func (w *walker) storeThrough(p *value, v set) {
	if !p.known() {
		return
	}
	to := deref(p)
	if to.kind == vLocal && to.fn == w.f && !w.storage[to.text] && len(to.typ.Dims) == 0 && w.now.env != nil {
		w.now.env[to.text] = v
		return
	}
	w.store(to, v, "=")
}

// escape notes that a function may store through an argument. What it stores is known if the function is.
func (w *walker) escape(c *call, i int, arg set, known bool) {
	if pureCalls[c.name] {
		return
	}
	for _, p := range arg {
		if !p.known() {
			continue
		}
		var to *value
		switch {
		case p.kind == vAddr && p.args[0].kind != vElem:
			to = p.args[0]
		case p.kind == vParam && (p.typ.Ptr >= 2 || p.typ.Ptr == 1 && !strings.Contains(p.typ.Base, " ") && p.typ.Base != "void" && p.typ.Base != "char") && known:
			to = deref(p)
		default:
			continue
		}
		if t := to.typ; t.Ptr == 0 && (strings.HasPrefix(t.Base, "struct ") || strings.HasPrefix(t.Base, "union ")) || len(t.Dims) > 0 {
			continue
		}
		v := (&value{kind: vOut, num: int64(i), call: c, typ: to.typ}).finish()
		if to.kind == vLocal && to.fn == w.f && !w.storage[to.text] && w.now.env != nil {
			if old, ok := w.now.env[to.text]; ok && known {
				w.now.env[to.text] = old.add(v)
			} else {
				w.now.env[to.text] = one(v)
			}
			continue
		}
		w.store(to, one(v), "=")
	}
}

// pureCalls store nothing through their arguments.
var pureCalls = map[string]bool{
	"dma_mapping_error": true, "pci_dma_mapping_error": true, "IS_ERR": true, "PTR_ERR": true, "kfree": true, "dev_err": true, "dev_dbg": true,
	"printk": true, "pr_err": true, "pr_debug": true, "netdev_err": true, "list_add_tail": true, "list_del": true, "virt_to_page": true,
}

// locks follows whether interrupts are off.
func (w *walker) locks(name string) {
	if w.now.dead() {
		return
	}
	switch name {
	case "spin_lock_irqsave", "spin_lock_irq", "local_irq_save", "local_irq_disable", "raw_spin_lock_irqsave", "raw_spin_lock_irq",
		"read_lock_irqsave", "write_lock_irqsave", "write_lock_irq", "read_lock_irq", "spin_lock_irqsave_nested":
		w.now.irqs = irqsOff
	case "spin_unlock_irqrestore", "spin_unlock_irq", "local_irq_restore", "local_irq_enable", "raw_spin_unlock_irqrestore",
		"raw_spin_unlock_irq", "read_unlock_irqrestore", "write_unlock_irqrestore", "write_unlock_irq", "read_unlock_irq":
		w.now.irqs = irqsOn
	}
}
