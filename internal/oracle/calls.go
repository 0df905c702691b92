package oracle

import "dmafuzz/model"

// driverCall tells whether a driver makes the event happen, other than by
// returning from a callback.
func driverCall(k model.EventKind) bool {
	switch k {
	case model.EventAlloc, model.EventMap, model.EventFree, model.EventMask, model.EventBypass,
		model.EventPool, model.EventAction, model.EventMapping:
		return true
	}
	return false
}

// allowedInCallback tells whether the callback that waits can do the event,
// which is one for its device.
func (w *World) allowedInCallback(a *actor, e model.Event) bool {
	d := w.devices[e.Device]
	callback := a.top().callback
	if callback == probeCallback {
		if e.Kind == model.EventProbe {
			return e.Arg == model.ProbeOK || w.mayLeave(d)
		}
		return driverCall(e.Kind) && w.allowedCall(callback, e, d)
	}
	if e.Kind == model.EventReturn {
		return w.mayLeave(d)
	}
	if !driverCall(e.Kind) || !w.allowedCall(callback, e, d) {
		return false
	}
	switch {
	case w.anyDrivers():
		return true
	case e.Kind == model.EventFree:
		return w.slots[e.Memory].plain()
	}
	return e.Kind == model.EventMapping && e.Arg == model.MappingDetach
}

// mayLeave tells whether a driver may give the device up as it stands: fail its
// probe, return from remove or from a devm action.
func (w *World) mayLeave(d *device) bool {
	switch w.bounds.Drivers {
	case model.DriversAny:
		return true
	case model.DriversLate:
		return !d.driverHoldsMapping()
	}
	return !d.driverHoldsMapping() && (d.actions() > 0 || !w.any(of(d), (*allocation).plain))
}

// allowedCall is the page's table of driver calls, by the callback that makes
// the call, if one does.
func (w *World) allowedCall(by callback, e model.Event, d *device) bool {
	quiet := w.anyDrivers() || !w.any(of(d))            // nothing is live that a change could break
	still := quiet && (w.anyDrivers() || !w.calling(d)) // nor is anything under way
	ending := by == removeCallback || by == actionCallback
	m := w.slots[e.Memory]
	switch e.Kind {
	case model.EventAlloc:
		return w.free(e.Memory) && (e.Arg != model.AllocManaged || d.room())
	case model.EventMap:
		return w.free(e.Memory)
	case model.EventFree:
		return m != nil && m.device == d.number && m.kind != model.AllocOther && !w.chosen(e.Memory)
	case model.EventMask:
		return d.wide != (e.Arg == model.MaskWide) && still
	case model.EventBypass:
		return w.kernel.Fact(model.FactBypass) == "arch" && d.bypass != (e.Arg == model.BypassOn) && still
	case model.EventPool:
		return w.allowedPool(e, d)
	case model.EventAction:
		return d.room() && d.actions() < w.bounds.Actions
	case model.EventMapping:
		if e.Arg == model.MappingAttach {
			return w.in(d) && !d.ownMapping && quiet && (w.anyDrivers() || !w.group(d).owned)
		}
		// Reading: any drivers detach the mapping of others in remove and actions too.
		return d.ownMapping && (w.anyDrivers() ||
			(!ending || !d.others) && !w.any(of(d), (*allocation).translated))
	}
	return false
}

func (w *World) allowedPool(e model.Event, d *device) bool {
	if e.Arg == model.PoolDeclare {
		return !d.pool
	}
	return d.pool && (w.anyDrivers() || !w.any(of(d), (*allocation).fromPool) && !w.calling(d))
}
