package csource

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// treeNames are the trees in DMAFUZZ_TREES; without it the test is left out.
func treeNames(t testing.TB) []string {
	trees := os.Getenv("DMAFUZZ_TREES")
	if trees == "" {
		t.Skip("DMAFUZZ_TREES names no folder of kernel trees: nothing to read")
	}
	var names []string
	for _, release := range []string{"5.10", "6.1", "6.12", "7.2"} {
		names = append(names, filepath.Join(trees, release))
	}
	return names
}

// treeFiles returns the C files of a kernel tree that lie in the folders the package is for.
func treeFiles(t testing.TB, tree string) map[string][]byte {
	files := map[string][]byte{}
	for _, dir := range []string{"drivers/base", "drivers/iommu", "drivers/of", "kernel/dma", "arch/arm/mm", "arch/arm64/mm"} {
		err := filepath.WalkDir(filepath.Join(tree, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".c") && !strings.HasSuffix(path, ".h") {
				return err
			}
			src, err := os.ReadFile(path)
			name, _ := filepath.Rel(tree, path)
			files[name] = src
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestTree reads the folders that matter. Nothing may be left unread: no diagnostic, no goto without its
// label, and nearly every brace in column 1 in a function.
func TestTree(t *testing.T) {
	for _, tree := range treeNames(t) {
		t.Run(filepath.Base(tree), func(t *testing.T) { readTree(t, treeFiles(t, tree)) })
	}
}

func readTree(t *testing.T, files map[string][]byte) {
	var size, functions, calls, gotos, labels, inits, macros, guarded, steps, opened, missed int
	start := time.Now()
	for name, src := range files {
		file, err := Parse(name, src, nil)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		size += len(src)
		steps += file.steps
		for _, d := range file.Diagnostics {
			t.Errorf("diagnostic: %v", d)
		}
		covered := map[int]bool{}
		for _, fn := range file.Functions {
			for line := fn.Line; line <= fn.End.Line; line++ {
				covered[line] = true
			}
		}
		lines := strings.Split(string(src), "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "{") && !strings.HasSuffix(lines[i-1], `\`) && !strings.HasSuffix(lines[i-1], "=") {
				opened++
				if !covered[i+1] { // such as in #ifdef X right after #undef X
					missed++
				}
			}
		}
		functions += len(file.Functions)
		inits += len(file.Inits)
		macros += len(file.MacroCalls)
		for _, fn := range file.Functions {
			if fn.Guard != nil {
				guarded++
			}
			for _, g := range fn.Unresolved() {
				t.Errorf("%v: goto %s of %s goes nowhere", g.Pos, g.Label, fn.Name)
			}
			calls += len(Calls(fn.Body))
			Walk(fn.Body, func(s Stmt) bool {
				switch s.(type) {
				case *Goto:
					gotos++
				case *Label:
					labels++
				}
				return true
			})
		}
	}
	if missed > 5 {
		t.Errorf("%d of %d braces in column 1 belong to no function", missed, opened)
	}
	t.Logf("%d files, %d bytes: %d functions (%d guarded), %d calls, %d gotos, %d labels, %d initialisers, %d macro calls, %.2f steps a byte, %v",
		len(files), size, functions, guarded, calls, gotos, labels, inits, macros, float64(steps)/float64(size), time.Since(start))
}
