package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dmafuzz/internal/extract"
	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/mutate/source"
	"dmafuzz/internal/uml"
	"dmafuzz/model"
)

// labCmd asks the real driver core: `dmafuzz lab judge ~/linux`.
type labCmd struct {
	Build   labBuildCmd   `cmd:"" help:"Compile the driver core of a tree into a program that plays events, and print where it is."`
	Run     labRunCmd     `cmd:"" help:"Play traces on it, and show event by event what the kernel did and what the machine says."`
	Judge   labJudgeCmd   `cmd:"" help:"Play random sequences on both, and compare every operation and every verdict."`
	Mutants labMutantsCmd `cmd:"" help:"Judge trees with known bugs put in: verdict by the source, and what the kernel then does."`
	Confirm labConfirmCmd `cmd:"" help:"Play a trace on a whole arm64 kernel of a tree under QEMU, and show the Oops if one comes of it."`
}

// labFlags say how programs are built.
type labFlags struct {
	Variant string `help:"perbind (the hooks set a device's ops at each bind) or group (the real IOMMU core); by the tree's version if not given." placeholder:"NAME"`
	Cache   string `help:"Where programs are kept; a folder of the user's cache if not given." placeholder:"DIR"`
	Jobs    int    `help:"Compilers at a time." placeholder:"N"`
}

// labTree is a tree that is looked at.
type labTree struct {
	dir, version, name string
	variant            uml.Variant
	flags              labFlags
}

// anyTree is a tree of any version, without a variant.
func (a *app) anyTree(dir string) (*labTree, error) {
	a.subject = dir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such folder, want the top of a Linux source tree", dir)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s: a file, want the top of a Linux source tree", dir)
	}
	version := treeVersion(os.DirFS(dir))
	return &labTree{dir: dir, version: version, name: treeName(dir, version)}, nil
}

func (a *app) labTree(dir string, f labFlags) (*labTree, error) {
	t, err := a.anyTree(dir)
	if err != nil {
		return nil, err
	}
	t.flags = f
	want, ok := uml.ParseVariant(f.Variant)
	if !ok && f.Variant != "" {
		return nil, fmt.Errorf("--variant: got %q, want perbind or group", f.Variant)
	}
	t.variant, err = uml.VariantFor(dir, want)
	return t, err
}

// kernel reads what is judged: the tree's paths, with files replaced, and the
// player's own.
func (t *labTree) kernel(replace map[string][]byte) (*model.Kernel, error) {
	k, err := uml.Kernel(source.Overlay(os.DirFS(t.dir), replace), t.name, t.variant)
	switch {
	case errors.Is(err, extract.ErrDefect):
		return nil, defect{err}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", t.dir, err)
	}
	return k, nil
}

// build compiles a program.
func (t *labTree) build(a *app, replace map[string][]byte) (*uml.Program, error) {
	p := a.longProgress()
	defer p.done()
	return uml.Build(a.ctx, t.variant, kbuild.Options{Tree: t.dir, Replace: replace, Cache: t.flags.Cache,
		Jobs: t.flags.Jobs, Progress: func(s string) { p.say("%s", s) }})
}

// mutant is the change that --mutant names, none for "".
func (t *labTree) mutant(name string) (uml.Control, error) {
	if name == "" {
		return uml.Control{}, nil
	}
	m, err := uml.MutantOf(os.DirFS(t.dir), name)
	if err != nil {
		return m, fmt.Errorf("%s: --mutant: %w", t.dir, err)
	}
	return m, nil
}

// labBuildCmd builds a program: `dmafuzz lab build ~/linux`.
type labBuildCmd struct {
	Tree   string `arg:"" help:"The top of a Linux source tree."`
	Mutant string `help:"Put this known bug in." placeholder:"NAME"`
	labFlags
}

func (c *labBuildCmd) run(a *app) error {
	t, err := a.labTree(c.Tree, c.labFlags)
	if err != nil {
		return err
	}
	m, err := t.mutant(c.Mutant)
	if err != nil {
		return err
	}
	p, err := t.build(a, m.Replace)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s  # %s of Linux %s\n", p.Path, p.Variant, p.Release)
	return nil
}
