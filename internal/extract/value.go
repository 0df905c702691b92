package extract

import "strings"

// value is what is known of a C value on one way through a function.
type value struct {
	kind valueKind
	name string // ENODEV of an errno; "any", "failed" or "defer" of an error
	pos  bool   // a positive error number, as really_probe returns them
	e    *expr  // a symbol
	set  bool   // a symbol that was not 0 when it was read
}

type valueKind uint8

const (
	vSymbol valueKind = iota // some expression over the device
	vZero                    // 0, NULL, false
	vOne                     // anything that is not 0 and no error
	vErrno                   // a constant error
	vError                   // the error that the machine holds: the last step's or path's
)

func symbol(e *expr) value { return value{kind: vSymbol, e: e} }

func (v value) text() string {
	switch v.kind {
	case vZero:
		return "0"
	case vOne:
		return "1"
	case vErrno:
		return "-" + v.name
	case vError:
		if v.pos {
			return "$err+" + v.name
		}
		return "$err-" + v.name
	}
	return v.e.String()
}

// replaced is a value with one expression in it replaced by another.
func (v value) replaced(from string, to *expr) value {
	if v.kind == vSymbol {
		v.e = v.e.replaced(from, to)
	}
	return v
}

// constant reads literals, errnos and NULL.
func constant(e *expr) (value, bool) {
	switch e.op {
	case "num":
		if e.text == "0" {
			return value{kind: vZero}, true
		}
		return value{kind: vOne}, e.text == "1"
	case "id":
		switch e.text {
		case "NULL", "false":
			return value{kind: vZero}, true
		case "true", "NO_IOMMU": // NO_IOMMU is 1
			return value{kind: vOne}, true
		}
	case "pre-":
		if a := e.args[0]; a.op == "id" && isErrno(a.text) {
			return value{kind: vErrno, name: a.text}, true
		}
		if a := e.args[0]; a.op == "num" && a.text != "0" {
			return value{kind: vErrno, name: "EPERM"}, true
		}
	}
	return value{}, false
}

func isErrno(s string) bool {
	return len(s) > 2 && s[0] == 'E' && strings.ToUpper(s) == s && s[1] != '_'
}

// binding is a local variable and its value.
type binding struct {
	name string
	v    value
}

// frame is one function that runs.
type frame struct {
	code   *code
	file   string
	pc     int
	env    []binding
	temp   string // where the caller wants the result
	used   bool   // whether it looks at it
	failed uint8  // what the machine's error was when it was called
	after  string // a step that may fail, behind it if it returns 0
}

func (f *frame) get(name string) (value, bool) {
	for i := range f.env {
		if f.env[i].name == name {
			return f.env[i].v, true
		}
	}
	return value{}, false
}

// set changes a copy: the frame may be shared with other ways.
func (f *frame) set(name string, v value) {
	env := make([]binding, len(f.env), len(f.env)+1)
	copy(env, f.env)
	f.env = env
	for i := range env {
		if env[i].name == name {
			env[i].v = v
			return
		}
	}
	f.env = append(env, binding{name, v})
}

func (f *frame) drop(name string) {
	for i := range f.env {
		if f.env[i].name == name {
			env := make([]binding, 0, len(f.env))
			f.env = append(append(env, f.env[:i]...), f.env[i+1:]...)
			return
		}
	}
}

// resolve replaces the local variables of e by what they are.
func (f *frame) resolve(e *expr) *expr {
	switch e.op {
	case "id":
		if v, ok := f.get(e.text); ok {
			if v.kind == vSymbol {
				return v.e
			}
			return ident(v.text())
		}
		switch e.text {
		case "NULL", "false":
			return ident("0")
		case "true":
			return ident("1")
		case "group": // of a walk over groups: that of the device at hand
			return ident("dev->iommu_group")
		}
		return e
	case "num", "opaque":
		return e
	}
	args := make([]*expr, len(e.args))
	changed := false
	for i, a := range e.args {
		args[i] = f.resolve(a)
		changed = changed || args[i] != a
	}
	if changed {
		e = &expr{op: e.op, text: e.text, args: args}
	}
	if e.op == "->" && args[0].String() == "dev->bus->iommu_ops" {
		return ident("iommu_ops->" + e.text)
	}
	if e.op == "pre*" && args[0].op == "pre&" {
		return args[0].args[0]
	}
	if to, ok := rewrites[e.String()]; ok {
		return ident(to)
	}
	return e
}

// eval returns the value of an expression without calls.
func (f *frame) eval(e *expr) value {
	if e == nil {
		return value{kind: vZero}
	}
	if v, ok := constant(e); ok {
		return v
	}
	if e.op == "id" {
		if v, ok := f.get(e.text); ok {
			return v
		}
	}
	if e.op == "pre-" {
		switch v := f.eval(e.args[0]); v.kind {
		case vError:
			v.pos = !v.pos
			return v
		case vErrno, vZero:
			return v
		}
	}
	return symbol(f.resolve(e))
}
