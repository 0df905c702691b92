package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrShadow is beneath the error for a tree that what a recipe adds does
// not fit into.
var ErrShadow = errors.New("what is to be added does not fit into the tree")

// shadow is a folder that looks like a kernel tree with some files changed: a
// link for what is as in the tree, folders only on the way to changed files.
// Nothing is ever written through a link.
type shadow struct {
	root string // the folder
	tree string // the tree, absolute
}

// hidden is what a build inside the tree has left there, and a build elsewhere
// refuses to see.
var hidden = []string{".config", "include/config", "include/generated", "arch/um/include/generated", "arch/arm64/include/generated"}

// lay makes the shadow look like the tree with the files, by slashed path, put
// in place of its own. A file that is right already is not written, so that
// make sees only what is new; one that was changed before and is not now comes
// back as a copy, for a link would show make the tree's old date.
func (s shadow) lay(files map[string][]byte) error {
	if err := s.moved(); err != nil {
		return err
	}
	old, err := s.changed()
	if err != nil {
		return err
	}
	for _, h := range hidden {
		arch := path.Dir(path.Dir(h))
		if _, err := os.Stat(filepath.Join(s.tree, filepath.FromSlash(arch))); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := s.open(path.Dir(h)); err != nil {
			return err
		}
		if err := s.hide(h); err != nil {
			return err
		}
	}
	for _, name := range union(old, files) {
		if err := s.open(path.Dir(name)); err != nil {
			return err
		}
	}
	// The list first: a file that is on it and as in the tree does no harm.
	if err := s.note(union(old, files)); err != nil {
		return err
	}
	for _, name := range union(old, files) {
		content, ok := files[name]
		if !ok {
			content, err = os.ReadFile(filepath.Join(s.tree, filepath.FromSlash(name)))
			if errors.Is(err, fs.ErrNotExist) {
				if err := os.RemoveAll(s.path(name)); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
		}
		if err := s.put(name, content); err != nil {
			return err
		}
	}
	return nil
}

func (s shadow) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// open makes a folder of the shadow a real one, filled with links.
func (s shadow) open(dir string) error {
	if dir == "." {
		return s.fill(dir)
	}
	if err := s.open(path.Dir(dir)); err != nil {
		return err
	}
	info, err := os.Lstat(s.path(dir))
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		if err := os.Remove(s.path(dir)); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return s.fill(dir)
}

// fill makes a folder with a link for each entry of the tree's that has none.
func (s shadow) fill(dir string) error {
	if err := os.MkdirAll(s.path(dir), 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(s.tree, filepath.FromSlash(dir)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if slices.Contains(hidden, name) {
			continue
		}
		err := os.Symlink(filepath.Join(s.tree, filepath.FromSlash(name)), s.path(name))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

func (s shadow) hide(name string) error {
	info, err := os.Lstat(s.path(name))
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	return os.Remove(s.path(name))
}

// put writes a file unless it is there with that content. A link is replaced,
// never followed.
func (s shadow) put(name string, content []byte) error {
	file := s.path(name)
	info, err := os.Lstat(file)
	if err == nil && info.Mode().IsRegular() {
		was, err := os.ReadFile(file)
		if err == nil && bytes.Equal(was, content) {
			return nil
		}
	}
	if err == nil {
		if err := os.RemoveAll(file); err != nil {
			return err
		}
	}
	return os.WriteFile(file, content, 0o666)
}

// moved takes the links away if they lead to another tree, of the same content,
// which may be gone. What was changed there stays on the list.
func (s shadow) moved() error {
	file := s.root + ".from"
	if from, err := os.ReadFile(file); err == nil && string(from) == s.tree {
		return nil
	}
	if err := os.RemoveAll(s.root); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(s.tree), 0o666)
}

// changed is the list of files that are not links, as note wrote it.
func (s shadow) changed() ([]string, error) {
	list, err := os.ReadFile(s.root + ".changed")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(list)), err
}

func (s shadow) note(names []string) error {
	return os.WriteFile(s.root+".changed", []byte(strings.Join(names, "\n")+"\n"), 0o666)
}

// union is the names of both, sorted.
func union(names []string, files map[string][]byte) []string {
	all := slices.Clone(names)
	for name := range files {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// local tells whether a name stays within the tree.
func local(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, " \t\n") {
		return fmt.Errorf("%w: want the slashed path of a file in the tree, got %q", ErrShadow, name)
	}
	return nil
}
