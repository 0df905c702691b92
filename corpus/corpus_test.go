package corpus_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/model"
	"dmafuzz/model/kernels"

	"github.com/google/go-cmp/cmp"
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

// Each trace does on each kernel that it names exactly what it says, and every
// one of its events takes place until the kernel stops. A bug has a kernel that
// shows it; what must be quiet has none.
func TestExpectations(t *testing.T) {
	for _, f := range corpus.Files() {
		t.Run(f.Name, func(t *testing.T) {
			trace, err := model.ParseTrace(f.Name, []byte(f.Text))
			if err != nil {
				t.Fatal(err)
			}
			if *rewrite {
				if err := os.WriteFile(f.Name, []byte(trace.Text()), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(f.Text, trace.Text()); d != "" {
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
	m, err := model.NewMachine(k, trace.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	var s model.State
	broken := map[model.Invariant]bool{}
	for i, e := range trace.Events {
		halted := s.Halted
		out := m.Apply(&s, e)
		if !out.Executed && !halted {
			t.Errorf("%s: event %d, %s, is not enabled", x.Kernel, i+1, e.Format(trace))
		}
		for _, v := range out.Violations() {
			broken[v.Key.Invariant] = true
		}
	}
	want := map[model.Invariant]bool{}
	for _, v := range x.Violations {
		want[v] = true
	}
	if d := cmp.Diff(want, broken); d != "" {
		t.Errorf("%s breaks other rules than expected (-want +got):\n%s", x.Kernel, d)
	}
}
