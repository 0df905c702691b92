package source_test

import (
	"context"
	"dmafuzz/model/text"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/internal/extract"
	"dmafuzz/internal/mutate/source"
	"dmafuzz/model"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/untouched.txt anew; the predictions are never written")

// subjects are the trees and what is read of each.
var subjects = []struct {
	tree   string
	arches []string
}{
	{"5.10", []string{"arm64", "arm", "x86-intel", "x86-amd"}},
	{"6.1", []string{"arm64", "arm", "x86"}},
	{"6.12", []string{"arm64", "arm", "x86"}},
	{"7.2", []string{"arm64", "arm", "x86"}},
}

// top is the folder with the real trees.
func top(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DMAFUZZ_TREES")
	if dir == "" {
		t.Skip("DMAFUZZ_TREES names no folder with kernel trees")
	}
	return dir
}

func openTree(t *testing.T, name string) fs.FS {
	t.Helper()
	dir := filepath.Join(top(t), name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no tree %s", dir)
	}
	return os.DirFS(dir)
}

// TestTable makes every mutant in every tree, and compares what comes of it
// with what was written down.
func TestTable(t *testing.T) {
	top(t)
	expected, err := source.Expected()
	if err != nil {
		t.Fatal(err)
	}
	predictions, err := source.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	cases, foretold := map[string]source.Case{}, map[string]source.Verdict{}
	for i, c := range expected {
		cases[c.Name()], foretold[c.Name()] = c, predictions[i].Verdict
	}
	for _, s := range subjects {
		for _, arch := range s.arches {
			var mine []source.Case
			for _, m := range source.List() {
				name := s.tree + "/" + arch + "/" + m.Name
				c, ok := cases[name]
				if !ok {
					t.Errorf("verdicts.txt: no line for %s", name)
					continue
				}
				delete(cases, name)
				mine = append(mine, c)
			}
			t.Run(s.tree+"/"+arch, func(t *testing.T) {
				t.Parallel()
				compare(t, openTree(t, s.tree), arch, mine, foretold)
			})
		}
	}
	for _, c := range cases {
		t.Errorf("%s: an idle line: there is no such tree, arch or mutant", c.Pos)
	}
}

// compare judges one tree with all its mutants.
func compare(t *testing.T, tree fs.FS, arch string, cases []source.Case, foretold map[string]source.Verdict) {
	base, err := read(tree, arch)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Mutant, func(t *testing.T) {
			m, _ := source.Find(c.Mutant)
			got, err := outcome(tree, arch, m, base)
			if err != nil {
				t.Fatal(err)
			}
			if d := differs(got, c.Verdict); d != "" {
				t.Errorf("%s: %s: %s", c.Pos, c.Name(), d)
				if c.Blame != "" && differs(got, foretold[c.Name()]) == "" {
					t.Errorf("%s: this is what was foretold: take the line out", c.Pos)
				}
			}
		})
	}
}

// differs says in what one verdict is not the other: in its kind, in its keys,
// in the paths that were not read. Reasons are for people.
func differs(got, want source.Verdict) string {
	if got.Kind != want.Kind || got.Kind == source.NotRead && got.Why != want.Why {
		return fmt.Sprintf("\n got  %s\n want %s", got, want)
	}
	if d := cmp.Diff(want.Keys, got.Keys); d != "" {
		return "keys (-want +got):\n" + d
	}
	return ""
}

// outcome is the verdict on a tree with a mutant in it.
func outcome(tree fs.FS, arch string, m source.Mutant, base subject) (source.Verdict, error) {
	changed, err := m.Apply(tree)
	if errors.Is(err, source.ErrNotApplicable) {
		return source.Verdict{Kind: source.NotApplicable, Why: err.Error()}, nil
	}
	if err != nil {
		return source.Verdict{}, err
	}
	after, err := read(changed, arch)
	switch {
	case err != nil:
		return source.Verdict{}, err
	case after.missing != base.missing:
		return source.Verdict{Kind: source.NotRead, Why: after.missing}, nil
	}
	was, err := base.keys()
	if err != nil {
		return source.Verdict{}, err
	}
	is := was
	if after.steps != base.steps {
		if is, err = after.keys(); err != nil {
			return source.Verdict{}, err
		}
	}
	v := source.Verdict{Kind: source.Finding}
	for _, k := range is {
		if !slices.Contains(was, k) {
			v.Keys = append(v.Keys, "+"+k)
		}
	}
	for _, k := range was {
		if !slices.Contains(is, k) {
			v.Keys = append(v.Keys, "-"+k)
		}
	}
	slices.Sort(v.Keys)
	if len(v.Keys) == 0 {
		v = source.Verdict{Kind: source.NoChange, Why: "the keys are the same"}
	}
	return v, nil
}

// subject is a kernel that was read from a tree.
type subject struct {
	kernel  *model.Kernel
	steps   string // its text without positions
	missing string // what could not be read
	keys    func() ([]string, error)
}

var position = regexp.MustCompile(`(?m) +[\w./-]+\.[chS]:\d+$`)

func read(tree fs.FS, arch string) (subject, error) {
	res, err := extract.Tree(tree, extract.Options{Arch: arch})
	if err != nil {
		return subject{}, err
	}
	var missing []string
	for _, m := range res.Missing {
		missing = append(missing, m.What)
	}
	k := res.Kernel
	return subject{k, position.ReplaceAllString(text.FormatKernel(k), ""), strings.Join(missing, ", "),
		sync.OnceValues(func() ([]string, error) { return search(k) })}, nil
}

// search returns the keys of all that check finds, sorted.
func search(k *model.Kernel) ([]string, error) {
	found, err := check.Keys(context.Background(), k, check.DefaultPlan(model.DefaultBounds()), check.Options{Workers: 1})
	var keys []string
	for _, key := range found {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	return keys, err
}

// TestUntouched pins the keys of the trees without a mutant.
func TestUntouched(t *testing.T) {
	top(t)
	const file = "testdata/untouched.txt"
	body := "# The keys of the untouched trees: TREE ARCH KEY, or clean. Written by go test -run Untouched -rewrite.\n"
	for _, s := range subjects {
		for _, arch := range s.arches {
			base, err := read(openTree(t, s.tree), arch)
			if err != nil {
				t.Fatal(err)
			}
			if base.missing != "" {
				t.Errorf("%s/%s: not read: %s", s.tree, arch, base.missing)
			}
			keys, err := base.keys()
			if err != nil {
				t.Fatal(err)
			}
			if len(keys) == 0 {
				keys = []string{"clean"}
			}
			for _, k := range keys {
				body += s.tree + " " + arch + " " + k + "\n"
			}
		}
	}
	if *rewrite {
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(body, "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}
