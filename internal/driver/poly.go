package driver

import (
	"sort"
	"strings"
)

// A poly is a sum of products, the normal form in which two sizes are compared: products by their
// factors in order, the plain number under "".
type poly map[string]int64

// maxTerms is how many products a poly may have.
const maxTerms = 24

func constPoly(n int64) poly {
	if n == 0 {
		return poly{}
	}
	return poly{"": n}
}

func atomPoly(key string) poly { return poly{key: 1} }

func (p poly) plus(q poly, sign int64) poly {
	out := poly{}
	for k, n := range p {
		out[k] = n
	}
	for k, n := range q {
		if out[k] += sign * n; out[k] == 0 {
			delete(out, k)
		}
	}
	return out
}

func (p poly) times(q poly) poly {
	out := poly{}
	for a, n := range p {
		for b, m := range q {
			k := product(a, b)
			if out[k] += n * m; out[k] == 0 {
				delete(out, k)
			}
		}
	}
	return out
}

func product(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	f := append(strings.Split(a, " * "), strings.Split(b, " * ")...)
	sort.Strings(f)
	return strings.Join(f, " * ")
}

func (p poly) equal(q poly) bool {
	if len(p) != len(q) {
		return false
	}
	for k, n := range p {
		if q[k] != n {
			return false
		}
	}
	return true
}

func (p poly) String() string {
	keys := make([]string, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var parts []string
	for _, k := range keys {
		n := number(p[k]).key
		switch {
		case k == "":
			parts = append(parts, n)
		case p[k] == 1:
			parts = append(parts, k)
		default:
			parts = append(parts, n+" * "+k)
		}
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, " + ")
}

// factors are the factors of all products, each once, in order.
func (p poly) factors() []string {
	set := map[string]bool{}
	for k := range p {
		if k != "" {
			for _, f := range strings.Split(k, " * ") {
				set[f] = true
			}
		}
	}
	return sorted(set)
}

// without divides all products by a factor that each has.
func (p poly) without(factor string) (poly, bool) {
	out := poly{}
	for k, n := range p {
		f := strings.Split(k, " * ")
		at := -1
		for i := range f {
			if f[i] == factor {
				at = i
			}
		}
		if at < 0 {
			return p, false
		}
		out[strings.Join(append(append([]string{}, f[:at]...), f[at+1:]...), " * ")] += n
	}
	return out, true
}
