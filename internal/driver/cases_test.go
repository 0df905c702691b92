package driver

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// smallCore is a kernel/dma whose free warns if interrupts are off.
const smallCore = `void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle, unsigned long attrs)
{
	WARN_ON(irqs_disabled());
}
`

var want = regexp.MustCompile(`/\* want ([\w-]+) \*/`)

// caseTree puts files of testdata into a tree, each a driver of its own.
func caseTree(t testing.TB, names ...string) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{"kernel/dma/mapping.c": {Data: []byte(smallCore)}}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tree["drivers/x/"+path.Base(name)] = &fstest.MapFile{Data: src}
	}
	return tree
}

// Each file says in comments what is to be found on its lines; nothing else may be.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/c/*.c")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(path.Base(name), ".c"), func(t *testing.T) {
			tree := caseTree(t, name)
			var wanted, got []string
			for n, line := range strings.Split(string(tree["drivers/x/"+path.Base(name)].Data), "\n") {
				for _, m := range want.FindAllStringSubmatch(line, -1) {
					wanted = append(wanted, fmt.Sprintf("%d: %s", n+1, m[1]))
				}
			}
			res, err := Run(context.Background(), tree, Options{Paths: []string{"drivers"}, Workers: 1, Order: usualOrder})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range res.Findings {
				got = append(got, fmt.Sprintf("%d: %s", f.Pos.Line, f.Rule))
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if res.Counts.Files == 0 {
				t.Error("the file was not looked at")
			}
		})
	}
}

// The result is the same for any number of workers.
func TestWorkers(t *testing.T) {
	files, _ := filepath.Glob("testdata/c/*.c")
	tree := caseTree(t, files...)
	var texts []string
	for _, n := range []int{1, 2, 5} {
		res, err := Run(context.Background(), tree, Options{Paths: []string{"drivers"}, Workers: n, Order: usualOrder})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := WriteJSON(&b, res, nil); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, b.String())
	}
	if texts[1] != texts[0] || texts[2] != texts[0] {
		t.Error("the result depends on the number of workers")
	}
}

// Whatever a C file holds, it is read without a panic or a hang.
func FuzzRun(f *testing.F) {
	files, _ := filepath.Glob("testdata/c/*.c")
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("#define A A(A)\n#define B (B + A)\nint f(int B) { dma_unmap_single(B, A(1), f(B), B[B]); return f(f(B)); }")
	f.Add("#include \"a.c\"\nstruct a { struct a b[sizeof(struct a)]; };\nint f(struct a *p) { kfree(p->b->b->b); devm_kzalloc(p, sizeof(*p)); }")
	f.Fuzz(func(t *testing.T, src string) {
		tree := fstest.MapFS{"drivers/x/a.c": {Data: []byte(src)}, "kernel/dma/mapping.c": {Data: []byte(smallCore)}}
		if _, err := Run(context.Background(), tree, Options{Paths: []string{"drivers/x/a.c"}, Workers: 1}); err != nil {
			t.Fatal(err)
		}
	})
}
