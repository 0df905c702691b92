package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// sizeof is the size of a type, or of what an expression would be, which is not evaluated.
func (w *walker) sizeof(n *csource.Node) *value {
	var t csource.Type
	if len(n.Args) == 0 {
		var ok bool
		if t, ok = csource.ParseType(n.Text); !ok {
			return unknown
		}
		if len(strings.Fields(n.Text)) == 1 && w.typeOf(n.Text).Base != "" {
			t = w.typeOf(n.Text)
		}
		t = w.f.scope.real(t)
	} else {
		recording := w.record
		w.record = false
		saved := w.now.clone()
		v := w.lvalue(n.Args[0])
		if a := n.Args[0]; a.Kind == csource.IdentNode && w.typeOf(a.Text).Base != "" {
			t = w.typeOf(a.Text)
		} else if len(v) > 0 {
			t = v[0].typ
		}
		if n.Args[0].Kind == csource.StringNode {
			t = csource.Type{}
		}
		w.now, w.record = saved, recording
	}
	return w.sizeOf(t)
}

func (w *walker) sizeOf(t csource.Type) *value {
	if t.Base == "" || t.Base == "void" && t.Ptr == 0 {
		return unknown
	}
	size := one(w.sizeOfElement(t))
	for _, d := range t.Dims {
		size = pairs(size, w.eval(w.parse(d)), func(x, y *value) *value { return arith("*", x, y) })
	}
	if len(size) != 1 {
		return unknown
	}
	return size[0]
}

func (w *walker) sizeOfElement(t csource.Type) *value {
	if t.Ptr > 0 || t.Func {
		return number(8)
	}
	if n := scalarSize(t.Base); n > 0 {
		return number(int64(n))
	}
	return (&value{kind: vSizeof, text: w.f.scope.id(t.Base)}).finish()
}

// scalarSize is the size of a type on 64-bit machines, 0 if it depends on the configuration or is not known.
func scalarSize(base string) int {
	switch base {
	case "char", "u8", "s8", "__u8", "__s8", "bool", "_Bool", "unsigned char", "signed char", "uint8_t", "int8_t":
		return 1
	case "short", "u16", "s16", "__u16", "__s16", "__le16", "__be16", "unsigned short", "uint16_t", "int16_t", "short int", "unsigned short int":
		return 2
	case "int", "u32", "s32", "__u32", "__s32", "__le32", "__be32", "unsigned", "unsigned int", "uint32_t", "int32_t", "uint", "gfp_t":
		return 4
	case "u64", "s64", "__u64", "__s64", "__le64", "__be64", "long long", "unsigned long long", "uint64_t", "int64_t",
		"unsigned long", "long", "size_t", "ssize_t", "long int", "unsigned long int", "uintptr_t":
		return 8
	}
	return 0
}
