package qemu

import (
	"dmafuzz/model/text"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dmafuzz/corpus"
)

// outcome is what a trace comes to on a kernel.
type outcome struct {
	trace   string // of the corpus
	tree    string // its version
	mutant  string
	verdict Verdict
	broke   []string
	crash   []string // functions of the call trace, in this order, others between them
}

// outcomes were all seen on the real kernels; testdata keeps the console of each.
var outcomes = []outcome{
	{trace: "01-unbind-teardown-before-devres", tree: "6.1", verdict: NotSeen},
	{trace: "01-unbind-teardown-before-devres", tree: "6.1", mutant: "teardown-before-devres-unbind", verdict: Confirmed,
		broke: []string{"same-ops iommu>direct"}, crash: []string{"__free_pages", "dma_direct_free", "dma_free_attrs", "dmam_release", "unbind_store"}},
	{trace: "33-page-pool-unmaps-after-unbind", tree: "6.1", verdict: Wrong, broke: []string{"same-ops iommu>direct"}},
	{trace: "open-type-change-before-devres-release", tree: "6.1", verdict: NotSeen},
	{trace: "type-change-during-bind", tree: "6.1", verdict: NotSeen},
	{trace: "open-type-change-before-devres-release", tree: "6.12", verdict: Confirmed,
		broke: []string{"same-ops iommu>direct"}, crash: []string{"__free_pages", "dma_direct_free", "dma_free_attrs", "dmam_release", "unbind_store"}},
	{trace: "open-type-change-before-devres-release", tree: "7.2", verdict: Confirmed,
		broke: []string{"same-ops iommu>direct"}, crash: []string{"__free_pages", "dma_direct_free", "dma_free_attrs", "dmam_release", "unbind_store"}},
	{trace: "open-register-walk-lets-a-bind-by", tree: "7.2", verdict: Wrong, broke: []string{"same-ops direct>iommu"}},
	{trace: "33-page-pool-unmaps-after-unbind", tree: "6.12", verdict: Wrong, broke: []string{"same-ops iommu>direct"}},
	{trace: "33-page-pool-unmaps-after-unbind", tree: "7.2", verdict: Wrong, broke: []string{"same-ops iommu>direct"}},
}

func (o outcome) file() string {
	name := o.trace + "." + o.tree
	if o.mutant != "" {
		name += "-" + o.mutant
	}
	return filepath.Join("testdata", name+".console")
}

func (o outcome) script(t *testing.T) *Script {
	t.Helper()
	for _, f := range corpus.Files() {
		if f.Name != o.trace+".trace" {
			continue
		}
		trace, err := text.ParseTrace(f.Name, []byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Translate(trace)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Fatalf("no trace %s in the corpus", o.trace)
	return nil
}

// check compares a run with what is known of the trace on that kernel.
func (o outcome) check(t *testing.T, run *Run) {
	t.Helper()
	s := o.script(t)
	j := Judge(s, run)
	if j.Verdict != o.verdict || !slices.Equal(j.Broke, o.broke) {
		t.Errorf("%v, %q (%s); want %v, %q\n%s", j.Verdict, j.Broke, j.Why, o.verdict, o.broke, run.Console)
	}
	// Each line of the script was taken, up to where the kernel stopped.
	var taken int
	for _, l := range j.Console.Lines {
		if strings.HasPrefix(l, "E ") {
			taken++
		}
	}
	if o.crash == nil {
		if taken != len(s.Events) || j.Console.Worst() != nil {
			t.Errorf("%d of %d events, fault %+v", taken, len(s.Events), j.Console.Worst())
		}
		return
	}
	worst := j.Console.Worst()
	if worst == nil || worst.Kind != FaultOops {
		t.Fatalf("no Oops: %+v", worst)
	}
	rest := worst.Trace
	for _, name := range o.crash {
		at := slices.Index(rest, name)
		if at < 0 {
			t.Fatalf("no %s in its place in %q", name, worst.Trace)
		}
		rest = rest[at+1:]
	}
}

// TestKept judges what the real kernels have printed.
func TestKept(t *testing.T) {
	for _, o := range outcomes {
		t.Run(o.file(), func(t *testing.T) {
			body, err := os.ReadFile(o.file())
			if err != nil {
				t.Fatal(err)
			}
			o.check(t, &Run{Console: body})
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.console"))
	if err != nil || len(files) != len(outcomes) {
		t.Errorf("%d consoles for %d outcomes: %v", len(files), len(outcomes), err)
	}
}
