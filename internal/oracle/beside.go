package oracle

import "dmafuzz/model"

// allowedBeside is what the page takes away from what an idle actor may do,
// for the sake of what the other is doing.
func (w *World) allowedBeside(e model.Event) bool {
	for _, a := range w.actors {
		if len(a.runs) > 0 && (a.runs[0].event.Kind == model.EventDevm || a.runs[0].event.Kind == model.EventMapping) {
			return false
		}
	}
	d := w.devices[e.Device]
	if !forHost(e.Kind) && e.Kind != model.EventTimeout && e.Kind != model.EventHotplug &&
		w.anyActor(d, model.EventPut) {
		return false
	}
	switch e.Kind {
	case model.EventAdd:
		return !w.anyActor(d, model.EventAdd)
	case model.EventDel:
		return !w.anyActor(d, model.EventAdd, model.EventDel, model.EventClaim, model.EventRelease)
	case model.EventPut:
		return !w.referenced(d)
	case model.EventIOMMURegister:
		if w.kernel.Fact(model.FactRegisters) == "before-drivers" && w.anyActor(nil, model.EventAttach, model.EventBind, model.EventRetry) {
			return false
		}
		return !w.anyActor(nil, model.EventIOMMURegister, model.EventIOMMUUnregister)
	case model.EventIOMMUUnregister:
		return !w.anyActor(nil, model.EventIOMMURegister, model.EventIOMMUUnregister)
	case model.EventClaim:
		if w.kernel.Fact(model.FactRegisters) == "before-drivers" && w.anyActor(nil, model.EventIOMMURegister) {
			return false
		}
		return !w.unbindsConsumer(d) && !w.anyActor(d, model.EventAdd, model.EventAttach, model.EventBind, model.EventRetry, model.EventUnbind, model.EventDel,
			model.EventPut, model.EventAlloc, model.EventMap, model.EventFree, model.EventDevm, model.EventMapping)
	case model.EventShutdown:
		return !w.anyActor(nil, model.EventShutdown)
	case model.EventAttach, model.EventBind, model.EventRetry:
		return w.kernel.Fact(model.FactRegisters) != "before-drivers" || !w.anyActor(nil, model.EventIOMMURegister)
	case model.EventRelease:
		return !w.releases(w.groupNumber(d.number))
	case model.EventDevm:
		return w.allIdle()
	}
	return true
}

// referenced tells whether an actor works on the device, and so holds a
// reference to it: begun for it, or at it in a for each block.
func (w *World) referenced(d *device) bool {
	for _, a := range w.actors {
		for _, r := range a.runs {
			visiting := false
			for _, f := range r.stack {
				for _, l := range f.loops {
					if visiting && l.outer == d.number {
						return true
					}
					visiting = true
				}
				if visiting && f.device == d.number {
					return true
				}
				visiting = visiting || f.again
			}
			if !forHost(r.event.Kind) && int(r.event.Device) == d.number {
				return true
			}
		}
	}
	return false
}

// releases tells whether an actor gives the ownership of a group back.
func (w *World) releases(group int) bool {
	for _, d := range w.devices {
		if w.groupNumber(d.number) == group && w.anyActor(d, model.EventRelease) {
			return true
		}
	}
	return false
}

// allIdle tells whether no actor is active.
func (w *World) allIdle() bool { return !w.actors[0].active() }

// underWay are the calls of the DMA API that any actor is in.
func (w *World) underWay() []*run {
	var list []*run
	for _, a := range w.actors {
		list = append(list, a.calls()...)
	}
	return list
}

// calling tells whether a call of the DMA API for the device is under way.
func (w *World) calling(d *device) bool {
	for _, r := range w.underWay() {
		if int(r.stack[0].device) == d.number {
			return true
		}
	}
	return false
}

// allocates tells whether a call makes memory, or gives it back.
func (r *run) allocates() bool {
	switch r.event.Kind {
	case model.EventAlloc, model.EventMap, model.EventDevm:
		return !r.release
	}
	return false
}

// free tells whether a slot can be taken: nothing is in it, and no call is about
// to put something there.
func (w *World) free(slot uint8) bool {
	for _, r := range w.underWay() {
		if r.dma.slot == int(slot) && r.allocates() {
			return false
		}
	}
	return w.slots[slot] == nil
}

// chosen tells whether a call that is under way has to do with the slot.
func (w *World) chosen(slot uint8) bool {
	for _, r := range w.underWay() {
		if r.dma.slot == int(slot) {
			return true
		}
	}
	return false
}
