package uml

import (
	"strconv"

	"dmafuzz/model"
)

// teller carries events out on the machine and writes, for each, the log that
// the player would write if the machine were right. player/PROTOCOL.md has the
// format.
type teller struct {
	machine *model.Machine
	variant Variant
	words   wordTable
	see     model.Observer

	state   model.State
	last    model.State            // after the step before
	count   int                    // events of the sequence that were carried out
	top     model.Event            // the top-level event that is under way
	err     model.Err              // that its path has set
	was     model.Err              // the one that was set when none was, last
	listed  bool                   // its device was on the deferred list when it began
	using   int                    // the device whose ownership is being taken, or -1
	release [model.MaxDevices]bool // devres_release is under way
	broken  []broken               // rules that the sequence broke
	oops    bool                   // the player must tell of a crash that it prevented
	shut    bool                   // the machine has halted by shutdown, and nothing else
	// group: the last device that came to the IOMMU's driver was turned away
	unjoined bool
	// group: the default domain may be DMA-FQ
	flushes [model.MaxDevices]bool
	buf     []byte

	// race is who does what, with two actors or a shared group; else nil.
	race    *race
	early   string // see doing
	joins   uint8
	skip    string
	removes bool // the step was a remove that waits for a thread of its driver
	act     int  // the actor that carries the event out, by its place in State.Actors

	cover   *coverage // nil unless somebody asks what ran
	marks   []mark    // which step wrote a line, if somebody asks
	marking bool
}

// mark says which step of the machine wrote what begins at a place of the log.
type mark struct {
	at  int
	ref model.StepRef
}

// broken is a violation and the number of the event that had it.
type broken struct {
	event int
	model.Violation
}

func newTeller(m *model.Machine, v Variant) *teller {
	t := &teller{machine: m, variant: v, words: newWords(m.Kernel(), v), using: -1}
	t.see = t.step
	return t
}

// begin starts a sequence from boot.
func (t *teller) begin(n uint64) {
	t.state = model.State{}
	t.last = t.state
	t.count, t.using = 0, -1
	t.oops, t.shut, t.unjoined, t.flushes = false, false, false, [model.MaxDevices]bool{}
	t.release = [model.MaxDevices]bool{}
	t.act = 0
	if t.race != nil {
		*t.race = race{marking: t.race.marking}
	}
	t.broken, t.marks = t.broken[:0], t.marks[:0]
	t.buf = appendStart(t.buf, n)
}

// waits tells whether a callback waits for its driver.
func (t *teller) waits() bool { return t.state.Actors[0].Frames[0].PC != 0 }

// event carries out one event and writes its part of the log. It tells whether
// the event was enabled; if not, nothing has changed.
func (t *teller) event(e model.Event) bool {
	if t.race != nil {
		return t.raceEvent(e)
	}
	inside := t.waits()
	before, from := t.last, len(t.buf)
	t.last = t.state
	t.buf = append(strconv.AppendInt(append(t.buf, "E "...), int64(t.count), 10), '\n')
	if !inside {
		t.top, t.err, t.was = e, model.ErrNone, model.ErrNone
		t.listed = t.state.Devices[e.Device].Deferred
	}
	if inside && e.Kind == model.EventProbe && e.Arg != model.ProbeOK {
		t.failed(probeErr(e))
	}
	out := t.machine.Apply(&t.state, e, model.With{See: t.see})
	if !out.Executed {
		t.last, t.buf = before, t.buf[:from]
		return false
	}
	t.used()
	for _, v := range out.Violations() {
		t.broken = append(t.broken, broken{t.count, v})
	}
	if t.cover != nil {
		t.cover.events[e.ID()]++
	}
	if e.Kind == model.EventType && t.err == model.ErrNone {
		t.flushes[e.Device] = e.Arg == model.TypeFQ
	}
	t.count++
	switch {
	case t.state.Halted && e.Kind == model.EventShutdown && len(out.Violations()) == 0:
		halted := t.state
		t.shut, t.state = true, t.last
		t.over()
		t.state = halted
	case t.state.Halted:
		t.halted(e, &out)
	case !t.waits():
		t.over()
	case !inside, e.Kind == model.EventProbe, e.Kind == model.EventReturn: // another callback has begun to wait
		t.deviceState(t.at(0))
	}
	return true
}

func probeErr(e model.Event) model.Err {
	if e.Arg == model.ProbeDefer {
		return model.ErrDefer
	}
	return model.ErrFailed
}

// failed notes the error that a path has set now, if any.
func (t *teller) failed(err model.Err) {
	if t.err == model.ErrNone && err != model.ErrNone {
		t.was = err
	}
	t.err = err
}

// step is told of each step that ran.
func (t *teller) step(ref model.StepRef, device uint8, after *model.State) {
	if t.cover != nil {
		t.cover.steps[ref.Path][ref.Step]++
	}
	if t.using >= 0 && ref.Path != model.PathOwnerUse {
		t.used()
	}
	if t.joins > 0 && t.machine.Kernel().Path(ref.Path).Steps[ref.Step].Op != model.OpLock {
		t.joined(after)
	}
	err := after.Actors[t.act].Frames[0].Err
	failed := err != model.ErrNone && t.err == model.ErrNone
	from := len(t.buf)
	t.say(t.words.of(ref), ref, device, after, failed)
	if t.race != nil {
		t.said(from)
	}
	if t.marking && len(t.buf) > from {
		t.marks = append(t.marks, mark{from, ref})
	}
	t.failed(err)
	if t.race != nil {
		t.race.step(t, ref, device, after, from)
	}
	t.last = *after
}

// used ends the taking of an ownership, which the player shows with its result.
func (t *teller) used() {
	if t.using < 0 {
		return
	}
	t.op("use", uint8(t.using), errWords[t.err])
	t.using = -1
}

var errWords = [...]string{model.ErrNone: "ok", model.ErrFailed: "error", model.ErrDefer: "defer"}

// over ends a top-level event: its result, and the state after it.
func (t *teller) over() {
	if r := t.result(); r != "" {
		t.buf = append(append(append(t.buf, "o result "...), r...), '\n')
	}
	t.states()
}

// result is what the player says of how a path ended, "" for an event that
// starts none. A bind through the bus and the worker keep it to themselves: the
// player looks at the device then, and at the error that it saw where an entry
// on the deferred list says nothing, because it was there before.
func (t *teller) result() string {
	d := &t.state.Devices[t.top.Device]
	switch t.top.Kind {
	case model.EventAttach, model.EventRetry:
		listed := t.listed && t.top.Kind == model.EventAttach
		switch {
		case d.Bound:
			return "0"
		case listed && t.was == model.ErrDefer, !listed && d.Deferred:
			return "defer"
		}
		return "error"
	case model.EventUnbind, model.EventDel, model.EventPut:
		return "0"
	case model.EventBind: // -EAGAIN stands for a deferral there
		return resultWord(t.err, t.was)
	case model.EventAdd, model.EventIOMMURegister, model.EventIOMMUUnregister, model.EventType,
		model.EventClaim, model.EventRelease:
		return resultWord(t.err, t.err)
	}
	return ""
}

func resultWord(err, kind model.Err) string {
	switch {
	case err == model.ErrNone:
		return "0"
	case kind == model.ErrDefer:
		return "defer"
	}
	return "error"
}

// op writes a line about a device.
func (t *teller) op(what string, device uint8, more string) {
	t.buf = append(append(append(append(t.buf, "o "...), what...), ' '), deviceWords[device]...)
	t.end(more)
}

// memory writes a line about a slot.
func (t *teller) memory(what string, slot int, way string) {
	t.buf = append(append(append(append(t.buf, "o "...), what...), ' '), memoryWords[slot]...)
	t.end(way)
}

func (t *teller) end(more string) {
	if more != "" {
		t.buf = append(append(t.buf, ' '), more...)
	}
	t.buf = append(t.buf, '\n')
}

var (
	deviceWords = func() (w [model.MaxDevices]string) {
		for i := range w {
			w[i] = (*model.Trace)(nil).DeviceName(uint8(i))
		}
		return w
	}()
	memoryWords = func() (w [model.MaxMemory]string) {
		for i := range w {
			w[i] = (*model.Trace)(nil).MemoryName(uint8(i))
		}
		return w
	}()
)
