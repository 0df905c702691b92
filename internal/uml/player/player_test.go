package player

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFiles has every file of the C folder embedded, and no other, each with its
// license.
func TestFiles(t *testing.T) {
	entries, err := os.ReadDir("c")
	if err != nil {
		t.Fatal(err)
	}
	files := Files()
	for _, e := range entries {
		name := e.Name()
		if name == "LICENSE" || strings.HasPrefix(name, "config") {
			continue
		}
		want, err := os.ReadFile(filepath.Join("c", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(files[name], want) {
			t.Errorf("%s is not embedded under its name", name)
		}
		first, _, _ := strings.Cut(string(want), "\n")
		if !strings.Contains(first, "SPDX-License-Identifier: GPL-2.0") {
			t.Errorf("%s: no SPDX line", name)
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("%s is embedded and not there", name)
	}
}

// TestMakefile has the Makefile name every C file.
func TestMakefile(t *testing.T) {
	files := Files()
	for name := range files {
		object, ok := strings.CutSuffix(name, ".c")
		if ok && !bytes.Contains(files["Makefile"], []byte(object+".o")) {
			t.Errorf("%s is not compiled", name)
		}
	}
}

// TestWraps has the linker told of every function that stands in for one of the
// kernel's: one that is missing there is never called.
func TestWraps(t *testing.T) {
	files := Files()
	wraps := string(files["wraps.mk"])
	defined := regexp.MustCompile(`(?m)^[a-z].*\b__wrap_(\w+)\(`)
	listed := map[string]bool{}
	for _, w := range regexp.MustCompile(`\w+`).FindAllString(wraps, -1) {
		listed[w] = true
	}
	n := 0
	for name, content := range files {
		for _, m := range defined.FindAllSubmatch(content, -1) {
			n++
			if !listed[string(m[1])] {
				t.Errorf("%s: %s is not in wraps.mk", name, m[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d functions found", n)
	}
}

// TestPaths has each variant's paths hold the bus's two, once each path.
func TestPaths(t *testing.T) {
	for variant, text := range map[string]string{"perbind": PerBindPaths(), "group": GroupPaths()} {
		seen := map[string]bool{}
		for line := range strings.Lines(text) {
			rest, ok := strings.CutPrefix(line, "path ")
			if !ok {
				continue
			}
			name := strings.Fields(rest)[0]
			if seen[name] {
				t.Errorf("%s: path %s stands there twice", variant, name)
			}
			seen[name] = true
		}
		for _, name := range []string{"dma_configure", "dma_cleanup", "iommu_configure", "dma_setup", "dma_teardown"} {
			if !seen[name] {
				t.Errorf("%s: no path %s", variant, name)
			}
		}
	}
}
