package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Parts of a device's life, as the table over many kernels groups findings.
const (
	PartUnbind  = "unbind"
	PartFailure = "failure" // a bind that fails, is deferred, or is undone by test_remove
	PartOther   = "other"
	PartOthers  = "other code" // code other than the device's driver allocated
)

// part tells which part of a device's life a violation belongs to.
func (p *play) part(h hit) string {
	if h.Key.Alloc == model.AllocOther {
		return PartOthers
	}
	switch h.Key.Site.Where {
	case model.WhereUnbind:
		return PartUnbind
	case model.WhereBindFailed, model.WhereTestRemove:
		return PartFailure
	case model.WhereRemove, model.WhereAction:
		// A callback belongs to what runs it.
		if p.moments[h.moment].phase == model.PathBind {
			return PartFailure
		}
		return PartUnbind
	}
	return PartOther
}

// Table writes one line a kernel: what breaks in which part of a device's life.
func Table(w io.Writer, r *Report, o TextOptions) error {
	t := newTextWriter(w, o)
	lines := [][]string{{"kernel", "verdict", "unbind", "failure, deferral", "other", "other code", "worst", "states", "search"}}
	verdicts := map[check.Status]int{}
	for i := range r.Kernels {
		k := &r.Kernels[i]
		verdicts[k.Verdict]++
		lines = append(lines, k.cells())
	}
	widths := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, c := range l {
			widths[i] = max(widths[i], len(c))
		}
	}
	for i, l := range lines {
		text := ""
		for c, cell := range l {
			if c == 7 { // states are a number
				text += fmt.Sprintf("%*s  ", widths[c], cell)
				continue
			}
			text += pad(cell, widths[c]+2)
		}
		text = strings.TrimRight(text, " ")
		if i == 0 {
			text = t.paint(Strong, text)
		}
		t.line("%s", text)
	}
	t.line("")
	t.line("%s", tally(len(r.Kernels), verdicts))
	for _, g := range r.Gone {
		t.line("%s: known finding is gone: %s  # %s", t.paint(Bad, "error"), g.Key, g.Reason)
	}
	if len(r.Kernels) > 0 {
		t.line("One of them in full: dmafuzz check %s", ShellQuote(r.worstKernel().Name))
	}
	return t.err
}

// worstKernel is the first of the kernels on which the worst happens.
func (r *Report) worstKernel() *Kernel {
	worst := &r.Kernels[0]
	for i := range r.Kernels {
		a, b := worst.worst(), r.Kernels[i].worst()
		if b != nil && (a == nil || b.violation.Consequence < a.violation.Consequence) {
			worst = &r.Kernels[i]
		}
	}
	return worst
}

func tally(n int, verdicts map[check.Status]int) string {
	var words []string
	for _, v := range check.Statuses() {
		if verdicts[v] > 0 {
			words = append(words, fmt.Sprintf("%d %s", verdicts[v], v))
		}
	}
	return fmt.Sprintf("%s: %s", count(n, "kernel"), strings.Join(words, ", "))
}

func (k *Kernel) cells() []string {
	verdict := k.Verdict.String()
	if len(k.Unknown) > 0 && k.Verdict != check.Partial {
		verdict += ", partial"
	}
	worst := "-"
	if len(k.Stories) > 0 {
		worst = k.worst().Consequence
	}
	states, closed := uint64(0), true
	for _, p := range k.Passes {
		states += p.States
		closed = closed && p.Closed
	}
	search := "closed"
	if !closed {
		search = "not closed"
	}
	return []string{k.Name, verdict, k.cell(PartUnbind), k.cell(PartFailure), k.cell(PartOther), k.cell(PartOthers), worst, fmt.Sprint(states), search}
}

func (k *Kernel) worst() *Finding {
	var worst *Finding
	for i := range k.Stories {
		f := &k.Stories[i].Findings[0]
		if worst == nil || f.violation.Consequence < worst.violation.Consequence {
			worst = f
		}
	}
	return worst
}

// cell is the worst finding of a part, and how many more there are.
func (k *Kernel) cell(part string) string {
	var list []*Finding
	for i := range k.Stories {
		for j := range k.Stories[i].Findings {
			if f := &k.Stories[i].Findings[j]; f.Part == part {
				list = append(list, f)
			}
		}
	}
	if len(list) == 0 {
		return "-"
	}
	slices.SortStableFunc(list, func(a, b *Finding) int { return compareViolations(a.violation, b.violation) })
	text := list[0].Invariant + ": " + list[0].Consequence
	if len(list) > 1 {
		text += fmt.Sprintf(" +%d", len(list)-1)
	}
	return text
}
