package report

import (
	"dmafuzz/internal/check"
	"fmt"
	"io"
	"strings"
)

// Style is how a writer wants a piece of text to stand out.
type Style uint8

const (
	// Bad is an error or a broken rule.
	Bad Style = iota
	// Good is a proof.
	Good
	// Faint is what can be read past.
	Faint
	// Strong is a heading.
	Strong
)

// TextOptions say how much [Text] writes.
type TextOptions struct {
	All      bool // every story in full, else the first of a kernel
	AllSteps bool // every step, else those without a DMA meaning in one line
	Never    bool // list the steps that never ran
	// Paint colours a piece of text; nil for none.
	Paint func(Style, string) string
}

// Text writes the report for people: the verdict on each kernel, what it rests
// on, and the findings, each with a first line in the editors' form.
func Text(w io.Writer, r *Report, o TextOptions) error {
	t := newTextWriter(w, o)
	for i := range r.Kernels {
		if i > 0 {
			t.line("")
		}
		t.kernel(&r.Kernels[i])
	}
	for i := range r.Runs {
		if i > 0 {
			t.line("")
		}
		t.run(&r.Runs[i])
	}
	if r.Series != nil {
		t.series(r.Series)
	}
	for _, g := range r.Gone {
		t.line("%s: known finding is gone: %s  # %s", t.paint(Bad, "error"), g.Key, g.Reason)
	}
	return t.err
}

// textWriter keeps the first error, so that nobody else has to look.
type textWriter struct {
	TextOptions
	w   io.Writer
	err error
}

func newTextWriter(w io.Writer, o TextOptions) *textWriter { return &textWriter{TextOptions: o, w: w} }

func (t *textWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *textWriter) paint(s Style, text string) string {
	if t.Paint == nil {
		return text
	}
	return t.Paint(s, text)
}

func (t *textWriter) kernel(k *Kernel) {
	style := Good
	if k.Verdict != check.Clean && k.Verdict != check.Partial && k.Verdict != check.NothingFound {
		style = Bad
	}
	t.line("%s: %s", t.paint(Strong, k.Name), t.paint(style, k.summary()))
	for _, p := range k.Passes {
		t.line("  bounds   %s", p.Bounds)
		t.line("  search   %s", p.Certificate)
	}
	if len(k.Unknown) > 0 {
		t.line("  unknown  %s: what needs them is left out", strings.Join(k.Unknown, ", "))
	}
	for _, g := range k.Missed {
		t.line("  missed   %s: never met: %s", g.Name, g.Doc)
	}
	t.coverage(k.Steps)
	t.stories(k.Stories)
}

// stories writes the first story in full, and the others if All is set.
func (t *textWriter) stories(list []Story) {
	for i := range list {
		s := &list[i]
		if i == 0 || t.All {
			t.line("")
			t.story(s)
			continue
		}
		if i == 1 {
			t.line("")
			t.line("%s", t.paint(Strong, fmt.Sprintf("%d more (--all shows them in full):", len(list)-1)))
		}
		t.line("")
		t.brief(s)
	}
}

// summary is the verdict with the number of what was found.
func (k *Kernel) summary() string {
	word := k.Verdict.String()
	if len(k.Unknown) > 0 && k.Verdict != check.Partial {
		word += ", partial"
	}
	if len(k.Stories) == 0 {
		return word
	}
	findings, known := 0, 0
	for i := range k.Stories {
		for _, f := range k.Stories[i].Findings {
			findings++
			if f.Known != "" {
				known++
			}
		}
	}
	word += fmt.Sprintf(" (%s in %s", count(findings, "finding"), count(len(k.Stories), "trace"))
	if known > 0 {
		word += fmt.Sprintf(", %d known", known)
	}
	return word + ")"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (t *textWriter) coverage(c *Coverage) {
	if c == nil {
		return
	}
	t.line("  steps    %d of %d steps with a DMA meaning ran", c.Run, c.All)
	if !t.Never {
		return
	}
	for _, s := range c.Never {
		t.line("           never ran: %s", s.String())
	}
}

// String names a step by its path and words, with its position if it has one.
func (s Step) String() string {
	if s.Pos == "" {
		return s.Path + ": " + s.Words
	}
	return s.Pos + ": " + s.Path + ": " + s.Words
}

// brief is a story in two or three lines.
func (t *textWriter) brief(s *Story) {
	t.heads(s)
	t.line("    %s", strings.Join(s.Events, "; "))
}

func (t *textWriter) heads(s *Story) {
	for i := range s.Findings {
		f := &s.Findings[i]
		severity := "error"
		switch {
		case f.Known != "":
			severity = "known"
		case i > 0:
			severity = "note: also breaks"
		}
		t.line("%s", t.head(f, severity))
		if f.Known != "" {
			t.line("    known: %s", f.Known)
		}
	}
}

func (t *textWriter) head(f *Finding, severity string) string {
	style := Faint
	if severity == "error" {
		style = Bad
	}
	return strings.Replace(f.Head(severity), ": "+severity+":", ": "+t.paint(style, severity)+":", 1)
}
