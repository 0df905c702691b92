package kbuild

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small is a tree that compiles in no time: a program is the text of two files.
const small = `VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 7
tinyconfig:
	echo CONFIG_TINY=y > $(O)/.config
olddefconfig:
	sed -i /GONE/d $(O)/.config
out/program:
	mkdir -p $(O)/out && cat a.c new/new.c > $(O)/out/program
`

func smallKernel(t *testing.T, dir string) string {
	t.Helper()
	for name, content := range map[string]string{"Makefile": small, "a.c": "a\n", "Kconfig": "k\n"} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	return dir
}

func TestOpen(t *testing.T) {
	tree := smallKernel(t, t.TempDir())
	nameless := t.TempDir()
	writeFile(t, filepath.Join(nameless, "Makefile"), "all:\n")
	spaced := smallKernel(t, filepath.Join(t.TempDir(), "my tree"))
	linked := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(spaced, linked); err != nil {
		t.Fatal(err)
	}
	later := func(v Version) error {
		if !v.AtLeast(6, 2) {
			return fmt.Errorf("got %s, want v6.2", v)
		}
		return nil
	}
	for _, c := range []struct {
		reason string
		tree   string
		recipe Recipe
		says   string
	}{
		{"an empty folder is no tree", t.TempDir(), Recipe{}, "Makefile"},
		{"a Makefile of something else", nameless, Recipe{}, "want VERSION and PATCHLEVEL"},
		{"make takes no spaces", spaced, Recipe{}, "without spaces"},
		{"where a link leads to counts", linked, Recipe{}, "without spaces"},
		{"a part of a tree", tree, Recipe{Need: []string{"a.c", "mm/slab.c"}}, "want a whole tree with mm/slab.c"},
		{"too old", tree, Recipe{Fits: later}, "got v6.1, want v6.2"},
	} {
		_, _, err := c.recipe.open(c.tree)
		if !errors.Is(err, ErrTree) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", c.reason, err, c.says)
		}
	}
	_, release, err := (&Recipe{Need: []string{"a.c"}}).open(tree)
	if err != nil || release != "6.1.7" {
		t.Errorf("got %q, %v, want 6.1.7", release, err)
	}
}
