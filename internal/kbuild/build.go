package kbuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrBuild is beneath the error for a tree that does not compile.
var ErrBuild = errors.New("the kernel does not build")

// Options say what to build a recipe of. Tree is needed.
type Options struct {
	Tree     string            // the kernel tree; never changed
	Replace  map[string][]byte // files in place of the tree's, by slashed path in the tree
	Cache    string            // where what is built is kept; default dmafuzz/lab in the user's cache folder
	Jobs     int               // make -j; default the number of processors
	Progress func(string)      // told what goes on, a short line at a time; may be nil
}

// Build makes a recipe of a tree, or finds what was made in the cache; the tools
// have to be there even so, for the compiler is a part of the key. Builds of one
// tree share their object files whatever is replaced in it, and are made one at a
// time.
func Build(ctx context.Context, opt Options, r Recipe) (*Image, error) {
	tree, release, err := r.open(opt.Tree)
	if err != nil {
		return nil, err
	}
	cache, err := cacheDir(opt.Cache)
	if err != nil {
		return nil, err
	}
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.NumCPU()
	}
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	if err := NeedTools(ctx, r.Tools); err != nil {
		return nil, err
	}
	version, err := compiler(ctx, r.Compiler)
	if err != nil {
		return nil, err
	}
	files, err := r.changes(tree, opt.Replace)
	if err != nil {
		return nil, err
	}
	key, err := r.sums(tree, files, version)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "bin", key.program)
	im := &Image{Path: filepath.Join(dir, path.Base(r.Output)), Release: release, Key: key.program}
	if r.KeepConfig {
		im.Config = filepath.Join(dir, "config")
	}
	b := &building{
		name: release + " " + r.Name, dir: filepath.Join(cache, "work", key.base),
		tree: tree, config: r.Config, jobs: opt.Jobs, progress: opt.Progress,
		vars: r.Vars, target: r.Target, output: r.Output, keepTo: im.Config,
	}
	if _, err := os.Stat(im.Path); err == nil {
		opt.Progress(b.name + ": from the cache")
		return im, nil
	}
	return im, b.run(ctx, files, im.Path)
}

// building is one build under way in a folder of objects.
type building struct {
	name     string
	dir      string
	tree     string
	config   []byte
	jobs     int
	progress func(string)
	vars     []string // of every make: ARCH
	target   string   // of make
	output   string   // what it makes, in the folder of objects
	keepTo   string   // where the configuration is kept, "" for nowhere
}

// run makes the program, and puts it where the cache wants it.
func (b *building) run(ctx context.Context, files map[string][]byte, to string) error {
	if err := os.MkdirAll(b.objects(), 0o777); err != nil {
		return err
	}
	wait := func() { b.progress(b.name + ": waiting for another build of it") }
	unlock, err := lockFile(ctx, filepath.Join(b.dir, "lock"), wait)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(to); err == nil {
		return nil // made while waiting for the lock
	}
	b.progress(b.name + ": laying the shadow tree")
	if err := (shadow{b.source(), b.tree}).lay(files); err != nil {
		return err
	}
	if err := b.configure(ctx); err != nil {
		return err
	}
	if err := b.make(ctx, b.target); err != nil {
		return err
	}
	b.progress(b.name + ": built")
	if b.keepTo != "" {
		if err := keep(filepath.Join(b.objects(), ".config"), b.keepTo); err != nil {
			return err
		}
	}
	return keep(filepath.Join(b.objects(), filepath.FromSlash(b.output)), to)
}

func (b *building) source() string  { return filepath.Join(b.dir, "tree") }
func (b *building) objects() string { return filepath.Join(b.dir, "objects") }

// configure makes the configuration, once a folder of objects.
func (b *building) configure(ctx context.Context) error {
	done := filepath.Join(b.dir, "configured")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	b.progress(b.name + ": configuring")
	if err := b.make(ctx, "tinyconfig"); err != nil {
		return err
	}
	file := filepath.Join(b.objects(), ".config")
	tiny, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(tiny, b.config...), 0o666); err != nil {
		return err
	}
	if err := b.make(ctx, "olddefconfig"); err != nil {
		return err
	}
	got, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(b.config)) {
		if strings.HasSuffix(line, "=y\n") && !strings.Contains(string(got), "\n"+line) {
			return fmt.Errorf("%w: %s: the configuration does not take %s", ErrBuild, b.name, strings.TrimSpace(line))
		}
	}
	return os.WriteFile(done, nil, 0o666)
}
