package uml

import (
	"context"
	"dmafuzz/model/text"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/corpus"
)

// program builds a program of a real tree, with a mutant in it unless its name
// is empty.
func program(t *testing.T, version string, v Variant, mutant string) *Program {
	t.Helper()
	if mutant == "" {
		return buildReal(t, version, v, nil)
	}
	m, err := MutantOf(os.DirFS(realTree(t, version)), mutant)
	if err != nil {
		t.Fatal(err)
	}
	return buildReal(t, version, v, m.Replace)
}

// A kernel of each variant agrees with the machine.
func TestJudgeTrees(t *testing.T) {
	for _, c := range []struct {
		tree string
		v    Variant
	}{{"6.1", PerBind}, {"7.2", Group}} {
		t.Run(c.tree, func(t *testing.T) {
			k, err := Kernel(os.DirFS(realTree(t, c.tree)), c.tree, c.v)
			if err != nil {
				t.Fatal(err)
			}
			v, err := Judge(context.Background(), JudgeOptions{Kernel: k, Variant: c.v, Program: program(t, c.tree, c.v, ""),
				Control: program(t, c.tree, c.v, controls[c.v]), Sequences: 4000, Seed: 2, Batch: 1000})
			if err != nil {
				t.Fatal(err)
			}
			if !v.Agrees() || v.Sequences != 4000 || v.Faults == 0 {
				t.Errorf("%d sequences, %d faults, control %v\n%s", v.Sequences, v.Faults, v.Control != nil, show(v.Disagreement))
			}
		})
	}
}

// The report's own trace: with the two lines in their old order the real driver
// core frees by another way than it allocated, and as they are now it does not.
func TestReport(t *testing.T) {
	trace, err := text.ParseTrace("01", []byte(reportTrace(t)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := Kernel(os.DirFS(realTree(t, "6.1")), "6.1", PerBind)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mutant string
		breaks bool
	}{{"", false}, {"teardown-before-devres-unbind", true}} {
		got, err := PlayTrace(context.Background(), k, PerBind, program(t, "6.1", PerBind, c.mutant), trace)
		if err != nil {
			t.Fatal(err)
		}
		if (len(got.Kernel) > 0) != c.breaks || (got.Kind != KindInvalid) != c.breaks {
			t.Errorf("mutant %q: kernel %v, %s", c.mutant, got.Kernel, got.Kind)
		}
		file := filepath.Join("testdata", "report-6.1.log")
		if c.breaks {
			file = filepath.Join("testdata", "report-6.1-swapped.log")
		}
		if *rewrite {
			if err := os.WriteFile(file, got.Log, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got.Log)); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
}

// What the program logged is read the same without a program: the kept log of
// the swapped lines breaks same-ops, that of the tree breaks nothing.
func TestReportLog(t *testing.T) {
	trace, err := text.ParseTrace("01", []byte(reportTrace(t)))
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{
		"report-6.1.log":         nil,
		"report-6.1-swapped.log": {"same-ops iommu>direct"},
	} {
		log, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range audit(log, trace.Events) {
			got = append(got, f.class())
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
}

func reportTrace(t *testing.T) string {
	t.Helper()
	for _, f := range corpus.Files() {
		if f.Name == "01-unbind-teardown-before-devres.trace" {
			return f.Text
		}
	}
	t.Fatal("the corpus has no trace of the report")
	return ""
}
