package oracle

import (
	"slices"

	"dmafuzz/model"
)

// Enabled returns the events that can happen now, in ascending order of id.
func (w *World) Enabled() []model.Event {
	var events []model.Event
	for _, e := range model.AllEvents() {
		if w.enabled(e) {
			events = append(events, e)
		}
	}
	return events
}

// enabled tells whether the bounds take the event in, its row of the page
// holds, and nothing unknown stands in its way.
func (w *World) enabled(e model.Event) bool {
	if w.halted || !e.Valid() || !w.bounded(e) {
		return false
	}
	return w.allowed(e) && w.canStart(e) && w.canRun(e)
}

// allowed tells whether there is an actor for the event, and it may.
func (w *World) allowed(e model.Event) bool {
	a := w.carrier(e)
	switch {
	case a == nil:
		return false
	case e.Kind == model.EventContinue || e.Kind == model.EventContinueHost:
		return a.hasStopped() && w.canGoOn(a)
	case a.active():
		return w.allowedInCallback(a, e)
	case w.races() && w.other(a).waits() && !w.mayPreempt():
		return false
	}
	return w.allowedIdle(e) && w.allowedBeside(e)
}

func (w *World) bounded(e model.Event) bool {
	family := e.Family()
	return int(e.Device) < w.bounds.Devices && int(e.Memory) < w.bounds.Memory &&
		w.bounds.Families&family == family
}

// allowedIdle is the page's first table: no callback waits.
func (w *World) allowedIdle(e model.Event) bool {
	d := w.devices[e.Device]
	g := w.group(d)
	switch e.Kind {
	case model.EventAdd:
		needsMaps := e.Arg == model.AddRanges || e.Arg == model.AddMap
		return d.life == model.LifeAbsent && (!needsMaps || w.rangeMapSteps())
	case model.EventAttach, model.EventBind:
		return w.mayBind(d)
	case model.EventRetry:
		return w.mayBind(d) && d.deferred
	case model.EventUnbind:
		return d.registered() && d.driver
	case model.EventDel:
		return d.registered()
	case model.EventPut:
		return d.life == model.LifeDeleted &&
			(w.anyDrivers() || !d.ownMapping && !w.any(of(d), (*allocation).plain))
	case model.EventIOMMURegister:
		return w.mayRegister()
	case model.EventIOMMUUnregister:
		return w.provider == model.ProviderReady
	case model.EventType:
		return w.in(d) && w.othersQuiet(d)
	case model.EventClaim:
		return w.in(d) && !g.owned && w.othersQuiet(d)
	case model.EventRelease:
		return w.in(d) && g.owned && w.othersQuiet(d)
	case model.EventShutdown:
		return true
	case model.EventTimeout:
		return !w.timeout
	case model.EventHotplug:
		return !w.hotplug && w.kernel.Fact(model.FactBypass) == "arch"
	case model.EventDevm:
		return d.life != model.LifeAbsent && !d.driver && w.free(e.Memory) && d.room()
	}
	return w.allowedIdleDriver(e, d)
}

// allowedIdleDriver is the same for the calls of a driver that is bound, or was.
func (w *World) allowedIdleDriver(e model.Event, d *device) bool {
	if !driverCall(e.Kind) || !w.allowedCall(noCallback, e, d) {
		return false
	}
	if d.registered() && d.bound && !d.quit {
		return true
	}
	switch e.Kind {
	case model.EventFree:
		// Reading: memory of kind devm is never freed by hand, not even late
		// with any drivers: the second table has the last word.
		m := w.slots[e.Memory]
		return d.life != model.LifeAbsent && (!d.driver || d.quit && w.bounds.Drivers == model.DriversLate) &&
			(m.plain() && w.bounds.Drivers != model.DriversWell || w.anyDrivers())
	case model.EventMapping:
		return d.registered() && !d.driver && w.allIdle()
	}
	return false
}

func (w *World) mayBind(d *device) bool { return d.registered() && !d.driver && w.othersQuiet(d) }

// othersQuiet tells whether other code keeps its contract: nobody binds a
// driver, or touches the group, over memory that other code holds.
func (w *World) othersQuiet(d *device) bool {
	if w.anyDrivers() {
		return true
	}
	inSameGroup := func(m *allocation) bool {
		return m.device == d.number || w.in(d) && w.group(d).members[m.device]
	}
	return !w.any((*allocation).ofOthers, inSameGroup)
}

func (w *World) mayRegister() bool {
	if w.provider != model.ProviderAbsent {
		return false
	}
	if w.kernel.Fact(model.FactRegisters) == "before-drivers" {
		for _, d := range w.devices {
			if d.driver {
				return false
			}
		}
		if w.any() {
			return false
		}
	}
	return w.anyDrivers() || !w.any((*allocation).ofOthers)
}

func (w *World) anyDrivers() bool { return w.bounds.Drivers == model.DriversAny }

// holdsSomething tells whether the device's driver has yet to free memory or
// detach a mapping by hand.
func (w *World) holdsSomething(d *device) bool {
	return d.driverHoldsMapping() || w.any(of(d), (*allocation).plain)
}

// rangeMapSteps tells whether any path of the kernel installs range maps.
//
// Reading: range_map_free alone is not enough. A kernel in which nothing
// installs a map has none to describe, and each allocation would miss it.
func (w *World) rangeMapSteps() bool {
	for _, kind := range allPaths() {
		for _, s := range w.kernel.Path(kind).Steps {
			switch s.Op {
			case model.OpRangeMapSet, model.OpRangeMapAdd:
				return true
			}
		}
	}
	return false
}

// canStart tells whether the path that the event starts, if any, is known and
// has the step that the event is about.
func (w *World) canStart(e model.Event) bool {
	start := startedPath(e)
	if start == model.PathKindInvalid {
		return !slices.ContainsFunc(w.neededCalls(e), func(call model.PathKind) bool { return !w.whole(call) })
	}
	if w.kernel.Path(start).Status != model.PathKnown {
		return false
	}
	steps := map[model.Op]bool{}
	w.collect(start, steps, map[model.PathKind]bool{})
	if fail := e.FailStep(); fail != model.OpInvalid && !steps[fail] {
		return false
	}
	return !e.TestRemove() || steps[model.OpTestRemoveOff]
}

// whole tells whether a call of the DMA API is known with all that it calls, and
// no driver would have to act below it.
func (w *World) whole(call model.PathKind) bool {
	steps, paths := map[model.Op]bool{}, map[model.PathKind]bool{}
	w.collect(call, steps, paths)
	for kind := range paths {
		if w.kernel.Path(kind).Status != model.PathKnown {
			return false
		}
	}
	return !slices.ContainsFunc(callbackSteps, func(op model.Op) bool { return steps[op] })
}

// callbackSteps are those at which a driver may have to act.
var callbackSteps = []model.Op{model.OpDriverProbe, model.OpDriverRemove, model.OpDevresRelease}

// neededCalls are the calls without which an allocation is not: those that make
// it and give it back.
//
// Reading: dmam memory is given back by dmam_free, and by devres through
// dma_free; that of other code too, though nothing frees it by hand.
func (w *World) neededCalls(e model.Event) []model.PathKind {
	managed := []model.PathKind{model.PathDmamAlloc, model.PathDmamFree, model.PathDMAFree}
	switch e.Kind {
	case model.EventAlloc:
		if e.Arg == model.AllocManaged {
			return managed
		}
		return []model.PathKind{model.PathDMAAlloc, model.PathDMAFree}
	case model.EventDevm:
		return managed
	case model.EventMap:
		return []model.PathKind{model.PathDMAMap, model.PathDMAUnmap}
	}
	return nil
}

// collect notes the steps of a path and of everything that it calls.
func (w *World) collect(kind model.PathKind, steps map[model.Op]bool, seen map[model.PathKind]bool) {
	if seen[kind] {
		return
	}
	seen[kind] = true
	for _, s := range w.kernel.Path(kind).Steps {
		steps[s.Op] = true
		if s.Op == model.OpCall {
			w.collect(model.PathKind(s.Arg), steps, seen)
		}
	}
}

// canRun tells whether the event would come to its end without the steps of an
// unknown path, if all callbacks on its way returned at once. It tries.
func (w *World) canRun(e model.Event) bool {
	trial := w.Clone()
	trial.now = &moment{trial: true}
	e.Until = model.Point{}
	trial.happen(e)
	return !trial.now.unknown
}
