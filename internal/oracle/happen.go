package oracle

import "dmafuzz/model"

// startedPath is the path that an event starts, PathKindInvalid for the others.
func startedPath(e model.Event) model.PathKind {
	switch e.Kind {
	case model.EventAdd:
		return model.PathAdd
	case model.EventAttach:
		return model.PathAttach
	case model.EventBind:
		return model.PathBindStore
	case model.EventRetry:
		return model.PathRetry
	case model.EventUnbind:
		return model.PathUnbind
	case model.EventDel:
		return model.PathDel
	case model.EventPut:
		return model.PathPut
	case model.EventIOMMURegister:
		return model.PathIOMMURegister
	case model.EventIOMMUUnregister:
		return model.PathIOMMUUnregister
	case model.EventType:
		return model.PathTypeStore
	case model.EventClaim:
		return model.PathOwnerClaim
	case model.EventRelease:
		return model.PathOwnerRelease
	case model.EventShutdown:
		return model.PathShutdown
	case model.EventMapping:
		if e.Arg == model.MappingAttach {
			return model.PathMappingAttach
		}
		return model.PathMappingDetach
	}
	return model.PathKindInvalid
}

// happen carries an event out that is allowed.
func (w *World) happen(e model.Event) {
	d := w.devices[e.Device]
	a := w.carrier(e)
	if o := w.other(a); !a.active() && !atOnce(e.Kind) && o != nil && o.waits() {
		w.preempt()
	}
	if w.now.left = w.mayPreempt(); w.now.left && e.Until != (model.Point{}) {
		w.now.until = &e.Until
	}
	switch e.Kind {
	case model.EventContinue, model.EventContinueHost:
		w.walk(a)
	case model.EventTimeout:
		w.timeout = true
	case model.EventHotplug:
		w.hotplug = true
	case model.EventMask:
		d.wide = e.Arg == model.MaskWide
	case model.EventBypass:
		d.bypass = e.Arg == model.BypassOn
	case model.EventPool:
		w.poolEvent(e, d)
	case model.EventAction:
		d.devres = append(d.devres, devresEntry{action: true})
	case model.EventAlloc, model.EventMap, model.EventFree, model.EventDevm:
		w.dmaEvent(a, e)
	case model.EventMapping:
		w.begin(a, &run{event: e, who: model.WhereMapping, call: true}, startedPath(e))
	case model.EventProbe:
		w.probeReturns(a, e)
	case model.EventReturn:
		w.resume(a.top())
		w.walk(a)
	default:
		w.startPath(a, e, d)
	}
}

// atOnce tells whether an event takes no thread any time.
func atOnce(k model.EventKind) bool {
	switch k {
	case model.EventTimeout, model.EventHotplug, model.EventMask, model.EventBypass,
		model.EventPool, model.EventAction:
		return true
	}
	return false
}

// begin lets an actor take up a path or a call.
func (w *World) begin(a *actor, r *run, kind model.PathKind) {
	a.push(r)
	w.enter(r, kind, int(r.event.Device))
	w.walk(a)
}

// startPath starts what the environment does.
//
// Reading: a kernel path for no device in particular (iommu register and
// unregister, shutdown) begins with device 0 as the current one. iommu register
// sets the type of new default domains anew each time; nothing else does.
//
// Reading: a shutdown halts when its path is over, as Halted's comment in
// model says; the page does not.
func (w *World) startPath(a *actor, e model.Event, d *device) {
	switch e.Kind {
	case model.EventAdd:
		d.described = model.AddPlain
		if e.Arg == model.AddRanges || e.Arg == model.AddMap {
			d.described = e.Arg
		}
	case model.EventIOMMURegister:
		w.identity = e.ArgString() == "identity"
	}
	w.begin(a, &run{event: e, testRemove: e.TestRemove()}, startedPath(e))
}

func (w *World) poolEvent(e model.Event, d *device) {
	d.pool = e.Arg == model.PoolDeclare
	if !d.pool {
		for _, m := range w.memory(of(d), (*allocation).fromPool) {
			m.poolGone = true
		}
	}
}

// caller tells who makes the call that an event stands for.
func (w *World) caller(a *actor, e model.Event) model.Where {
	d := w.devices[e.Device]
	switch {
	case e.Kind == model.EventDevm:
		return model.WhereOther
	case !a.active() && d.bound:
		return model.WhereBound
	case !a.active():
		return model.WhereLate
	}
	switch a.top().callback {
	case probeCallback:
		return model.WhereProbe
	case removeCallback:
		return model.WhereRemove
	}
	return model.WhereAction
}

// dmaEvent calls the DMA API for a driver or other code.
func (w *World) dmaEvent(a *actor, e model.Event) {
	call, kind := model.PathDMAAlloc, model.AllocCoherent
	switch {
	case e.Kind == model.EventDevm:
		call, kind = model.PathDmamAlloc, model.AllocOther
	case e.Kind == model.EventMap:
		call, kind = model.PathDMAMap, model.AllocMapped
	case e.Kind == model.EventFree:
		kind = w.slots[e.Memory].kind
		call = freeCall(kind)
	case e.Arg == model.AllocManaged:
		call, kind = model.PathDmamAlloc, model.AllocDmam
	}
	who := w.caller(a, e)
	w.begin(a, &run{event: e, who: who, call: true, dma: &dmaCall{
		slot: int(e.Memory), kind: kind, site: model.Site{Where: who, Call: call},
	}}, call)
}

func freeCall(kind model.AllocKind) model.PathKind {
	switch kind {
	case model.AllocCoherent:
		return model.PathDMAFree
	case model.AllocMapped:
		return model.PathDMAUnmap
	}
	return model.PathDmamFree
}

// probeReturns ends the probe callback with its result.
func (w *World) probeReturns(a *actor, e model.Event) {
	r := a.top()
	r.callback = noCallback
	switch e.Arg {
	case model.ProbeOK:
		r.at().move(r.at().next + 1) // behind driver_probe
	case model.ProbeError:
		r.fail(model.ErrFailed)
	case model.ProbeDefer:
		r.fail(model.ErrDefer)
	}
	w.walk(a)
}

// resume goes on behind a callback that returned without an error. Behind a
// devm action devres_release takes what is left on the list.
func (w *World) resume(r *run) {
	was := r.callback
	r.callback = noCallback
	if was != actionCallback {
		r.at().move(r.at().next + 1)
	}
}
