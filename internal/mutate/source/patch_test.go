package source_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/mutate/source"
	"dmafuzz/internal/patch"
)

// TestPatch: the mail makes the mutant, and the reverse takes it back.
func TestPatch(t *testing.T) {
	names, trees := miniTrees(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) { patches(t, trees[name]) })
	}
}

// TestPatchTrees is the same on the real trees.
func TestPatchTrees(t *testing.T) {
	top(t)
	for _, s := range subjects {
		t.Run(s.tree, func(t *testing.T) {
			t.Parallel()
			patches(t, openTree(t, s.tree))
		})
	}
}

func patches(t *testing.T, tree fs.FS) {
	made := 0
	for _, m := range source.List() {
		files, err := m.Edit(tree)
		if errors.Is(err, source.ErrNotApplicable) || errors.Is(err, source.ErrShape) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		made++
		there, err := m.Patch(tree)
		if err != nil {
			t.Fatal(err)
		}
		back, err := m.Reverse(tree)
		if err != nil {
			t.Fatal(err)
		}
		changed := applied(t, tree, m.Name, there)
		for name, want := range files {
			if got := contents(t, changed, name); got != string(want) {
				t.Errorf("%s: %s:\n%s", m.Name, name, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")))
			}
			before := applied(t, source.Overlay(tree, files), m.Name, back)
			if got, want := contents(t, before, name), contents(t, tree, name); got != want {
				t.Errorf("%s: %s, reversed:\n%s", m.Name, name, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
		}
	}
	if made == 0 {
		t.Error("no mutant was made")
	}
}

// applied is a tree with the one patch of a mail.
func applied(t *testing.T, tree fs.FS, name string, mail []byte) fs.FS {
	t.Helper()
	list, err := patch.Read(name+".patch", mail)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %d patches, %v\n%s", name, len(list), err, mail)
	}
	changed, notes, err := patch.NewTree(tree).Apply(list[0], patch.All)
	if err != nil || len(notes) > 0 {
		t.Fatalf("%s: %v %v\n%s", name, notes, err, mail)
	}
	return changed
}

func contents(t *testing.T, tree fs.FS, name string) string {
	t.Helper()
	b, err := fs.ReadFile(tree, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
