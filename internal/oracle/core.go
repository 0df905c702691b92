package oracle

import (
	"slices"

	"dmafuzz/model"
)

// threadStep takes the steps that concern the thread itself.
//
// Reading: an unlock of a lock that is not held does nothing, and a lock that a
// path leaves held stays held: the next event that wants it hangs.
func (w *World) threadStep(a *actor, r *run, s model.Step) bool {
	f := r.at()
	d := w.devices[f.device]
	switch s.Op {
	case model.OpLabel:
	case model.OpIgnoreError:
		r.err = model.ErrNone
	case model.OpTestRemoveOff:
		r.testRemove = false
	case model.OpLock:
		l := w.lock(s, d)
		if a.held[l] {
			w.report(r.site(), finding{invariant: model.NoDeadlock, consequence: model.Hang, device: d.number})
		}
		if w.atHeldLock(a, f) {
			w.block(a, r)
			return true
		}
		a.held[l] = true
	case model.OpUnlock:
		delete(a.held, w.lock(s, d))
	default:
		return false
	}
	f.move(f.next + 1)
	return true
}

// lock is the lock that a step means: the current device's, its group's, or the
// one for all.
func (w *World) lock(s model.Step, d *device) heldLock {
	l := heldLock{lock: model.Lock(s.Arg)}
	switch l.lock {
	case model.LockDevice:
		l.number = d.number
	case model.LockGroup:
		l.number = w.groupNumber(d.number)
	}
	return l
}

// coreEffect takes the steps on the driver core's own state.
func (w *World) coreEffect(r *run, s model.Step, d *device) bool {
	switch s.Op {
	case model.OpRegistered:
		d.life = model.LifeRegistered
		w.enlist(d.number)
	case model.OpReadyToProbe:
		d.ready = true
	case model.OpKill:
		d.dead = true
	case model.OpDeleted:
		d.life = model.LifeDeleted
	case model.OpGone:
		w.gone(r, d)
	case model.OpSetDriver:
		d.driver, d.quit = true, false
		if consumer, _, ok := w.linkEnds(); ok && d == consumer && w.link == model.LinkConsumerProbe {
			d.relies = true
		}
	case model.OpClearDriver:
		if d.uses > 0 {
			w.report(r.site(), finding{invariant: model.OwnerBalanced, consequence: model.Leak, device: d.number})
		}
		d.driver, d.bound, d.unmapped, d.quit, d.relies, d.uses = false, false, false, false, false, 0
	case model.OpBound:
		d.bound, d.deferred = true, false
		w.linksBound(d)
		if r.event.Kind == model.EventRetry {
			w.goal(model.GoalDeferredThenBound)
		}
	case model.OpDeferredAdd:
		d.deferred = true
	case model.OpDeferredDel:
		d.deferred = false
	case model.OpDevresAdd:
		if r.dma != nil && d.room() {
			d.devres = append(d.devres, devresEntry{slot: r.dma.slot})
		}
	case model.OpDevresRemove:
		if r.dma != nil {
			w.devresRemove(r, d)
		}
	default:
		return false
	}
	return true
}

// devresRemove takes the entry of the call's memory off the list. An older one
// for the same address shows that it was given away again before its time.
func (w *World) devresRemove(r *run, d *device) {
	if !d.removeDevres(r.dma.slot) {
		return
	}
	for _, entry := range d.devres {
		if !entry.action && !entry.taken && entry.slot == r.dma.slot {
			w.report(r.dma.site, finding{invariant: model.NoDoubleFree, kind: model.AllocDmam, slot: r.dma.slot,
				consequence: model.Silent, device: d.number})
		}
	}
}

// gone frees the struct device; what it still pointed to is lost.
//
// Reading: memory is reported before the range map and the mapping. What the
// group's domain is does not change, though the device is no longer in it.
func (w *World) gone(r *run, d *device) {
	for _, m := range w.memory(of(d)) {
		w.report(r.site(), leak(m))
		w.slots[m.slot] = nil
	}
	if d.rangeMap != model.RangeNone || d.ownMapping {
		w.report(r.site(), finding{invariant: model.NoLeak, consequence: model.Leak, device: d.number})
	}
	delete(w.group(d).members, d.number)
	*d = device{number: d.number}
	w.line = nil
}

// enlist puts a device behind the others that are there. Where there are no
// others, or one has gone, order is that of the numbers.
//
// Reading: with two devices that is the order in which they were added.
func (w *World) enlist(n int) {
	w.line = nil
	for _, d := range w.devices {
		if d.number != n && d.life != model.LifeAbsent {
			w.line = append(w.line, d.number)
		}
	}
	w.line = append(w.line, n)
}

// inLine lists the devices in the order in which loops visit them.
func (w *World) inLine() []int {
	line := slices.Clone(w.line)
	for _, d := range w.devices {
		if !slices.Contains(line, d.number) {
			line = append(line, d.number)
		}
	}
	if len(w.line) < 2 {
		slices.Sort(line)
	}
	return line
}

func leak(m found) finding {
	f := about(model.NoLeak, m)
	f.consequence = model.Leak
	return f
}

// opsEffect takes the steps on the device's DMA state.
func (w *World) opsEffect(r *run, s model.Step, d *device) bool {
	on := s.Arg == 1
	switch s.Op {
	case model.OpSetOps:
		if ops := model.DMAOps(s.Arg); ops != d.ops {
			w.opsChange(r, d, w.opsWay(ops))
			d.ops = ops
		}
	case model.OpSetDMAIOMMU:
		if on != d.dmaIOMMU {
			to := model.DMAPathIOMMU
			if !on {
				to = w.opsWay(d.ops)
			}
			w.opsChange(r, d, to)
			d.dmaIOMMU = on
		}
	case model.OpSetOpsSetup:
		d.opsSetup = on
	case model.OpRangeMapSet:
		if d.rangeMap != model.RangeNone {
			w.report(r.site(), finding{invariant: model.NoLeak, consequence: model.Leak, device: d.number})
		}
		d.rangeMap = model.RangeNone
		if d.described == model.AddRanges {
			d.rangeMap = model.RangeFirmware
		}
	case model.OpRangeMapAdd:
		if d.described == model.AddMap {
			d.rangeMap = model.RangeAdded
		}
	case model.OpRangeMapFree:
		d.rangeMap = model.RangeNone
	default:
		return false
	}
	return true
}

// opsChange reports the device's memory that came another way than the one its
// ops now lead to.
func (w *World) opsChange(r *run, d *device, to model.DMAPath) {
	for _, m := range w.memory(of(d)) {
		if m.fromPool() || m.way == to {
			continue
		}
		f := about(model.OpsStableUnderMapping, m)
		f.to, f.consequence = to, model.Latent
		w.report(r.site(), f)
	}
}
