package report

import (
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// Run is one trace, carried out on one kernel.
type Run struct {
	Trace    string     `json:"trace"` // its file
	Kernel   string     `json:"kernel"`
	Events   int        `json:"events"`
	Skipped  int        `json:"skipped"`
	Expected *[]string  `json:"expected,omitempty"` // the rules that are to break; nil if the trace says nothing
	Broken   []string   `json:"broken"`             // the rules that break
	Findings []Finding  `json:"findings"`
	Rows     []EventRow `json:"rows"`
	Timeline []string   `json:"timeline"`
}

// NewRun carries out a trace on a kernel.
func NewRun(file string, k *model.Kernel, t *model.Trace) (Run, error) {
	p, err := newPlay(k, t)
	if err != nil {
		return Run{}, err
	}
	r := Run{Trace: file, Kernel: k.FullName(), Events: len(t.Events), Broken: []string{}, Findings: []Finding{},
		Rows: p.rows(), Timeline: p.timeline()}
	var keys []model.Key
	var rules []model.Invariant
	for i := range p.events {
		if !p.events[i].executed {
			r.Skipped++
		}
		for _, h := range p.events[i].hits {
			if slices.Contains(keys, h.Key) {
				continue
			}
			keys = append(keys, h.Key)
			r.Findings = append(r.Findings, p.finding(h, i, nil))
			if !slices.Contains(rules, h.Key.Invariant) {
				rules = append(rules, h.Key.Invariant)
			}
		}
	}
	r.Broken = names(rules)
	for _, x := range t.Expect {
		if x.Kernel == k.FullName() {
			want := names(x.Violations)
			r.Expected = &want
		}
	}
	return r, nil
}

// names lists invariants in order of declaration.
func names(rules []model.Invariant) []string {
	list := []string{}
	for _, i := range model.Invariants() {
		if slices.Contains(rules, i) {
			list = append(list, i.String())
		}
	}
	return list
}

// AsExpected tells whether exactly those rules broke that the trace names;
// without an expectation, whether none did.
func (r *Run) AsExpected() bool {
	if r.Expected == nil {
		return len(r.Broken) == 0
	}
	return slices.Equal(*r.Expected, r.Broken)
}

// Difference says in words how a run differs from what the trace expects.
func (r *Run) Difference() string {
	text := fmt.Sprintf("got %s", VerdictWords(r.Broken))
	if r.Expected != nil {
		text = fmt.Sprintf("want %s, got %s", VerdictWords(*r.Expected), VerdictWords(r.Broken))
	}
	if r.Skipped > 0 {
		text += fmt.Sprintf(" (%d of %s skipped)", r.Skipped, count(r.Events, "event"))
	}
	return text
}

// VerdictWords is a set of broken rules as an `on` line has it.
func VerdictWords(rules []string) string {
	if len(rules) == 0 {
		return "pass"
	}
	return "violation " + strings.Join(rules, ", ")
}

// run writes a run: the steps, then what broke, then the verdict.
func (t *textWriter) run(r *Run) {
	t.line("%s on %s", t.paint(Strong, r.Trace), t.paint(Strong, r.Kernel))
	t.line("")
	t.table(r.Rows)
	if len(r.Timeline) > 0 {
		t.line("")
		for _, l := range r.Timeline {
			t.line("  %s", l)
		}
	}
	t.line("")
	for i := range r.Findings {
		f := &r.Findings[i]
		t.line("%s", t.head(f, "error"))
		t.line("    %s", f.Happens)
	}
	if r.Skipped > 0 {
		t.line("%d of %s skipped: not possible when their turn came", r.Skipped, count(r.Events, "event"))
	}
	switch {
	case r.Expected == nil && len(r.Broken) == 0:
		t.line("%s", t.paint(Good, "nothing breaks"))
	case r.Expected == nil:
		t.line("%s", t.paint(Bad, VerdictWords(r.Broken)))
	case r.AsExpected():
		t.line("%s", t.paint(Good, "as expected: "+VerdictWords(r.Broken)))
	default:
		t.line("%s", t.paint(Bad, "not as expected: "+r.Difference()))
	}
}
