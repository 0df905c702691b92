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
	switch e.Kind {
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
		w.dmaEvent(e)
	case model.EventMapping:
		w.mappingEvent(e)
	case model.EventProbe:
		w.probeReturns(e)
	case model.EventReturn:
		w.callbackReturns()
	default:
		w.startPath(e, d)
	}
}

// startPath starts what the environment does.
//
// Reading: a kernel path for no device in particular (iommu register and
// unregister, shutdown) begins with device 0 as the current one. iommu register
// sets the type of new default domains anew each time; nothing else does.
func (w *World) startPath(e model.Event, d *device) {
	switch e.Kind {
	case model.EventAdd:
		d.described = model.AddPlain
		if e.Arg == model.AddRanges || e.Arg == model.AddMap {
			d.described = e.Arg
		}
	case model.EventIOMMURegister:
		w.identity = e.ArgString() == "identity"
	}
	r := &run{event: e, testRemove: e.TestRemove()}
	w.enter(r, startedPath(e), d.number)
	w.proceed(r)
}

// proceed walks a run that an event started until it ends or waits for a driver.
//
// Reading: a shutdown halts when its path is over, as Halted's comment in
// model says; the page does not.
func (w *World) proceed(r *run) {
	w.waiting = nil
	w.walk(r)
	for w.now.trial && !w.over() && r.callback != noCallback {
		w.resume(r)
		w.walk(r)
	}
	switch {
	case w.over():
	case r.callback != noCallback:
		w.waiting = r
	case r.event.Kind == model.EventShutdown:
		w.halted = true
	}
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
func (w *World) caller(e model.Event) model.Where {
	d := w.devices[e.Device]
	switch {
	case e.Kind == model.EventDevm:
		return model.WhereOther
	case w.waiting == nil && d.registered() && d.bound:
		return model.WhereBound
	case w.waiting == nil:
		return model.WhereLate
	}
	switch w.waiting.callback {
	case probeCallback:
		return model.WhereProbe
	case removeCallback:
		return model.WhereRemove
	}
	return model.WhereAction
}

// dmaEvent calls the DMA API for a driver or other code.
func (w *World) dmaEvent(e model.Event) {
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
	who := w.caller(e)
	r := &run{event: e, who: who, dma: &dmaCall{
		slot: int(e.Memory), kind: kind, site: model.Site{Where: who, Call: call},
	}}
	w.enter(r, call, int(e.Device))
	w.walkToEnd(r)
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

func (w *World) mappingEvent(e model.Event) {
	r := &run{event: e, who: model.WhereMapping}
	w.enter(r, startedPath(e), int(e.Device))
	w.walkToEnd(r)
}

// probeReturns ends the probe callback with its result.
func (w *World) probeReturns(e model.Event) {
	r := w.waiting
	r.callback = noCallback
	switch e.Arg {
	case model.ProbeOK:
		r.at().next++ // behind driver_probe
	case model.ProbeError:
		r.fail(model.ErrFailed)
	case model.ProbeDefer:
		r.fail(model.ErrDefer)
	}
	w.proceed(r)
}

// callbackReturns ends the remove callback, or a devm action: devres_release
// then goes on with what is left on the list.
func (w *World) callbackReturns() {
	r := w.waiting
	w.resume(r)
	w.proceed(r)
}

// resume goes on behind a callback that returned without an error.
func (w *World) resume(r *run) {
	was := r.callback
	r.callback = noCallback
	if was == actionCallback {
		w.devresRelease(r)
	} else {
		r.at().next++
	}
}
