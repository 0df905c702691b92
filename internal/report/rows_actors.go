package report

import (
	"strings"

	"dmafuzz/model"
)

// actorRow adds to a row of two actors who carries the event out, whose turn
// it is, and what is held afterwards.
func (p *play) actorRow(i int, row *EventRow) {
	e := &p.events[i]
	if e.event.Until != (model.Point{}) {
		row.Until = e.event.Until.String()
	}
	if !e.executed || e.actor == nobody {
		return
	}
	row.Actor = letter(e.actor)
	row.Missed = row.Until != "" && e.stand.kind != standPoint && !e.after.Halted
	row.Turn = p.turn(i)
	if e.stand.kind != standInvalid {
		row.Stands = e.stand.words()
	}
	if e.last == e.first || e.after.Halted {
		return
	}
	for actor := range letters {
		for _, l := range p.locks(&e.after, p.moments[e.last-1].place[actor]) {
			row.Locks = append(row.Locks, letter(actor)+" "+l)
		}
	}
}

// turn says whose turn an event is and where the other actor stands meanwhile; ""
// where the same actor just does its next thing.
func (p *play) turn(i int) string {
	e := &p.events[i]
	mine, other := p.standAt(i, e.actor), p.standAt(i, 1-e.actor)
	switch {
	case e.joins && other.kind != standInvalid:
		return letter(e.actor) + " preempts " + letter(1-e.actor) + ", which " + other.words() + p.holding(i, 1-e.actor)
	case e.joins:
		return ""
	case !continues(e.event) && p.lastActor(i) == e.actor:
		return ""
	}
	text := letter(e.actor) + " goes on"
	switch mine.kind {
	case standPoint:
		text += " from " + mine.what
	case standLock:
		text += " with " + mine.what
	case standRemove:
		text += " with remove"
	case standCallback:
		text += " in " + mine.what
	}
	if p.lastActor(i) == e.actor {
		return text
	}
	return text + ": " + letter(1-e.actor) + " " + other.words() + p.holding(i, 1-e.actor)
}

// lastActor is who carried out the last event before one.
func (p *play) lastActor(event int) int {
	for i := event - 1; i >= 0; i-- {
		if e := &p.events[i]; e.executed && e.actor != nobody {
			return e.actor
		}
	}
	return nobody
}

// holding lists the locks that an actor holds when an event begins.
func (p *play) holding(event, actor int) string {
	n := p.events[event].first - 1
	if n < 0 {
		return ""
	}
	m := &p.moments[n]
	if held := p.locks(&m.after, m.place[actor]); held != nil {
		return ", holding " + strings.Join(held, " ")
	}
	return ""
}

// bearsOnOther tells whether a reader wants to see the step for the sake of the
// other actor: a lock taken or dropped while both are under way, or by an actor that
// stops or has stopped.
func (p *play) bearsOnOther(n int) bool {
	if op := p.op(n); !p.two() || op != model.OpLock && op != model.OpUnlock {
		return false
	}
	i := p.moments[n].event
	e := &p.events[i]
	if e.actor == nobody {
		return false
	}
	return p.standAt(i, 1-e.actor).kind != standInvalid || p.standAt(i, e.actor).stopped() || e.stand.stopped()
}
