package fuzz

import (
	"dmafuzz/model/text"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/internal/oracle"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// FuzzLifecycle looks for findings that are not known on the kernel that
// DMAFUZZ_KERNEL names.
func FuzzLifecycle(f *testing.F) {
	k, known, err := shipped()
	if err != nil {
		f.Fatal(err)
	}
	Lifecycle(f, k, Known(known...))
}

// FuzzEmpty does nothing: the yardstick for the speed of FuzzLifecycle.
func FuzzEmpty(f *testing.F) {
	f.Add(make([]byte, 32))
	f.Fuzz(func(*testing.T, []byte) {})
}

// FuzzTrace keeps the round trip of whatever the parser accepts.
func FuzzTrace(f *testing.F) {
	for _, file := range corpus.Files() {
		f.Add([]byte(file.Text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tr, err := text.ParseTrace("fuzz", src)
		if err != nil {
			checkOneLine(t, err)
			return
		}
		body := text.FormatTrace(tr)
		back, err := text.ParseTrace("back", []byte(body))
		if err != nil {
			t.Fatalf("a printed trace is refused: %v\n%s", err, body)
		}
		if !slices.Equal(back.Events, tr.Events) || back.Bounds() != tr.Bounds() || text.FormatTrace(back) != body {
			t.Fatalf("a trace changes in its text:\n%s\nto\n%s", body, text.FormatTrace(back))
		}
	})
}

// FuzzKernel does the same for kernels, and makes machines of them.
func FuzzKernel(f *testing.F) {
	for _, name := range []string{"v5.0/arm64", "v5.0/arm", kernels.Newest()} {
		k, err := kernels.Load(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text.FormatKernel(k)))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		k, err := text.ParseKernel("fuzz", src, kernels.Load)
		if err != nil {
			checkOneLine(t, err)
			return
		}
		body := text.FormatKernel(k)
		back, err := text.ParseKernel("back", []byte(body), kernels.Load)
		if err != nil {
			t.Fatalf("a printed kernel is refused: %v\n%s", err, body)
		}
		if again := text.FormatKernel(back); again != body {
			t.Fatalf("a kernel changes in its text:\n%s\nto\n%s", body, again)
		}
		// Most of them cannot be run; NewMachine says so, and does not panic.
		if m, err := model.NewMachine(k, model.DefaultBounds()); err == nil {
			m.Enabled(new(model.State))
		}
	})
}

func checkOneLine(t *testing.T, err error) {
	if !strings.HasPrefix(err.Error(), "fuzz:") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("the error has no position, or several lines: %q", err)
	}
}

// FuzzDifferential compares the machine with the oracle, event by event.
func FuzzDifferential(f *testing.F) {
	k, _, err := shipped()
	if err != nil {
		f.Fatal(err)
	}
	for _, data := range seeds(model.DriversLate) {
		f.Add(data)
	}
	for b := 0; b < 256; b += 8 { // every event once, in a probe and while bound
		eight := []byte{byte(b), byte(b + 1), byte(b + 2), byte(b + 3), byte(b + 4), byte(b + 5), byte(b + 6), byte(b + 7)}
		f.Add(slices.Concat([]byte("gas"), eight, []byte("p"), eight))
	}
	m, err := model.NewMachine(k, bounds(model.DriversLate))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := oracle.New(k, m.Bounds())
		if err != nil {
			t.Fatal(err)
		}
		var s model.State
		for i, e := range decode(data) {
			if i >= 24 { // the oracle is slow
				return
			}
			want, got := sayOracle(w, e), sayMachine(m, &s, e)
			if want != got {
				t.Fatalf("behind %v they disagree on %s\noracle:\n%s\nmachine:\n%s", decode(data)[:i], e, want, got)
			}
		}
	})
}

func sayOracle(w *oracle.World, e model.Event) string {
	r := w.Apply(e)
	var b strings.Builder
	for _, v := range r.Violations {
		fmt.Fprintln(&b, v.Key, v.Consequence, v.Device)
	}
	return fmt.Sprint(r.Executed, r.Goals.List(), b.String(), w.Describe(), w.Enabled())
}

func sayMachine(m *model.Machine, s *model.State, e model.Event) string {
	out := m.Apply(s, e)
	var b strings.Builder
	for _, v := range out.Violations() {
		fmt.Fprintln(&b, v.Key, v.Consequence, v.Device)
	}
	var enabled []model.Event
	for id := range m.Enabled(s).All() {
		e, _ := id.Event()
		enabled = append(enabled, e)
	}
	return fmt.Sprint(out.Executed, out.Goals.List(), b.String(), oracle.Summary(*s), enabled)
}
