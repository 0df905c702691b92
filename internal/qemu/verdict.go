package qemu

import (
	"fmt"
	"strings"

	"dmafuzz/internal/uml"
)

// Verdict is what one run says about a trace.
type Verdict uint8

const (
	VerdictInvalid Verdict = iota
	// Undecided: the trace was not carried out to its end.
	Undecided
	// NotSeen: it was, and nothing went wrong.
	NotSeen
	// Wrong: a rule broke, and the kernel went on.
	Wrong
	// Confirmed: the kernel stopped, or found a bad page.
	Confirmed
	// Defect: the player itself made the kernel stop.
	Defect
)

func (v Verdict) String() string {
	return [...]string{"invalid", "undecided", "not seen", "the wrong path was seen", "confirmed", "a defect of the player"}[v]
}

// Judgement is a verdict with its reasons.
type Judgement struct {
	Verdict Verdict
	Why     string   // one line, in plain words
	Broke   []string // the rules that broke by the player's lines: "same-ops iommu>direct"
	Console *Console
}

// Judge says what came of a run of a script.
func Judge(s *Script, run *Run) *Judgement {
	c := ParseConsole(run.Console)
	j := &Judgement{Console: c, Broke: uml.Broke([]byte(strings.Join(c.Lines, "\n")+"\n"), s.Events)}
	j.Verdict, j.Why = j.decide(s, run)
	return j
}

func (j *Judgement) decide(s *Script, run *Run) (Verdict, string) {
	c := j.Console
	worst := c.Worst()
	switch {
	case worst != nil && strings.HasPrefix(worst.Where, "play_"):
		return Defect, fmt.Sprintf("the player made the kernel stop, in %s", worst.Where)
	case !c.Started && worst != nil:
		return Undecided, "the kernel stopped before the first event: " + worst.Title
	case !c.Started && run.Timeout:
		return Undecided, fmt.Sprintf("the kernel did not come up within %v", run.Limit)
	case !c.Started:
		return Undecided, "the kernel did not come to the first event" + because(c.Odd)
	case worst != nil && worst.Kind == FaultOops:
		return Confirmed, j.breaks("the kernel stopped: "+worst.Title, "no broken rule was seen before that")
	case worst != nil:
		return Confirmed, j.breaks("a bad page: "+worst.Title, "no broken rule was seen before that")
	case len(j.Broke) > 0 && !c.Ended:
		return Wrong, j.breaks("the kernel neither stopped nor came to the end of the trace", "")
	case len(j.Broke) > 0:
		return Wrong, j.breaks("the kernel went on", "")
	case len(c.Odd) > 0:
		return Undecided, "the trace could not be carried out" + because(c.Odd)
	case run.Timeout:
		return Undecided, fmt.Sprintf("the kernel was not done within %v", run.Limit)
	case run.Flooded:
		return Undecided, fmt.Sprintf("the kernel wrote more than %d bytes", maxConsole)
	case !c.Ended:
		return Undecided, "the kernel ended in the middle of the trace"
	}
	return NotSeen, "no rule broke, and the kernel went on" + notes(c)
}

// notes are what a reader of a clean verdict should know: what the trace asks
// for and the kernel did not do.
func notes(c *Console) string {
	var text string
	for _, event := range c.refused() {
		text += "; it refused " + event
	}
	for _, l := range c.Lines {
		switch {
		case strings.HasPrefix(l, "o at missed"):
			text += "; it did not come by the point where the other thread preempts it, which did so later"
		case l == "o at blocked":
			text += "; the other thread had to wait for a lock"
		}
	}
	return text
}

// breaks is what broke, and what came of it.
func (j *Judgement) breaks(then, nothing string) string {
	if len(j.Broke) == 0 {
		return then + "; " + nothing
	}
	var words []string
	for _, rule := range j.Broke {
		words = append(words, plain(rule))
	}
	return strings.Join(words, ", ") + "; " + then
}

// plain says a broken rule in words, where it is about ways.
func plain(rule string) string {
	name, ways, _ := strings.Cut(rule, " ")
	from, to, ok := strings.Cut(ways, ">")
	if !ok {
		return rule
	}
	return fmt.Sprintf("what path %s allocated, path %s freed (%s)", from, to, name)
}

func because(odd []string) string {
	if len(odd) == 0 {
		return ""
	}
	return ": " + odd[0]
}
