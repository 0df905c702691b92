package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/kernels"
	"dmafuzz/model"
)

// trees are the real trees, by their folder in DMAFUZZ_TREES, and the shipped
// kernels that they are compared with.
var trees = []struct{ dir, arch, shipped string }{
	{"7.2", "arm64", "v7.2.13/arm64"}, {"7.2", "arm", "v7.2.13/arm"}, {"7.2", "x86", "v7.2.13/x86"},
	{"6.12", "arm64", "v6.12.107/arm64"}, {"6.12", "arm", "v6.12.107/arm"}, {"6.12", "x86", "v6.12.107/x86"},
	{"6.1", "arm64", "v6.1.176/arm64"}, {"6.1", "arm", "v6.1.176/arm"}, {"6.1", "x86", "v6.1.176/x86"},
	{"5.10", "arm64", "v5.10.223/arm64"}, {"5.10", "arm", "v5.10.223/arm"}, {"5.10", "x86-intel", "v5.10.223/x86-intel"},
	{"5.10", "x86-amd", "v5.10.223/x86-amd"},
}

func realTree(t *testing.T, dir string) string {
	t.Helper()
	top := os.Getenv("DMAFUZZ_TREES")
	if top == "" {
		t.Skip("DMAFUZZ_TREES names no folder with kernel trees")
	}
	path := filepath.Join(top, dir)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no tree %s", path)
	}
	return path
}

// TestRealTrees compares what the trees say with the kernels that people wrote.
func TestRealTrees(t *testing.T) {
	reasons := readReasons(t)
	defer func() {
		for line, used := range reasons.lines {
			if !used && !t.Failed() && !t.Skipped() && os.Getenv("DMAFUZZ_TREES") != "" {
				t.Errorf("differences.txt: nothing differs any more for: %s", line)
			}
		}
	}()
	for _, c := range trees {
		t.Run(c.dir+"/"+c.arch, func(t *testing.T) {
			top := realTree(t, c.dir)
			opt := Options{Arch: c.arch, Name: "v" + c.dir}
			if _, err := os.Stat(filepath.Join(top, "include/asm-generic/dma-mapping.h")); err != nil {
				t.Log("a partial tree: null-ops is assumed, its header is not there")
				opt.Assume = map[string]string{"null-ops": "direct"}
			}
			if c.dir == "5.10" && c.arch == "arm" {
				opt.Assume = nil // its header says arm
			}
			res, err := Tree(os.DirFS(top), opt)
			if err != nil {
				t.Fatal(err)
			}
			shipped, err := kernels.Load(c.shipped)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range res.Missing {
				t.Error("missing: ", m)
			}
			if os.Getenv("DMAFUZZ_NOTES") != "" {
				for _, n := range res.Notes {
					t.Log("note: ", n)
				}
			}
			if os.Getenv("DMAFUZZ_TEXT") != "" {
				t.Log("\n" + res.Kernel.Text())
			}
			compare(t, c.dir+"/"+c.arch, res.Kernel, shipped.Resolve(), reasons)
		})
	}
}

// steps is a path without positions.
func steps(k *model.Kernel, kind model.PathKind) string {
	p := k.Path(kind)
	one := &model.Kernel{Name: "x", Arch: "x", Paths: []model.Path{p}}
	one.Paths[0].Pos, one.Paths[0].Comment = "", ""
	one.Paths[0].Steps = append([]model.Step(nil), p.Steps...)
	for i := range one.Paths[0].Steps {
		one.Paths[0].Steps[i].Pos = ""
	}
	_, text, _ := strings.Cut(one.Text(), "path ")
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		b.WriteString("    " + strings.Join(strings.Fields(l), " ") + "\n")
	}
	return b.String()
}

// compare fails where the verdicts differ, or where a path has other steps,
// and differences.txt gives no reason for it.
func compare(t *testing.T, where string, got, want *model.Kernel, reasons *reasons) {
	if a, b := judge(got), judge(want); a != b && !reasons.has(where, "verdict") {
		t.Errorf("the verdict differs:\n got  %s\n want %s", a, b)
	}
	var equal, other []string
	for p := model.PathKind(1); p <= model.PathMappingDetach; p++ {
		if steps(got, p) == steps(want, p) {
			equal = append(equal, p.String())
			continue
		}
		other = append(other, p.String())
		if !reasons.has(where, p.String()) {
			t.Errorf("path %s differs, without a reason in differences.txt:\n%s----\n%s", p, steps(got, p), steps(want, p))
		}
	}
	t.Logf("%d paths equal, %d in other words: %s", len(equal), len(other), judge(got)[:min(60, len(judge(got)))])
	for f := model.FactNullOps; f <= model.FactRegisters; f++ {
		if got.Fact(f) != want.Fact(f) {
			t.Errorf("fact %s: %s, want %s", f, got.Fact(f), want.Fact(f))
		}
	}
}

// reasons are the lines of differences.txt: TREE/ARCH PATH  # why, where a
// star stands for any tree and arch.
type reasons struct {
	lines map[string]bool // and whether the line was used
}

func readReasons(t *testing.T) *reasons {
	src, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := &reasons{lines: map[string]bool{}}
	for i, l := range strings.Split(string(src), "\n") {
		rule, why, ok := strings.Cut(l, "#")
		if rule = strings.Join(strings.Fields(rule), " "); rule == "" {
			continue
		}
		if !ok || strings.TrimSpace(why) == "" {
			t.Fatalf("differences.txt:%d: expected a reason behind #", i+1)
		}
		r.lines[rule] = false
	}
	return r
}

func (r *reasons) has(where, what string) bool {
	for _, key := range []string{where + " " + what, "* " + what} {
		if _, ok := r.lines[key]; ok {
			r.lines[key] = true
			return true
		}
	}
	return false
}

var judged = map[*model.Kernel]string{}

// judge is the verdict: keys, states and transitions at default bounds.
func judge(k *model.Kernel) string {
	if s, ok := judged[k]; ok {
		return s
	}
	m, err := model.NewMachine(k, model.DefaultBounds())
	if err != nil {
		return err.Error()
	}
	r := explore.Exhaustive(context.Background(), m, explore.Options{})
	var keys []string
	for _, f := range r.Findings {
		keys = append(keys, f.Key().String())
	}
	s := fmt.Sprintf("%d states %d transitions depth %d %d keys %s", r.States, r.Transitions, r.Depth, len(keys), strings.Join(keys, " | "))
	judged[k] = s
	return s
}
