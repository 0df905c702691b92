package corpus_test

import (
	"dmafuzz/model/text"
	"flag"
	"os"
	"strings"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/internal/check"
	"dmafuzz/model"
	"dmafuzz/model/kernels"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var rewrite = flag.Bool("rewrite", false, "print the traces anew in canonical form")

func TestListIsFolder(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".trace") {
			want = append(want, e.Name())
		}
	}
	for _, f := range corpus.Files() {
		got = append(got, f.Name)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the embedded list is not the folder (-folder +list):\n%s", d)
	}
}

// Each trace does on each kernel that it names exactly what it says, and just
// the events that it names are skipped. A bug has a kernel that
// shows it; what must be quiet has none.
func TestExpectations(t *testing.T) {
	for _, f := range corpus.Files() {
		t.Run(f.Name, func(t *testing.T) {
			trace, err := text.ParseTrace(f.Name, []byte(f.Text))
			if err != nil {
				t.Fatal(err)
			}
			if *rewrite {
				if err := os.WriteFile(f.Name, []byte(text.FormatTrace(trace)), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(f.Text, text.FormatTrace(trace)); d != "" {
				t.Errorf("not in canonical form (-file +printed):\n%s", d)
			}
			shown := false
			for _, x := range trace.Expect {
				shown = shown || len(x.Violations) > 0
				expect(t, trace, x)
			}
			if shown != f.IsBug() {
				t.Errorf("a violation is expected: %v, want %v by the file's name", shown, f.IsBug())
			}
		})
	}
}

func expect(t *testing.T, trace *model.Trace, x model.Expectation) {
	t.Helper()
	k, err := kernels.Load(x.Kernel)
	if err != nil {
		t.Fatal(err)
	}
	r, err := check.Replay(k, trace)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(x, model.Expectation{Kernel: x.Kernel, Violations: r.Broken(), Skips: r.Skipped()}, sorted, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s: not as expected (-want +got):\n%s", x.Kernel, d)
	}
	if r.Status() != check.Clean {
		t.Errorf("%s: %s, want %s", x.Kernel, r.Status(), check.Clean)
	}
}

// An on line may name its rules in any order.
var sorted = cmpopts.SortSlices(func(a, b model.Invariant) bool { return a < b })
