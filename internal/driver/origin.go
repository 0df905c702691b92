package driver

import "strings"

// An origin is an allocation that a value may come from.
type origin struct {
	site *site
	down []*call // calls, outermost first, through which the allocation was reached; they give its parameters
	up   []*call // calls, innermost first, through which the function of the free was reached
	part bool    // something was added to or taken from it on the way
}

// origins are all that a value may come from.
type origins struct {
	list    []origin
	unknown string // why some of it is not known
}

// A finder follows values back to allocations.
type finder struct {
	u     *unit
	seen  map[string]bool
	out   origins
	steps int
	part  bool
}

// Limits of a search: what passes one is not understood.
const (
	maxFind  = 4000 // values looked at
	maxUp    = 4    // callers of callers
	maxDown  = 5    // calls in calls
	maxStore = 200  // places where one field is set
)

// find follows the values of a set, which stand in f.
func (u *unit) find(s set, f *function) origins {
	w := &finder{u: u, seen: map[string]bool{}}
	for _, v := range s {
		w.follow(v, f, nil, nil, false)
	}
	if len(s) == 0 {
		w.give("no value")
	}
	return w.out
}

func (w *finder) give(reason string) {
	if w.out.unknown == "" {
		w.out.unknown = reason
	}
}

// follow looks at v, which stands in f. If lost is set, it was found in a field: nothing is known of how
// the code there was reached.
func (w *finder) follow(v *value, f *function, down, up []*call, lost bool) {
	key := v.key + "|" + chain(down) + "|" + chain(up)
	if lost {
		key = v.key + "|" + chain(down) + "|" + chain(up) + "|lost"
	}
	if w.seen[key] {
		return
	}
	w.seen[key] = true
	if w.steps++; w.steps > maxFind {
		w.give("too many ways")
		return
	}
	switch v.kind {
	case vNum, vName:
		return
	case vAlloc:
		w.out.list = append(w.out.list, origin{v.site, down, up, w.part})
	case vParam:
		w.params(v, f, down, up, lost, func(arg *value) *value { return arg })
	case vCall:
		w.results(v, f, down, up, lost)
	case vOut:
		w.outs(v, f, down, up, lost)
	case vGlobal, vLocal, vField, vElem, vDeref:
		if p := pointerParam(v); p != nil {
			w.params(p, f, down, up, lost, deref)
			return
		}
		w.place(v, f, up)
	case vUnknown:
		w.give("a value that is not understood")
	case vBin:
		if v.text != "+" && v.text != "-" && v.text != "&" {
			w.give("arithmetic")
			return
		}
		before := w.part
		w.part = true
		w.follow(v.args[0], f, down, up, lost)
		w.part = before
	default:
		w.give("arithmetic")
	}
}

func chain(calls []*call) string {
	var b strings.Builder
	for _, c := range calls {
		b.WriteString(c.at())
		b.WriteByte(' ')
	}
	return b.String()
}

// params goes from a parameter to what callers give.
func (w *finder) params(v *value, f *function, down, up []*call, lost bool, with func(*value) *value) {
	if v.fn != f {
		w.give("a parameter of another function")
		return
	}
	i := int(v.num)
	if n := len(down); n > 0 {
		c := down[n-1]
		for _, a := range c.arg(i) {
			w.follow(with(a), c.fn, down[:n-1:n-1], up, lost)
		}
		return
	}
	if f.asValue || len(f.callers) == 0 {
		w.give("a parameter of a function that is called from elsewhere")
		return
	}
	if len(up) >= maxUp {
		w.give("too many callers of callers")
		return
	}
	for _, c := range f.callers {
		next := up
		if !lost {
			next = append(up[:len(up):len(up)], c)
		}
		for _, a := range c.arg(i) {
			w.follow(with(a), c.fn, nil, next, lost)
		}
	}
}

// results goes to what the functions return that a call can mean.
func (w *finder) results(v *value, f *function, down, up []*call, lost bool) {
	list := w.u.functions(v.call.fn, v.text)
	if len(list) == 0 || len(down) >= maxDown {
		w.give("the result of " + v.text)
		return
	}
	for _, g := range list {
		next := append(down[:len(down):len(down)], v.call)
		if v.call.fn != f {
			next = []*call{v.call}
		}
		for _, r := range g.returns {
			for _, x := range r {
				w.follow(x, g, next, up, lost)
			}
		}
	}
}

// outs goes to what a called function stores through a pointer.
func (w *finder) outs(v *value, f *function, down, up []*call, lost bool) {
	list := w.u.functions(v.call.fn, v.call.name)
	if len(list) == 0 || len(down) >= maxDown {
		w.give("what " + v.call.name + " stores")
		return
	}
	for _, g := range list {
		next := append(down[:len(down):len(down)], v.call)
		for _, s := range g.outs[int(v.num)] {
			for _, x := range s.set {
				w.follow(x, g, next, up, lost)
			}
		}
	}
}

// place goes to what is stored in a field or variable, anywhere in the unit.
func (w *finder) place(v *value, f *function, up []*call) {
	l, ok := w.u.loc(v, f)
	if !ok {
		w.give("a place that is not understood")
		return
	}
	if w.u.foreign(l, f) {
		w.give("a struct that other drivers use")
		return
	}
	found := 0
	for _, s := range w.u.storesTo[l.base()] {
		if !w.u.related(f, s.fn) {
			continue
		}
		if !w.u.reaches(s, l) {
			continue
		}
		if found++; found > maxStore {
			w.give("set in too many places")
			return
		}
		for _, x := range s.set {
			w.follow(x, s.fn, nil, up, true)
		}
	}
	if found == 0 {
		w.give("never set here: " + l.inner + "." + l.field)
	}
}

// related tells whether the code of two functions can work on one object: their modules use each other.
func (u *unit) related(f, g *function) bool {
	a, b := u.moduleOf[f.src.File], u.moduleOf[g.src.File]
	return a == nil || b == nil || a == b || a.uses[b] || b.uses[a]
}

// foreign tells whether a place belongs to a struct of another driver's header, which code that was not read
// may set as well.
func (u *unit) foreign(l loc, f *function) bool {
	base, _, _ := strings.Cut(l.inner, "@")
	if !strings.HasPrefix(base, "struct ") && !strings.HasPrefix(base, "union ") {
		return false
	}
	st := f.scope.structOf(base)
	return st != nil && !strings.HasPrefix(st.File, "include/") && !strings.HasPrefix(st.File, u.base+"/")
}
