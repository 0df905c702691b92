package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// layout is the size of a struct on a 64-bit machine, if all of it is known and nothing in it depends on
// the configuration.
func (u *unit) layout(base string) (int64, bool) {
	name, file, _ := strings.Cut(base, "@")
	for _, f := range u.files {
		if file != "" && f.Name != file {
			continue
		}
		if st := u.scopes[f.Name].structOf(name); st != nil {
			n, _, ok := u.measure(u.scopes[f.Name], csource.Type{Base: name}, 0)
			return n, ok
		}
	}
	return 0, false
}

func (u *unit) measure(s *scope, t csource.Type, depth int) (size, align int64, ok bool) {
	if depth > 12 {
		return 0, 0, false
	}
	t = s.real(t)
	size, align, ok = u.element(s, t, depth)
	for _, d := range t.Dims {
		n := csource.ParseExpr(d)
		w := newWalker(&function{scope: s, unit: u, src: &csource.Function{}})
		v := w.eval(n)
		if len(v) != 1 || v[0].kind != vNum {
			return 0, 0, false
		}
		size *= v[0].num
	}
	return size, align, ok
}

func (u *unit) element(s *scope, t csource.Type, depth int) (size, align int64, ok bool) {
	if t.Ptr > 0 || t.Func {
		return 8, 8, true
	}
	if n := scalarSize(t.Base); n > 0 {
		return int64(n), int64(n), true
	}
	st := s.structOf(t.Base)
	if st == nil || len(st.Members) == 0 {
		return 0, 0, false
	}
	align = 1
	for _, m := range st.Members {
		n, a, ok := u.measure(s, m.Type, depth+1)
		if !ok {
			return 0, 0, false
		}
		align = max(align, a)
		if st.Union {
			size = max(size, n)
			continue
		}
		size = (size+a-1)/a*a + n
	}
	return (size + align - 1) / align * align, align, true
}
