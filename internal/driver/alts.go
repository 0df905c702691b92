package driver

import "strings"

// alts are the ways to say what a value comes to. By equal names two values are surely equal; only by
// its values, if all are known, is it told that two differ.
type alts struct {
	names    []poly
	values   []poly
	complete bool // values are all that it can be
	texts    []string
}

// maxAlts is how many ways of one value are kept; more are not understood.
const maxAlts = 16

// maxDeep is how many fields and functions are looked through.
const maxDeep = 4

// A valuer finds what a value may come to, seen from the place of an allocation or a free.
type valuer struct {
	u     *unit
	steps int
	seen  map[string]bool
}

// alts of a set, which stands in f; calls are how f was reached, innermost first.
func (u *unit) alts(s set, f *function, calls []*call) alts {
	w := &valuer{u: u, seen: map[string]bool{}}
	out := alts{complete: true}
	for _, v := range s {
		out.join(w.value(v, f, calls, 0))
		out.texts = append(out.texts, v.String())
	}
	if len(s) == 0 {
		out.complete = false
	}
	return out
}

func (a *alts) join(b alts) {
	for _, p := range b.names {
		a.names = addPoly(a.names, p)
	}
	for _, p := range b.values {
		a.values = addPoly(a.values, p)
	}
	a.complete = a.complete && b.complete && len(a.names) <= maxAlts && len(a.values) <= maxAlts
}

func addPoly(list []poly, p poly) []poly {
	if len(p) > maxTerms || len(list) > maxAlts {
		return list
	}
	for _, q := range list {
		if p.equal(q) {
			return list
		}
	}
	return append(list, p)
}

// exact is one value that is its own name.
func exact(p poly) alts { return alts{names: []poly{p}, values: []poly{p}, complete: true} }

// open is a value known by a name alone.
func open(key string) alts { return alts{names: []poly{atomPoly(key)}} }

// maxValues is how many values one search may look at.
const maxValues = 3000

func (w *valuer) value(v *value, f *function, calls []*call, depth int) alts {
	if w.steps++; w.steps > maxValues {
		return alts{}
	}
	switch v.kind {
	case vNum:
		return exact(constPoly(v.num))
	case vSizeof, vName:
		return exact(atomPoly(v.key))
	case vBin:
		return w.binary(v, f, calls, depth)
	case vParam:
		return w.param(v, f, calls, depth)
	case vField, vGlobal, vElem, vDeref, vLocal:
		return w.place(v, f, calls, depth)
	case vCall:
		return w.result(v, f, calls, depth)
	case vUnknown:
		return alts{}
	}
	return open(v.key)
}

func (w *valuer) binary(v *value, f *function, calls []*call, depth int) alts {
	a, b := w.value(v.args[0], f, calls, depth), w.value(v.args[1], f, calls, depth)
	out := alts{complete: a.complete && b.complete}
	combine := func(p, q poly) (poly, bool) {
		switch v.text {
		case "+":
			return p.plus(q, 1), true
		case "-":
			return p.plus(q, -1), true
		case "*":
			if len(p)*len(q) > maxTerms {
				return nil, false
			}
			return p.times(q), true
		case "<<":
			if !isNumber(q) {
				return p.times(atomPoly("(1 << " + q.String() + ")")), true
			}
		}
		if len(p) <= 1 && len(q) <= 1 && isNumber(p) && isNumber(q) {
			if n, ok := fold(v.text, p[""], q[""]); ok {
				return constPoly(n), true
			}
		}
		return atomPoly("(" + p.String() + " " + v.text + " " + q.String() + ")"), true
	}
	for _, p := range a.names {
		for _, q := range b.names {
			if r, ok := combine(p, q); ok {
				out.names = addPoly(out.names, r)
			}
		}
	}
	for _, p := range a.values {
		for _, q := range b.values {
			if r, ok := combine(p, q); ok {
				out.values = addPoly(out.values, r)
			} else {
				out.complete = false
			}
		}
	}
	if len(out.values) > maxAlts || len(out.names) > maxAlts {
		out.complete = false
	}
	return out
}

func isNumber(p poly) bool {
	for k := range p {
		if k != "" {
			return false
		}
	}
	return true
}

// param is what the callers give: the one that is known, or all there are.
func (w *valuer) param(v *value, f *function, calls []*call, depth int) alts {
	out := alts{complete: true}
	if v.fn != f {
		return open(v.key)
	}
	if len(calls) > 0 {
		c := calls[0]
		for _, a := range c.arg(int(v.num)) {
			out.join(w.value(a, c.fn, calls[1:], depth))
		}
		return out
	}
	out.names = []poly{atomPoly(v.key)}
	if f.asValue || len(f.callers) == 0 || depth >= maxDeep {
		out.complete = false
		return out
	}
	for _, c := range f.callers {
		for _, a := range c.arg(int(v.num)) {
			out.join(w.value(a, c.fn, nil, depth+1))
		}
	}
	return out
}

// place is what is stored in a field or variable.
func (w *valuer) place(v *value, f *function, calls []*call, depth int) alts {
	if p := pointerParam(v); p != nil {
		return open(v.key)
	}
	l, ok := w.u.loc(v, f)
	if !ok {
		return open(v.key)
	}
	key := l.inner + "." + l.field
	out := open(key)
	if depth >= maxDeep || w.seen[key] {
		return out
	}
	w.seen[key] = true
	defer delete(w.seen, key)
	found := false
	out.complete = true
	for _, s := range w.u.storesTo[l.base()] {
		if !w.u.related(f, s.fn) {
			continue
		}
		if !w.u.reaches(s, l) {
			continue
		}
		found = true
		if s.op != "=" {
			w.u.changed[key] = true
			out.complete = false
			continue
		}
		for _, x := range s.set {
			out.join(w.value(x, s.fn, nil, depth+1))
		}
	}
	// A field that the code only clears is set by the device.
	if found && out.complete && allZero(out.values) {
		w.u.deviceSets[key] = true
	}
	if !found || allZero(out.values) {
		out.complete, out.values = false, nil
		out.names = []poly{atomPoly(key)}
	}
	return out
}

func allZero(list []poly) bool {
	for _, p := range list {
		if len(p) > 0 {
			return false
		}
	}
	return true
}

// result is what a function of the unit returns.
func (w *valuer) result(v *value, f *function, calls []*call, depth int) alts {
	parts := make([]string, len(v.args))
	for i, a := range v.args {
		parts[i] = "?"
		if x := w.value(a, f, calls, maxDeep); len(x.names) > 0 && a.known() {
			parts[i] = x.names[0].String()
		}
	}
	key := v.text + "(" + strings.Join(parts, ", ") + ")"
	if strings.Contains(key, "?") || len(parts) == 0 {
		key = v.key
	}
	out := open(key)
	list := w.u.functions(v.call.fn, v.text)
	if len(list) == 0 || depth >= maxDeep {
		return out
	}
	out.complete = true
	for _, g := range list {
		if len(g.returns) == 0 {
			out.complete = false
		}
		for _, r := range g.returns {
			for _, x := range r {
				next := append([]*call{v.call}, calls...)
				if v.call.fn != f {
					next = []*call{v.call}
				}
				out.join(w.value(x, g, next, depth+1))
			}
		}
	}
	return out
}
