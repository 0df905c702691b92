package oracle

import (
	"fmt"

	"dmafuzz/model"
)

// maxSteps is after how many steps of one event a path goes round for ever.
//
// Reading: every line of a path counts, whatever it does, also one that is
// passed over; the hang is that of the step whose turn it would be.
const maxSteps = 1 << 16

// walk takes step after step until the run ends, a callback stops it, or the
// event is over.
func (w *World) walk(r *run) {
	for !w.over() && r.callback == noCallback && len(r.stack) > 0 {
		w.step(r)
	}
}

// walkToEnd walks a call that no callback can interrupt.
//
// Reading: a kernel whose DMA or mapping calls reach a driver's callback is not
// described; the event counts as one that needs an unknown path.
func (w *World) walkToEnd(r *run) {
	w.walk(r)
	if r.callback != noCallback {
		w.now.unknown = true
	}
}

// step takes the step at hand, or leaves the path if none is left.
func (w *World) step(r *run) {
	f := r.at()
	if f.next == len(f.steps) {
		r.leave()
		return
	}
	if w.now.steps++; w.now.steps > maxSteps {
		w.report(r.site(), finding{invariant: model.NoDeadlock, consequence: model.Hang, device: f.device})
		return
	}
	s := f.steps[f.next]
	if !w.holdAll(r, s.When) {
		f.next++
		return
	}
	if fail := r.event.FailStep(); fail != model.OpInvalid && s.Op == fail {
		err := model.ErrFailed
		if fail == model.OpLinksCheck {
			err = model.ErrDefer
		}
		if fail == model.OpMappingAttach {
			w.unmap(w.devices[f.device])
		}
		r.fail(err)
		return
	}
	if w.flow(r, s) {
		return
	}
	w.effect(r, s)
	f.next++
}

// flow takes the steps that decide for themselves what comes next.
func (w *World) flow(r *run, s model.Step) bool {
	f := r.at()
	switch s.Op {
	case model.OpGoto:
		f.jump(s.Label)
	case model.OpReturn:
		r.leave()
	case model.OpCall:
		w.enter(r, model.PathKind(s.Arg), f.device)
	case model.OpRefuse:
		r.fail(model.Err(s.Arg))
	case model.OpForEach:
		f.loops = append(f.loops, loop{begin: f.next, outer: f.device})
		w.visit(f, 0)
	case model.OpEnd:
		w.visit(f, f.device+1)
	case model.OpTake:
		w.take(r, model.Way(s.Arg))
		if !w.over() {
			r.leave()
		}
	case model.OpDriverProbe:
		r.callback = probeCallback
	case model.OpDriverRemove:
		if w.stops(w.devices[f.device]) {
			r.callback = removeCallback
		} else {
			f.next++
		}
	case model.OpDevresRelease:
		w.devresRelease(r)
	default:
		return false
	}
	return true
}

// visit begins the innermost block for the first device, from a number on, that
// the block is for; if there is none it goes on behind the block.
//
// Reading: `for each group` is for the members of the group that is, or would
// be, the current device's, even if it is not in the group itself.
func (w *World) visit(f *frame, from int) {
	inner := f.loops[len(f.loops)-1]
	for n := from; n < len(w.devices); n++ {
		wanted := w.devices[n].registered()
		if f.steps[inner.begin].Arg == eachGroup {
			wanted = w.groups[w.groupNumber(inner.outer)].members[n]
		}
		if wanted {
			f.device, f.next = n, inner.begin+1
			return
		}
	}
	f.closeLoop()
	f.next = endIndex(f.steps, inner.begin) + 1
}

// stops tells whether a remove callback or devm action of the device waits for
// its driver; else it returns by itself.
func (w *World) stops(d *device) bool { return w.anyDrivers() || w.holdsSomething(d) }

// devresRelease takes entries off the list until it is empty or a devm action
// waits for the driver; then the step is done, or will be taken up again.
func (w *World) devresRelease(r *run) {
	f := r.at()
	d := w.devices[f.device]
	for len(d.devres) > 0 {
		entry := d.lastDevres()
		switch {
		case entry.action && w.stops(d):
			r.callback = actionCallback
			return
		case !entry.action:
			w.dmamRelease(r, d, entry.slot)
		}
		if w.over() {
			return
		}
	}
	f.next++
}

// dmamRelease frees the memory of a dmam entry in the name of the release step.
func (w *World) dmamRelease(r *run, d *device, slot int) {
	site := r.site()
	if w.slots[slot] == nil {
		w.report(site, finding{invariant: model.NoDoubleFree, kind: model.AllocDmam, slot: slot,
			consequence: model.BadPage, device: d.number})
		return
	}
	// Reading: devres has released the memory even if that halts the kernel.
	if site.Where == model.WhereBindFailed {
		w.goal(model.GoalFailedWithMemory)
	}
	free := &run{event: r.event, who: site.Where, dma: &dmaCall{slot: slot, site: site}}
	w.enter(free, model.PathDMAFree, d.number)
	w.walkToEnd(free)
}

// effect takes the steps that only change the state, or nothing.
func (w *World) effect(r *run, s model.Step) {
	d := w.devices[r.at().device]
	done := w.threadEffect(r, s, d) || w.coreEffect(r, s, d) || w.opsEffect(r, s, d) ||
		w.groupEffect(r, s, d) || w.domainEffect(r, s, d)
	if !done && s.Op.HasDMAMeaning() {
		panic(fmt.Sprintf("oracle: step %s matters to DMA and has no effect here", s.Op))
	}
}
