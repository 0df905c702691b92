package uml

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Recipe says what to make of a tree, and what to put into it for that.
type Recipe struct {
	Name     string            // what the build is called, a part of its key
	Since    [2]int            // the first version that it is for
	Need     []string          // files that a tree must have, by slashed path
	Vars     []string          // of every make: ARCH=..., CROSS_COMPILE=...
	Compiler string            // whose version is a part of the key
	Tools    []Tool            // besides those of any kernel
	Config   []byte            // on top of tinyconfig
	Folder   string            // a new folder of the tree, with a slash at its end
	Files    map[string][]byte // what is in it, by name
	Lines    map[string]string // a line at the end of a file of the tree, by slashed path
	Keyed    []string          // files and folders of the tree that its key is made of
	Target   string            // of make
	Output   string            // what make leaves, in the folder of objects
}

// Image is a kernel that was built by a recipe.
type Image struct {
	Path    string // the kernel
	Config  string // its configuration, a file
	Release string // the tree's version, "6.1.176"
	Key     string // SHA-256 of what it was built from, in hex
}

// BuildImage is [Build] for a recipe; opt has no variant. The tree is not
// changed, builds of one tree share their objects, and an image that was built
// before comes from the cache.
func BuildImage(ctx context.Context, opt BuildOptions, r Recipe) (*Image, error) {
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
	gcc, err := compiler(ctx, r.Compiler)
	if err != nil {
		return nil, err
	}
	var list []edit
	for file, line := range r.Lines {
		list = append(list, edit{file: file, line: line})
	}
	files, err := changesOf(tree, opt.Replace, r.Folder, r.Files, list)
	if err != nil {
		return nil, err
	}
	key, err := sumsOf(tree, "recipe "+r.Name, r.Keyed, r.Config, files, gcc)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "bin", key.program)
	im := &Image{Path: filepath.Join(dir, filepath.Base(r.Output)), Config: filepath.Join(dir, "config"), Release: release, Key: key.program}
	if _, err := os.Stat(im.Path); err == nil {
		opt.Progress(fmt.Sprintf("%s %s: from the cache", release, r.Name))
		return im, nil
	}
	b := &building{
		name: release + " " + r.Name, dir: filepath.Join(cache, "work", key.base),
		tree: tree, config: r.Config, jobs: opt.Jobs, progress: opt.Progress,
		vars: r.Vars, target: r.Target, output: r.Output, keepTo: im.Config,
	}
	return im, b.run(ctx, files, im.Path)
}

// open finds the tree's absolute path and release.
func (r *Recipe) open(dir string) (tree, release string, err error) {
	tree, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	release, of, err := readVersion(tree)
	if err != nil {
		return "", "", err
	}
	if !of.atLeast(r.Since[0], r.Since[1]) {
		return "", "", fmt.Errorf("%w: %s: v%d.%d, want v%d.%d or later", ErrTree, dir, of.major, of.minor, r.Since[0], r.Since[1])
	}
	for _, need := range r.Need {
		if _, err := os.Stat(filepath.Join(tree, filepath.FromSlash(need))); err != nil {
			return "", "", fmt.Errorf("%w: %s: want a whole tree with %s: %w", ErrTree, dir, need, err)
		}
	}
	return tree, release, nil
}
