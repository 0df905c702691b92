package report_test

import (
	"bytes"
	"dmafuzz/model/text"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files; commit the change only if you understand it")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func testKernel(t *testing.T) *model.Kernel {
	t.Helper()
	src, err := os.ReadFile("testdata/test.kernel")
	if err != nil {
		t.Fatal(err)
	}
	k, err := text.ParseKernel("testdata/test.kernel", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// discover makes a finding of each violation in the last event of a trace.
func discover(t *testing.T, k *model.Kernel, body string) []check.Finding {
	t.Helper()
	tr, err := text.ParseTrace("test.trace", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	p, err := check.NewPlay(k, tr)
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Skipped(); len(n) > 0 {
		t.Fatalf("events %v of the trace are skipped", n)
	}
	tr.Expect = []model.Expectation{{Kernel: k.FullName(), Violations: p.Broken()}}
	var list []check.Finding
	for _, h := range p.Events[len(p.Events)-1].Hits {
		list = append(list, check.Finding{Violation: h.Violation, Play: p, Length: check.Shortest})
	}
	if len(list) == 0 {
		t.Fatalf("nothing breaks in the last event of:\n%s", body)
	}
	return list
}

func replay(t *testing.T, file string, k *model.Kernel, tr *model.Trace) report.Run {
	t.Helper()
	r, err := check.Replay(k, tr)
	if err != nil {
		t.Fatal(err)
	}
	return report.NewRun(file, r)
}

const (
	unbindStory = "iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata ok\nunbind sata\n"
	failStory   = "iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata error\n"
	actionStory = "iommu register\nadd sata\nattach sata\nalloc sata buf\naction sata\nprobe sata error\nfree sata buf\n"
	lateStory   = "drivers late\niommu register\nadd sata\nattach sata\nmap sata page\nprobe sata ok\nunbind sata\nreturn sata\nfree sata page\n"
)

// testVerdict is of a kernel with four stories, worst last.
func testVerdict(t *testing.T) *check.Verdict {
	k := testKernel(t)
	v := &check.Verdict{Kernel: k, Unknown: []model.PathKind{model.PathIOMMUUnregister}, Missed: model.GoalGroupLeft,
		Passes: []check.Pass{{Bounds: model.DefaultBounds(), Certificate: explore.Certificate{Closed: true, States: 7}}}}
	for _, body := range []string{lateStory, actionStory, failStory, unbindStory} {
		v.Findings = append(v.Findings, discover(t, k, body)...)
	}
	all := []model.StepRef{{Path: model.PathUnbind, Step: 4}, {Path: model.PathUnbind, Step: 5}}
	v.Steps = &check.Steps{All: all, Ran: all[1:]}
	return v
}

func newKernel(v *check.Verdict, arg string) report.Kernel {
	return report.New(v, report.Source{Argument: arg})
}

func TestText(t *testing.T) {
	r := &report.Report{Tool: "dmafuzz", Command: "check ./test.kernel", Kernels: []report.Kernel{newKernel(testVerdict(t), "./test.kernel")},
		Gone: []report.Known{{Key: "a:key", Reason: "and why"}}}
	for _, c := range []struct {
		file    string
		options report.TextOptions
	}{
		{"short.txt", report.TextOptions{}},
		{"all.txt", report.TextOptions{All: true, AllSteps: true, Never: true}},
	} {
		var b bytes.Buffer
		if err := report.Text(&b, r, c.options); err != nil {
			t.Fatal(err)
		}
		golden(t, c.file, b.Bytes())
	}
	var b bytes.Buffer
	if err := report.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

func TestTable(t *testing.T) {
	show := func(change func(v *check.Verdict)) report.Kernel {
		v := testVerdict(t)
		change(v)
		return newKernel(v, "./test.kernel")
	}
	found := show(func(*check.Verdict) {})
	partial := show(func(v *check.Verdict) { v.Findings, v.Missed = nil, 0 })
	clean := show(func(v *check.Verdict) { v.Findings, v.Missed, v.Unknown = nil, 0, nil })
	vacuous := show(func(v *check.Verdict) { v.Findings, v.Unknown = nil, nil })
	open := show(func(v *check.Verdict) {
		v.Findings, v.Unknown = nil, nil
		v.Passes = []check.Pass{{Certificate: explore.Certificate{States: 12}, Stopped: explore.ErrStates}}
	})
	var b bytes.Buffer
	r := &report.Report{Kernels: []report.Kernel{clean, partial, vacuous, open, found}}
	if err := report.Table(&b, r, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.txt", b.Bytes())
}

// Two devices, names of the trace's own, a skipped event and an expectation
// that is not met.
func TestRun(t *testing.T) {
	tr, err := text.ParseTrace("two.trace", []byte("on test/arm64 violation no-leak\ndevice disk\ndevice net\n"+
		"iommu register\nretry disk\nadd disk\nadd net\nattach net\n map net page\n alloc net ring managed\n free net page\nprobe net ok\nunbind net\n"))
	if err != nil {
		t.Fatal(err)
	}
	run := replay(t, "two.trace", testKernel(t), tr)
	var b bytes.Buffer
	if err := report.Text(&b, &report.Report{Runs: []report.Run{run}}, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "run.txt", b.Bytes())
	if run.Verdict != check.Found {
		t.Error("the run is as expected; it breaks another rule")
	}
}

func TestKnown(t *testing.T) {
	v := testVerdict(t)
	v.Missed = 0
	for i := range v.Findings {
		v.Findings[i].Known = "seen before"
	}
	if k := newKernel(v, ""); k.Verdict != check.Partial {
		t.Errorf("everything is known: verdict %q, want %q", k.Verdict, check.Partial)
	}
	v.Findings[0].Known = ""
	k := newKernel(v, "")
	if k.Verdict != check.Found {
		t.Errorf("one is not known: verdict %q, want %q", k.Verdict, check.Found)
	}
	if k.Stories[0].Known() {
		t.Error("a known story stands before a new one")
	}
}

// The commands of a report must be what a shell can run.
func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"v5.0/arm64": "v5.0/arm64", "add sata": "'add sata'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'",
	} {
		if got := report.ShellQuote(in); got != want {
			t.Errorf("ShellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}
