package uml

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"dmafuzz/internal/uml/player"
)

// ErrBuild is beneath the error for a tree that does not compile.
var ErrBuild = errors.New("the lab kernel does not build")

// Variant says which part of a tree the program holds, and by that what sets a
// device's DMA operations.
type Variant uint8

const (
	VariantInvalid Variant = iota
	// PerBind has them set at each bind: the architecture's hooks and the
	// IOMMU are the player's. For trees up to v6.9.
	PerBind
	// Group has them owned by the IOMMU group: the IOMMU core is the tree's,
	// only the hardware's driver is the player's. For trees from v6.12.
	Group
)

func (v Variant) String() string {
	switch v {
	case PerBind:
		return "perbind"
	case Group:
		return "group"
	}
	return "invalid"
}

// Fragment is the paths that the player stands for in a variant, as a kernel
// file has them: what to take in place of the tree's firmware and architecture.
func Fragment(v Variant) string {
	switch v {
	case PerBind:
		return player.PerBindPaths()
	case Group:
		return player.GroupPaths()
	}
	return ""
}

// BuildOptions say what to build. Tree and Variant are needed.
type BuildOptions struct {
	Tree     string            // the kernel tree; never changed
	Variant  Variant           // what is real in it
	Replace  map[string][]byte // files in place of the tree's, by slashed path in the tree
	Cache    string            // where programs are kept; default dmafuzz/lab in the user's cache folder
	Jobs     int               // make -j; default the number of processors
	Progress func(string)      // told what goes on, a short line at a time; may be nil
}

// Program is a built lab kernel.
type Program struct {
	Path    string // the executable
	Release string // the tree's version, "6.1.176"
	Variant string
	Key     string // SHA-256 of what it was built from, in hex
}

// Build returns the program of a tree, from the cache if it is there; the tools
// have to be there even so, for the compiler is a part of the key. Builds of one tree
// share their object files whatever is replaced in it, and are made one at a time.
func Build(ctx context.Context, opt BuildOptions) (*Program, error) {
	tree, release, err := openTree(opt.Tree, opt.Variant)
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
	if err := needTools(ctx, tools); err != nil {
		return nil, err
	}
	gcc, err := compiler(ctx, "gcc")
	if err != nil {
		return nil, err
	}
	files, err := changes(tree, opt.Variant, opt.Replace)
	if err != nil {
		return nil, err
	}
	config := configFor(opt.Variant)
	key, err := sums(tree, opt.Variant, config, files, gcc)
	if err != nil {
		return nil, err
	}
	p := &Program{
		Path:    filepath.Join(cache, "bin", key.program, "linux"),
		Release: release, Variant: opt.Variant.String(), Key: key.program,
	}
	if _, err := os.Stat(p.Path); err == nil {
		opt.Progress(fmt.Sprintf("%s %s: from the cache", release, opt.Variant))
		return p, nil
	}
	b := &building{
		name: release + " " + opt.Variant.String(), dir: filepath.Join(cache, "work", key.base),
		tree: tree, config: config, jobs: opt.Jobs, progress: opt.Progress,
		vars: []string{"ARCH=um"}, target: "linux", output: "linux",
	}
	return p, b.run(ctx, files, p.Path)
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

// configFor is the configuration of a variant, on top of tinyconfig.
func configFor(v Variant) []byte {
	if v == PerBind {
		return player.PerBindConfig()
	}
	return player.GroupConfig()
}

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
