package driver

import (
	"bytes"
	"strings"

	"dmafuzz/internal/csource"
)

// A unit is what is read together: modules of a folder that use each other's functions.
type unit struct {
	tree       *Tree
	base       string
	modules    []*module
	files      []*csource.File
	scopes     map[string]*scope
	all        []*function // in the order of files and lines
	byName     map[string][]*function
	moduleOf   map[string]*module // by file; a file linked twice has its first
	vars       map[string][]*csource.Var
	mentioned  map[string]bool
	storesTo   map[loc][]*store
	inits      []*csource.Init
	deviceSets map[string]bool // fields that the code only clears
	changed    map[string]bool // fields that are counted up or down
}

// A module is what one line of a Makefile links.
type module struct {
	name  string
	files []string
	uses  map[*module]bool // modules whose functions it calls, itself too, and theirs
}

// newUnit reads the files of some modules. Files that cannot be read are passed over.
func newUnit(t *Tree, j *job) *unit {
	modules := j.modules
	u := &unit{tree: t, base: j.base, modules: modules, scopes: map[string]*scope{}, byName: map[string][]*function{}, moduleOf: map[string]*module{},
		vars: map[string][]*csource.Var{}, mentioned: map[string]bool{}, storesTo: map[loc][]*store{}, deviceSets: map[string]bool{}, changed: map[string]bool{}}
	for _, m := range modules {
		for _, name := range m.files {
			if u.moduleOf[name] != nil {
				continue
			}
			u.moduleOf[name] = m
			u.read(name)
		}
	}
	u.headers()
	for _, f := range u.all {
		f.walk()
	}
	for _, f := range u.files {
		u.mentions(f)
	}
	u.link()
	return u
}

func (u *unit) read(name string) {
	src, err := readFile(u.tree.fsys, name)
	if err != nil {
		return
	}
	f, err := csource.Parse(name, src, switchedOff(src))
	if err != nil {
		return
	}
	sc := newScope(u.tree, f)
	u.scopes[name] = sc
	u.files = append(u.files, f)
	u.inits = append(u.inits, f.Inits...)
	for _, v := range f.Vars {
		u.vars[v.Name] = append(u.vars[v.Name], v)
	}
	for _, in := range f.Inits {
		t := csource.Type{Base: in.Type}
		if in.Array {
			t.Dims = []string{""}
		}
		u.vars[in.Name] = append(u.vars[in.Name], &csource.Var{Pos: in.Pos, Name: in.Name, Type: t})
	}
	for _, fn := range f.Functions {
		u.define(sc, fn)
	}
}

// switchedOff is a configuration in which the names are not set that the file itself defines as 0, and asks for by
// #if alone: code that nobody compiles.
func switchedOff(src []byte) csource.Config {
	off := map[string]bool{}
	for _, m := range zeroDefines(src) {
		name := string(m)
		asked := false
		for _, word := range []string{"ifdef " + name, "ifndef " + name, "defined(" + name, "defined " + name} {
			asked = asked || bytes.Contains(src, []byte(word))
		}
		off[name] = !asked
	}
	return func(symbol string) csource.Value {
		if off[symbol] {
			return csource.No
		}
		return csource.Unknown
	}
}

// zeroDefines are the names that a text defines as 0.
func zeroDefines(src []byte) [][]byte {
	var names [][]byte
	for line := range bytes.Lines(src) {
		if rest, ok := bytes.CutPrefix(line, []byte("#define")); ok {
			if f := bytes.Fields(rest); len(f) >= 2 && len(f[1]) == 1 && f[1][0] == '0' && (len(f) == 2 || f[2][0] == '/') {
				names = append(names, f[0])
			}
		}
	}
	return names
}

func (u *unit) define(sc *scope, fn *csource.Function) {
	f := newFunction(u, sc, fn)
	u.all = append(u.all, f)
	u.byName[fn.Name] = append(u.byName[fn.Name], f)
}

// headers adds the inline functions of the drivers' own headers, which may allocate and free as well.
func (u *unit) headers() {
	done := map[string]bool{}
	for _, f := range u.files {
		sc := u.scopes[f.Name]
		for _, h := range sc.headers() {
			if done[h.path] || strings.HasPrefix(h.path, "include/") || strings.HasPrefix(h.path, "arch/") {
				continue
			}
			done[h.path] = true
			if !h.frees {
				continue
			}
			h.parse()
			for _, fn := range h.functions {
				u.define(sc, fn)
			}
		}
	}
}

// functions are the definitions that a call of name in f can mean.
func (u *unit) functions(f *function, name string) []*function {
	list := u.byName[name]
	if len(list) == 0 {
		return nil
	}
	var own, linked []*function
	m := u.moduleOf[f.src.File]
	for _, g := range list {
		switch {
		case g.src.File == f.src.File:
			own = append(own, g)
		case strings.HasSuffix(g.src.File, ".h"):
			linked = append(linked, g)
		case !g.src.Static && (m == nil || m.uses[u.moduleOf[g.src.File]]):
			linked = append(linked, g)
		}
	}
	if len(own) > 0 {
		return own
	}
	return linked
}

// api tells whether a call of name in f means the kernel's function of that name, and not one that the module
// itself defines.
func (u *unit) api(f *function, name string) bool {
	for _, g := range u.functions(f, name) {
		if g.src.Static || u.moduleOf[g.src.File] == nil || u.moduleOf[g.src.File] == u.moduleOf[f.src.File] {
			return false
		}
	}
	return true
}

// variable is a variable at file level, or one of a header.
func (u *unit) variable(s *scope, name string) *value {
	if v := s.own.vars[name]; v != nil {
		text := name
		if v.Static || strings.HasSuffix(s.file.Name, ".c") && v.Static {
			text = name + "@" + s.file.Name
		}
		return (&value{kind: vGlobal, text: text, typ: s.real(v.Type)}).finish()
	}
	for _, v := range u.vars[name] {
		if !v.Static {
			return (&value{kind: vGlobal, text: name, typ: s.real(v.Type)}).finish()
		}
	}
	return nil
}

func (u *unit) mention(name string) { u.mentioned[name] = true }

// mentions notes functions whose names stand in initialisers: they are called from elsewhere.
func (u *unit) mentions(f *csource.File) {
	var fields func(list []csource.Field)
	fields = func(list []csource.Field) {
		for _, x := range list {
			if u.byName[x.Value] != nil {
				u.mentioned[x.Value] = true
			} else if len(x.Fields) == 0 {
				x.Value = strings.TrimLeft(x.Value, "&(")
				if u.byName[x.Value] != nil {
					u.mentioned[x.Value] = true
				} else if strings.Contains(x.Value, "(") {
					for _, w := range strings.FieldsFunc(x.Value, func(r rune) bool { return !wordByte(byte(r)) || r > 127 }) {
						if u.byName[w] != nil {
							u.mentioned[w] = true
						}
					}
				}
			}
			fields(x.Fields)
		}
	}
	for _, in := range f.Inits {
		fields(in.Fields)
	}
	for _, m := range f.MacroCalls {
		for _, a := range m.Args {
			if u.byName[a] != nil && !strings.HasPrefix(m.Name, "EXPORT_SYMBOL") {
				u.mentioned[a] = true
			}
		}
	}
}

// link finds the callers of each function, and what is stored where.
func (u *unit) link() {
	for _, f := range u.all {
		for _, c := range f.calls {
			for _, g := range u.functions(f, c.name) {
				g.callers = append(g.callers, c)
			}
		}
		for _, s := range f.stores {
			if p := pointerParam(s.to); p != nil && p.fn == f {
				f.outs[int(p.num)] = append(f.outs[int(p.num)], s)
			}
			if l, ok := u.loc(s.to, f); ok {
				u.storesTo[l.base()] = append(u.storesTo[l.base()], s)
			}
		}
	}
	for name := range u.mentioned {
		for _, f := range u.byName[name] {
			f.asValue = true
		}
	}
}

// pointerParam is the parameter p of an object *p or p[i].
func pointerParam(v *value) *value {
	for v.kind == vElem {
		v = v.args[0]
	}
	if v.kind == vDeref && v.args[0].kind == vParam {
		return v.args[0]
	}
	return nil
}
