package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// story writes a story in full.
func (t *textWriter) story(s *Story) {
	t.heads(s)
	for i := range s.Also {
		t.line("%s", t.head(&s.Also[i], "note: also breaks"))
	}
	head := &s.Findings[0]
	t.line("")
	t.table(s.Rows)
	if len(s.Timeline) > 0 {
		t.line("")
		for _, l := range s.Timeline {
			t.line("  %s", l)
		}
	}
	t.line("")
	t.line("  what happens  %s", head.Happens)
	t.line("  whose fault   %s", head.Blame)
	t.line("  rule          %s: %s", head.Invariant, head.Doc)
	t.line("  key           %s", head.Key)
	t.line("  length        %s", s.length())
	t.line("  replay        %s", s.Replay)
	t.line("  minimize      %s", s.Minimize)
}

func (s *Story) length() string {
	text := count(len(s.Events), "event")
	if s.Raw > 0 {
		text = fmt.Sprintf("minimized %d -> %s", s.Raw, text)
	}
	if s.Minimal != "" {
		text += " (" + s.Minimal + ")"
	}
	return text
}

// cells is a line of the table, in columns.
type cells struct {
	number, event, step, where, what string
	held                             string
	broken                           []string
	faint                            bool
}

func (t *textWriter) table(rows []EventRow) {
	if ofTwo(rows) {
		t.actorTable(rows)
		return
	}
	lines := []cells{{number: "#", event: "event", step: "kernel step", where: "at", what: "what changes"}}
	for i := range rows {
		lines = append(lines, t.eventCells(&rows[i])...)
	}
	var w [4]int
	for _, l := range lines {
		for i, c := range []string{l.number, l.event, l.step, l.where} {
			w[i] = max(w[i], utf8.RuneCountInString(c))
		}
	}
	for i, l := range lines {
		text := fmt.Sprintf("  %*s  %-*s  %-*s  %-*s  %s", w[0], l.number, w[1], l.event, w[2], l.step, w[3], l.where, l.result())
		text = strings.TrimRight(text, " ")
		switch {
		case i == 0:
			text = t.paint(Strong, text)
		case len(l.broken) > 0:
			text = t.paint(Bad, text)
		case l.faint:
			text = t.paint(Faint, text)
		}
		t.line("%s", text)
	}
}

// stepLines lays out the steps of an event. Steps that a reader can do without
// are folded between two others, and left out at either end.
func (t *textWriter) stepLines(r *EventRow) []cells {
	var lines []cells
	folded := false
	for i := range r.Steps {
		s := &r.Steps[i]
		if s.Plain && !t.AllSteps {
			folded = true
			continue
		}
		if folded && len(lines) > 0 {
			lines = append(lines, cells{step: "...", faint: true})
		}
		folded = false
		lines = append(lines, stepCells(s))
	}
	return lines
}

// eventCells lays out one event: its first step stands beside its name.
func (t *textWriter) eventCells(r *EventRow) []cells {
	lines := t.stepLines(r)
	if len(lines) == 0 {
		lines = []cells{{}}
	}
	name := r.Event
	if r.Inside {
		name = "  " + name
	}
	if r.Skipped {
		lines[0].what = "skipped: it cannot happen here"
	}
	lines[0].number, lines[0].event, lines[0].faint = fmt.Sprint(r.Number), name, r.Skipped
	return lines
}

// bare is a step that ran, without its conditions and its way out.
func bare(words string) string {
	words, _, _ = strings.Cut(words, " when ")
	words, _, _ = strings.Cut(words, " else ")
	return words
}

func stepCells(s *StepRow) cells {
	c := cells{step: bare(s.Words), where: s.Pos, what: strings.Join(s.Changes, ", "), held: strings.Join(s.Locks, " "), broken: s.Broken}
	if c.where == "" && s.Path != "" {
		c.where = "(" + s.Path + ")"
	}
	return c
}

// result is what a step changes and breaks.
func (c *cells) result() string {
	text := c.what
	for _, b := range c.broken {
		if text != "" {
			text += "; "
		}
		text += "breaks " + b
	}
	return text
}
