package check

import (
	"fmt"
	"strings"
	"testing"

	"dmafuzz/model"
)

const reportKey = "same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform"

func key(t *testing.T, word string) model.Key {
	t.Helper()
	k, err := model.ParseKey(word)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseKnown(t *testing.T) {
	for _, c := range []struct{ reason, text, err string }{
		{"a finding", reportKey + "  # the report's\n", ""},
		{"comments and blank lines are free", "# a\n\n  # b\n", ""},
		{"a pattern", "same-ops:*:unbind.*  # all of unbind\n", ""},
		{"a line end of another system", reportKey + "  # why\r\n", ""},
		{"a finding needs a reason", "\n" + reportKey + "\n", `f:2:64: got a key without a reason, want "KEY  # why"`},
		{"a key is checked", "  same-ops # x\n", `f:1:3: "same-ops": ` + model.ErrKey.Error()},
		{"a pattern has the letters of a key", "same-ops:(*) # x\n", `f:1:1: "same-ops:(*)": got '(' at 10 in a pattern, want letters, digits and "*:>._-"`},
		{"a list is not endless", strings.Repeat("#", MaxKnownSize+1), "f:1:1: got 1048577 bytes, want a list of at most 1048576"},
	} {
		_, err := ParseKnown("f", []byte(c.text))
		if got := fmt.Sprint(err); err == nil && c.err != "" || err != nil && got != c.err {
			t.Errorf("%s: got %v, want %q", c.reason, err, c.err)
		}
	}
}

func TestPatternMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    bool
	}{
		{reportKey, true}, {"*", true}, {"same-ops:*", true}, {"*:platform", true}, {"same-ops:*:iommu>direct:*", true},
		{"same-ops", false}, {"*:pci", false}, {"ops:*", false}, {"*:unbind", false}, {"same-ops:dmam_alloc:unbind?devres_release:iommu>direct:platform*", false},
	} {
		p, err := ParsePattern(c.pattern)
		if got := err == nil && p.Match(key(t, reportKey)); got != c.want {
			t.Errorf("%s: %v, %v; want %v", c.pattern, got, err, c.want)
		}
	}
	if (Pattern{}).Match(model.Key{}) {
		t.Error("the zero pattern matches")
	}
}

// A known finding is gone if no verdict has it, and all are closed.
func TestGone(t *testing.T) {
	known, err := ParseKnown("f", []byte(reportKey+" # one\nno-leak:* # two\n"))
	if err != nil {
		t.Fatal(err)
	}
	has := &Verdict{Passes: []Pass{{}}, Findings: []Finding{{Violation: model.Violation{Key: key(t, reportKey)}, Known: "one"}}}
	none, open := &Verdict{Passes: []Pass{{}}}, &Verdict{Passes: []Pass{{Stopped: ErrNotClosed}}}
	for _, c := range []struct {
		reason string
		list   []*Verdict
		want   string
	}{
		{"one of them is there", []*Verdict{has}, "[no-leak:*]"},
		{"on either kernel", []*Verdict{none, has}, "[no-leak:*]"},
		{"neither", []*Verdict{none}, "[" + reportKey + " no-leak:*]"},
		{"not closed is no proof", []*Verdict{none, open}, "[]"},
	} {
		words := []string{}
		for _, k := range known.Gone(c.list...) {
			words = append(words, k.Pattern.String())
		}
		if got := fmt.Sprint(words); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
	if r := known.Reason(key(t, reportKey)); r != "one" {
		t.Errorf("reason %q, want %q", r, "one")
	}
}
