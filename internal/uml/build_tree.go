package uml

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
// that the variant is for.
var ErrTree = errors.New("not a tree for the lab")

// VariantFor is the variant that fits a tree's version, or the one that is
// wanted if it does.
func VariantFor(tree string, want Variant) (Variant, error) {
	_, of, err := readVersion(tree)
	if err != nil {
		return VariantInvalid, err
	}
	if want != VariantInvalid {
		return want, want.misfit(tree, of)
	}
	for _, v := range []Variant{PerBind, Group} {
		if v.fits(of) {
			return v, nil
		}
	}
	return VariantInvalid, fmt.Errorf("%w: %s: want a tree %s (%s) or %s (%s), this one is v%d.%d", ErrTree, tree,
		PerBind.releases(), PerBind, Group.releases(), Group, of.major, of.minor)
}

type version struct{ major, minor int }

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// fits tells whether a variant is for trees of a version: the bus's dma_cleanup
// came with v5.19, the architecture's hooks went with v6.10, and the IOMMU core
// sets the operations itself since v6.12.
func (v Variant) fits(of version) bool {
	switch v {
	case PerBind:
		return of.atLeast(5, 19) && !of.atLeast(6, 10)
	case Group:
		return of.atLeast(6, 12)
	}
	return false
}

// releases are those that a variant is for, in words.
func (v Variant) releases() string {
	switch v {
	case PerBind:
		return "from v5.19 to v6.9"
	case Group:
		return "from v6.12"
	}
	return "of no release"
}

// misfit is the error for a tree of a version that the variant is not for.
func (v Variant) misfit(tree string, of version) error {
	if v.fits(of) {
		return nil
	}
	return fmt.Errorf("%w: %s: variant %s is for trees %s, this one is v%d.%d", ErrTree, tree, v, v.releases(), of.major, of.minor)
}

// openTree finds the tree's absolute path and release, and tells whether the
// variant is for it.
func openTree(dir string, v Variant) (tree, release string, err error) {
	tree, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	release, of, err := readVersion(tree)
	if err != nil {
		return "", "", err
	}
	for _, name := range []string{tree, resolved(tree)} {
		if spaced(name) {
			return "", "", fmt.Errorf("%w: %q: want a path without spaces and colons, for the kernel's make takes no other", ErrTree, name)
		}
	}
	for _, need := range []string{"arch/um/Makefile", "drivers/base/dd.c", "kernel/dma/mapping.c"} {
		if _, err := os.Stat(filepath.Join(tree, filepath.FromSlash(need))); err != nil {
			return "", "", fmt.Errorf("%w: %s: want a whole tree with %s: %w", ErrTree, dir, need, err)
		}
	}
	return tree, release, v.misfit(dir, of)
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

// readVersion reads the head of the tree's Makefile.
func readVersion(tree string) (release string, v version, err error) {
	file := filepath.Join(tree, "Makefile")
	f, err := os.Open(file)
	if err != nil {
		return "", version{}, fmt.Errorf("%w: %w", ErrTree, err)
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
		return "", version{}, fmt.Errorf("%w: %s: %w", ErrTree, file, err)
	}
	v.major, err = strconv.Atoi(part["VERSION"])
	if err == nil {
		v.minor, err = strconv.Atoi(part["PATCHLEVEL"])
	}
	if err != nil {
		return "", version{}, fmt.Errorf("%w: %s: want VERSION and PATCHLEVEL in its first lines", ErrTree, file)
	}
	release = part["VERSION"] + "." + part["PATCHLEVEL"]
	if part["SUBLEVEL"] != "" {
		release += "." + part["SUBLEVEL"]
	}
	return release + part["EXTRAVERSION"], v, nil
}
