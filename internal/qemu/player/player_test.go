package player

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
		if name == "LICENSE" || name == "config" {
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
		if object, ok := strings.CutSuffix(name, ".c"); ok && !bytes.Contains(makefile, []byte(" "+object+".o")) {
			t.Errorf("%s is not compiled", name)
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("%s is embedded and not there", name)
	}
}

// TestWraps has the linker told of every wrapper, and each of them call the
// kernel's own function.
func TestWraps(t *testing.T) {
	wrap := string(Files()["wrap.c"])
	_, list, _ := strings.Cut(string(Files()["wraps.mk"]), "foreach s,")
	list, _, _ = strings.Cut(list, ",--wrap")
	listed := strings.Fields(strings.ReplaceAll(list, "\\\n", " "))
	var defined []string
	for _, m := range regexp.MustCompile(`(?m)^[a-z].*\b__wrap_(\w+)\(.*\)\n\{\n((?:.*\n)*?)\}`).FindAllStringSubmatch(wrap, -1) {
		defined = append(defined, m[1])
		if !strings.Contains(m[2], "__real_"+m[1]+"(") {
			t.Errorf("%s does not call the kernel's own", m[1])
		}
	}
	slices.Sort(listed)
	slices.Sort(defined)
	if len(defined) == 0 || !slices.Equal(listed, defined) {
		t.Errorf("listed in wraps.mk %q, defined in wrap.c %q", listed, defined)
	}
}

// TestNothingPrevented has the player free by nothing but the DMA API: it mends
// nothing and hides nothing.
func TestNothingPrevented(t *testing.T) {
	for name, content := range Files() {
		for _, word := range []string{"free_page", "iommu_unmap", "kfree", "set_dma_ops", "dev->dma_ops"} {
			if bytes.Contains(content, []byte(word)) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
}
