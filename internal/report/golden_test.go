package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/report"
	"dmafuzz/model"
)

var update = flag.Bool("update", false, "write the golden files; look at the difference before you keep it")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
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
	k, err := model.ParseKernel("testdata/test.kernel", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// discover makes a discovery of each violation in the last event of a trace.
func discover(t *testing.T, k *model.Kernel, text string) []report.Discovery {
	t.Helper()
	tr, err := model.ParseTrace("test.trace", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.NewMachine(k, tr.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	var s model.State
	var list []report.Discovery
	for i, e := range tr.Events {
		out := m.Apply(&s, e)
		if !out.Executed {
			t.Fatalf("event %d of the trace is skipped: %s", i+1, e)
		}
		if i == len(tr.Events)-1 {
			for _, v := range out.Violations() {
				list = append(list, report.Discovery{Violation: v, Trace: tr, Minimal: "shortest possible"})
			}
		}
	}
	if len(list) == 0 {
		t.Fatalf("nothing breaks in the last event of:\n%s", text)
	}
	return list
}

const (
	unbindStory = "iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata ok\nunbind sata\n"
	failStory   = "iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata error\n"
	actionStory = "iommu register\nadd sata\nattach sata\nalloc sata buf\naction sata\nprobe sata error\nfree sata buf\n"
	lateStory   = "drivers late\niommu register\nadd sata\nattach sata\nmap sata page\nprobe sata ok\nunbind sata\nreturn sata\nfree sata page\n"
)

// testInput is a kernel with four stories, worst last.
func testInput(t *testing.T) report.Input {
	k := testKernel(t)
	in := report.Input{Kernel: k, Argument: "./test.kernel",
		Passes:  []report.Pass{{Bounds: "small bounds", Certificate: "closed: 7 states", Closed: true, States: 7}},
		Unknown: []model.PathKind{model.PathIOMMUUnregister}, Missed: model.GoalGroupLeft}
	for _, text := range []string{lateStory, actionStory, failStory, unbindStory} {
		in.Found = append(in.Found, discover(t, k, text)...)
	}
	in.All = []model.StepRef{{Path: model.PathUnbind, Step: 4}, {Path: model.PathUnbind, Step: 5}}
	in.Ran = in.All[1:]
	return in
}

func newKernel(t *testing.T, in report.Input) report.Kernel {
	t.Helper()
	k, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestText(t *testing.T) {
	r := &report.Report{Tool: "dmafuzz", Command: "check ./test.kernel", Kernels: []report.Kernel{newKernel(t, testInput(t))},
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
	found := newKernel(t, testInput(t))
	in := testInput(t)
	in.Found, in.Missed = nil, 0
	partial := newKernel(t, in)
	in.Unknown = nil
	clean := newKernel(t, in)
	in.Missed = model.GoalGroupLeft
	vacuous := newKernel(t, in)
	in.Passes = []report.Pass{{Certificate: "not closed", States: 12}}
	open := newKernel(t, in)
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
	tr, err := model.ParseTrace("two.trace", []byte("on test/arm64 violation no-leak\ndevice disk\ndevice net\n"+
		"iommu register\nretry disk\nadd disk\nadd net\nattach net\n map net page\n alloc net ring managed\n free net page\nprobe net ok\nunbind net\n"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := report.NewRun("two.trace", testKernel(t), tr)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.Text(&b, &report.Report{Runs: []report.Run{run}}, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "run.txt", b.Bytes())
	if run.AsExpected() {
		t.Error("the run is as expected; it breaks another rule")
	}
}

func TestKnown(t *testing.T) {
	in := testInput(t)
	in.Missed = 0
	in.Known = map[model.Key]string{}
	for _, d := range in.Found {
		in.Known[d.Violation.Key] = "seen before"
	}
	if k := newKernel(t, in); k.Verdict != report.Partial {
		t.Errorf("everything is known: verdict %q, want %q", k.Verdict, report.Partial)
	}
	delete(in.Known, in.Found[0].Violation.Key)
	k := newKernel(t, in)
	if k.Verdict != report.Found {
		t.Errorf("one is not known: verdict %q, want %q", k.Verdict, report.Found)
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
