package driver

import "strings"

// A loc is where a value is kept, told apart as well as types and embedded members allow: a member of a
// struct, and the path of embedded structs down to that struct from what was pointed to.
type loc struct {
	inner string // the innermost struct's type, or the variable
	field string
	path  string // members around it, outermost first: "rx_ring."
	root  string // what the outermost pointer points to
}

// base is a loc without the way to it.
func (l loc) base() loc { return loc{inner: l.inner, field: l.field} }

// mayBe tells whether two locs of one base can be the same place. A path that ends where the other one
// goes on was reached through a pointer into the middle.
func (l loc) mayBe(m loc) bool {
	if l.root != "" && l.root == m.root {
		return l.path == m.path
	}
	return suffix(l.path, m.path) || suffix(m.path, l.path)
}

// suffix tells whether short is the end of long, member by member.
func suffix(long, short string) bool {
	return strings.HasSuffix(long, short) && (len(long) == len(short) || short == "" || long[len(long)-len(short)-1] == '.')
}

// loc is where an object is kept.
func (u *unit) loc(v *value, f *function) (loc, bool) {
	stars := ""
	for {
		if v.kind == vElem {
			v = v.args[0]
			continue
		}
		if v.kind == vDeref && (v.args[0].kind == vField || v.args[0].kind == vElem || v.args[0].kind == vGlobal) {
			stars += "*"
			v = v.args[0]
			continue
		}
		break
	}
	switch v.kind {
	case vGlobal:
		return loc{inner: "global", field: v.text + stars}, true
	case vLocal:
		return loc{inner: "local " + v.fn.src.File + ":" + v.fn.name, field: v.text + stars}, true
	case vField:
	default:
		return loc{}, false
	}
	field := v.text + stars
	b := v.args[0]
	inner := ""
	if t := b.typ; t.Ptr == 0 && (strings.HasPrefix(t.Base, "struct ") || strings.HasPrefix(t.Base, "union ")) {
		inner = f.scope.id(t.Base)
	}
	path := ""
	for {
		switch {
		case b.kind == vElem:
			b = b.args[0]
			continue
		case b.kind == vField:
			path = b.text + "." + path
			b = b.args[0]
			continue
		}
		break
	}
	root := ""
	switch b.kind {
	case vDeref:
		if t := b.typ; t.Ptr == 0 && t.Base != "" && t.Base != "void" {
			root = f.scope.id(t.Base)
		}
	case vGlobal:
		root = "global " + b.text
	case vLocal:
		root = "local " + b.fn.name + " " + b.text
	}
	if inner == "" {
		if root == "" {
			return loc{}, false
		}
		inner = root + "." + path
		path = ""
	}
	return loc{inner, field, path, root}, true
}

// reaches tells whether a store can be to the place l. A store through a pointer that a helper was given is
// looked at from the helper's callers.
func (u *unit) reaches(s *store, l loc) bool {
	m, ok := u.loc(s.to, s.fn)
	if !ok || !l.mayBe(m) {
		return false
	}
	p := baseParam(s.to)
	if m.path != "" || l.path == "" || p == nil {
		return true
	}
	return u.given(p, s.fn, l, 0)
}

// given tells whether a parameter can point to the array or member in which l lies.
func (u *unit) given(p *value, f *function, l loc, depth int) bool {
	if f.asValue || len(f.callers) == 0 || depth > maxUp {
		return true
	}
	for _, c := range f.callers {
		for _, a := range c.arg(int(p.num)) {
			for a.kind == vAddr || a.kind == vElem {
				a = a.args[0]
			}
			if a.kind == vParam && a.fn == c.fn {
				if u.given(a, c.fn, l, depth+1) {
					return true
				}
				continue
			}
			if a.kind != vField || a.typ.Ptr > 0 {
				return true
			}
			of, ok := u.loc(a, c.fn)
			if !ok || of.root != l.root || of.path+of.field+"." == l.path {
				return true
			}
		}
	}
	return false
}

// baseParam is the parameter through which an object is reached.
func baseParam(v *value) *value {
	for v.kind == vField || v.kind == vElem {
		v = v.args[0]
	}
	if v.kind == vDeref && v.args[0].kind == vParam {
		return v.args[0]
	}
	return nil
}
