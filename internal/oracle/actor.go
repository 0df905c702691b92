package oracle

import (
	"maps"
	"slices"

	"dmafuzz/model"
)

// actor is one thread of the kernel. It is idle while it has no runs.
type actor struct {
	runs []*run // a path or call; above it, if its callback waits or devres frees, what is called
	held map[heldLock]bool
}

func (a *actor) clone() *actor {
	c := &actor{runs: slices.Clone(a.runs), held: maps.Clone(a.held)}
	for i, r := range c.runs {
		c.runs[i] = r.clone()
	}
	return c
}

func (a *actor) active() bool { return len(a.runs) > 0 }

// top is the run that the actor is at.
func (a *actor) top() *run { return a.runs[len(a.runs)-1] }

func (a *actor) push(r *run) { a.runs = append(a.runs, r) }

func (a *actor) pop() { a.runs = a.runs[:len(a.runs)-1] }

// waits tells whether a callback of the actor waits for its driver.
func (a *actor) waits() bool { return a.active() && a.top().callback != noCallback }

// hasStopped tells whether the actor stands before a step, between two events.
func (a *actor) hasStopped() bool { return a.active() && a.top().callback == noCallback }

// does tells whether the actor's path, or call, is one of the kinds.
func (a *actor) does(kinds ...model.EventKind) bool {
	return a.active() && slices.Contains(kinds, a.runs[0].event.Kind)
}

// calls are the calls of the DMA API that the actor is in.
func (a *actor) calls() []*run {
	var list []*run
	for _, r := range a.runs {
		if r.dma != nil {
			list = append(list, r)
		}
	}
	return list
}

// races tells whether several actors run.
func (w *World) races() bool { return len(w.actors) > 1 }

// other is the actor beside one, nil if there is none.
func (w *World) other(a *actor) *actor {
	for _, o := range w.actors {
		if o != a {
			return o
		}
	}
	return nil
}

// anyActor tells whether any actor's path, or call, is one of the kinds, and
// was begun for the device; nil stands for any.
func (w *World) anyActor(d *device, kinds ...model.EventKind) bool {
	return slices.ContainsFunc(w.actors, func(a *actor) bool {
		return a.does(kinds...) && (d == nil || int(a.runs[0].event.Device) == d.number)
	})
}

// sortActors puts the active ones first, then who has left a lock held.
func (w *World) sortActors() {
	rank := func(a *actor) int {
		switch {
		case a.active():
			return 0
		case len(a.held) > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(w.actors, func(a, b *actor) int { return rank(a) - rank(b) })
}

// carrier is the actor that carries an event out, nil if nobody can.
func (w *World) carrier(e model.Event) *actor {
	switch {
	case e.Kind == model.EventContinue || e.Kind == model.EventContinueHost:
		return w.named(e)
	case e.Kind == model.EventProbe || e.Kind == model.EventReturn:
		return w.waiterOf(e)
	}
	if a := w.waiterOf(e); a != nil && driverCall(e.Kind) {
		return a
	}
	for _, a := range w.actors {
		if !a.active() {
			return a
		}
	}
	return nil
}

// named is the actor that continue names.
func (w *World) named(e model.Event) *actor {
	n := 0
	for _, a := range w.actors {
		if !a.active() {
			continue
		}
		begun := a.runs[0].event
		host := forHost(begun.Kind)
		if host != (e.Kind == model.EventContinueHost) || !host && begun.Device != e.Device {
			continue
		}
		if n == int(e.Arg) { // 0 is the first, 1 the second
			return a
		}
		n++
	}
	return nil
}

// forHost tells whether an event is for no device.
func forHost(k model.EventKind) bool {
	return k == model.EventIOMMURegister || k == model.EventIOMMUUnregister || k == model.EventShutdown
}

// waiterOf is the first actor that waits in a callback of the event's device.
func (w *World) waiterOf(e model.Event) *actor {
	for _, a := range w.actors {
		if a.waits() && a.top().at().device == int(e.Device) {
			return a
		}
	}
	return nil
}

// mustWait tells whether a remove callback of the device cannot begin yet: the
// other actor is a thread of the driver, in a call of the DMA API.
func (w *World) mustWait(a *actor, d *device) bool {
	o := w.other(a)
	if o == nil || w.anyDrivers() {
		return false
	}
	return slices.ContainsFunc(o.calls(), func(r *run) bool {
		return !r.release && r.who == model.WhereBound && int(r.event.Device) == d.number
	})
}

// canGoOn tells whether an actor that has stopped could take its next step.
func (w *World) canGoOn(a *actor) bool {
	r := a.top()
	f := r.at()
	s := f.steps[f.next]
	stuck := w.atHeldLock(a, f) || w.waitsForProbe(a, f) || s.Op == model.OpDriverRemove && w.mustWait(a, w.devices[f.device])
	return !stuck || !f.asked && !w.wouldHold(r, s.When)
}

// atHeldLock tells whether the step at hand takes a lock that the other holds.
func (w *World) atHeldLock(a *actor, f *frame) bool {
	s, o := f.steps[f.next], w.other(a)
	return s.Op == model.OpLock && o != nil && o.held[w.lock(s, w.devices[f.device])]
}

// block stops an actor at a lock or a remove callback. If nobody can ever help
// it, that is a deadlock.
func (w *World) block(a *actor, r *run) {
	w.now.stopped = true
	o := w.other(a)
	if o == nil || !o.active() || o.hasStopped() && !w.canGoOn(o) {
		w.report(r.site(), finding{invariant: model.NoDeadlock, consequence: model.Hang, device: r.at().device})
	}
}
