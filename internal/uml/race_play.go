package uml

import (
	"context"
	"fmt"
	"slices"

	"dmafuzz/model"
)

// playRace is PlayTrace for two actors, or devices that share a group.
func playRace(ctx context.Context, k *model.Kernel, v Variant, p Player, trace *model.Trace) (*Played, error) {
	if v == PerBind && trace.Group {
		return nil, fmt.Errorf("%w: in %s every device is alone in its group", ErrUnplayable, v)
	}
	b := judgeBounds(trace.Drivers)
	b.Actors, b.SharedGroup, b.Setup = 2, trace.Group, trace.Bounds().Setup
	m, err := model.NewMachine(k, b)
	if err != nil {
		return nil, err
	}
	plan, err := planRace(m, v, trace)
	if err != nil {
		return nil, err
	}
	t := newTeller(m, v)
	t.race = &race{}
	t.marking = true
	x := t.playPlan(plan)
	x.shared = trace.Group
	got, err := answers(ctx, p, v, []expectation{x})
	if err != nil {
		return nil, err
	}
	out := &Played{Kind: got[0].kind, Skipped: x.skipped, Log: got[0].log, Notes: plan.notes}
	d := &Disagreement{}
	d.fill(k, t, &x, got[0])
	out.Rows, out.First, out.Machine, out.Kernel = d.Rows, d.First, d.Machine, d.Kernel
	for _, b := range t.broken {
		if name := b.Key.Invariant.String(); !slices.Contains(out.Rules, name) {
			out.Rules = append(out.Rules, name)
		}
	}
	return out, nil
}

// playPlan is play for two actors.
func (t *teller) playPlan(p *plan) expectation {
	from := len(t.buf)
	q := sequence{drivers: t.machine.Bounds().Drivers, race: true, link: linkLine(t.machine.Bounds())}
	t.begin(0)
	for i, e := range p.events {
		t.race.until = p.until[i]
		if t.event(e) {
			q.events, q.until = append(q.events, e), append(q.until, p.until[i].name)
		}
	}
	q.skipped = len(p.events) - len(q.events)
	q.events = t.raceFinish(q.events)
	x := t.expect(q, from)
	x.faults = raceOwners(x.faults)
	return x
}

// raceFaults leaves out what a log of two actors shows in another way: who is
// counted as an owner.
func raceFaults(list []fault) []fault {
	return slices.DeleteFunc(list, func(f fault) bool { return f.rule == model.OwnerBalanced })
}

// raceOwners is the machine's side of ownerFaults.
func raceOwners(list []fault) []fault {
	n := len(list)
	if list = raceFaults(list); len(list) < n {
		list = append(list, fault{event: noEvent, rule: model.OwnerBalanced})
	}
	return list
}

// eventWords is an event as the two columns have it.
func (x *expectation) eventWords(i int, e model.Event) string {
	if i < len(x.until) && x.until[i] != "" {
		return fmt.Sprintf("%s  (at %q)", e, x.until[i])
	}
	return e.String()
}
