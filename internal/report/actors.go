package report

import "dmafuzz/model"

// nobody carries out what acts at once and is no callback's doing.
const nobody = -1

// letters name the actors of a trace: A is who begins while nobody runs.
const letters = "AB"

func letter(actor int) string { return letters[actor : actor+1] }

// standKind says where an actor is when its event is over.
type standKind uint8

const (
	standInvalid standKind = iota // it is done, or the kernel has stopped
	// standCallback: it waits in a driver's callback.
	standCallback
	// standPoint: it has stopped before a point.
	standPoint
	// standLock: it waits for a lock that the other actor holds.
	standLock
	// standRemove: it waits for a driver's own thread before it calls remove.
	standRemove
	// standConsumer: it waits for a consumer's probe to end before it unbinds it.
	standConsumer
)

// stand is where an actor is when its event is over.
type stand struct {
	kind   standKind
	what   string        // the callback ("probe"), the point, or the lock ("device(sata)")
	ref    model.StepRef // the step that it goes on with
	moment int           // at which it waits for a lock, or for a driver's thread
	wants  string        // the lock that the point's step takes
	at     string        // the position of the point's step: " (FILE:LINE)"
}

// stopped tells whether the actor stands elsewhere than in a callback.
func (st stand) stopped() bool { return st.kind > standCallback }

// two tells whether the trace is one of two actors.
func (p *play) two() bool { return p.trace.Actors > 1 }

// actor is who carries a moment out.
func (p *play) actor(moment int) int {
	m := &p.moments[moment]
	if m.event < len(p.events) {
		return p.events[m.event].actor
	}
	return nobody
}

// takePart says who carries an event out that has just run, and gives its
// moments their phase.
func (p *play) takePart(ev *eventPlay, before *model.State) {
	slot := p.machine.ActorOf(before, ev.event)
	who := int(p.cast.Follow(p.machine, before, ev.event, &ev.after))
	end := slot // where it stands afterwards: an actor that is done makes way for the other
	if ev.after.Actors[slot] == before.Actors[1-slot] && ev.after.Actors[1-slot] != before.Actors[1-slot] {
		end = 1 - slot
	}
	if !p.atOnce(before, slot, ev.event) {
		ev.actor = who
	}
	active := running(before, slot)
	ev.inside = active && ev.actor != nobody && (before.Actors[slot].Frames[1].PC != 0 || !continues(ev.event))
	ev.joins = !active && ev.actor != nobody
	phase := p.phaseNow(ev, before, slot, who)
	for i := ev.first; i < ev.last; i++ {
		m := &p.moments[i]
		m.phase = phase
		m.place[who], m.place[1-who] = slot, 1-slot
		if m.ref.Path == model.PathKindInvalid { // the state when all is over
			m.place[who], m.place[1-who] = end, 1-end
		}
	}
	switch {
	case ev.actor == nobody:
		return
	case !running(&ev.after, end):
		p.phases[who] = phases{}
	case !active:
		p.phases[who].outer = phase
	default:
		p.phases[who].inner = phase
	}
	if p.two() && running(&ev.after, end) {
		ev.stand = p.standOf(ev, end)
	}
}

// phases are those of what an actor runs or waits in, and of the last call that
// its callback made.
type phases struct{ outer, inner model.PathKind }

// phaseNow is the phase of what an event runs.
func (p *play) phaseNow(ev *eventPlay, before *model.State, slot, who int) model.PathKind {
	phase := phaseOf(ev.event)
	switch {
	case phase != model.PathKindInvalid:
		return phase
	case before.Actors[slot].Frames[1].PC != 0:
		return p.phases[who].inner
	}
	return p.phases[who].outer
}

func running(s *model.State, slot int) bool { return s.Actors[slot].Frames[0].PC != 0 }

func continues(e model.Event) bool {
	return e.Kind == model.EventContinue || e.Kind == model.EventContinueHost
}

// atOnce tells whether the event is nobody's: it acts at once, and no callback
// of its device waits.
func (p *play) atOnce(before *model.State, slot int, e model.Event) bool {
	if !p.two() {
		return false
	}
	switch e.Kind {
	case model.EventTimeout, model.EventHotplug:
		return true
	case model.EventMask, model.EventBypass, model.EventPool, model.EventAction:
		return !running(before, slot) || p.machine.Stopped(before, slot) || before.Actors[slot].Frames[0].Device != e.Device
	}
	return false
}

// standOf is where an actor is that has not come to the end of what it does.
func (p *play) standOf(ev *eventPlay, slot int) stand {
	last, op := p.lastStep(ev)
	if !p.machine.Stopped(&ev.after, slot) {
		st := stand{kind: standCallback}
		switch op {
		case model.OpDriverProbe:
			st.what = "probe"
		case model.OpDriverRemove:
			st.what = "remove"
		case model.OpDevresRelease:
			st.what = "a devm action"
		default: // a call that the callback made has ended
			st.what = p.standAt(len(p.events), ev.actor).what
		}
		return st
	}
	ref, device := p.machine.Next(&ev.after, slot)
	st := stand{ref: ref, moment: last}
	switch {
	case op == model.OpLock && p.moments[last].ref == ref:
		st.kind, st.what = standLock, p.lockOf(ref, device)
	case op == model.OpDriverRemove:
		st.kind = standRemove
	case op == model.OpUnbindConsumers && p.moments[last].ref == ref && ev.after.Link == model.LinkConsumerProbe:
		st.kind = standConsumer
	default:
		st.kind, st.what = standPoint, ev.event.Until.String()
		if _, pos := p.kernel.Describe(ref); pos != "" {
			st.at = " (" + pos + ")"
		}
		if next, _ := p.step(ref); next.Op == model.OpLock {
			st.wants = p.lockOf(ref, device)
		}
	}
	return st
}

// lastStep is the moment of the last step that ran in an event, and what it does.
func (p *play) lastStep(ev *eventPlay) (moment int, op model.Op) {
	for i := ev.last - 1; i >= ev.first; i-- {
		if p.moments[i].ref.Path != model.PathKindInvalid {
			return i, p.op(i)
		}
	}
	return -1, model.OpInvalid
}

// standAt is where an actor is when an event begins.
func (p *play) standAt(event, actor int) stand {
	for i := event - 1; i >= 0; i-- {
		if e := &p.events[i]; e.executed && e.actor == actor {
			return e.stand
		}
	}
	return stand{}
}

// words say where an actor is, behind its letter.
func (st stand) words() string {
	switch st.kind {
	case standCallback:
		return "is in " + st.what
	case standPoint:
		return "has stopped before " + st.what + st.at
	case standLock:
		return "waits for " + st.what
	case standRemove:
		return "waits for the driver's own thread"
	case standConsumer:
		return "waits for the consumer's probe"
	}
	return "is done"
}

// lockOf is the lock that a step for a device takes.
func (p *play) lockOf(ref model.StepRef, device uint8) string {
	st, _ := p.step(ref)
	return p.lockName(p.machine.HeldLock(model.Lock(st.Arg), device))
}

func (p *play) lockName(l model.HeldLock) string {
	if l.Lock == model.LockDevice || l.Lock == model.LockGroup && !p.trace.Group {
		return l.Lock.String() + "(" + p.trace.DeviceName(l.Device) + ")"
	}
	return l.Lock.String()
}

// locks are those that the actor at a place of the state holds.
func (p *play) locks(s *model.State, slot int) []string {
	var names []string
	for _, l := range p.machine.HeldLocks(s, slot) {
		names = append(names, p.lockName(l))
	}
	return names
}
