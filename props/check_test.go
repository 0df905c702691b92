package props

import (
	"dmafuzz/model/text"
	"fmt"
	"strings"
	"testing"

	"dmafuzz/model"
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
		_, body, _ := strings.Cut(e, "\n\n")
		if _, err := text.ParseTrace("check", []byte(body)); err != nil {
			t.Errorf("the trace cannot be read: %v\n%s", err, body)
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
	var narrow, short, bad, none recorder
	small := model.Bounds{Devices: 1, Memory: 1, Families: model.FamilyCore | model.FamilyIOMMU}
	Check(&narrow, kernel(t, "v5.0.1/arm64"), Bounds(small), Unknown(model.PathIOMMURelease, model.PathIOMMUUnregister))
	if len(narrow.errors) != 0 || !strings.Contains(narrow.log[0], "events core+iommu") {
		t.Errorf("without a probe that fails nothing breaks: got %q, log %q", narrow.errors, narrow.log)
	}
	Check(&short, kernel(t, "v7.3-rc7/x86"), MaxStates(100))
	if !strings.Contains(strings.Join(short.errors, "\n"), "not closed") {
		t.Errorf("a search that stops early passes: %q", short.errors)
	}
	Check(&bad, kernel(t, "v5.0/arm64"), Bounds(model.Bounds{}))
	if len(bad.errors) != 1 {
		t.Errorf("bounds out of range: got %q", bad.errors)
	}
	Check(&none, nil)
	if len(none.errors) != 1 {
		t.Errorf("no kernel: got %q", none.errors)
	}
}

// Nothing looked at is never success: a path that is not known fails the check
// unless it is named, and so does a kernel or a bound in which nothing happens.
func TestCheckLooksAtSomething(t *testing.T) {
	unknown := []model.PathKind{model.PathIOMMUUnregister, model.PathIOMMURelease}
	var all recorder
	Check(&all, kernel(t, "v5.2.1/arm64"))
	var keys []model.Key
	for _, e := range all.errors {
		if lines := strings.Split(e, "\n"); len(lines) > 1 {
			key, err := model.ParseKey(lines[1])
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
		}
	}
	for _, c := range []struct {
		reason  string
		kernel  *model.Kernel
		options []Option
		want    []string // each is in an error; no error if empty
	}{
		{"clean", kernel(t, "v7.3-rc7/x86"), nil, nil},
		{"findings that are known, and unknown paths", kernel(t, "v5.2.1/arm64"), []Option{Known(keys...)},
			[]string{"partial: path iommu_unregister", "partial: path iommu_release"}},
		{"and unknown paths that are named", kernel(t, "v5.2.1/arm64"), []Option{Known(keys...), Unknown(unknown...)}, nil},
		{"no path at all", parse(t, "kernel k\narch arm64\nfact null-ops direct\nfact default-domain dma\n"), nil,
			[]string{"partial: path add", "vacuous: the goal direct-allocated"}},
		{"nothing that allocates", kernel(t, "v7.3-rc7/x86"),
			[]Option{Bounds(model.Bounds{Devices: 1, Memory: 1, Families: model.FamilyRemoval})}, []string{"vacuous"}},
	} {
		var r recorder
		Check(&r, c.kernel, c.options...)
		for _, w := range c.want {
			if !strings.Contains(strings.Join(r.errors, "\n"), w) {
				t.Errorf("%s: got %q, want %q", c.reason, r.errors, w)
			}
		}
		if len(c.want) == 0 && len(r.errors) > 0 {
			t.Errorf("%s: got %q", c.reason, r.errors)
		}
	}
}

func parse(t *testing.T, body string) *model.Kernel {
	t.Helper()
	k, err := text.ParseKernel("test.kernel", []byte(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
