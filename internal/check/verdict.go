package check

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// Status is a verdict in one word or two.
type Status uint8

const (
	StatusInvalid Status = iota
	// Found: at least one finding that is not known.
	Found
	// Gone: nothing new found, but a known finding is not there any more.
	Gone
	// NotClosed: nothing new found, but a pass stopped before its end.
	NotClosed
	// Vacuous: nothing new found, but a goal was missed that could be met, or
	// nothing was done that a rule speaks of.
	Vacuous
	// Partial: as clean, but for paths whose steps are not known.
	Partial
	// NothingFound: a random search spent its budget and found nothing new.
	NothingFound
	// Clean: closed, every goal met, nothing found but known findings.
	Clean
	numStatuses
)

var statuses = [numStatuses]struct{ name, doc string }{
	Found:        {"found", "at least one finding that is not known"},
	Gone:         {"known finding gone", "nothing new found, but a known finding is not there any more"},
	NotClosed:    {"not closed", "nothing new found, but a pass stopped before its end"},
	Vacuous:      {"vacuous", "nothing new found, but a goal was missed that could be met"},
	Partial:      {"partial", "nothing new found, but there are paths whose steps are not known"},
	NothingFound: {"nothing found", "a random search spent its budget and found nothing new"},
	Clean:        {"clean", "closed, every goal met, nothing found but known findings"},
}

func (s Status) String() string {
	if s == StatusInvalid || s >= numStatuses {
		return "invalid status"
	}
	return statuses[s].name
}

// MarshalText is the status as JSON has it.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (s *Status) UnmarshalText(text []byte) error {
	for _, v := range Statuses() {
		if v.String() == string(text) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("got %q, want a status such as %q", text, Clean)
}

// Doc says in a line what the status means.
func (s Status) Doc() string { return statuses[s].doc }

// Success tells whether a gate may pass on it.
func (s Status) Success() bool { return s == Clean || s == NothingFound }

// Statuses lists all statuses, the worst first.
func Statuses() []Status {
	var list []Status
	for s := Found; s < numStatuses; s++ {
		list = append(list, s)
	}
	return list
}

// Verdict is what a check says of one kernel, with all that it rests on.
type Verdict struct {
	Kernel   *model.Kernel
	Passes   []Pass
	Findings []Finding // one for each key, the worst first
	// Unknown are the paths whose steps are not known and that some event
	// within the bounds needs: whatever the verdict, it leaves these out.
	Unknown []model.PathKind
	// Accepted are those of Unknown that do not make the verdict partial.
	Accepted []model.PathKind
	Missed   model.Goals // goals that could have been met, and were not
	// Steps are those with a DMA meaning; nil if nobody counted.
	Steps *Steps
}

// Steps are the steps of a kernel that have a DMA meaning, and those that ran.
type Steps struct{ All, Ran []model.StepRef }

// Pass is one search: its bounds, and how far it came.
type Pass struct {
	Bounds      model.Bounds
	Certificate explore.Certificate // of an exhaustive search
	// Stopped is nil if and only if the pass is closed.
	Stopped error
	// Random is the certificate of a search by chance, which nothing closes;
	// "" for an exhaustive one.
	Random string
}

// Closed tells whether every choice in every state of the pass was carried out.
func (p *Pass) Closed() bool { return p.Random == "" && p.Stopped == nil }

// String is the pass's certificate in a line.
func (p *Pass) String() string {
	if p.Random != "" {
		return p.Random
	}
	switch text := p.Certificate.String(); {
	case errors.Is(p.Stopped, explore.ErrStates):
		return text + " (limit of states reached)"
	case errors.Is(p.Stopped, explore.ErrMore):
		return text + " (" + p.Stopped.Error() + ")"
	case p.Stopped != nil:
		return text + " (interrupted)"
	default:
		return text
	}
}

// Status says what the verdict is. Whether known findings are gone is for
// [Overall] to say: of several kernels each need not have them all.
func (v *Verdict) Status() Status {
	switch {
	case slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Known == "" }):
		return Found
	case v.Open():
		return NotClosed
	case len(v.Passes) == 0 || v.Missed != 0:
		return Vacuous
	case len(v.Blind()) > 0:
		return Partial
	case v.random():
		return NothingFound
	}
	return Clean
}

// Blind lists the unknown paths that nobody has accepted.
func (v *Verdict) Blind() []model.PathKind {
	return slices.DeleteFunc(slices.Clone(v.Unknown), func(p model.PathKind) bool { return slices.Contains(v.Accepted, p) })
}

// Open tells whether an exhaustive pass was not closed.
func (v *Verdict) Open() bool {
	return slices.ContainsFunc(v.Passes, func(p Pass) bool { return p.Random == "" && !p.Closed() })
}

func (v *Verdict) random() bool {
	return slices.ContainsFunc(v.Passes, func(p Pass) bool { return p.Random != "" })
}

// Overall is the worst status of the verdicts, which is Gone where it would be
// better and none of them has a known finding. Of no verdict at all it is
// Vacuous.
func Overall(known Known, list ...*Verdict) Status {
	if len(list) == 0 {
		return Vacuous
	}
	worst := Clean
	for _, v := range list {
		worst = min(worst, v.Status())
	}
	if worst > Gone && len(known.Gone(list...)) > 0 {
		return Gone
	}
	return worst
}

// Finding is one broken rule with the trace that shows it.
type Finding struct {
	Violation model.Violation
	Play      *Play  // its trace, as the kernel carries it out
	Known     string // the reason, if it is a known finding
	Raw       int    // events before it was minimized, 0 if it was not
	Length    Length
}

// Key tells the finding from others.
func (f *Finding) Key() model.Key { return f.Violation.Key }

// Trace is the finding's trace, with what it breaks on the kernel.
func (f *Finding) Trace() *model.Trace { return f.Play.Trace }

// Length says how far a trace is from the shortest of its key.
type Length uint8

const (
	LengthInvalid Length = iota
	// Shortest: no trace of the key within the bounds has fewer preemptions, or
	// as few and fewer events.
	Shortest
	// OneMinimal: without any one of its events it does not show the finding.
	OneMinimal
	// Limited: the minimizer came to its limit of replays.
	Limited
	numLengths
)

func (l Length) String() string {
	return [numLengths]string{"", "shortest possible", "1-minimal", "limit of replays reached"}[l]
}

// Keys lists the keys of the findings, the worst first.
func (v *Verdict) Keys() []model.Key {
	keys := make([]model.Key, len(v.Findings))
	for i := range v.Findings {
		keys[i] = v.Findings[i].Key()
	}
	return keys
}

// On is the verdict on a kernel with the same steps and facts at other lines:
// nothing is searched again, and the traces are played anew.
func (v *Verdict) On(k *model.Kernel) (*Verdict, error) {
	w := *v
	w.Kernel, w.Findings = k, nil
	for _, f := range v.Findings {
		t := *f.Trace()
		if err := w.add(f, &t, nil); err != nil {
			return nil, err
		}
		w.Findings[len(w.Findings)-1].Known = f.Known
	}
	return &w, nil
}
