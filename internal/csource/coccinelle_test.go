package csource

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crossChecked are the files that the order of a device's life is read from.
var crossChecked = []string{
	"drivers/base/dd.c", "drivers/base/core.c", "drivers/base/devres.c", "drivers/base/platform.c",
	"kernel/dma/mapping.c", "drivers/iommu/iommu.c", "drivers/iommu/dma-iommu.c", "drivers/iommu/of_iommu.c",
	"drivers/pci/pci-driver.c", "drivers/of/device.c",
}

// TestCoccinelle holds every call in crossChecked against those that spatch sees. What only one of
// the two sees must be listed with its reason, and each reason must be used.
//
// It needs kernel trees in DMAFUZZ_TREES and Coccinelle 1.1.1; the list is of 6.1.192 and 7.2.13.
func TestCoccinelle(t *testing.T) {
	trees := os.Getenv("DMAFUZZ_TREES")
	spatch, err := exec.LookPath("spatch")
	if trees == "" || err != nil {
		t.Skip("no DMAFUZZ_TREES, or no spatch to compare with")
	}
	for _, release := range []string{"6.1", "7.2"} {
		t.Run(release, func(t *testing.T) { crossCheck(t, spatch, filepath.Join(trees, release)) })
	}
}

func crossCheck(t *testing.T, spatch, tree string) {
	release := treeRelease(t, tree)
	reasons := readReasons(t, release)
	if len(reasons) == 0 {
		t.Fatalf("testdata/coccinelle.txt does not know release %s: nothing to hold it against", release)
	}
	common, explained, used := 0, 0, map[seen]bool{}
	for _, name := range crossChecked {
		ours, theirs := ourCalls(t, tree, name), theirCalls(t, spatch, tree, name)
		for call := range ours {
			if theirs[call] {
				common++
			}
		}
		for _, d := range append(without("ours", ours, theirs), without("theirs", theirs, ours)...) {
			line := d.line
			d.line = 0
			if reasons[d] == "" {
				t.Errorf("%s %s %s %s  # line %d: not explained", d.side, d.file, d.function, d.callee, line)
			}
			used[d] = true
			explained++
		}
	}
	for d := range reasons {
		if !used[d] {
			t.Errorf("%s %s %s %s: explained, but does not differ", d.side, d.file, d.function, d.callee)
		}
	}
	t.Logf("%s: %d calls seen by both, %d differences explained", release, common, explained)
}

// treeRelease returns the release of a tree, as in 6.1.
func treeRelease(t *testing.T, tree string) string {
	makefile, err := os.ReadFile(filepath.Join(tree, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var version, patch string
	for _, line := range strings.Split(string(makefile), "\n") {
		if v, ok := strings.CutPrefix(line, "VERSION = "); ok {
			version = v
		}
		if v, ok := strings.CutPrefix(line, "PATCHLEVEL = "); ok {
			patch = v
		}
	}
	return version + "." + patch
}

// A seen is a call that one side or both see.
type seen struct {
	side, file, function, callee string
	line                         int
}

// readReasons returns the reason for each difference of a release. A line of the list is
//
//	RELEASE[,RELEASE] SIDE FILE FUNCTION CALLEE  # reason
func readReasons(t *testing.T, release string) map[seen]string {
	list, err := os.ReadFile("testdata/coccinelle.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[seen]string{}
	for i, line := range strings.Split(string(list), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		difference, reason, ok := strings.Cut(line, "  # ")
		f := strings.Fields(difference)
		if !ok || reason == "" || len(f) != 5 {
			t.Fatalf("testdata/coccinelle.txt:%d: expected RELEASES SIDE FILE FUNCTION CALLEE  # reason", i+1)
		}
		if slices.Contains(strings.Split(f[0], ","), release) {
			reasons[seen{side: f[1], file: f[2], function: f[3], callee: f[4]}] = reason
		}
	}
	return reasons
}

// ourCalls returns the calls that csource sees, and guards as spatch sees them: guard(mutex)(&lock) is
// two calls.
func ourCalls(t *testing.T, tree, name string) map[seen]bool {
	src, err := os.ReadFile(filepath.Join(tree, name))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse(name, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[seen]bool{}
	for _, fn := range file.Functions {
		add := func(pos Pos, callee string) {
			calls[seen{file: name, function: fn.Name, callee: strings.Join(strings.Fields(callee), ""), line: pos.Line}] = true
		}
		for _, c := range Calls(fn.Body) {
			add(c.Pos, c.Name)
		}
		Walk(fn.Body, func(s Stmt) bool {
			if g, ok := s.(*ScopeGuard); ok && g.Macro == "guard" {
				add(g.Pos, "guard")
				add(g.Pos, "guard("+g.Class+")")
			}
			return true
		})
	}
	return calls
}

// free is what makes Coccinelle 1.1.1 take kfree for a type and lose most of core.c.
var free = regexp.MustCompile(` __free\([a-z_]+\)`)

func theirCalls(t *testing.T, spatch, tree, name string) map[seen]bool {
	src, err := os.ReadFile(filepath.Join(tree, name))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.c")
	if err := os.WriteFile(copied, free.ReplaceAll(src, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(spatch, "--very-quiet", "--macro-file", "testdata/macros.h", "--sp-file", "testdata/calls.cocci", copied)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("spatch %s: %v\n%s", name, err, stderr.Bytes())
	}
	calls := map[seen]bool{}
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Split(line, "\t")
		if len(f) == 5 && f[0] == "call" {
			var number int
			fmt.Sscan(f[3], &number)
			// spatch writes expressions with spaces of its own
			calls[seen{file: name, function: f[2], callee: strings.Join(strings.Fields(f[4]), ""), line: number}] = true
		}
	}
	return calls
}

// without returns what is in a and not in b, as differences of side.
func without(side string, a, b map[seen]bool) []seen {
	var list []seen
	for call := range a {
		if !b[call] {
			call.side = side
			list = append(list, call)
		}
	}
	return list
}
