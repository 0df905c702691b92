package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// symbols are what one or more files define.
type symbols struct {
	structs  map[string]*csource.Struct
	typedefs map[string]csource.Type
	enums    map[string]*csource.Enumerator
	macros   map[string]*csource.Macro
	vars     map[string]*csource.Var
	inline   map[string]*csource.Function
}

func newSymbols() *symbols {
	return &symbols{map[string]*csource.Struct{}, map[string]csource.Type{}, map[string]*csource.Enumerator{},
		map[string]*csource.Macro{}, map[string]*csource.Var{}, map[string]*csource.Function{}}
}

// add takes what a file defines. What is defined twice, in two branches of a conditional, is ambiguous
// if it is a macro: then its value is not known.
func (s *symbols) add(f *csource.File) {
	for _, x := range f.Structs {
		if old := s.structs[x.Name]; old == nil || len(x.Members) > len(old.Members) {
			s.structs[x.Name] = x
		}
	}
	for _, x := range f.Typedefs {
		s.typedefs[x.Name] = x.Type
	}
	for _, x := range f.Enums {
		s.enums[x.Name] = x
	}
	for _, x := range f.Macros {
		if old := s.macros[x.Name]; old != nil && old.Body != x.Body {
			x = &csource.Macro{Pos: x.Pos, Name: x.Name, Body: "", Function: x.Function}
		}
		s.macros[x.Name] = x
	}
	for _, x := range f.Vars {
		s.vars[x.Name] = x
	}
	for _, x := range f.Inits {
		if _, ok := s.vars[x.Name]; !ok {
			t := csource.Type{Base: x.Type}
			if x.Array {
				t.Dims = []string{""}
			}
			s.vars[x.Name] = &csource.Var{Pos: x.Pos, Name: x.Name, Type: t}
		}
	}
	for _, x := range f.Functions {
		if strings.HasSuffix(f.Name, ".h") {
			s.inline[x.Name] = x
		}
	}
}

// maxHeaders is how many headers a file may reach: far more than any does.
const maxHeaders = 4000

// A scope is what a .c file sees: its own symbols, then those of the headers that it includes, nearest
// first.
type scope struct {
	tree    *Tree
	file    *csource.File
	own     *symbols
	reached []*header
	done    bool
	structs map[string]*csource.Struct
	macros  map[string]*csource.Macro
	enums   map[string]*csource.Enumerator
	types   map[string]*csource.Type
	inlines map[string]*csource.Function
}

func newScope(t *Tree, f *csource.File) *scope {
	s := &scope{tree: t, file: f, own: newSymbols(), structs: map[string]*csource.Struct{},
		macros: map[string]*csource.Macro{}, enums: map[string]*csource.Enumerator{}, types: map[string]*csource.Type{}, inlines: map[string]*csource.Function{}}
	s.own.add(f)
	return s
}

// headers are all headers that the file reaches, in the order of a breadth-first walk.
func (s *scope) headers() []*header {
	if s.done {
		return s.reached
	}
	s.done = true
	seen := map[*header]bool{}
	add := func(list []*header) {
		for _, h := range list {
			if !seen[h] && len(s.reached) < maxHeaders {
				seen[h] = true
				s.reached = append(s.reached, h)
			}
		}
	}
	var first []*header
	for _, inc := range s.file.Includes {
		if name := s.tree.resolve(s.file.Name, inc); name != "" {
			first = append(first, s.tree.header(name))
		}
	}
	add(first)
	for i := 0; i < len(s.reached); i++ {
		add(s.tree.children(s.reached[i]))
	}
	return s.reached
}

// find is the first symbol of that name that get has, memoised in memo.
func find[T any](s *scope, name string, memo map[string]*T, get func(*symbols) *T) *T {
	if x, ok := memo[name]; ok {
		return x
	}
	x := get(s.own)
	if x == nil {
		word := name[strings.LastIndexByte(name, ' ')+1:]
		code := hash([]byte(word))
		for _, h := range s.headers() {
			if h.says(code) || strings.HasPrefix(word, "$") {
				if x = get(h.parse()); x != nil {
					break
				}
			}
		}
	}
	memo[name] = x
	return x
}

func (s *scope) structOf(name string) *csource.Struct {
	return find(s, name, s.structs, func(y *symbols) *csource.Struct { return y.structs[name] })
}

func (s *scope) macro(name string) *csource.Macro {
	return find(s, name, s.macros, func(y *symbols) *csource.Macro { return y.macros[name] })
}

func (s *scope) enum(name string) *csource.Enumerator {
	return find(s, name, s.enums, func(y *symbols) *csource.Enumerator { return y.enums[name] })
}

func (s *scope) typedef(name string) *csource.Type {
	return find(s, name, s.types, func(y *symbols) *csource.Type {
		if t, ok := y.typedefs[name]; ok {
			return &t
		}
		return nil
	})
}

// real looks through typedefs.
func (s *scope) real(t csource.Type) csource.Type {
	for range 8 {
		if strings.Contains(t.Base, " ") || scalar(t.Base) {
			return t
		}
		d := s.typedef(t.Base)
		if d == nil || d.Base == t.Base {
			return t
		}
		t = csource.Type{Base: d.Base, Ptr: d.Ptr + t.Ptr, Dims: append(append([]string{}, t.Dims...), d.Dims...), Func: d.Func || t.Func}
	}
	return t
}

// scalar tells the types that need no look.
func scalar(base string) bool {
	switch base {
	case "int", "char", "void", "long", "short", "unsigned", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool", "size_t",
		"dma_addr_t", "__le32", "__le64", "__le16", "__be32", "__be64", "__be16", "__u8", "__u16", "__u32", "__u64", "phys_addr_t",
		"gfp_t", "ssize_t", "uint32_t", "uint64_t", "uint8_t", "uint16_t", "spinlock_t", "wait_queue_head_t", "atomic_t":
		return true
	}
	return false
}

// member finds a member of a struct, in anonymous structs inside it as well.
func (s *scope) member(t csource.Type, name string) (csource.Type, bool) {
	return s.memberIn(t, name, 0)
}

func (s *scope) memberIn(t csource.Type, name string, depth int) (csource.Type, bool) {
	st := s.structOf(t.Base)
	if st == nil || depth > 8 {
		return csource.Type{}, false
	}
	for _, m := range st.Members {
		if m.Name == name {
			return s.real(m.Type), true
		}
	}
	for _, m := range st.Members {
		if m.Name == "" {
			if typ, ok := s.memberIn(m.Type, name, depth+1); ok {
				return typ, true
			}
		}
	}
	return csource.Type{}, false
}

// id names a struct so that two of one name in two .c files differ.
func (s *scope) id(base string) string {
	if st := s.own.structs[base]; st != nil {
		return base + "@" + s.file.Name
	}
	return base
}

// inlineFunction is a function of a header that the file includes, by its head alone.
func (s *scope) inlineFunction(name string) *csource.Function {
	if strings.HasPrefix(name, "-") || name == "*" {
		return nil
	}
	return find(s, name, s.inlines, func(y *symbols) *csource.Function { return y.inline[name] })
}
