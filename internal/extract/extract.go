package extract

import (
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dmafuzz/model"
)

// Options say what is read out of a tree.
type Options struct {
	Arch string // one of those that Tree's error lists; empty for arm64
	// Firmware is what describes devices: of or acpi where both can be read, on
	// arm64; empty for the architecture's usual one.
	Firmware string
	Name     string            // the kernel's name; empty for "tree"
	Source   string            // a line of provenance; empty for none
	Config   map[string]string // CONFIG_X to y, m or n; the rest takes its default
	// Assume states what cannot be read: a fact by its name ("null-ops":
	// "direct"), a path by "path NAME" with its steps, joined by "; ", or none,
	// or a condition of the C by "if COND", as Missing has it, with true, false or
	// tests of a kernel file, joined by ", ".
	Assume map[string]string
	// Depends has a note made of each CONFIG symbol that is not decided and makes a
	// difference.
	Depends bool
}

// ErrOptions is wrapped by an error of the options, whatever the tree.
var ErrOptions = errors.New("wrong options")

// ErrDefect is wrapped by an error that is no fault of the tree.
var ErrDefect = errors.New("a defect of extract")

// Note is something that was passed over or decided, and may matter.
type Note struct {
	Pos, Text string
	Call      bool // a call that nothing which was read explains: it may hide a step
	Depends   bool // a symbol that makes a difference, and is not decided
}

func (n Note) String() string { return n.Pos + ": note: " + n.Text }

// Missing is a path or fact that could not be read.
type Missing struct {
	What     string // "path unbind" or "fact null-ops"
	Pos      string // where reading stopped; a file if nothing of it was found
	Expected string
	Assume   string // the option that would state it
}

func (m Missing) String() string {
	return fmt.Sprintf("%s: %s: expected %s; state it with --assume '%s'", m.Pos, m.What, m.Expected, m.Assume)
}

// Result is a kernel as it was read.
type Result struct {
	Kernel  *model.Kernel
	Notes   []Note
	Missing []Missing // paths with an entry here are unknown in Kernel
}

// Tree reads the kernel of a source tree. The error is not nil if and only if
// the tree is none, or its driver core cannot be read at all; what is not understood in it is
// in Result.Missing, and never guessed.
func Tree(fsys fs.FS, opt Options) (*Result, error) {
	opt = withDefaults(opt)
	if err := checkAssume(opt.Assume); err != nil {
		return nil, err
	}
	t, err := openTree(fsys, opt)
	if err != nil {
		return nil, err
	}
	res, err := t.kernel(opt)
	if err == nil && opt.Depends {
		res.Notes = append(res.Notes, t.depends(opt, res)...)
	}
	return res, err
}

// kernel reads the kernel of an open tree, and holds the other buses against it.
func (t *tree) kernel(opt Options) (*Result, error) {
	res, texts, err := t.read(opt)
	if err != nil {
		return nil, err
	}
	t.otherBuses(res.Kernel, texts)
	res.Notes = t.sortedNotes()
	return res, nil
}

// read reads the facts and paths, and returns their texts, too.
func (t *tree) read(opt Options) (*Result, []string, error) {
	err := t.noProbe()
	if err != nil {
		return nil, nil, err
	}
	res := &Result{}
	var b strings.Builder
	arch := arches[opt.Arch]
	fmt.Fprintf(&b, "kernel %s\narch %s\n", opt.Name, opt.Arch)
	if opt.Source != "" {
		fmt.Fprintf(&b, "source %s\n", strings.ReplaceAll(opt.Source, "\n", " "))
	}
	fmt.Fprintf(&b, "bus %s\nfirmware %s\n\n", arch.bus, t.firmware)
	t.facts(&b, res)
	t.findPaths()
	texts := []string{b.String()}
	for _, e := range entries {
		body, missing := t.readPath(e)
		if missing != nil {
			res.Missing = append(res.Missing, *missing)
		}
		texts = append(texts, "\n"+body)
	}
	if res.Kernel, err = parse(texts, nil); err != nil {
		return nil, nil, err
	}
	if lacking := t.lacking(res.Kernel); len(lacking) > 0 {
		res.Missing = append(res.Missing, lacking...)
		if res.Kernel, err = parse(texts, lacking); err != nil {
			return nil, nil, err
		}
	}
	return res, texts, nil
}

// parse makes a kernel of its parts.
func parse(texts []string, unknown []Missing) (*model.Kernel, error) {
	body := withUnknown(texts, unknown)
	k, err := text.ParseKernel("extracted", []byte(body), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w\n%s", ErrDefect, err, body)
	}
	return k, nil
}

// noProbe is an error for a driver core that unbinds drivers and has no
// really_probe to bind them: it goes by another name, and a kernel in which nothing
// binds would tell nothing.
func (t *tree) noProbe() error {
	if _, stated := t.assume["path bind"]; stated || t.function("device_release_driver_internal", ddFile) == nil || t.find("really_probe", ddFile) != nil {
		return nil
	}
	return fmt.Errorf("%s: expected the function really_probe, found none; state its steps with --assume 'path bind=STEP; STEP'", ddFile)
}

func withDefaults(opt Options) Options {
	if opt.Arch == "" {
		opt.Arch = "arm64"
	}
	if opt.Name == "" {
		opt.Name = "tree"
	}
	assume := map[string]string{}
	for k, v := range opt.Assume {
		if strings.HasPrefix(k, "if ") { // a condition may hold a = itself, and a command line cuts at the first: the last one counts
			whole := k + "=" + v
			at := strings.LastIndexByte(whole, '=')
			k, v = "if "+strings.Join(tokens(whole[3:at]), ""), whole[at+1:]
		}
		assume[k] = v
	}
	opt.Assume = assume
	return opt
}

// checkAssume reads what was stated by hand, each on its own.
func checkAssume(assume map[string]string) error {
	for what, a := range assume {
		body := "kernel a\narch a\n\nfact " + what + " " + a + "\n"
		switch {
		case strings.HasPrefix(what, "if ") && (a == "true" || a == "false"):
			continue
		case strings.HasPrefix(what, "if "):
			body = "kernel a\narch a\n\npath add\n  bus_add when " + a + "\n"
		}
		if path, ok := strings.CutPrefix(what, "path "); ok {
			body = "kernel a\narch a\n\n" + assumedPath(path, a)
		}
		if _, err := text.ParseKernel("assume", []byte(body), nil); err != nil {
			return optionError{fmt.Errorf("assumed %s=%s: %w", what, a, err)}
		}
	}
	return nil
}

// optionError is an error of the options, in its own words.
type optionError struct{ error }

func (e optionError) Unwrap() []error { return []error{e.error, ErrOptions} }

func assumedPath(path, a string) string {
	if a == "none" {
		return "path " + path + " none\n"
	}
	return "path " + path + "\n  " + strings.ReplaceAll(a, ";", "\n ") + "\n"
}

// readPath returns the text of one path, unknown if it could not be read.
func (t *tree) readPath(e entry) (string, *Missing) {
	if a, ok := t.assume["path "+e.path]; ok { // Tree has read it once
		return assumedPath(e.path, a), nil
	}
	missing := func(pos, expected string) (string, *Missing) {
		return "path " + e.path + " unknown\n", &Missing{What: "path " + e.path, Pos: pos, Expected: expected,
			Assume: "path " + e.path + "=STEP; STEP"}
	}
	if e.exists != nil {
		switch has, hole := e.exists(t); {
		case hole != "":
			return missing(e.file, hole)
		case !has:
			return "path " + e.path + " none\n", nil
		}
	}
	name, file := e.fn, e.file
	if e.find != nil {
		name, file = e.find(t)
	}
	if name == "" { // an empty path, by what find says
		return "path " + e.path + " " + file + "\n", nil
	}
	fn := t.find(name, file)
	if fn == nil {
		return missing(file, "the function "+name)
	}
	r := &runner{t: t, path: e.path, def: e, memo: map[string]int{}}
	s := &state{}
	names := e.args
	if own, ok := ownArgs[name]; ok {
		names = own
	}
	var args []value
	for _, a := range names {
		v, ok := constant(parseExpr(a))
		if !ok {
			v = symbol(ident(a))
		}
		args = append(args, v)
	}
	r.enter(s, fn, args, "", false)
	r.g.entry = r.run(s)
	r.begin(fmt.Sprintf("%s:%d", fn.File, fn.Line))
	r.g.tidy()
	body, hole := writePath(&r.g, e.path, fmt.Sprintf("%s:%d", fn.File, fn.Line))
	if hole != nil {
		body, m := missing(hole.Pos, hole.Expected)
		if hole.Assume != "" {
			m.Assume = hole.Assume
		}
		return body, m
	}
	return body, nil
}

// begin puts the step before the path that stands nowhere in its function: a
// plain one, or a refusal on a condition.
func (r *runner) begin(pos string) {
	if r.def.pre == nil || r.def.pre(r.t) == "" {
		return
	}
	body, when, asks := strings.Cut(r.def.pre(r.t), " when ")
	if !asks {
		r.g.entry = r.add(node{kind: nStep, text: body, pos: pos, next: r.g.entry, alt: -1})
		return
	}
	end := r.add(node{kind: nReturn})
	first := r.add(node{kind: nStep, text: body, pos: pos, next: end, alt: end})
	r.g.entry = r.add(node{kind: nTest, text: when, pos: pos, next: first, alt: r.g.entry})
}
