package check_test

import (
	"dmafuzz/model/text"
	"fmt"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// A trace is as it expects if and only if exactly its rules break and exactly
// its events are skipped.
func TestReplayStatus(t *testing.T) {
	const story = "iommu register\nadd sata\nattach sata\n  alloc sata buf managed\n  probe sata ok\nunbind sata\n"
	const breaks = "on v5.0/arm64 violation same-ops, ops-stable-under-mapping"
	for _, c := range []struct {
		reason, kernel, text string
		want                 check.Status
		skipped              string
	}{
		{"as expected", "v5.0/arm64", breaks + "\n" + story, check.Clean, "[]"},
		{"in any order", "v5.0/arm64", "on v5.0/arm64 violation ops-stable-under-mapping, same-ops\n" + story, check.Clean, "[]"},
		{"one rule less", "v5.0/arm64", "on v5.0/arm64 violation same-ops\n" + story, check.Found, "[]"},
		{"nothing breaks, and nothing is to", "v5.0.1/arm64", "on v5.0.1/arm64 pass\n" + story, check.Clean, "[]"},
		{"nothing breaks, and something is to", "v5.0.1/arm64", "on v5.0.1/arm64 violation same-ops\n" + story, check.Found, "[]"},
		{"no event happens", "v5.0.1/arm64", "on v5.0.1/arm64 pass\nunbind sata\nput sata\n", check.Found, "[1 2]"},
		{"not every event happens", "v5.0.1/arm64", "on v5.0.1/arm64 pass\n" + story + "unbind sata\n", check.Found, "[7]"},
		{"and that is meant", "v5.0.1/arm64", "on v5.0.1/arm64 pass skips 7\n" + story + "unbind sata\n", check.Clean, "[7]"},
		{"a skip that does not happen", "v5.0.1/arm64", "on v5.0.1/arm64 pass skips 6\n" + story, check.Found, "[]"},
		{"behind a crash nothing happens", "v5.0/arm64", breaks + "\n" + story + "put sata\n", check.Found, "[7]"},
		{"nothing is expected: it breaks", "v5.0/arm64", story, check.Found, "[]"},
		{"nothing is expected: it does not", "v5.0.1/arm64", story, check.Clean, "[]"},
		{"nothing is expected: it did not happen", "v5.0.1/arm64", "unbind sata\n", check.Vacuous, "[1]"},
		{"an empty trace", "v5.0.1/arm64", "on v5.0.1/arm64 pass\n", check.Vacuous, "[]"},
	} {
		tr, err := text.ParseTrace("test.trace", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		r, err := check.Replay(load(t, c.kernel), tr)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Skipped()); r.Status() != c.want || got != c.skipped {
			t.Errorf("%s: %s, skipped %s; want %s, %s", c.reason, r.Status(), got, c.want, c.skipped)
		}
		x, err := check.Expect(r.Kernel, tr)
		if err != nil {
			t.Fatal(err)
		}
		if tr.Expect = []model.Expectation{x}; len(tr.Events) > 0 {
			if again, _ := check.Replay(r.Kernel, tr); again.Status() != check.Clean {
				t.Errorf("%s: the trace does not meet what Expect says: %+v", c.reason, x)
			}
		}
	}
}

// An event is blind if only an unknown path keeps it from happening.
func TestReplayBlind(t *testing.T) {
	for _, c := range []struct{ reason, kernel, text, want string }{
		{"the path itself is unknown", "v5.0/arm64", "iommu register\niommu unregister\n", "[2]"},
		{"it cannot happen for another reason", "v5.0/arm64", "unbind sata\n", "[]"},
		{"the path is known", "v7.3-rc7/arm64", "iommu register\niommu unregister\nunbind sata\n", "[]"},
	} {
		tr, err := text.ParseTrace("test.trace", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		r, err := check.Replay(load(t, c.kernel), tr)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Blind()); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
}
