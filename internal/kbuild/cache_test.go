package kbuild

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSums(t *testing.T) {
	keyed := []string{"Makefile", "drivers/base", "kernel"}
	tree := t.TempDir()
	for _, name := range keyed {
		if name == "Makefile" {
			writeFile(t, filepath.Join(tree, name), "VERSION = 6\n")
			continue
		}
		writeFile(t, filepath.Join(tree, filepath.FromSlash(name), "a.c"), name)
	}
	none := map[string][]byte{}
	one := map[string][]byte{"drivers/base/a.c": []byte("mutant")}
	get := func(label, config string, changed map[string][]byte, gcc string) keys {
		t.Helper()
		k, err := (&Recipe{Label: label, Keyed: keyed, Config: []byte(config)}).sums(tree, changed, gcc)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := get("one", "c", none, "gcc 12")
	if again := get("one", "c", none, "gcc 12"); again != first {
		t.Error("the same content has two keys")
	}
	for reason, k := range map[string]keys{
		"label":    get("two", "c", none, "gcc 12"),
		"config":   get("one", "d", none, "gcc 12"),
		"compiler": get("one", "c", none, "gcc 13"),
	} {
		if k.base == first.base || k.program == first.program {
			t.Errorf("another %s has the same key", reason)
		}
	}
	// A replaced file, or another player, is built with the same objects.
	mutant := get("one", "c", one, "gcc 12")
	if mutant.base != first.base {
		t.Error("a replaced file takes the objects away")
	}
	if mutant.program == first.program {
		t.Error("a replaced file leaves the program")
	}

	// Dates and what a build leaves do not matter, every source file does.
	file := filepath.Join(tree, "drivers/base/a.c")
	writeFile(t, file, "drivers/base")
	writeFile(t, filepath.Join(tree, "drivers/base/a.o"), "object")
	if again := get("one", "c", none, "gcc 12"); again != first {
		t.Error("an object file or a date changes the key")
	}
	links := t.TempDir()
	for _, dir := range []string{"Makefile", "kernel"} {
		link(t, filepath.Join(tree, dir), filepath.Join(links, dir))
	}
	link(t, filepath.Join(tree, "drivers/base/a.c"), filepath.Join(links, "drivers/base/a.c"))
	r := &Recipe{Label: "one", Keyed: keyed, Config: []byte("c")}
	if k, err := r.sums(links, none, "gcc 12"); err != nil || k != first {
		t.Errorf("a tree of links has another key than what they lead to: %v", err)
	}
	for _, name := range keyed {
		file := filepath.Join(tree, filepath.FromSlash(name))
		if name != "Makefile" {
			file = filepath.Join(file, "a.c")
		}
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, "other")
		if get("one", "c", none, "gcc 12").base == first.base {
			t.Errorf("%s is not in the key", name)
		}
		writeFile(t, file, string(was))
	}
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(from), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}
