package kbuild

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writeFile(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// listing is what stands in a folder: a file's content, "->" for a link, "/" for
// a folder.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		switch name := filepath.ToSlash(rel); {
		case e.Type()&fs.ModeSymlink != 0:
			got[name] = "->"
		case e.IsDir():
			got[name] = "/"
		default:
			content, err := os.ReadFile(file)
			got[name] = string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func smallTree(t *testing.T) string {
	tree := t.TempDir()
	for name, content := range map[string]string{
		"Makefile": "top", "drivers/base/dd.c": "dd", "drivers/base/core.c": "core", "drivers/usb/usb.c": "usb",
		".config": "built here", "include/generated/x.h": "built here", "include/linux/a.h": "a", "arch/um/Kconfig": "um",
	} {
		writeFile(t, filepath.Join(tree, filepath.FromSlash(name)), content)
	}
	return tree
}

func TestShadow(t *testing.T) {
	tree := smallTree(t)
	before := listing(t, tree)
	s := shadow{filepath.Join(t.TempDir(), "tree"), tree}
	lay := func(files map[string][]byte) {
		t.Helper()
		if err := s.lay(files); err != nil {
			t.Fatal(err)
		}
	}
	lay(map[string][]byte{"drivers/base/dd.c": []byte("mutant"), "drivers/lab/lab.c": []byte("lab")})
	want := map[string]string{
		"Makefile": "->", "arch": "/", "arch/um": "/", "arch/um/Kconfig": "->", "arch/um/include": "/",
		"include": "/", "include/linux": "->",
		"drivers": "/", "drivers/usb": "->", "drivers/lab": "/", "drivers/lab/lab.c": "lab",
		"drivers/base": "/", "drivers/base/core.c": "->", "drivers/base/dd.c": "mutant",
	}
	if diff := cmp.Diff(want, listing(t, s.root)); diff != "" {
		t.Errorf("the shadow (-want +got)\n%s", diff)
	}
	dd := filepath.Join(s.root, "drivers/base/dd.c")
	first, err := os.Stat(dd)
	if err != nil {
		t.Fatal(err)
	}

	lay(map[string][]byte{"drivers/base/dd.c": []byte("mutant"), "drivers/usb/usb.c": []byte("new")})
	second, err := os.Stat(dd)
	if err != nil {
		t.Fatal(err)
	}
	if !first.ModTime().Equal(second.ModTime()) {
		t.Error("a file that was right was written again")
	}
	want["drivers/usb"], want["drivers/usb/usb.c"] = "/", "new"
	delete(want, "drivers/lab/lab.c")
	if diff := cmp.Diff(want, listing(t, s.root)); diff != "" {
		t.Errorf("the shadow, laid again (-want +got)\n%s", diff)
	}

	lay(nil)
	want["drivers/usb/usb.c"], want["drivers/base/dd.c"] = "usb", "dd"
	if diff := cmp.Diff(want, listing(t, s.root)); diff != "" {
		t.Errorf("the shadow without changes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, listing(t, tree)); diff != "" {
		t.Errorf("the tree has changed (-before +after)\n%s", diff)
	}
}

// A tree that has moved is seen where it is now, and what was changed before is
// new to make all the same.
func TestShadowMoved(t *testing.T) {
	old := smallTree(t)
	s := shadow{filepath.Join(t.TempDir(), "tree"), old}
	if err := s.lay(map[string][]byte{"drivers/base/dd.c": []byte("mutant")}); err != nil {
		t.Fatal(err)
	}
	s.tree = filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(old, s.tree); err != nil {
		t.Fatal(err)
	}
	if err := s.lay(nil); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"Makefile", "drivers/usb/usb.c", "include/linux/a.h", "drivers/base/core.c"} {
		if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(file))); err != nil {
			t.Error(err)
		}
	}
	got := listing(t, s.root)
	if got["drivers/base/dd.c"] != "dd" {
		t.Errorf("dd.c: got %q, want a copy of the tree's", got["drivers/base/dd.c"])
	}
}

func TestChanges(t *testing.T) {
	tree := t.TempDir()
	for name, content := range map[string]string{"Kconfig": "k\n", "Makefile": "a\nLATE = b\n", "drivers/Makefile": "d\n"} {
		writeFile(t, filepath.Join(tree, filepath.FromSlash(name)), content)
	}
	r := &Recipe{
		Folder: "drivers/new/", Files: map[string][]byte{"new.c": []byte("new\n")},
		Lines: []Line{
			{File: "Kconfig", Text: "source new"},
			{File: "Makefile", Text: "include new", Before: "LATE"},
			{File: "drivers/Makefile", Text: "obj-y += new/"},
			{File: "drivers/Makefile", Text: "second"},
		},
	}
	got, err := r.changes(tree, map[string][]byte{"drivers/Makefile": []byte("replaced\n"), "a.c": []byte("a")})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Kconfig":               "k\n\nsource new\n",
		"Makefile":              "a\ninclude new\nLATE = b\n",
		"drivers/Makefile":      "replaced\n\nobj-y += new/\n\nsecond\n",
		"drivers/new/new.c":     "new\n",
		"a.c":                   "a",
		"Documentation/Kconfig": "",
	}
	text := map[string]string{}
	for name, content := range got {
		text[name] = string(content)
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	writeFile(t, filepath.Join(tree, "Makefile"), "nothing\n")
	if _, err := r.changes(tree, nil); !errors.Is(err, ErrShadow) {
		t.Errorf("a Makefile without the line: got %v", err)
	}
	for _, name := range []string{"../x", "/etc/passwd", "a b", "."} {
		if _, err := r.changes(tree, map[string][]byte{name: nil}); !errors.Is(err, ErrShadow) {
			t.Errorf("replacing %q: got %v", name, err)
		}
	}
}
