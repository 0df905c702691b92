package report

import (
	"fmt"

	"dmafuzz/model"
)

// rows lays the play out as a table.
func (p *play) rows() []EventRow {
	many := p.manyDevices()
	rows := make([]EventRow, 0, len(p.events))
	for i := range p.events {
		e := &p.events[i]
		row := EventRow{Number: i + 1, Event: e.event.Format(p.trace), Inside: e.inside, Skipped: !e.executed, Steps: []StepRow{}}
		for n := e.first; n < e.last; n++ {
			row.Steps = append(row.Steps, p.stepRow(n, e, many))
		}
		if p.two() {
			p.actorRow(i, &row)
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *play) stepRow(n int, e *eventPlay, many bool) StepRow {
	m := &p.moments[n]
	var r StepRow
	if m.ref.Path != model.PathKindInvalid {
		words, pos := p.kernel.Describe(m.ref)
		r.Step = Step{m.ref.Path.String(), words, pos}
	}
	r.Changes = diffStates(p.trace, many, &m.before, &m.after)
	if p.two() && e.actor != nobody {
		held := &m.after
		if held.Halted {
			held = &m.before
		}
		r.Locks = p.locks(held, m.place[e.actor])
		if w, ok := e.stand.wish(e.actor); ok && w.moment == n {
			r.Changes = append(r.Changes, w.words())
		}
	}
	for _, h := range e.hits {
		if h.moment == n {
			if list := p.wishes(h); h.Key.Invariant == model.NoDeadlock && list != nil {
				r.Changes = []string{list[0].words()}
			}
			r.Broken = append(r.Broken, fmt.Sprintf("%s (%s)", h.Key.Invariant, h.Consequence))
		}
	}
	r.Plain = len(r.Changes) == 0 && len(r.Broken) == 0 && !p.bearsOnDMA(n) && !p.bearsOnOther(n)
	return r
}

// bearsOnDMA tells whether a reader wants to see the step even if it changes
// nothing: the flow of a path he does not, nor the second look of a release
// that has emptied its list.
func (p *play) bearsOnDMA(n int) bool {
	op := p.op(n)
	switch op {
	case model.OpInvalid, model.OpLabel, model.OpGoto, model.OpReturn, model.OpLock, model.OpUnlock, model.OpForEach,
		model.OpEnd, model.OpRefuse, model.OpIgnoreError, model.OpTestRemoveOff:
		return false
	case model.OpCall:
		st, _ := p.step(p.moments[n].ref)
		return isDMACall(model.PathKind(st.Arg))
	case model.OpDevresRelease:
		for i := n - 1; i >= 0 && p.moments[i].event == p.moments[n].event; i-- {
			if p.moments[i].ref == p.moments[n].ref {
				return false
			}
		}
	}
	return op.HasDMAMeaning() || op.ForLinks() && p.machine.Bounds().Linked() && op != model.OpLinksBusy
}

func (p *play) manyDevices() bool {
	for _, e := range p.trace.Events {
		if e.Device != 0 {
			return true
		}
	}
	return false
}

// isDMACall tells whether a call is where the driver core hands over to the
// code that makes or takes down a device's DMA.
func isDMACall(p model.PathKind) bool {
	switch p {
	case model.PathDMAConfigure, model.PathDMACleanup, model.PathDMASetup, model.PathDMATeardown, model.PathUnbindCleanup:
		return true
	}
	return false
}
