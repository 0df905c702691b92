package report

import (
	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Report is all that one run of the command has to say.
type Report struct {
	Tool    string   `json:"tool"`
	Command string   `json:"command"` // the words behind the program's name
	Kernels []Kernel `json:"kernels,omitempty"`
	Runs    []Run    `json:"runs,omitempty"`   // traces that were replayed
	Series  *Series  `json:"series,omitempty"` // patches that were judged
	// Gone are the known findings that no kernel of the report has any more.
	Gone []Known `json:"gone,omitempty"`
}

// Kernel is the verdict on one kernel with what it rests on.
type Kernel struct {
	Name    string       `json:"kernel"`
	Verdict check.Status `json:"verdict"`
	Passes  []Pass       `json:"passes"`
	Unknown []string     `json:"unknown_paths,omitempty"` // whatever the verdict, it leaves these out
	Missed  []Goal       `json:"missed_goals,omitempty"`
	Steps   *Coverage    `json:"steps,omitempty"`
	Stories []Story      `json:"stories"`
}

// Pass is one search: its bounds, and how far it came.
type Pass struct {
	Bounds      string `json:"bounds"`
	Certificate string `json:"certificate"`
	Closed      bool   `json:"closed"`
	States      uint64 `json:"states,omitempty"`
	// Random is set for a search by chance, which nothing closes.
	Random bool `json:"random,omitempty"`
}

// Goal is a `sometimes` goal.
type Goal struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// Coverage counts the steps with a DMA meaning.
type Coverage struct {
	Run   int    `json:"run"`
	All   int    `json:"all"`
	Never []Step `json:"never,omitempty"`
}

// Step is a step of a kernel.
type Step struct {
	Path  string `json:"path"`
	Words string `json:"step"`
	Pos   string `json:"position,omitempty"`
}

// Known is a line of a file of known findings.
type Known struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

// Story is one trace and the findings that it is the shortest trace of.
type Story struct {
	// Findings are worst first; the first one heads the story.
	Findings []Finding `json:"findings"`
	// Also are the rules that the trace breaks on its way, whose own shortest
	// trace is another.
	Also     []Finding  `json:"also,omitempty"`
	Events   []string   `json:"events"`
	Raw      int        `json:"raw_events,omitempty"` // events before it was minimized, if it was
	Minimal  string     `json:"minimal,omitempty"`    // "shortest possible" or "1-minimal"
	Rows     []EventRow `json:"rows"`
	Timeline []string   `json:"timeline"`
	Replay   string     `json:"replay"`   // the command that replays the trace
	Minimize string     `json:"minimize"` // the command that shortens it

	trace  *model.Trace
	kernel string // as the command line names it
	flags  string // how it is read from a tree, for a shell; empty or with a space before
}

// Known tells whether every finding of the story is known.
func (s *Story) Known() bool {
	for i := range s.Findings {
		if s.Findings[i].Known == "" {
			return false
		}
	}
	return true
}

// Trace is the story's trace, with what it breaks on the story's kernel.
func (s *Story) Trace() *model.Trace { return s.trace }

// Finding is one broken rule.
type Finding struct {
	Key         string `json:"key"`
	Invariant   string `json:"invariant"`
	Doc         string `json:"doc"`
	Consequence string `json:"consequence"`
	Blame       string `json:"blame"`
	Part        string `json:"part"`     // of a device's life: unbind, failure or other
	Position    string `json:"position"` // FILE:LINE or FILE, else the step's path and name
	Message     string `json:"message"`
	Happens     string `json:"happens"`         // what that kernel then does
	Known       string `json:"known,omitempty"` // the reason, if it is a known finding

	violation model.Violation
}

// Head is the finding as editors read it.
func (f *Finding) Head(severity string) string {
	return f.Position + ": " + severity + ": " + f.Message + " [" + f.Invariant + "]"
}

// Violation is the finding as the machine has it.
func (f *Finding) Violation() model.Violation { return f.violation }

// EventRow is one event of a trace with the steps that it ran.
type EventRow struct {
	Number  int       `json:"number"` // from 1
	Event   string    `json:"event"`
	Inside  bool      `json:"inside,omitempty"` // a call inside of a callback
	Skipped bool      `json:"skipped,omitempty"`
	Steps   []StepRow `json:"steps"`

	// Of a trace of two actors only.

	Actor  string   `json:"actor,omitempty"`  // "A" or "B"; "" for what acts at once and is nobody's
	Until  string   `json:"until,omitempty"`  // the point that the event asks to stop at
	Missed bool     `json:"missed,omitempty"` // the run did not come by that point
	Turn   string   `json:"turn,omitempty"`   // where the other actor takes over: "B preempts A, which has stopped ..."
	Stands string   `json:"stands,omitempty"` // where the actor is afterwards: "is in probe"
	Locks  []string `json:"locks,omitempty"`  // held afterwards: "A device(sata)"
}

// StepRow is one step that ran.
type StepRow struct {
	Step
	Changes []string `json:"changes,omitempty"`
	Broken  []string `json:"broken,omitempty"` // "same-ops (Oops)"
	Locks   []string `json:"locks,omitempty"`  // of two actors: what the one that runs holds afterwards
	// Plain is set for steps that change nothing and do not bear on DMA.
	Plain bool `json:"plain,omitempty"`
}
