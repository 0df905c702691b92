package kbuild

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrTree is beneath the error for a folder that is no kernel tree, or not one
// that the recipe is for.
var ErrTree = errors.New("not a tree for the lab")

// Version is what a release begins with: v6.1 for all of 6.1.y.
type Version struct{ Major, Minor int }

func (v Version) String() string { return fmt.Sprintf("v%d.%d", v.Major, v.Minor) }

// AtLeast tells whether a version is this one or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// open finds the tree's absolute path and release, and tells whether the recipe
// is for it.
func (r *Recipe) open(dir string) (tree, release string, err error) {
	tree, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	release, of, err := ReadVersion(tree)
	if err != nil {
		return "", "", err
	}
	for _, name := range []string{tree, resolved(tree)} {
		if spaced(name) {
			return "", "", fmt.Errorf("%w: %q: want a path without spaces and colons, for the kernel's make takes no other", ErrTree, name)
		}
	}
	if r.Fits != nil {
		if err := r.Fits(of); err != nil {
			return "", "", fmt.Errorf("%w: %s: %w", ErrTree, dir, err)
		}
	}
	for _, need := range r.Need {
		if _, err := os.Stat(filepath.Join(tree, filepath.FromSlash(need))); err != nil {
			return "", "", fmt.Errorf("%w: %s: want a whole tree with %s: %w", ErrTree, dir, need, err)
		}
	}
	return tree, release, nil
}

// spaced tells whether a path has what make would take for its end.
func spaced(name string) bool { return strings.ContainsAny(name, " \t\n:") }

// resolved is a path without links, or the path itself if there is none.
func resolved(name string) string {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		return to
	}
	return name
}

// ReadVersion reads the head of the tree's Makefile: the release as it is
// written, "6.1.176", and the version that it belongs to.
func ReadVersion(tree string) (release string, v Version, err error) {
	file := filepath.Join(tree, "Makefile")
	f, err := os.Open(file)
	if err != nil {
		return "", Version{}, fmt.Errorf("%w: %w", ErrTree, err)
	}
	defer f.Close()
	part := map[string]string{}
	in := bufio.NewScanner(f)
	for n := 0; n < 20 && in.Scan(); n++ {
		if name, value, ok := strings.Cut(in.Text(), "="); ok {
			part[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	if err := in.Err(); err != nil {
		return "", Version{}, fmt.Errorf("%w: %s: %w", ErrTree, file, err)
	}
	v.Major, err = strconv.Atoi(part["VERSION"])
	if err == nil {
		v.Minor, err = strconv.Atoi(part["PATCHLEVEL"])
	}
	if err != nil {
		return "", Version{}, fmt.Errorf("%w: %s: want VERSION and PATCHLEVEL in its first lines", ErrTree, file)
	}
	release = part["VERSION"] + "." + part["PATCHLEVEL"]
	if part["SUBLEVEL"] != "" {
		release += "." + part["SUBLEVEL"]
	}
	return release + part["EXTRAVERSION"], v, nil
}
