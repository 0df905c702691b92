package diff_test

import (
	"dmafuzz/model/text"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/internal/diff"
	"dmafuzz/model"
)

func parse(t *testing.T, body string) *model.Kernel {
	t.Helper()
	k, err := text.ParseKernel("test.kernel", []byte(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// lines prints a comparison: a mark and the step's words for each line.
func lines(p diff.Path) string {
	var b strings.Builder
	for _, l := range p.Lines {
		b.WriteString(string(l.Mark) + l.Text + "\n")
	}
	return b.String()
}

func TestKernels(t *testing.T) {
	a := parse(t, "kernel a\narch arm64\nfact null-ops dummy\nfact bypass never\n"+
		"path unbind x.c:1\n  driver_remove x.c:2\n  call dma_teardown\n  devres_release\n  uevent\n"+
		"path del\n  deleted x.c:9\npath put unknown\npath shutdown unknown\n")
	b := parse(t, "kernel b\narch arm64\nfact null-ops direct\nfact bypass never\n"+
		"path unbind y.c:1\n  driver_remove y.c:2\n  devres_release\n  call dma_teardown\n  clear_driver\n"+
		"path del\n  deleted y.c:7\npath put\n  gone\npath shutdown none\n")
	r := diff.Kernels(a, b)
	if d := cmp.Diff([]diff.Fact{{Kind: model.FactNullOps, A: "dummy", B: "direct"}}, r.Facts); d != "" {
		t.Errorf("facts (-want +got):\n%s", d)
	}
	var got []string
	for _, p := range r.Paths {
		got = append(got, p.Kind.String()+" "+p.A.String()+" "+p.B.String()+"\n"+lines(p))
	}
	want := []string{
		"unbind known known\n driver_remove\n<call dma_teardown\n devres_release\n-uevent\n>call dma_teardown\n+clear_driver\n",
		"put unknown known\n+gone\n",
		"shutdown unknown none\n",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("paths (-want +got):\n%s", d)
	}
	if diff.Kernels(a, a).Equal() != true || r.Equal() {
		t.Error("a kernel equals itself, and no other one")
	}
}

func TestFindings(t *testing.T) {
	find := func(inv model.Invariant, c model.Consequence, n int) check.Finding {
		return check.Finding{Violation: model.Violation{Key: model.Key{Invariant: inv}, Consequence: c},
			Play: &check.Play{Trace: &model.Trace{Events: make([]model.Event, n)}}}
	}
	a := []check.Finding{find(model.SameOps, model.Leak, 1), find(model.NoLeak, model.Leak, 2), find(model.NoDeadlock, model.Hang, 3)}
	b := []check.Finding{find(model.SameOps, model.Oops, 4), find(model.NoLeak, model.Leak, 5), find(model.OwnerBalanced, model.Latent, 6), find(model.NoDoubleFree, model.BadPage, 7)}
	changes, kept := diff.Findings(a, b)
	type row struct {
		Rule   string
		Mark   string
		Length int
	}
	var got []row
	for _, c := range changes {
		got = append(got, row{c.Key.Invariant.String(), string(c.Mark()), len(c.Finding.Trace().Events)})
	}
	want := []row{{"no-double-free", "+", 7}, {"owner-balanced", "+", 6}, {"same-ops", ">", 4}, {"no-deadlock", "-", 3}}
	if d := cmp.Diff(want, got); d != "" || kept != 1 {
		t.Errorf("kept %d, want 1; changes (-want +got):\n%s", kept, d)
	}
}
