package kbuild

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dmafuzz/internal/atomicfile"
)

// keys are the names under which a build is kept.
type keys struct {
	base    string // the tree, the configuration and the compiler: a folder of objects
	program string // with what is changed in the tree and added to it: what is made
}

// sums makes the keys of a recipe for a tree with the changed files. The same
// content gives the same keys, wherever the tree stands and whatever the dates of
// its files.
func (r *Recipe) sums(tree string, changed map[string][]byte, compiler string) (keys, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\ncompiler %q\n", r.Label, compiler)
	add(h, "config", r.Config)
	for _, name := range r.Keyed {
		if err := addTree(h, tree, name); err != nil {
			return keys{}, err
		}
	}
	base := h.Sum(nil)
	p := sha256.New()
	p.Write(base)
	for _, name := range union(nil, changed) {
		add(p, name, changed[name])
	}
	return keys{hex.EncodeToString(base), hex.EncodeToString(p.Sum(nil))}, nil
}

// add takes a file in. Its length keeps two files from reading like one.
func add(h hash.Hash, name string, content []byte) {
	fmt.Fprintf(h, "file %q %d\n", name, len(content))
	h.Write(content)
}

// addTree takes a file or a folder of a tree in, in order of name. A tree may be
// made of links, as a shadow is.
func addTree(h hash.Hash, tree, name string) error {
	root, err := filepath.EvalSymlinks(filepath.Join(tree, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !sourceFile(e.Name()) {
			return err
		}
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintf(h, "file %q %d\n", path.Join(name, filepath.ToSlash(rel)), info.Size())
		_, err = io.Copy(h, f)
		return err
	})
}

// sourceFile tells files that a person wrote from what a build leaves.
func sourceFile(name string) bool {
	if strings.HasPrefix(name, "Makefile") || strings.HasPrefix(name, "Kconfig") || name == "Kbuild" {
		return true
	}
	return slices.Contains([]string{".c", ".h", ".S", ".lds", ".sh", ".pl"}, filepath.Ext(name)) &&
		!strings.HasSuffix(name, ".mod.c")
}

// cacheDir is the folder of the cache, made if need be.
func cacheDir(dir string) (string, error) {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no folder for the cache: %w", err)
		}
		dir = filepath.Join(user, "dmafuzz", "lab")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if spaced(dir) || spaced(resolved(dir)) {
		return "", fmt.Errorf("the cache %q: want a path without spaces and colons, for the kernel's make takes no other", dir)
	}
	return dir, os.MkdirAll(dir, 0o777)
}

// keep puts what was built where the cache has it, whole or not at all.
func keep(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	return atomicfile.Copy(to, src, 0o777)
}
