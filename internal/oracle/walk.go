package oracle

import (
	"fmt"
	"slices"

	"dmafuzz/model"
)

// maxSteps is after how many steps of one event a path goes round for ever.
//
// Reading: every line of a path counts, whatever it does, also one that is
// passed over; the hang is that of the step whose turn it would be.
const maxSteps = 1 << 16

// walk lets an actor take step after step until what the event began, or took
// up again, has ended, a callback waits, the actor has stopped, or the event is
// over. In a trial callbacks return at once.
//
// A kernel whose DMA or mapping calls reach a driver's callback is not described;
// the event counts as one that needs an unknown path.
func (w *World) walk(a *actor) {
	for !w.over() && !w.now.stopped {
		r := a.top()
		switch {
		case r.callback != noCallback && w.now.trial:
			w.resume(r)
		case r.callback != noCallback:
			return
		case len(r.stack) > 0:
			w.step(a, r)
		default:
			a.pop()
			if !r.release {
				w.ended(r)
				return
			}
		}
	}
}

// ended is what comes of a path or call that an event began.
func (w *World) ended(r *run) {
	switch r.event.Kind {
	case model.EventShutdown:
		w.halted = true
	case model.EventIOMMURegister:
		for _, g := range w.groups {
			g.walked = false
		}
	}
}

// step takes the step at hand, or leaves the path if none is left. It does
// half of that where a run may stop between a condition and its step.
func (w *World) step(a *actor, r *run) {
	f := r.at()
	if f.next == len(f.steps) {
		r.leave()
		return
	}
	if w.pauses(a, r) {
		return
	}
	s := f.steps[f.next]
	if !f.asked {
		if w.now.steps++; w.now.steps > maxSteps {
			w.report(r.site(), finding{invariant: model.NoDeadlock, consequence: model.Hang, device: f.device})
			return
		}
		if !w.holdAll(r, s.When) {
			f.move(f.next + 1)
			return
		}
		f.asked = true
		if w.splits(f) {
			return
		}
	}
	w.carryOut(a, r, s)
}

// carryOut does what a step does whose condition holds.
func (w *World) carryOut(a *actor, r *run, s model.Step) {
	f := r.at()
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
	if w.flow(a, r, s) || w.threadStep(a, r, s) || w.linkStep(a, r, s) || w.mayFail(r, s) {
		return
	}
	w.effect(r, s)
	f.move(f.next + 1)
}

// flow takes the steps that decide for themselves what comes next.
func (w *World) flow(a *actor, r *run, s model.Step) bool {
	f := r.at()
	if r.call && slices.Contains(callbackSteps, s.Op) {
		w.now.unknown = true
		return true
	}
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
		w.visit(f, noDevice)
	case model.OpEnd:
		w.visit(f, f.device)
	case model.OpTake:
		w.take(r, model.DMAPath(s.Arg))
		if !w.over() {
			r.leave()
		}
	case model.OpDriverProbe:
		r.callback = probeCallback
	case model.OpDriverRemove:
		w.driverRemove(a, r, w.devices[f.device])
	case model.OpDevresRelease:
		w.devresRelease(a, r)
	default:
		return false
	}
	return true
}

// noDevice stands before the first device of a block.
const noDevice = -1

// visit begins the innermost block for the first device behind another one that
// the block is for; if there is none it goes on behind the block.
//
// Reading: `for each group` is for the members of the group that is, or would
// be, the current device's, even if it is not in the group itself.
func (w *World) visit(f *frame, after int) {
	inner := f.loops[len(f.loops)-1]
	line := w.inLine()
	for _, n := range line[slices.Index(line, after)+1:] {
		wanted := w.devices[n].registered()
		switch f.steps[inner.begin].Arg {
		case eachGroup:
			wanted = w.groups[w.groupNumber(inner.outer)].members[n]
		case eachListed:
			wanted = w.in(w.devices[n]) && w.group(w.devices[n]).walked
		}
		if wanted {
			f.device = n
			f.move(inner.begin + 1)
			return
		}
	}
	f.closeLoop()
	f.move(endIndex(f.steps, inner.begin) + 1)
}

// stops tells whether a remove callback or devm action of the device waits for
// its driver; else it returns by itself.
func (w *World) stops(d *device) bool { return w.anyDrivers() || w.holdsSomething(d) }

// driverRemove begins the remove callback, once no thread of the driver is in a
// call of the DMA API any more.
func (w *World) driverRemove(a *actor, r *run, d *device) {
	if w.mustWait(a, d) {
		w.block(a, r)
		return
	}
	d.quit = w.races()
	w.supplierGoes(r, d)
	if w.stops(d) {
		r.callback = removeCallback
	} else {
		r.at().move(r.at().next + 1)
	}
}

// devresRelease takes all entries off the list when it begins, and releases the
// last of them; the step is done once none of them is left, else it is taken up again
// behind what comes of the entry.
func (w *World) devresRelease(a *actor, r *run) {
	f := r.at()
	d := w.devices[f.device]
	if !f.releasing {
		for i := range d.devres {
			d.devres[i].taken = true
		}
	}
	entry, some := d.lastTaken()
	f.releasing = some
	switch {
	case !some:
		f.move(f.next + 1)
	case entry.action && w.stops(d):
		r.callback = actionCallback
	case !entry.action:
		w.dmamRelease(a, r, d, entry.slot)
	}
}

// dmamRelease frees the memory of a dmam entry in the name of the release step.
func (w *World) dmamRelease(a *actor, r *run, d *device, slot int) {
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
	free := &run{event: r.event, who: site.Where, call: true, release: true, dma: &dmaCall{slot: slot, site: site}}
	w.enter(free, model.PathDMAFree, d.number)
	a.push(free)
}

// effect takes the steps that only change the state, or nothing.
func (w *World) effect(r *run, s model.Step) {
	d := w.devices[r.at().device]
	done := w.coreEffect(r, s, d) || w.opsEffect(r, s, d) || w.linkEffect(s, d) ||
		w.groupEffect(r, s, d) || w.domainEffect(r, s, d)
	if !done && w.matters(s.Op) {
		panic(fmt.Sprintf("oracle: step %s matters to DMA and has no effect here", s.Op))
	}
}
