package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Run is one trace, carried out on one kernel.
type Run struct {
	Trace    string       `json:"trace"` // its file
	Kernel   string       `json:"kernel"`
	Verdict  check.Status `json:"verdict"`
	Events   int          `json:"events"`
	Skipped  []int        `json:"skipped,omitempty"`  // numbers of the events that were skipped, from 1
	Expected *[]string    `json:"expected,omitempty"` // the rules that are to break; nil if the trace says nothing
	Skips    []int        `json:"expected_skips,omitempty"`
	Broken   []string     `json:"broken"` // the rules that break
	Findings []Finding    `json:"findings"`
	Rows     []EventRow   `json:"rows"`
	Timeline []string     `json:"timeline"`
}

// NewRun is a replayed trace in the report's words.
func NewRun(file string, c *check.Replayed) Run {
	p := newPlay(c.Play)
	r := Run{Trace: file, Kernel: c.Kernel.FullName(), Verdict: c.Status(), Events: len(c.Events), Skipped: c.Skipped(),
		Broken: names(c.Broken()), Findings: []Finding{}, Rows: p.rows(), Timeline: p.timeline()}
	for _, first := range c.Hits() {
		h, _, _ := p.find(first.Key)
		r.Findings = append(r.Findings, p.finding(h, nil))
	}
	if c.Expect != nil {
		want := names(c.Expect.Violations)
		r.Expected, r.Skips = &want, c.Expect.Skips
	}
	return r
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

// Difference says in words how a run differs from what the trace expects.
func (r *Run) Difference() string {
	text := "got " + VerdictWords(r.Broken, r.Skipped)
	if r.Expected != nil {
		text = "want " + VerdictWords(*r.Expected, r.Skips) + ", " + text
	}
	return text
}

// VerdictWords is a set of broken rules and of skipped events as an `on` line
// has it.
func VerdictWords(rules []string, skips []int) string {
	text := "pass"
	if len(rules) > 0 {
		text = "violation " + strings.Join(rules, ", ")
	}
	if len(skips) > 0 {
		text += " skips " + numbers(skips)
	}
	return text
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

// Sentence is the verdict of a run in a line: what breaks, whether that is as
// the trace expects, and how many events were skipped.
func (r *Run) Sentence() string {
	text := ""
	switch {
	case r.Expected != nil && r.Verdict == check.Clean:
		text = "as expected: " + VerdictWords(r.Broken, nil)
	case r.Expected != nil:
		text = "not as expected: " + r.Difference()
	case len(r.Broken) > 0:
		text = VerdictWords(r.Broken, nil)
	case r.Verdict == check.Clean:
		text = "nothing breaks"
	default:
		text = "inconclusive: nothing breaks, but the trace did not happen as it is written"
	}
	switch {
	case len(r.Skipped) == 0:
	case r.Expected != nil && r.Verdict != check.Clean: // the difference names them
		text += fmt.Sprintf(" (%d of %s skipped)", len(r.Skipped), count(r.Events, "event"))
	default:
		text += fmt.Sprintf(" (%d of %s skipped: %s)", len(r.Skipped), count(r.Events, "event"), numbers(r.Skipped))
	}
	return text
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
	style := Bad
	if r.Verdict.Success() {
		style = Good
	}
	t.line("%s", t.paint(style, r.Sentence()))
}
