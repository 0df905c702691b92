package source_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"dmafuzz/internal/mutate/source"
)

// miniTrees are the trees of mini.txtar, in its order.
func miniTrees(t testing.TB) (names []string, trees map[string]fstest.MapFS) {
	t.Helper()
	a, err := txtar.ParseFile("testdata/mini.txtar")
	if err != nil {
		t.Fatal(err)
	}
	trees = map[string]fstest.MapFS{}
	for _, f := range a.Files {
		tree, name, _ := strings.Cut(f.Name, "/")
		if trees[tree] == nil {
			names, trees[tree] = append(names, tree), fstest.MapFS{}
		}
		trees[tree][name] = &fstest.MapFile{Data: f.Data}
	}
	return names, trees
}

// TestMini shows what every mutant does to the small trees, or why it does
// nothing. Look at the difference before you rewrite the file.
func TestMini(t *testing.T) {
	var b strings.Builder
	names, trees := miniTrees(t)
	for _, tree := range names {
		for _, m := range source.List() {
			fmt.Fprintf(&b, "== %s %s\n", tree, m.Name)
			mail, err := m.Patch(trees[tree])
			switch {
			case errors.Is(err, source.ErrNotApplicable), errors.Is(err, source.ErrShape):
				fmt.Fprintln(&b, err)
			case err != nil:
				t.Errorf("%s: %v", m.Name, err)
			default:
				_, diff, _ := strings.Cut(string(mail), "\n---\n")
				b.WriteString(strings.TrimSuffix(diff, "-- \n0\n\n"))
			}
		}
	}
	const file = "testdata/mini.golden"
	if *rewrite {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// TestApply: the tree is not touched, what is not changed is the tree's, and
// all comes out the same a second time.
func TestApply(t *testing.T) {
	_, trees := miniTrees(t)
	for _, m := range source.List() {
		tree := trees["shared"]
		before := map[string]string{}
		for name, f := range tree {
			before[name] = string(f.Data)
		}
		files, err := m.Edit(tree)
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		changed, err := m.Apply(tree)
		if err != nil {
			t.Fatal(err)
		}
		for name, was := range before {
			want := was
			if text, ok := files[name]; ok {
				want = string(text)
			}
			got, err := fs.ReadFile(changed, name)
			if err != nil || string(got) != want {
				t.Errorf("%s: %s: %v\n%s", m.Name, name, err, cmp.Diff(want, string(got)))
			}
			if string(tree[name].Data) != was {
				t.Errorf("%s: the tree's %s was written to", m.Name, name)
			}
			info, err := fs.Stat(changed, name)
			if err != nil || info.Size() != int64(len(want)) || !info.Mode().IsRegular() {
				t.Errorf("%s: %s: %v %v", m.Name, name, info, err)
			}
		}
		for name, text := range files {
			if bytes.Equal(text, []byte(before[name])) {
				t.Errorf("%s: %s is returned, and not changed", m.Name, name)
			}
		}
	}
	if _, err := fs.ReadFile(source.Overlay(fstest.MapFS{}, nil), "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty overlay: %v", err)
	}
}

// TestList: names are unique, and found.
func TestList(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range source.List() {
		if found, ok := source.Find(m.Name); !ok || found.Doc != m.Doc || m.Doc == "" || seen[m.Name] {
			t.Errorf("%q: found %t, doc %q, twice %t", m.Name, ok, m.Doc, seen[m.Name])
		}
		seen[m.Name] = true
	}
	if _, ok := source.Find("none"); ok {
		t.Error("found none")
	}
}
