package uml

import (
	"context"
	"errors"

	"dmafuzz/model"
)

// ErrUnplayable is wrapped by an error that names an event of a trace which the
// player has no counterpart for.
var ErrUnplayable = errors.New("the player cannot play it")

// Played is a trace as machine and program carried it out.
type Played struct {
	Kind            Kind // KindInvalid if they agree
	Skipped         int  // events that were not enabled, or not the player's
	Rows            []Row
	First           int      // the first row that differs, -1 if none
	Machine, Kernel []string // the rules that broke, of those that a log shows
	Log             []byte   // what the program wrote
	// Of two actors: what the machine breaks, of all rules, and how the player's
	// places are not those of the trace.
	Rules, Notes []string
}

// linkLine is how a script makes one device a consumer of the other, "" if none is.
func linkLine(b model.Bounds) string {
	for n, d := range b.Setup {
		if d.Supplier != 0 {
			return "link " + deviceWords[n] + " " + deviceWords[d.Supplier-1]
		}
	}
	return ""
}

// PlayTrace plays a trace on a program and on the machine of k.
func PlayTrace(ctx context.Context, k *model.Kernel, v Variant, p Player, trace *model.Trace) (*Played, error) {
	for i, e := range trace.Events {
		if why := whyNot(e, v); why != "" {
			return nil, &EventError{i, e, why}
		}
	}
	if trace.Actors > 1 || trace.Group {
		return playRace(ctx, k, v, p, trace)
	}
	b := judgeBounds(trace.Drivers)
	b.Setup = trace.Bounds().Setup
	m, err := model.NewMachine(k, b)
	if err != nil {
		return nil, err
	}
	t := newTeller(m, v)
	t.marking = true
	x := t.play(0, trace.Events)
	got, err := answers(ctx, p, v, []expectation{x})
	if err != nil {
		return nil, err
	}
	out := &Played{Kind: got[0].kind, Skipped: x.skipped, Log: got[0].log}
	d := &Disagreement{}
	d.fill(k, t, &x, got[0])
	out.Rows, out.First, out.Machine, out.Kernel = d.Rows, d.First, d.Machine, d.Kernel
	return out, nil
}
