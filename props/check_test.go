package props

import (
	"fmt"
	"strings"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// recorder is a testing.TB that keeps what Check says instead of failing.
type recorder struct {
	testing.TB
	log, errors []string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Logf(f string, a ...any)   { r.log = append(r.log, fmt.Sprintf(f, a...)) }
func (r *recorder) Errorf(f string, a ...any) { r.errors = append(r.errors, fmt.Sprintf(f, a...)) }
func (r *recorder) Fatal(a ...any)            { r.errors = append(r.errors, fmt.Sprint(a...)) }

const unbindKey = "same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform"

func TestCheckFindsTheReport(t *testing.T) {
	var r recorder
	Check(&r, kernel(t, "v5.0/arm64"))
	if len(r.log) != 1 || !strings.Contains(r.log[0], "closed") || !strings.Contains(r.log[0], "1 device(s)") {
		t.Errorf("the log does not say what was closed: %q", r.log)
	}
	const want = `iommu register
add sata
attach sata
  alloc sata buf managed
  probe sata ok
unbind sata
`
	for _, e := range r.errors {
		if !strings.Contains(e, unbindKey) {
			continue
		}
		if !strings.Contains(e, want) || !strings.Contains(e, "on v5.0/arm64  violation") {
			t.Errorf("got\n%s\nwant the trace\n%s", e, want)
		}
		_, text, _ := strings.Cut(e, "\n\n")
		if _, err := model.ParseTrace("check", []byte(text)); err != nil {
			t.Errorf("the trace cannot be read: %v\n%s", err, text)
		}
		return
	}
	t.Errorf("%s is not among %d findings", unbindKey, len(r.errors))
}

func TestCheckKnown(t *testing.T) {
	k := kernel(t, "v5.0/arm64")
	var all, but recorder
	Check(&all, k)
	key, err := model.ParseKey(unbindKey)
	if err != nil {
		t.Fatal(err)
	}
	gone := key
	gone.Bus = model.BusFSLMC
	Check(&but, k, Known(key, gone))
	if want := len(all.errors); len(but.errors) != want {
		t.Errorf("one known and one gone: got %d errors, want %d", len(but.errors), want)
	}
	last := but.errors[len(but.errors)-1]
	if !strings.Contains(last, "gone") || !strings.Contains(last, gone.String()) {
		t.Errorf("a known finding that is gone: got %q", last)
	}
}

func TestCheckBounds(t *testing.T) {
	var narrow, short, bad recorder
	Check(&narrow, kernel(t, "v5.0/arm64"), Bounds(model.Bounds{Devices: 1, Memory: 1, Families: model.FamilyCore}))
	if len(narrow.errors) != 0 || !strings.Contains(narrow.log[0], "events core") {
		t.Errorf("without an IOMMU nothing breaks: got %q, log %q", narrow.errors, narrow.log)
	}
	Check(&short, kernel(t, "v5.0/arm64"), MaxStates(100))
	if n := len(short.errors); n == 0 || !strings.Contains(short.errors[n-1], "not closed") {
		t.Errorf("a search that stops early passes: %q", short.errors)
	}
	Check(&bad, kernel(t, "v5.0/arm64"), Bounds(model.Bounds{}))
	if len(bad.errors) != 1 {
		t.Errorf("bounds out of range: got %q", bad.errors)
	}
}

func TestCheckSaysPartial(t *testing.T) {
	for _, k := range kernels.Shipped() {
		var r recorder
		Check(&r, k, Bounds(model.Bounds{Devices: 1, Memory: 1, Families: model.AllFamilies}))
		m := setting{k, model.DefaultBounds()}.machine(t)
		if want := len(m.UnknownPaths()) > 0; strings.Contains(r.log[0], "partial") != want {
			t.Errorf("%s: partial is %t: %s", k.FullName(), want, r.log[0])
		}
		if testing.Short() {
			return
		}
	}
}
