package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// ofTwo tells whether the rows are those of two actors.
func ofTwo(rows []EventRow) bool {
	return slices.ContainsFunc(rows, func(r EventRow) bool { return r.Actor != "" })
}

// track is a line of the table of two actors: what stands in the column of one of
// them, or a turn across both.
type track struct {
	number            string
	actor             int // whose column
	text, where, held string
	what              string
	turn, breaks      bool // text goes on across the columns to the right
	bad, faint        bool
}

// actorTable writes rows of two actors: what each does in a column of its own,
// with the locks that it holds then, and a line across where the other's turn
// comes.
func (t *textWriter) actorTable(rows []EventRow) {
	var lines []track
	for i := range rows {
		lines = append(lines, t.tracks(&rows[i])...)
	}
	number, where, held := len(fmt.Sprint(len(rows))), len("at"), len("locks held")
	columns := [2]int{1, 1}
	for _, l := range lines {
		if l.turn || l.breaks {
			continue
		}
		columns[l.actor] = max(columns[l.actor], utf8.RuneCountInString(l.text))
		where, held = max(where, len(l.where)), max(held, len(l.held))
	}
	format := func(n, a, b, at, locks, what string) string {
		text := fmt.Sprintf("  %*s  %-*s  %-*s  %-*s  %-*s  %s", number, n, columns[0], a, columns[1], b, where, at, held, locks, what)
		return strings.TrimRight(text, " ")
	}
	t.line("%s", t.paint(Strong, format("#", "A", "B", "at", "locks held", "what changes")))
	for _, l := range lines {
		cell := [2]string{}
		cell[l.actor] = l.text
		switch text := format(l.number, cell[0], cell[1], l.where, l.held, l.what); {
		case l.turn:
			t.line("%s", t.paint(Strong, format("", "--- "+l.text+" ---", "", "", "", "")))
		case l.bad:
			t.line("%s", t.paint(Bad, text))
		case l.faint:
			t.line("%s", t.paint(Faint, text))
		default:
			t.line("%s", text)
		}
	}
}

// tracks lays out one event: its name, then its steps below it.
func (t *textWriter) tracks(r *EventRow) []track {
	actor, indent := 0, ""
	if r.Actor == "B" {
		actor = 1
	}
	if r.Inside {
		indent = "  "
	}
	var lines []track
	if r.Turn != "" {
		lines = append(lines, track{text: r.Turn, turn: true})
	}
	name := track{number: fmt.Sprint(r.Number), actor: actor, text: indent + r.Event, faint: r.Skipped}
	if r.Until != "" {
		name.text = strings.TrimSuffix(name.text, " until "+r.Until)
	}
	switch {
	case r.Skipped:
		name.what = "skipped: it cannot happen here"
	case r.Missed:
		name.what = "does not come by " + r.Until
	}
	steps := t.stepLines(r)
	if len(steps) > 0 && steps[0].step == "" { // it acts at once
		name.held, name.what, steps = steps[0].held, steps[0].what, steps[1:]
	}
	lines = append(lines, name)
	for _, c := range steps {
		if c.step == "" && c.what == "" { // only the actor's position has changed
			continue
		}
		lines = append(lines, track{actor: actor, text: indent + "  " + c.step, where: c.where, held: c.held, what: c.what, bad: len(c.broken) > 0, faint: c.faint})
		for _, rule := range c.broken {
			lines = append(lines, track{actor: actor, text: indent + "  ^ breaks " + rule, breaks: true, bad: true})
		}
	}
	return lines
}
