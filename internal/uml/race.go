package uml

import (
	"slices"
	"strconv"
	"strings"

	"dmafuzz/model"
)

// race is what a teller remembers of two actors.
type race struct {
	cast    model.Cast
	doing   [model.MaxActors]doing // by who they are, as in model.Cast
	joined  []uint8                // devices in a group, in the order in which they came
	marking bool                   // the points of the player that have no line are written too
	until   place                  // where the player stops the event that comes next
	lines   []raceLine             // of the event, as far as it has come
}

// doing is what an actor does.
type doing struct {
	top    model.Event // that its path began with; the zero event of who is idle
	err    model.Err
	was    model.Err
	listed bool
	using  int
	early  string // a line of the step that it stands before, written already
	joins  uint8  // the device that waits for its group's lock, from 1 on
	skip   string // a point that it stands at, which its thread does not come by again
}

// anyLock is what the points before locks begin with.
const anyLock = "lock "

// place is a place at which the player can stop.
type place struct {
	name string // the line behind which it stops, or a point without one; "" for none
	// early tells that the machine's step that writes the line comes next: the
	// player says what it is about to do.
	early bool
}

// raceLine is a line of the player's log, or a point of it that has none.
type raceLine struct {
	text  string // without "o "
	ref   model.StepRef
	word  word        // wordNone for a point without a line
	state model.State // after the step that wrote it
}

// raceEvent is event for two actors.
func (t *teller) raceEvent(e model.Event) bool {
	r := t.race
	start := t.state
	t.act = t.machine.ActorOf(&start, e)
	after, out := t.machine.Step(start, e)
	if !out.Executed {
		return false
	}
	who := r.cast.Follow(t.machine, &start, e, &after)
	fresh := !active(&start, t.act)
	own := !atOnce(e) // the event is something that an actor does
	if own && fresh {
		r.doing[who] = doing{top: e, listed: start.Devices[e.Device].Deferred, using: -1}
	}
	t.load(&r.doing[who])
	t.last = start
	t.buf = append(strconv.AppendInt(append(t.buf, "E "...), int64(t.count), 10), '\n')
	r.lines, t.removes = nil, false
	if e.Kind == model.EventProbe && e.Arg != model.ProbeOK {
		t.failed(probeErr(e))
	}
	out = t.machine.Apply(&t.state, e, model.With{See: t.see})
	for _, v := range out.Violations() {
		t.broken = append(t.broken, broken{t.count, v})
	}
	if e.Kind == model.EventType && t.err == model.ErrNone {
		t.flushes[e.Device] = e.Arg == model.TypeFQ
	}
	t.count++
	if t.state.Halted {
		t.used()
		t.ended(e, &out)
	} else if own {
		t.stands(e, &start, fresh)
	} else if !active(&t.state, 0) {
		t.states()
	}
	t.save(&r.doing[who])
	left := actives(&start)
	if fresh {
		left++
	}
	if own && actives(&t.state) < left {
		r.doing[who] = doing{}
	}
	return true
}

// atOnce tells whether an event is nothing that an actor is busy with.
func atOnce(e model.Event) bool {
	switch e.Kind {
	case model.EventMask, model.EventBypass, model.EventPool, model.EventAction, model.EventTimeout, model.EventHotplug:
		return true
	}
	return false
}

func (t *teller) load(d *doing) {
	t.top, t.err, t.was, t.listed, t.using, t.early, t.joins, t.skip = d.top, d.err, d.was, d.listed, d.using, d.early, d.joins, d.skip
}

func (t *teller) save(d *doing) {
	*d = doing{t.top, t.err, t.was, t.listed, t.using, t.early, t.joins, t.skip}
}

// ended writes what there is when the machine's kernel has stopped.
func (t *teller) ended(e model.Event, out *model.Outcome) {
	if len(out.Violations()) > 0 {
		t.halted(e, out)
		return
	}
	halted := t.state
	t.shut, t.state = true, t.last
	t.over()
	t.state = halted
}

// stands writes where an actor has come to: its end, a point, a lock, or a
// callback that waits.
func (t *teller) stands(e model.Event, start *model.State, fresh bool) {
	at := t.act
	if at == 1 && !active(start, 0) {
		at = 0 // active actors stand first
	}
	other := active(start, 1-t.act)
	switch {
	case active(&t.state, 0) == other && !(other && active(&t.state, 1)): // it has come to its end
		t.used()
		if r := t.result(); r != "" {
			t.line("result " + r)
		}
		if !other {
			t.states()
		}
	case t.machine.Stopped(&t.state, at):
		if t.goesOn(at) {
			text, _, _ := strings.Cut(t.race.until.name, " x") // how often it came by, the player does not say
			if mark := (raceLine{text: text}); mark.before() {
				t.skip = text // the thread is past all others
			}
			if t.race.until.early {
				t.line(text)
				t.early = text
			}
			t.line("stops " + text)
		} else if t.removes {
			t.line("waits thread")
		} else if ref, _ := t.machine.Next(&t.state, at); stepOf(t.machine.Kernel(), ref).Op == model.OpUnbindConsumers {
			t.line("waits probe")
		} else {
			t.skip = anyLock
			t.line("waits lock")
		}
	case fresh, e.Kind == model.EventProbe, e.Kind == model.EventReturn, start.Actors[t.act].Frames[1].PC == 0 && !isCall(e):
		t.used()
		t.deviceState(t.at(at))
	}
}

// at is the device that an actor is at: that of its path, or a consumer of that.
func (t *teller) at(actor int) uint8 {
	_, device := t.machine.Next(&t.state, actor)
	return device
}

// actives is how many actors are active.
func actives(s *model.State) int {
	n := 0
	for i := range s.Actors {
		if active(s, i) {
			n++
		}
	}
	return n
}

func active(s *model.State, actor int) bool { return s.Actors[actor].Frames[0].PC != 0 }

// isCall tells whether the event is a call that a callback makes.
func isCall(e model.Event) bool {
	return e.Kind == model.EventAlloc || e.Kind == model.EventFree || e.Kind == model.EventMap
}

// goesOn tells whether an actor that has stopped can go on.
func (t *teller) goesOn(actor int) bool {
	f := &t.state.Actors[actor].Frames[0]
	set := t.machine.Enabled(&t.state)
	for id := range set.All() {
		e, _ := id.Event()
		if e.Kind != model.EventContinue && e.Kind != model.EventContinueHost {
			continue
		}
		if t.machine.ActorOf(&t.state, e) == actor && (e.Kind == model.EventContinueHost || e.Device == f.Device) {
			return true
		}
	}
	return false
}

// line writes a line of the player's about no device.
func (t *teller) line(text string) {
	t.buf = append(append(append(t.buf, "o "...), text...), '\n')
}

// said takes out a line that was written before its step.
func (t *teller) said(from int) {
	line := "o " + t.early + "\n"
	if t.early == "" || len(t.buf) == from {
		return
	}
	if strings.HasPrefix(string(t.buf[from:]), line) {
		t.buf = slices.Delete(t.buf, from, from+len(line))
	}
	t.early = ""
}

// step notes the lines that a step has written, and the points without one.
func (r *race) step(t *teller, ref model.StepRef, device uint8, after *model.State, from int) {
	if !r.marking {
		return
	}
	w := t.words.of(ref).word
	mark := raceLine{text: t.point(ref, device, after), ref: ref, state: *after}
	if mark.text == t.skip || t.skip == anyLock && strings.HasPrefix(mark.text, anyLock) {
		mark.text, t.skip = "", ""
	}
	if mark.text != "" && mark.before() {
		r.lines = append(r.lines, mark)
	}
	for _, l := range lines(t.buf[from:]) {
		if len(l) > 2 && l[:2] == "o " {
			r.lines = append(r.lines, raceLine{l[2:], ref, w, *after})
		}
	}
	if mark.text != "" && !mark.before() {
		r.lines = append(r.lines, mark)
	}
}

// point is the point without a line that the player has at a step, "" if none.
func (t *teller) point(ref model.StepRef, device uint8, after *model.State) string {
	st := t.machine.Kernel().Path(ref.Path).Steps[ref.Step]
	switch {
	case st.Op == model.OpLock && t.namesLock(model.Lock(st.Arg)):
		return "lock " + model.Lock(st.Arg).String()
	case st.Op == model.OpUnlock && t.namesLock(model.Lock(st.Arg)):
		return "unlock " + model.Lock(st.Arg).String()
	case st.Op == model.OpCall && model.PathKind(st.Arg) == model.PathOwnerUse && t.variant == Group:
		return "ask " + deviceWords[device]
	case st.Op == model.OpRangeMapSet && t.variant == Group:
		return "describe " + deviceWords[device]
	case st.Op == model.OpDevresRemove:
		return "dropped " + deviceWords[device]
	case st.Op == model.OpSetOps && ref.Path == model.PathDMATeardown && t.variant == PerBind:
		return "torn " + deviceWords[device]
	case st.Op == model.OpTake && ref.Path == model.PathDMAFree:
		for i := range after.Memory {
			if t.last.Memory[i].Alloc != model.AllocNone && after.Memory[i].Alloc == model.AllocNone {
				return "freed " + memoryWords[i]
			}
		}
	}
	return ""
}

// namesLock tells whether the player knows a lock when it sees it.
func (t *teller) namesLock(l model.Lock) bool {
	return l == model.LockDevice || t.variant == Group && (l == model.LockGroup || l == model.LockProbe)
}

// raceFinish brings what is under way to its end: actors go on, callbacks give
// back what they must and return.
func (t *teller) raceFinish(events []model.Event) []model.Event {
	for range 100 {
		if t.state.Halted || !active(&t.state, 0) {
			break
		}
		set := t.machine.Enabled(&t.state)
		var best []model.Event
		for id := range set.All() {
			e, _ := id.Event()
			switch e.Kind {
			case model.EventContinue, model.EventContinueHost:
				best = slices.Insert(best, 0, e)
			case model.EventProbe, model.EventReturn:
				best = append(best, e)
			}
		}
		for id := range set.All() {
			if e, _ := id.Event(); e.Kind == model.EventFree {
				best = append(best, e)
			}
		}
		if len(best) == 0 || !t.event(best[0]) {
			break
		}
		events = append(events, best[0])
	}
	return events
}
