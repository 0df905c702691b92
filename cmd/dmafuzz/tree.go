package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
	"dmafuzz/internal/extract"
	"dmafuzz/model"
)

// treeFlags say how a kernel is read that is given as a source tree.
type treeFlags struct {
	Arch   string   `help:"Architecture of a kernel that is a source tree: arm64 (if not given), arm, x86." placeholder:"ARCH"`
	Config []string `help:"Its configuration: a .config file, or CONFIG_X=y; can be given again." placeholder:"FILE|CONFIG_X=y" sep:"none"`
	Assume []string `help:"State what cannot be read: FACT=VALUE, or 'path NAME=STEP; STEP'; can be given again." placeholder:"WHAT=HOW" sep:"none"`
}

func (f treeFlags) given() bool { return f.Arch != "" || len(f.Config) > 0 || len(f.Assume) > 0 }

// words are the flags as they were given.
func (f treeFlags) words() []string {
	var words []string
	if f.Arch != "" {
		words = append(words, "--arch "+f.Arch)
	}
	for _, c := range f.Config {
		words = append(words, "--config "+c)
	}
	for _, s := range f.Assume {
		words = append(words, "--assume "+s)
	}
	return words
}

// trees is how source trees are read, and what was read of them.
type trees struct {
	options extract.Options
	flags   treeFlags
	known   map[string]*model.Kernel
	guessed bool // a fact could not be read of a tree, and its usual value was taken
}

var errNoTree = errors.New("--arch, --config and --assume are about a kernel that is a source tree, and there is none here")

// setTrees reads the flags; the trees come later.
func (a *app) setTrees(f treeFlags) error {
	o := extract.Options{Arch: f.Arch, Config: map[string]string{}, Assume: map[string]string{}}
	for _, c := range f.Config {
		symbols, err := a.config(c)
		if err != nil {
			return err
		}
		maps.Copy(o.Config, symbols)
	}
	for _, s := range f.Assume {
		what, how, ok := strings.Cut(s, "=")
		what, how = strings.Join(strings.Fields(what), " "), strings.TrimSpace(how)
		if !ok || what == "" || how == "" || strings.ContainsAny(s, "\n\r#") {
			return fmt.Errorf("--assume: got %q, want FACT=VALUE or 'path NAME=STEP; STEP'", s)
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
	if len(src) > model.MaxFileSize {
		return nil, fmt.Errorf("--config: %s: got more than %d bytes, want a .config file", arg, model.MaxFileSize)
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
	a.printMissing(res)
	for _, m := range res.Missing {
		if strings.HasPrefix(m.What, "fact ") {
			a.trees.guessed = true
		}
	}
	if a.trees.known == nil { // a verb without the flags
		a.trees.known = map[string]*model.Kernel{}
	}
	a.trees.known[dir] = res.Kernel
	return res.Kernel, nil
}

func (a *app) extract(dir string) (*extract.Result, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: a file, want the top of a Linux source tree", dir)
	}
	o := a.trees.options
	version := treeVersion(dir)
	o.Name = treeName(dir, version)
	o.Source = strings.Join(append([]string{"dmafuzz extract", "of Linux", orDashText(version)}, a.trees.flags.words()...), " ")
	res, err := extract.Tree(os.DirFS(dir), o)
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

// printMissing says what could not be read, and once each for what follows.
func (a *app) printMissing(res *extract.Result) {
	for _, m := range res.Missing {
		fmt.Fprintln(a.stderr, m)
	}
	if slices.ContainsFunc(res.Missing, func(m extract.Missing) bool { return strings.HasPrefix(m.What, "fact ") }) {
		fmt.Fprintf(a.stderr, "dmafuzz: note: %s: a fact is missing; its usual value is taken, and nothing is proven by it\n", res.Kernel.FullName())
	}
}

var versionLine = regexp.MustCompile(`^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)\s*=\s*([\w.+-]*)\s*$`)

// treeVersion reads the version out of the first lines of the tree's Makefile:
// v6.1.192, v7.3-rc7; empty if it is not there.
func treeVersion(dir string) string {
	file := filepath.Join(dir, "Makefile")
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(file)
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
		_, err := model.ParseKernel(name, []byte("kernel "+name+"\narch a\n"), nil)
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
