package driver

import (
	"fmt"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
)

// removeFunctions are the functions of the unit that end the work on a device.
func (j *judge) removeFunctions() []*function {
	names := map[string]bool{}
	for _, in := range j.u.inits {
		for _, x := range in.Fields {
			if removers[x.Name] {
				names[strings.TrimSpace(strings.TrimPrefix(x.Value, "&"))] = true
			}
		}
	}
	var list []*function
	for _, f := range j.u.all {
		if names[f.name] {
			list = append(list, f)
		}
	}
	return list
}

// A happening is a call that a function comes to, itself or in what it calls.
type happening struct {
	call *call
	via  []*call // calls, outermost first
}

// top is the call in the outermost function.
func (h happening) top() *call {
	if len(h.via) > 0 {
		return h.via[0]
	}
	return h.call
}

// maxHappenings is how many calls of a remove function are looked at.
const maxHappenings = 3000

// happenings are the calls of a function in their order, callees opened up to a depth.
func (j *judge) happenings(f *function, depth int) []happening {
	var list []happening
	var open func(f *function, via []*call, depth int)
	open = func(f *function, via []*call, depth int) {
		for _, c := range f.calls {
			if len(list) >= maxHappenings {
				return
			}
			list = append(list, happening{c, via})
			if depth == 0 {
				continue
			}
			if g := j.u.functions(f, c.name); len(g) > 0 && !slices.ContainsFunc(via, func(d *call) bool { return d.name == c.name }) {
				open(g[0], append(via[:len(via):len(via)], c), depth-1)
			}
		}
	}
	open(f, nil, depth)
	return list
}

// irqRequest says where a devm request of an interrupt has its flags and its data.
func irqRequest(name string) (flags, data int, ok bool) {
	switch name {
	case "devm_request_irq":
		return 3, 5, true
	case "devm_request_threaded_irq":
		return 4, 6, true
	}
	return 0, 0, false
}

// shared tells whether flags surely hold IRQF_SHARED.
func shared(s set) bool {
	for _, v := range s {
		if !(v.kind == vNum && v.num&0x80 != 0) && !strings.Contains(v.key, "IRQF_SHARED") {
			return false
		}
	}
	return len(s) > 0
}

// irqs looks for handlers whose data a remove function frees while devres still holds the interrupt.
func (j *judge) irqs(removes []*function) {
	for _, f := range removes {
		what := j.happenings(f, 3)
		if slices.ContainsFunc(what, func(h happening) bool {
			switch h.call.name {
			case "devm_free_irq", "free_irq", "devres_release_all", "devres_release_group", "component_del":
				return true
			}
			return false
		}) {
			continue
		}
		for _, h := range what {
			at, ok := objectFrees[h.call.name]
			if !ok || !j.u.api(h.call.fn, h.call.name) {
				continue
			}
			for _, v := range h.call.arg(at) {
				if v.typ.Ptr == 1 && strings.HasPrefix(v.typ.Base, "struct ") {
					j.irqOf(f, h, v)
				}
			}
		}
	}
}

// irqOf looks for a shared devm interrupt whose data is of the freed type, where nothing of that type is
// allocated that devres would free.
func (j *judge) irqOf(f *function, h happening, freed *value) {
	for _, g := range j.u.all {
		if !j.u.related(f, g) {
			continue
		}
		for _, c := range g.calls {
			flags, data, ok := irqRequest(c.name)
			if !ok || !shared(c.arg(flags)) {
				continue
			}
			for _, d := range c.arg(data) {
				if d.typ.Ptr != 1 || d.typ.Base != freed.typ.Base || g.scope.id(d.typ.Base) != h.call.fn.scope.id(freed.typ.Base) {
					continue
				}
				order, err := j.order()
				if err != nil || !order.DevresAfterRemove {
					return
				}
				j.lifecycle(&Finding{Rule: "irq-outlives-data", Severity: Error, Way: OnUnbind,
					Text: fmt.Sprintf("%s frees %s, which the handler of the shared interrupt that %s took at %s is given: devres frees the interrupt after remove",
						h.call.name, h.call.node.Args[1], c.name, short(c.pos))}, f, h, Step{c.pos, "taken in " + g.name + ": " + c.node.String()})
				return
			}
		}
	}
}

// lifecycle adds a finding of what a remove function does.
func (j *judge) lifecycle(x *Finding, f *function, h happening, steps ...Step) {
	top := h.top()
	x.Pos, x.Function = top.pos, f.name
	x.Story = append(x.Story, steps...)
	for _, d := range h.via {
		x.Story = append(x.Story, Step{d.pos, d.fn.name + " calls " + d.node.String()})
	}
	x.Story = append(x.Story, Step{h.call.pos, "freed in " + h.call.fn.name + ": " + h.call.node.String()})
	for _, old := range j.findings {
		if old.Rule == x.Rule && old.Function == x.Function && old.Pos.File == x.Pos.File && old.Pos.Line == x.Pos.Line {
			return
		}
	}
	j.findings = append(j.findings, x)
}

// earlyFree is the argument by which a function that may come too early is given what it frees, else -1.
func earlyFree(name string) int {
	switch name {
	case "dma_free_coherent", "dma_free_attrs", "dma_free_wc", "dma_free_noncoherent":
		return 2
	case "dma_pool_destroy", "dma_release_channel":
		return 0
	}
	return -1
}

// early looks for memory that is freed before the interface goes through which it is used.
func (j *judge) early(removes []*function) {
	for _, f := range removes {
		what := j.happenings(f, 2)
		for i := range fronts {
			at := slices.IndexFunc(what, func(h happening) bool { return slices.Contains(fronts[i].unregister, h.call.name) })
			if at < 0 || len(fronts[i].ops) == 0 {
				continue
			}
			if slices.ContainsFunc(what[:at], func(h happening) bool { return quieters[h.call.name] }) {
				continue
			}
			for _, h := range what[:at] {
				j.earlyFree(f, h, what[at], &fronts[i])
			}
		}
	}
}

func (j *judge) earlyFree(f *function, h, gone happening, fr *front) {
	at := earlyFree(h.call.name)
	if at < 0 || !j.u.api(h.call.fn, h.call.name) || h.call.loop > 0 || h.top() == gone.top() {
		return // in one loop or helper the order is not what the text says
	}
	for _, v := range h.call.arg(at) {
		if v.kind != vField || v.args[0].typ.Base == "" || !strings.HasPrefix(v.args[0].typ.Base, "struct ") {
			continue
		}
		l, ok := j.u.loc(v, h.call.fn)
		if !ok {
			continue
		}
		user, op := j.userOf(l, f, fr)
		if user == nil {
			continue
		}
		if order, err := j.order(); err != nil || !order.DevresAfterRemove {
			return
		}
		j.lifecycle(&Finding{Rule: "freed-before-unregister", Severity: Error, Way: OnUnbind,
			Text: fmt.Sprintf("%s frees %s, and the %s is unregistered only at %s: until then %s uses it", h.call.name, h.call.node.Args[at+1], fr.what, short(gone.top().pos), op)},
			f, h, Step{user.src.Pos, "used in " + user.name + ", which " + op + " comes to"}, Step{gone.top().pos, "unregistered: " + gone.top().node.String()})
		return
	}
}

// userOf is a function that uses a place, and that others can call through an interface.
func (j *judge) userOf(l loc, f *function, fr *front) (*function, string) {
	for _, x := range j.frontOps(fr) {
		for _, g := range j.u.byName[strings.Trim(x.Value, "& ")] {
			if g.src.File != x.File && g.src.Static || !j.u.related(f, g) {
				continue
			}
			if user := j.touches(g, l, 3, map[*function]bool{}); user != nil {
				return user, "." + x.Name + " (" + g.name + ")"
			}
		}
	}
	return nil, ""
}

// frontOps are the functions of an interface, those first that unregistering calls itself.
func (j *judge) frontOps(fr *front) []csource.Field {
	var first, rest []csource.Field
	for _, in := range j.u.inits {
		if !slices.Contains(fr.ops, in.Type) {
			continue
		}
		for _, x := range in.Fields {
			switch name := x.Name; {
			case strings.Contains(name, "uninit") || strings.Contains(name, "destroy"):
			case strings.Contains(name, "stop") || strings.Contains(name, "close") || strings.Contains(name, "disable"):
				first = append(first, x)
			default:
				rest = append(rest, x)
			}
		}
	}
	return append(first, rest...)
}

// touches is a function at or below g that reads a place before it sets it.
func (j *judge) touches(g *function, l loc, depth int, seen map[*function]bool) *function {
	if seen[g] {
		return nil
	}
	seen[g] = true
	if g.reads[l.inner+"."+l.field] && !g.sets(l) {
		return g
	}
	if g.sets(l) { // it allocates anew
		return nil
	}
	if depth == 0 {
		return nil
	}
	for _, c := range g.calls {
		for _, h := range j.u.functions(g, c.name) {
			if user := j.touches(h, l, depth-1, seen); user != nil {
				return user
			}
		}
	}
	return nil
}

// sets tells whether a function stores to a place.
func (f *function) sets(l loc) bool {
	for _, s := range f.stores {
		if s.to.kind == vField && s.to.text == l.field {
			if m, ok := f.unit.loc(s.to, f); ok && m.base() == l.base() {
				return true
			}
		}
	}
	return false
}
