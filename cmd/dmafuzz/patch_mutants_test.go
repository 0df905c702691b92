package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/mutate/source"
	"dmafuzz/internal/report"
)

// TestPatchMutants gives the mutants of the real trees to the verb, as one
// series for each tree and arch: every mutant, and behind it the patch that
// takes it back. A mutant stands once for each tree, where it is a finding if
// it is one anywhere.
func TestPatchMutants(t *testing.T) {
	top := os.Getenv("DMAFUZZ_TREES")
	if top == "" {
		t.Skip("DMAFUZZ_TREES names no folder with kernel trees")
	}
	for name, cases := range patchCases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(top, cases[0].Tree)
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("no tree %s", dir)
			}
			judgeMutants(t, dir, cases)
		})
	}
}

// patchCases are the cases by tree and arch, one for each mutant of a tree.
func patchCases(t *testing.T) map[string][]source.Case {
	t.Helper()
	all, err := source.Expected()
	if err != nil {
		t.Fatal(err)
	}
	// The arches of the least machines first: they take a tenth of the time.
	arches := []string{"x86", "x86-amd", "x86-intel", "arm64", "arm"}
	rank := func(c source.Case) int {
		r := slices.Index(arches, c.Arch)
		if c.Kind != source.Finding {
			r += len(arches)
		}
		return r
	}
	best := map[string]source.Case{}
	for _, c := range all {
		key := c.Tree + " " + c.Mutant
		if c.Kind != source.Finding && c.Kind != source.NoChange {
			continue
		}
		if have, ok := best[key]; !ok || rank(c) < rank(have) {
			best[key] = c
		}
	}
	groups := map[string][]source.Case{}
	for _, c := range all {
		if best[c.Tree+" "+c.Mutant].Name() == c.Name() {
			groups[c.Tree+"/"+c.Arch] = append(groups[c.Tree+"/"+c.Arch], c)
		}
	}
	return groups
}

// judgeMutants runs the verb on a series, and compares the effect of every
// patch in it with what the table says.
func judgeMutants(t *testing.T, dir string, cases []source.Case) {
	var series bytes.Buffer
	tree := os.DirFS(dir)
	for _, c := range cases {
		m, _ := source.Find(c.Mutant)
		there, err := m.Patch(tree)
		back, err2 := m.Reverse(tree)
		if err := errors.Join(err, err2); err != nil {
			t.Fatalf("%s: %v", c.Name(), err)
		}
		series.Write(there)
		series.Write(back)
	}
	var out, errs bytes.Buffer
	if code := run([]string{"patch", dir, "-", "--arch", cases[0].Arch, "--jobs", "1", "--format", "json"}, &series, &out, &errs); code != exitClean {
		t.Errorf("exit %d, want %d: the series as a whole changes nothing\n%s", code, exitClean, errs.String())
	}
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Series.Patches); n != 2*len(cases) {
		t.Fatalf("%d patches judged, want %d", n, 2*len(cases))
	}
	if r.Series.Effect != "does not touch the order" {
		t.Errorf("the series as a whole: %s", r.Series.Effect)
	}
	for i, c := range cases {
		there, back := r.Series.Patches[2*i], r.Series.Patches[2*i+1]
		want := []string{"introduces", "fixes"}
		switch {
		case c.Mutant == "comment":
			want = []string{"does not touch the order", "does not touch the order"}
		case c.Kind == source.NoChange: // it moves steps, or what it changes is not compiled
			want = []string{there.Effect, back.Effect}
			for _, e := range want {
				if e != "moves" && e != "does not touch the order" {
					t.Errorf("%s: %s, want no more than moves: %v", c.Name(), e, there.Blind)
				}
			}
		}
		if d := cmp.Diff(want, []string{there.Effect, back.Effect}); d != "" {
			t.Errorf("%s: the effect of the patch and of its reverse (-want +got):\n%s", c.Name(), d)
		}
		got := append(keysOf("+", there.Introduced), keysOf("-", there.Fixed)...)
		if d := cmp.Diff(c.Keys, slices.Sorted(slices.Values(got))); d != "" {
			t.Errorf("%s: what it introduces (-want +got):\n%s", c.Name(), d)
		}
		got = append(keysOf("+", back.Fixed), keysOf("-", back.Introduced)...)
		if d := cmp.Diff(c.Keys, slices.Sorted(slices.Values(got))); d != "" {
			t.Errorf("%s: what its reverse fixes (-want +got):\n%s", c.Name(), d)
		}
	}
}

func keysOf(mark string, list []report.Finding) []string {
	var keys []string
	for _, f := range list {
		keys = append(keys, fmt.Sprintf("%s%s", mark, f.Key))
	}
	return keys
}
