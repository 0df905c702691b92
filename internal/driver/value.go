package driver

import (
	"strconv"
	"strings"

	"dmafuzz/internal/csource"
)

// A valueKind says what a value is.
type valueKind uint8

const (
	vUnknown valueKind = iota // nobody knows, and two of them are never equal
	vNum                      // num
	vName                     // a constant of that name, a function, a string
	vParam                    // what fn was given as parameter num
	vLocal                    // the storage of a local variable
	vGlobal                   // the storage of a variable at file level
	vField                    // member text of the object args[0]
	vElem                     // an element of the array args[0]
	vDeref                    // what args[0] points to
	vAddr                     // the address of the object args[0]
	vCall                     // what a call of text gave
	vOut                      // what call stored through its argument num
	vAlloc                    // what site gave: its address, or if num is 1 its handle
	vSizeof                   // the size of a type
	vBin                      // args[0] text args[1]
	vUn                       // text args[0]
)

// A value is what an expression comes to, as far as it can be written down. Values are shared and
// never changed.
type value struct {
	kind valueKind
	num  int64
	text string
	args []*value
	fn   *function
	call *call
	site *site
	typ  csource.Type
	key  string // equal keys, equal values
	size int    // nodes
}

// maxValue is how many nodes a value may have, so that values stay small whatever the source.
const maxValue = 60

var unknown = &value{kind: vUnknown, key: "?", size: 1}

func (v *value) known() bool { return v.kind != vUnknown }

func number(n int64) *value {
	return &value{kind: vNum, num: n, key: strconv.FormatInt(n, 10), size: 1}
}

func named(name string) *value { return &value{kind: vName, text: name, key: name, size: 1} }

// finish computes the key of a new value; one that grows too large is unknown.
func (v *value) finish() *value {
	v.size = 1
	for _, a := range v.args {
		if a.kind == vUnknown && v.kind != vCall && v.kind != vOut {
			return unknown
		}
		v.size += a.size
	}
	if v.size > maxValue {
		return unknown
	}
	switch v.kind {
	case vParam:
		v.key = v.fn.name + ":" + v.text
	case vLocal:
		v.key = v.fn.name + "/" + v.text
	case vGlobal:
		v.key = "global " + v.text
	case vField:
		if b := v.args[0]; b.kind == vDeref {
			v.key = b.args[0].key + "->" + v.text
		} else {
			v.key = b.key + "." + v.text
		}
	case vElem:
		v.key = v.args[0].key + "[]"
	case vDeref:
		v.key = "*" + v.args[0].key
	case vAddr:
		v.key = "&" + v.args[0].key
	case vCall:
		v.key = v.text + "@" + v.call.at() + "(" + joinKeys(v.args) + ")"
	case vOut:
		v.key = "out" + strconv.FormatInt(v.num, 10) + "@" + v.call.at()
	case vAlloc:
		v.key = "alloc" + strconv.FormatInt(v.num, 10) + "@" + v.site.call.at()
	case vSizeof:
		v.key = "sizeof(" + v.text + ")"
	case vBin:
		v.key = "(" + v.args[0].key + v.text + v.args[1].key + ")"
	case vUn:
		v.key = v.text + v.args[0].key
	}
	return v
}

func joinKeys(args []*value) string {
	keys := make([]string, len(args))
	for i, a := range args {
		keys[i] = a.key
	}
	return strings.Join(keys, ",")
}

func deref(v *value) *value {
	if v.kind == vAddr {
		return v.args[0]
	}
	if len(v.typ.Dims) > 0 && v.typ.Ptr >= 0 && v.kind != vParam {
		e := &value{kind: vElem, args: []*value{v}, typ: v.typ}
		e.typ.Dims = v.typ.Dims[1:]
		return e.finish()
	}
	d := &value{kind: vDeref, args: []*value{v}, typ: v.typ}
	switch {
	case v.typ.Ptr > 0:
		d.typ.Ptr--
	default:
		d.typ = csource.Type{}
	}
	return d.finish()
}

func addr(v *value) *value {
	if v.kind == vDeref {
		return v.args[0]
	}
	if v.kind == vElem { // &a[i] is a
		return v.args[0]
	}
	a := &value{kind: vAddr, args: []*value{v}, typ: v.typ}
	a.typ.Ptr++
	return a.finish()
}

// typed is v with a type, where it had none of use.
func (v *value) typed(t csource.Type) *value {
	if t.Base == "" || v.kind == vUnknown || v.kind == vNum {
		return v
	}
	if v.typ.Base != "" && v.typ.Base != "void" && !(v.typ.Base == "u8" || v.typ.Base == "char" || v.typ.Base == "unsigned long") {
		return v
	}
	c := *v
	c.typ = t
	return &c
}

// text of a value as a person would write it.
func (v *value) String() string {
	switch v.kind {
	case vUnknown:
		return "?"
	case vNum:
		return v.key
	case vParam, vLocal, vGlobal:
		return v.text
	case vField:
		if b := v.args[0]; b.kind == vDeref {
			return b.args[0].String() + "->" + v.text
		}
		return v.args[0].String() + "." + v.text
	case vElem:
		return v.args[0].String() + "[]"
	case vDeref:
		return "*" + v.args[0].String()
	case vAddr:
		return "&" + v.args[0].String()
	case vCall:
		parts := make([]string, len(v.args))
		for i, a := range v.args {
			parts[i] = a.String()
		}
		return v.text + "(" + strings.Join(parts, ", ") + ")"
	case vOut:
		return "what " + v.call.name + " stores"
	case vAlloc:
		return v.site.call.name + "()"
	case vSizeof:
		return "sizeof(" + withoutFile(v.text) + ")"
	case vBin:
		return v.args[0].operand() + " " + v.text + " " + v.args[1].operand()
	case vUn:
		return v.text + v.args[0].operand()
	}
	return v.key
}

// withoutFile is a struct's name as the source has it, without the file that tells it from others of its name.
func withoutFile(s string) string {
	for {
		i := strings.IndexByte(s, '@')
		if i < 0 {
			return s
		}
		j := i
		for j < len(s) && s[j] != ')' && s[j] != ' ' {
			j++
		}
		s = s[:i] + s[j:]
	}
}

func (v *value) operand() string {
	if v.kind == vBin {
		return "(" + v.String() + ")"
	}
	return v.String()
}

// A set is what a value may be: one of these. A nil set is unknown.
type set []*value

// maxSet is how many values a set may hold before it is unknown.
const maxSet = 6

var unknownSet = set{unknown}

func one(v *value) set { return set{v} }

func (s set) add(more ...*value) set {
	out := s
	for _, v := range more {
		found := false
		for _, o := range out {
			if o.key == v.key {
				found = true
				break
			}
		}
		if !found {
			out = append(out[:len(out):len(out)], v)
		}
	}
	if len(out) > maxSet {
		return unknownSet
	}
	return out
}

// each applies f to all values of a set.
func (s set) each(f func(*value) *value) set {
	var out set
	for _, v := range s {
		out = out.add(f(v))
	}
	return out
}

// pairs applies f to all pairs.
func pairs(a, b set, f func(x, y *value) *value) set {
	var out set
	for _, x := range a {
		for _, y := range b {
			if out = out.add(f(x, y)); len(out) == 1 && out[0] == unknown && len(a)*len(b) > maxSet {
				return out
			}
		}
	}
	return out
}
