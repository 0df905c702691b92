package kbuild

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func smallRecipe() Recipe {
	return Recipe{
		Name: "test", Label: "recipe test", Compiler: "gcc", Config: []byte("CONFIG_MINE=y\n"),
		Folder: "new/", Files: map[string][]byte{"new.c": []byte("new\n")}, Lines: []Line{{File: "Kconfig", Text: "source new"}},
		Keyed: []string{"Makefile", "a.c"}, Target: "out/program", Output: "out/program", KeepConfig: true,
	}
}

// makeAlone leaves a test out where there is no make, and has a stand-in for every
// other tool that is missing: the small tree takes none of them.
func makeAlone(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	bin := t.TempDir()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool.Name); err == nil || tool.Have != nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(bin, tool.Name), []byte("#!/bin/sh\necho stand-in\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", os.Getenv("PATH")+string(os.PathListSeparator)+bin)
}

// TestBuild builds a tree, with a file replaced and again as it was: each time it
// is what the files say, the objects are configured once, and what was made before
// is not made again.
func TestBuild(t *testing.T) {
	makeAlone(t)
	tree := smallKernel(t, filepath.Join(t.TempDir(), "linux"))
	before := listing(t, tree)
	cache := filepath.Join(t.TempDir(), "cache")
	build := func(replace map[string][]byte) (im *Image, program, said string) {
		t.Helper()
		var lines []string
		im, err := Build(t.Context(), Options{Tree: tree, Replace: replace, Cache: cache, Progress: func(s string) { lines = append(lines, s) }}, smallRecipe())
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(im.Path)
		if err != nil {
			t.Fatal(err)
		}
		return im, string(content), strings.Join(lines, "\n")
	}
	sound, program, said := build(nil)
	if program != "a\nnew\n" || sound.Release != "6.1.7" || !strings.Contains(said, "6.1.7 test: configuring") {
		t.Errorf("got %q of release %s, said\n%s", program, sound.Release, said)
	}
	config, err := os.ReadFile(sound.Config)
	if err != nil || string(config) != "CONFIG_TINY=y\nCONFIG_MINE=y\n" {
		t.Errorf("the configuration: got %q, %v", config, err)
	}
	other, program, said := build(map[string][]byte{"a.c": []byte("other\n")})
	if program != "other\nnew\n" || other.Key == sound.Key || strings.Contains(said, "configuring") {
		t.Errorf("a file replaced: got %q, said\n%s", program, said)
	}
	again, program, said := build(nil)
	if program != "a\nnew\n" || again.Key != sound.Key || said != "6.1.7 test: from the cache" {
		t.Errorf("again: got %q, said\n%s", program, said)
	}
	if diff := cmp.Diff(before, listing(t, tree)); diff != "" {
		t.Errorf("the tree has changed (-before +after)\n%s", diff)
	}
}

// TestBuildFails: what make says is handed on, and nothing is left that a later
// build would take for a program.
func TestBuildFails(t *testing.T) {
	makeAlone(t)
	tree := smallKernel(t, filepath.Join(t.TempDir(), "linux"))
	cache := filepath.Join(t.TempDir(), "cache")
	for reason, c := range map[string]struct {
		change func(*Recipe)
		says   string
	}{
		"no such target":            {func(r *Recipe) { r.Target = "nothing" }, "nothing"},
		"a symbol the tree has not": {func(r *Recipe) { r.Config = []byte("CONFIG_GONE=y\n") }, "does not take CONFIG_GONE=y"},
		"it makes something else":   {func(r *Recipe) { r.Output = "out/vmlinux" }, "vmlinux"},
	} {
		r := smallRecipe()
		r.Label = reason
		c.change(&r)
		_, err := Build(t.Context(), Options{Tree: tree, Cache: cache}, r)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error with %q", reason, err, c.says)
		}
	}
	if made, err := filepath.Glob(filepath.Join(cache, "bin", "*", "*")); err != nil || len(made) > 1 { // the config of the last
		t.Errorf("left in the cache: %v, %v", made, err)
	}
	r := smallRecipe()
	r.Target = "nothing"
	if _, err := Build(t.Context(), Options{Tree: tree, Cache: cache}, r); !errors.Is(err, ErrBuild) {
		t.Errorf("got %v, want ErrBuild", err)
	}
}
