package driver

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"dmafuzz/internal/csource"
)

// Extract reads the drivers that a file is part of: one a module that holds the file.
func Extract(fsys fs.FS, file, source string) ([]*Driver, error) {
	t := Open(fsys)
	jobs, err := t.planAll(file)
	if err != nil {
		return nil, err
	}
	var list []*Driver
	for _, j := range jobs {
		u := newUnit(t, j)
		for _, m := range j.modules {
			for _, f := range m.files {
				if f == file {
					list = append(list, u.driver(m, source))
				}
			}
		}
	}
	return list, nil
}

// An extractor writes the functions of a module as paths.
type extractor struct {
	u       *unit
	m       *module
	d       *Driver
	objects map[*site]string
	names   map[string]int
	matters map[*function]bool
	calls   map[csource.Pos]*call
	path    *Path
	labels  int
	ends    []string // where a break goes
}

// effects tells whether a step among some does more than go somewhere.
func effects(list []PathStep) bool {
	for _, s := range list {
		if s.Kind != StepGoto && s.Kind != StepLabel || s.Kind == StepLabel && !strings.Contains(s.Name, ".") {
			return true
		}
	}
	return false
}

func (u *unit) driver(m *module, source string) *Driver {
	x := &extractor{u: u, m: m, d: &Driver{Name: strings.ReplaceAll(m.name, "/", "_"), Source: source}, objects: map[*site]string{},
		names: map[string]int{}, matters: map[*function]bool{}, calls: map[csource.Pos]*call{}}
	var own []*function
	for _, f := range u.all {
		if mod := u.moduleOf[f.src.File]; mod == m || mod == nil {
			own = append(own, f)
		}
	}
	for _, f := range own {
		for _, c := range f.calls {
			x.calls[c.pos] = c
			if x.word(c) != invalidStep {
				x.matters[f] = true
			}
			if c.sites != nil {
				x.object(c.sites)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range own {
			for _, c := range f.calls {
				for _, g := range u.functions(f, c.name) {
					if x.matters[g] && !x.matters[f] {
						x.matters[f], changed = true, true
					}
				}
			}
		}
	}
	x.entries(own)
	for _, f := range own {
		if x.matters[f] {
			x.function(f)
		}
	}
	return x.d
}

// object names an allocation after the place that it is kept in.
func (x *extractor) object(s *site) {
	c := s.call
	name := ""
	show := func(i int) string {
		if i < 0 || i+1 >= len(c.node.Args) {
			return ""
		}
		return c.node.Args[i+1].String()
	}
	if s.how.out >= 0 {
		name = show(s.how.out)
	} else if s.how.object >= 0 {
		name = show(s.how.object)
	}
	if name == "" {
		name = c.fn.name
	}
	name = strings.Trim(name, "&*() ")
	if i := strings.LastIndexAny(name, ">.&*) "); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < 128 && wordByte(byte(r)) {
			return r
		}
		return -1
	}, name)
	if name == "" {
		name = "memory"
	}
	if x.names[name]++; x.names[name] > 1 {
		name = fmt.Sprintf("%s.%d", name, x.names[name])
	}
	x.objects[s] = name
	x.d.Objects = append(x.d.Objects, Object{Name: name, With: c.name, Family: familyOf(s), Managed: managedCall(c.name, s),
		Device: show(s.how.dev), Size: show(s.how.size), Direction: show(s.how.dir), Pos: place(c.pos)})
}

// familyOf is what kind of thing a site gives.
func familyOf(s *site) string {
	for _, t := range takers[s.call.name] {
		return t.pair.what
	}
	return string(s.how.family)
}

func managedCall(name string, s *site) bool {
	for _, t := range takers[name] {
		if t.devm {
			return true
		}
	}
	return s.how.managed
}

// entries are the functions that tables hold.
func (x *extractor) entries(own []*function) {
	have := map[string]bool{}
	for _, f := range own {
		have[f.name] = x.matters[f]
	}
	for _, in := range x.u.inits {
		if x.u.moduleOf[in.File] != x.m || !strings.HasPrefix(in.Type, "struct ") {
			continue
		}
		for _, field := range in.Fields {
			value := strings.Trim(field.Value, "& ")
			if have[value] && field.Name != "" && namePattern.MatchString(field.Name) && !strings.Contains(field.Name, ".") {
				x.d.Entries = append(x.d.Entries, Entry{strings.TrimPrefix(in.Type, "struct "), field.Name, value})
			}
		}
	}
	sort.SliceStable(x.d.Entries, func(i, j int) bool {
		a, b := x.d.Entries[i], x.d.Entries[j]
		return a.Table+"."+a.Member+a.Path < b.Table+"."+b.Member+b.Path
	})
}

// word is what a call is as a step.
func (x *extractor) word(c *call) StepKind {
	if !x.u.api(c.fn, c.name) {
		return invalidStep
	}
	_, freed := freers[c.name]
	switch {
	case c.sites != nil:
		return StepAlloc
	case freed || objectFreed(c.name):
		return StepFree
	case handlerArgument(c.name) >= 0:
		return StepIRQ
	case c.name == "free_irq" || c.name == "devm_free_irq":
		return StepIRQFree
	}
	for i := range fronts {
		for _, name := range fronts[i].unregister {
			if name == c.name {
				return StepUnregister
			}
		}
	}
	if strings.HasPrefix(c.name, "register_") || strings.HasPrefix(c.name, "devm_register_") || strings.HasSuffix(c.name, "_device_register") {
		return StepRegister
	}
	return invalidStep
}

func objectFreed(name string) bool {
	for _, p := range givers[name] {
		if p.devmArg == byResult {
			return true
		}
	}
	return false
}

func (x *extractor) function(f *function) {
	x.d.Paths = append(x.d.Paths, Path{Name: f.name, Pos: place(f.src.Pos)})
	x.path = &x.d.Paths[len(x.d.Paths)-1]
	x.labels = 0
	x.block(f, f.src.Body)
}

func (x *extractor) add(s PathStep) { x.path.Steps = append(x.path.Steps, s) }

func (x *extractor) label(what string) string {
	x.labels++
	return fmt.Sprintf("%s.%d", what, x.labels)
}

func (x *extractor) block(f *function, list []csource.Stmt) {
	for _, s := range list {
		x.stmt(f, s)
	}
}

// exprs are the steps of the calls in some expressions.
func (x *extractor) exprs(f *function, list []*csource.Expr) {
	for _, e := range list {
		for i := range e.Calls {
			x.call(f, &e.Calls[i])
		}
	}
}

func (x *extractor) call(f *function, in *csource.Call) {
	c := x.calls[in.Pos]
	if c == nil || c.fn != f {
		return
	}
	s := PathStep{Kind: x.word(c), With: c.name, Pos: place(c.pos)}
	switch s.Kind {
	case StepAlloc:
		s.Name, s.With = x.objects[c.sites], ""
	case StepFree:
		s.Name = x.freed(c)
	case StepIRQ:
		for _, v := range c.arg(handlerArgument(c.name)) {
			if v.kind == vName && x.u.byName[v.text] != nil {
				s.Name = v.text
			}
		}
	case StepRegister, StepUnregister:
		s.Name = "front"
		for i := range fronts {
			for _, name := range fronts[i].unregister {
				if name == c.name || strings.TrimPrefix(name, "un") == strings.TrimPrefix(c.name, "devm_") {
					s.Name = strings.ReplaceAll(fronts[i].what, " ", "_")
				}
			}
		}
	case StepIRQFree:
	default:
		for _, g := range x.u.functions(f, c.name) {
			if x.matters[g] {
				x.add(PathStep{Kind: StepCall, Name: g.name, Pos: s.Pos})
				return
			}
		}
		return
	}
	x.add(s)
}

// freed names what a free gives back, ? if that is not known or more than one.
func (x *extractor) freed(c *call) string {
	at := 0
	if how, ok := freers[c.name]; ok {
		for _, i := range []int{how.handle, how.vaddr, how.object} {
			if i >= 0 {
				at = i
				break
			}
		}
	}
	found := x.u.find(c.arg(at), c.fn)
	name := ""
	for _, o := range found.list {
		if n := x.objects[o.site]; n == "" || name != "" && name != n {
			return "?"
		} else {
			name = n
		}
	}
	if name == "" || found.unknown != "" {
		return "?"
	}
	return name
}

// planAll is the plan of one file, whether or not its text concerns a rule.
func (t *Tree) planAll(file string) ([]*job, error) {
	if _, err := fs.Stat(t.fsys, file); err != nil {
		return nil, err
	}
	jobs, err := t.plan([]string{file})
	if err != nil || len(jobs) > 0 {
		return jobs, err
	}
	m := &module{name: strings.TrimSuffix(path.Base(file), ".c"), files: []string{file}}
	m.uses = map[*module]bool{m: true}
	return []*job{{base: path.Dir(file), modules: []*module{m}}}, nil
}
