package main

import (
	"bufio"
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
	"dmafuzz/internal/extract"
	"dmafuzz/internal/patch"
	"dmafuzz/internal/report"
	"dmafuzz/internal/uml"
	"dmafuzz/model"
)

// treeFlags say how a kernel is read that is given as a source tree.
type treeFlags struct {
	Arch     string   `help:"Architecture of a kernel that is a source tree: arm64 (if not given), arm, riscv, x86; up to v5.11 x86-amd or x86-intel." placeholder:"ARCH"`
	Firmware string   `help:"What describes its devices: of or acpi; only arm64 can have either, and has of if not given." placeholder:"of|acpi"`
	Config   []string `help:"Its configuration: a .config file, or CONFIG_X=y; can be given again." placeholder:"FILE|CONFIG_X=y" sep:"none"`
	Patch    []string `help:"Patches to apply to the tree first, in memory: a file as git format-patch --stdout writes it; can be given again." placeholder:"MBOX" sep:"none"`
	Assume   []string `help:"State what cannot be read: FACT=VALUE, 'path NAME=STEP; STEP', or 'if COND=true', false or tests of a kernel file, for a condition of the C; can be given again." placeholder:"WHAT=HOW" sep:"none"`
}

func (f treeFlags) given() bool {
	return f.Arch != "" || f.Firmware != "" || len(f.Config) > 0 || len(f.Assume) > 0 || len(f.Patch) > 0
}

// words are the flags as they were given, for a command line.
func (f treeFlags) words() []string {
	var words []string
	if f.Arch != "" {
		words = append(words, "--arch", f.Arch)
	}
	if f.Firmware != "" {
		words = append(words, "--firmware", f.Firmware)
	}
	for _, flag := range []struct {
		name   string
		values []string
	}{{"--config", f.Config}, {"--assume", f.Assume}, {"--patch", f.Patch}} {
		for _, v := range flag.values {
			words = append(words, flag.name, v)
		}
	}
	return words
}

// trees is how source trees are read, and what was read of them.
type trees struct {
	options extract.Options
	flags   treeFlags
	known   map[string]*model.Kernel
	missing []extract.Missing // of all that were read
	guessed bool              // a fact could not be read of a tree, and its usual value was taken
}

var errNoTree = errors.New("--arch, --firmware, --config, --assume and --patch are about a kernel that is a source tree, and there is none here")

// setTrees reads the flags; the trees come later.
func (a *app) setTrees(f treeFlags) error {
	if f.Firmware != "" && f.Firmware != "of" && f.Firmware != "acpi" {
		return fmt.Errorf("--firmware: got %q, want of or acpi", f.Firmware)
	}
	o := extract.Options{Arch: f.Arch, Firmware: f.Firmware, Config: map[string]string{}, Assume: map[string]string{}}
	for _, c := range f.Config {
		symbols, err := a.config(c)
		if err != nil {
			return err
		}
		maps.Copy(o.Config, symbols)
	}
	for _, s := range f.Assume {
		what, how, ok := strings.Cut(s, "=")
		if strings.HasPrefix(s, "if ") { // a condition of the C may have ==, what it is said to be has not
			at := strings.LastIndexByte(s, '=')
			ok = at > 0
			what, how = s[:max(at, 0)], s[at+1:]
		}
		what, how = strings.Join(strings.Fields(what), " "), strings.TrimSpace(how)
		if !ok || what == "" || how == "" || strings.ContainsAny(s, "\n\r#") {
			return fmt.Errorf("--assume: got %q, want FACT=VALUE, 'path NAME=STEP; STEP' or 'if COND=TESTS'", s)
		}
		o.Assume[what] = how
	}
	a.trees = trees{options: o, flags: f, known: map[string]*model.Kernel{}}
	return nil
}

var setting = regexp.MustCompile(`^(CONFIG_\w+)=(.*)$`)

// config is one setting, or those of a file.
func (a *app) config(arg string) (map[string]string, error) {
	if m := setting.FindStringSubmatch(arg); m != nil {
		if m[2] != "y" && m[2] != "m" && m[2] != "n" {
			return nil, fmt.Errorf("--config: got %q, want y, m or n after %s=", arg, m[1])
		}
		return map[string]string{m[1]: m[2]}, nil
	}
	src, err := a.read(arg)
	if err != nil {
		return nil, fmt.Errorf("--config: want CONFIG_X=y or a .config file: %w", err)
	}
	if len(src) > text.MaxFileSize {
		return nil, fmt.Errorf("--config: %s: got more than %d bytes, want a .config file", arg, text.MaxFileSize)
	}
	return csource.ParseDotConfig(arg, src)
}

// tree is the kernel of a source tree. Each is read once.
func (a *app) tree(dir string) (*model.Kernel, error) {
	if k, ok := a.trees.known[dir]; ok {
		return k, nil
	}
	res, err := a.extract(dir)
	if err != nil {
		return nil, err
	}
	a.printNotes(res)
	a.printMissing(res)
	a.trees.missing = append(a.trees.missing, res.Missing...)
	a.trees.guessed = a.trees.guessed || guessed(res)
	if a.trees.known == nil { // a verb without the flags
		a.trees.known = map[string]*model.Kernel{}
	}
	a.trees.known[dir] = res.Kernel
	return res.Kernel, nil
}

// extract reads a source tree, with the patches of the flags in it.
func (a *app) extract(dir string) (*extract.Result, error) {
	fsys, err := a.patched(dir)
	if err != nil {
		return nil, err
	}
	return a.extractFS(dir, fsys)
}

// patched is a source tree's files, with the patches of the flags in them.
func (a *app) patched(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: a file, want the top of a Linux source tree", dir)
	}
	return a.withPatches(dir, os.DirFS(dir))
}

// withPatches are files with the patches of the flags in them.
func (a *app) withPatches(dir string, fsys fs.FS) (fs.FS, error) {
	if len(a.trees.flags.Patch) == 0 {
		return fsys, nil
	}
	var series []*patch.Patch
	for _, file := range a.trees.flags.Patch {
		_, list, err := a.series(file)
		if err != nil {
			return nil, fmt.Errorf("--patch: %w", err)
		}
		series = append(series, list...)
	}
	names := &patch.Recorder{}
	if _, err := a.extractFS(dir, names.Watch(fsys)); err != nil {
		return nil, err
	}
	for {
		var err error
		tree, matters := patch.NewTree(fsys), names.Matters(series)
		for _, p := range series {
			if tree, _, err = tree.Apply(p, matters); err != nil {
				return nil, fmt.Errorf("--patch: %w", err)
			}
		}
		if _, err := a.extractFS(dir, names.Watch(tree)); err != nil {
			return nil, fmt.Errorf("--patch: %w", err)
		}
		if same(series, matters, names.Matters(series)) {
			return tree, nil
		}
	}
}

// same tells whether the same files of a series matter: a patch may have more
// files read, which then have to be patched, too.
func same(series []*patch.Patch, a, b func(name string) bool) bool {
	for _, p := range series {
		for _, c := range p.Changes {
			if a(c.Old) != b(c.Old) || a(c.New) != b(c.New) {
				return false
			}
		}
	}
	return true
}

// series reads a patch series from a file, or from standard input for "-".
func (a *app) series(file string) (body []byte, series []*patch.Patch, err error) {
	if body, err = a.readAtMost(file, patch.MaxSize+1); err != nil {
		return nil, nil, err
	}
	if file == "-" {
		file = "<stdin>"
	}
	series, err = patch.Read(file, body)
	return body, series, err
}

// extractFS reads a source tree from its files.
func (a *app) extractFS(dir string, fsys fs.FS) (*extract.Result, error) {
	o := a.trees.options
	version := treeVersion(os.DirFS(dir)) // a patch does not make it another kernel
	o.Name = treeName(dir, version)
	o.Source = "dmafuzz extract of Linux " + orDashText(version)
	for _, w := range a.trees.flags.words() {
		o.Source += " " + report.ShellQuote(w)
	}
	if v, ok := uml.ParseVariant(strings.TrimPrefix(o.Arch, uml.ArchPrefix)); ok {
		o = uml.Assume(fsys, o, v) // the player's own paths, which no tree has
	}
	res, err := extract.Tree(fsys, o)
	switch {
	case errors.Is(err, extract.ErrDefect):
		return nil, defect{err}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return res, nil
}

func orDashText(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// guessed tells whether a fact could not be read, and its usual value is taken.
func guessed(res *extract.Result) bool {
	return slices.ContainsFunc(res.Missing, func(m extract.Missing) bool { return strings.HasPrefix(m.What, "fact ") })
}

// printNotes says what a verdict may hang on: which calls were passed over, and what
// another configuration changes.
func (a *app) printNotes(res *extract.Result) {
	for _, n := range res.Notes {
		if matters(n) && !a.bisect {
			fmt.Fprintln(a.stderr, n)
		}
	}
}

func matters(n extract.Note) bool { return n.Call || n.Depends }

// printMissing says what could not be read, and once each for what follows.
func (a *app) printMissing(res *extract.Result) {
	if a.bisect { // one line of reason has room for no more
		return
	}
	for _, m := range res.Missing {
		fmt.Fprintln(a.stderr, m)
	}
	if guessed(res) {
		fmt.Fprintf(a.stderr, "dmafuzz: note: %s: a fact is missing; its usual value is taken, and nothing is proven by it\n", res.Kernel.FullName())
	}
}

var versionLine = regexp.MustCompile(`^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)\s*=\s*([\w.+-]*)\s*$`)

// treeVersion reads the version out of the first lines of the tree's Makefile:
// v6.1.192, v7.3-rc7; empty if it is not there.
func treeVersion(fsys fs.FS) string {
	const file = "Makefile"
	if info, err := fs.Stat(fsys, file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := fsys.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	is := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(f, 4096))
	for lines.Scan() {
		if m := versionLine.FindStringSubmatch(lines.Text()); m != nil && is[m[1]] == "" {
			is[m[1]] = m[2]
		}
	}
	if is["VERSION"] == "" || is["PATCHLEVEL"] == "" {
		return ""
	}
	version := "v" + is["VERSION"] + "." + is["PATCHLEVEL"]
	if s := is["SUBLEVEL"]; s != "" && s != "0" {
		version += "." + s
	}
	return version + is["EXTRAVERSION"]
}

// treeName names a kernel by its version, else by its folder.
func treeName(dir, version string) string {
	for _, name := range []string{version, folderName(dir)} {
		_, err := text.ParseKernel(name, []byte("kernel "+name+"\narch a\n"), nil)
		if name != "" && err == nil {
			return name
		}
	}
	return "tree"
}

func folderName(dir string) string {
	full, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	return filepath.Base(full)
}
