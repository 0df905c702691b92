package long

import (
	"fmt"
	"strings"
	"testing"
)

// recorder keeps what is said instead of leaving the test.
type recorder struct {
	testing.TB
	skipped, logged string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Skipf(f string, a ...any) { r.skipped = fmt.Sprintf(f, a...) }
func (r *recorder) Logf(f string, a ...any)  { r.logged = fmt.Sprintf(f, a...) }

// Without the switch a test is left out, or smaller, and says so by its name.
func TestSwitch(t *testing.T) {
	for value, on := range map[string]bool{"": false, "0": false, "1": true} {
		t.Setenv(Switch, value)
		var r recorder
		Only(&r, "every kernel")
		n := Size(&r, 3, 500)
		if said := strings.Contains(r.skipped, "DMAFUZZ_LONG=1") && strings.Contains(r.skipped, "every kernel"); said == on || (r.skipped == "") != on {
			t.Errorf("%q: skipped with %q", value, r.skipped)
		}
		if want := map[bool]int{false: 3, true: 500}[on]; n != want || (r.logged == "") != on {
			t.Errorf("%q: takes %d, want %d, log %q", value, n, want, r.logged)
		}
		if got, want := len(Part(&r, 3, []int{1, 2, 3, 4})), map[bool]int{false: 2, true: 4}[on]; got != want {
			t.Errorf("%q: a part of %d, want %d", value, got, want)
		}
	}
}
