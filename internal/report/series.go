package report

import (
	"fmt"
	"slices"
	"strings"
)

// Series is what a patch series does to a kernel.
type Series struct {
	Name    string        `json:"kernel"`
	Effect  string        `json:"effect"` // of the whole: introduces, fixes, moves, ...
	Before  Kernel        `json:"before"`
	After   Kernel        `json:"after"`
	Patches []PatchEffect `json:"patches"`
	// Whole compares After with Before; nil if there is one patch, which says
	// the same.
	Whole *PatchEffect `json:"whole,omitempty"`
	// Introduced are the stories of After whose findings the series brings.
	Introduced []Story `json:"introduced"`
}

// PatchEffect is what one patch does, judged after those before it.
type PatchEffect struct {
	Subject    string      `json:"subject,omitempty"`
	Position   string      `json:"position,omitempty"`
	Effect     string      `json:"effect"`
	Read       []string    `json:"read"`             // its files that the kernel is read from
	Others     int         `json:"others,omitempty"` // the number of its other files
	Facts      []string    `json:"facts,omitempty"`
	Paths      []PathMove  `json:"paths,omitempty"`
	Introduced []Finding   `json:"introduced,omitempty"`
	Fixed      []Finding   `json:"fixed,omitempty"`
	Moved      []PlaceMove `json:"moved,omitempty"`
	Weaker     []string    `json:"weaker,omitempty"` // a finding whose consequence is less bad
	Blind      []string    `json:"blind,omitempty"`  // why it cannot be judged fully
}

// PathMove is a path whose steps differ, as far as they do.
type PathMove struct {
	Path   string     `json:"path"`
	Change string     `json:"change,omitempty"` // "known -> unknown"
	Lines  []MoveLine `json:"lines"`
}

// MoveLine is a step: < and > are the old and the new place of one that moved,
// - and + one that went or came, a blank one that stayed.
type MoveLine struct {
	Mark     string `json:"mark"`
	Words    string `json:"step"`
	Position string `json:"position,omitempty"`
}

// PlaceMove is a finding whose place is another; the order of events that
// brings it about is the same.
type PlaceMove struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Only returns the kernel's stories of the findings with those keys; what else
// their traces break stands with them as a note.
func (k *Kernel) Only(keys map[string]bool) []Story {
	list := []Story{}
	for _, s := range k.Stories {
		var own, also []Finding
		for _, f := range s.Findings {
			if keys[f.Key] {
				own = append(own, f)
			} else {
				also = append(also, f)
			}
		}
		if len(own) == 0 {
			continue
		}
		s.Findings, s.Also = own, append(also, s.Also...)
		list = append(list, s)
	}
	return list
}

// Find returns the finding with that key.
func (k *Kernel) Find(key string) (Finding, bool) {
	for i := range k.Stories {
		for _, f := range k.Stories[i].Findings {
			if f.Key == key {
				return f, true
			}
		}
	}
	return Finding{}, false
}

// Count is the number of the kernel's findings.
func (k *Kernel) Count() int {
	n := 0
	for i := range k.Stories {
		n += len(k.Stories[i].Findings)
	}
	return n
}

// series writes the verdict, then each patch with what it moves, then what
// comes in full.
func (t *textWriter) series(s *Series) {
	whole := s.Whole
	if whole == nil {
		whole = &s.Patches[0]
	}
	style := Good
	if len(s.Introduced) > 0 || len(whole.Blind) > 0 {
		style = Bad
	}
	t.line("%s: %s", t.paint(Strong, s.Name), t.paint(style, whole.words(s.Whole != nil)))
	for _, k := range []struct {
		word string
		*Kernel
	}{{"before", &s.Before}, {"after", &s.After}} {
		t.line("  %-6s %s", k.word, k.inShort())
	}
	for i := range s.Patches {
		t.line("")
		t.patch(&s.Patches[i], fmt.Sprintf("%s: ", s.Patches[i].Position))
	}
	t.passing(s)
	t.stories(s.Introduced)
}

// passing counts the findings that one patch brings and a later one takes away.
func (t *textWriter) passing(s *Series) {
	head := "\n"
	for i := range s.Patches {
		for j := i + 1; j < len(s.Patches); j++ {
			n := 0
			for _, f := range s.Patches[i].Introduced {
				if slices.ContainsFunc(s.Patches[j].Fixed, func(o Finding) bool { return o.Key == f.Key }) {
					n++
				}
			}
			if n > 0 {
				t.line("%swithin the series: %s introduced by %s, fixed by %s", head, count(n, "finding"), s.Patches[i].Position, s.Patches[j].Position)
				head = ""
			}
		}
	}
}

// inShort is what was found, and how far the searches came.
func (k *Kernel) inShort() string {
	var states uint64
	word := "closed"
	for _, p := range k.Passes {
		states += p.States
		if !p.Closed {
			word = "not closed"
		}
	}
	if len(k.Unknown) > 0 {
		word += ", partial"
	}
	return fmt.Sprintf("%s; %s: %d states", count(k.Count(), "finding"), word, states)
}

// words is the effect with numbers.
func (p *PatchEffect) words(series bool) string {
	text := p.Effect
	if series {
		text = "the series " + text
	}
	switch {
	case p.Effect != "moves":
	case len(p.Paths)+len(p.Facts) > 0:
		text += " steps"
	default:
		text += " findings"
	}
	if n := len(p.Introduced); n > 0 {
		text += " " + count(n, "finding")
		if m := len(p.Fixed); m > 0 {
			text += fmt.Sprintf(", fixes %d", m)
		}
	} else if n := len(p.Fixed); n > 0 {
		if len(p.Blind) > 0 {
			return text + fmt.Sprintf(" fully: %s not seen any more", count(n, "finding"))
		}
		text += " " + count(n, "finding")
	}
	switch {
	case len(p.Blind) > 0 && len(p.Introduced) > 0:
		text += ", and cannot be judged fully"
	case len(p.Blind) > 0:
		text += " fully"
	}
	return text
}

func (t *textWriter) patch(p *PatchEffect, head string) {
	if p.Subject != "" {
		t.line("%s%s: %s", head, p.words(false), t.paint(Strong, p.Subject))
	} else {
		t.line("%s%s", head, p.words(false))
	}
	switch {
	case p.Position == "":
	case len(p.Read) == 0:
		t.line("  reads  nothing of it: the kernel is read from other files")
	case p.Others > 0:
		t.line("  reads  %s, and not its %s", strings.Join(p.Read, ", "), count(p.Others, "other file"))
	default:
		t.line("  reads  %s", strings.Join(p.Read, ", "))
	}
	for _, b := range p.Blind {
		t.line("  %s  %s", t.paint(Bad, "blind"), b)
	}
	for _, f := range p.Facts {
		t.line("  fact   %s", f)
	}
	for _, m := range p.Paths {
		t.line("  path   %s%s", m.Path, m.Change)
		for _, l := range m.Lines {
			t.moveLine(l)
		}
	}
	for _, f := range p.Introduced {
		t.line("  %s  %s: %s", t.paint(Bad, "+"), f.Consequence, f.Key)
	}
	for _, w := range p.Weaker {
		t.line("  >  %s", w)
	}
	for _, m := range p.Moved {
		t.line("  >  %s, was %s", m.To, m.From)
	}
	for _, f := range p.Fixed {
		t.line("  %s  %s: %s", t.paint(Good, "-"), f.Consequence, f.Key)
	}
}

func (t *textWriter) moveLine(l MoveLine) {
	text := strings.TrimRight(fmt.Sprintf("    %-1s  %-32s  %s", l.Mark, l.Words, l.Position), " ")
	switch l.Mark {
	case "-", "<":
		text = t.paint(Bad, text)
	case "+", ">":
		text = t.paint(Good, text)
	}
	t.line("%s", text)
}
