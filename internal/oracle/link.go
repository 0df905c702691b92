package oracle

import (
	"slices"

	"dmafuzz/model"
)

// linkEnds returns the consumer and the supplier of the link; ok is false if no
// device has a supplier.
func (w *World) linkEnds() (consumer, supplier *device, ok bool) {
	for n, s := range w.bounds.Setup {
		if s.Supplier > 0 {
			return w.devices[n], w.devices[s.Supplier-1], true
		}
	}
	return nil, nil, false
}

func (w *World) linked() bool {
	_, _, ok := w.linkEnds()
	return ok
}

// makesLinks tells whether the kernel's device_add makes device links.
func makesLinks(k *model.Kernel) bool {
	return slices.ContainsFunc(k.Path(model.PathAdd).Steps, func(s model.Step) bool { return s.Op == model.OpFwDevlink })
}

// matters tells whether a step can matter to DMA, or to the device link.
func (w *World) matters(o model.Op) bool {
	return o.HasDMAMeaning() || w.linked() && o.ForLinks()
}

// exists tells whether the link has been made.
func exists(l model.Link) bool {
	return l != model.LinkNone && l != model.LinkWaiting && l != model.LinkGone
}

// used tells whether the consumer probes or is bound.
func used(l model.Link) bool { return l == model.LinkConsumerProbe || l == model.LinkActive }

// linkStep takes the steps about device links that decide for themselves what
// comes next.
func (w *World) linkStep(a *actor, r *run, s model.Step) bool {
	consumer, supplier, ok := w.linkEnds()
	if !ok {
		return false
	}
	f := r.at()
	d := w.devices[f.device]
	switch s.Op {
	case model.OpLinksCheck:
		if !w.supplierThere(d, consumer) {
			r.fail(model.ErrDefer)
			return true
		}
		f.move(f.next + 1)
	case model.OpLinksBusy:
		d.links = model.LinksUnbinding
		if d == supplier && used(w.link) {
			if s.Else == "" {
				r.leave()
			} else {
				f.jump(s.Else)
			}
			return true
		}
		if d == supplier && exists(w.link) {
			w.link = model.LinkSupplierUnbind
		}
		f.move(f.next + 1)
	case model.OpUnbindConsumers:
		w.unbindConsumers(a, r, d)
	default:
		return false
	}
	return true
}

// supplierThere tells whether a device may probe, and notes that it does.
func (w *World) supplierThere(d, consumer *device) bool {
	if d != consumer {
		d.links = model.LinksProbing
		return true
	}
	switch w.link {
	case model.LinkWaiting:
		return false
	case model.LinkNone, model.LinkGone:
		d.links = model.LinksProbing
		return true
	case model.LinkAvailable:
		d.links = model.LinksProbing
		w.link = model.LinkConsumerProbe
		return true
	case model.LinkConsumerProbe:
		w.givenUp()
	}
	d.links = model.LinksProbing
	return false
}

// unbindConsumers waits for a consumer that probes, and runs unbind for one
// that is bound; after that the step is taken again.
func (w *World) unbindConsumers(a *actor, r *run, d *device) {
	consumer, supplier, _ := w.linkEnds()
	f := r.at()
	if f.waiting && w.bindsBeside(a) {
		w.block(a, r)
		return
	}
	f.waiting = false
	if d != supplier || !exists(w.link) {
		f.move(f.next + 1)
		return
	}
	switch w.link {
	case model.LinkConsumerProbe:
		f.waiting = w.bindsBeside(a)
		w.block(a, r)
	case model.LinkActive:
		w.link = model.LinkSupplierUnbind
		f.again = true
		w.enter(r, model.PathUnbind, consumer.number)
	default:
		w.link = model.LinkSupplierUnbind
		f.move(f.next + 1)
	}
}

// waitsForProbe tells whether the step at hand must wait for a consumer to end
// its probe: if the wait has begun, for the end of the bind.
func (w *World) waitsForProbe(a *actor, f *frame) bool {
	_, supplier, ok := w.linkEnds()
	if !ok || f.steps[f.next].Op != model.OpUnbindConsumers {
		return false
	}
	if f.waiting {
		return w.bindsBeside(a)
	}
	return f.device == supplier.number && w.link == model.LinkConsumerProbe
}

// bindsBeside tells whether the other actor is in a bind through the bus, or by the
// worker: those are counted, and waited for.
func (w *World) bindsBeside(a *actor) bool {
	o := w.other(a)
	return o != nil && o.does(model.EventAttach, model.EventRetry)
}

// linkEffect takes the steps about device links that only change the state.
func (w *World) linkEffect(s model.Step, d *device) bool {
	consumer, supplier, ok := w.linkEnds()
	if !ok {
		return false
	}
	switch s.Op {
	case model.OpFwDevlink:
		w.makeLink(d, consumer, supplier)
	case model.OpLinksPurge:
		if (d == consumer || d == supplier) && exists(w.link) {
			w.link = model.LinkGone
		}
	case model.OpLinksNoDriver, model.OpLinksCleanup:
		d.links = model.LinksNoDriver
		if d == supplier && (used(w.link) || s.Op == model.OpLinksCleanup && exists(w.link)) {
			w.link = model.LinkDormant
		}
		if d == consumer && used(w.link) {
			w.givenUp()
		}
	default:
		return false
	}
	return true
}

// givenUp is the state of a link that the consumer has used.
func (w *World) givenUp() {
	_, supplier, _ := w.linkEnds()
	w.link = model.LinkDormant
	if supplier.links == model.LinksBound {
		w.link = model.LinkAvailable
	}
}

// makeLink is what device_add does about the link: the consumer waits for its
// supplier to be there, and who comes second makes it.
func (w *World) makeLink(d, consumer, supplier *device) {
	if d == consumer && w.link == model.LinkNone {
		w.link = model.LinkWaiting
	}
	for _, end := range []*device{consumer, supplier} {
		if w.link != model.LinkWaiting || !end.registered() || end.dead {
			return
		}
	}
	w.link = firstState(supplier.links, consumer.links)
}

// firstState is the state of a new link.
func firstState(supplier, consumer model.LinksStatus) model.Link {
	switch supplier {
	case model.LinksUnbinding:
		return model.LinkSupplierUnbind
	case model.LinksProbing:
		if consumer == model.LinksProbing {
			return model.LinkConsumerProbe
		}
	case model.LinksBound:
		switch consumer {
		case model.LinksProbing:
			return model.LinkConsumerProbe
		case model.LinksBound:
			return model.LinkActive
		}
		return model.LinkAvailable
	}
	return model.LinkDormant
}

// linksBound is what the end of a bind does about the link.
func (w *World) linksBound(d *device) {
	consumer, supplier, ok := w.linkEnds()
	if !ok {
		return
	}
	d.links = model.LinksBound
	if d == supplier && exists(w.link) && !used(w.link) {
		w.link = model.LinkAvailable
	}
	if d == consumer && exists(w.link) {
		w.link = model.LinkActive
	}
}

// supplierGoes reports a consumer whose bind has relied on a supplier that is
// being removed now.
func (w *World) supplierGoes(r *run, d *device) {
	if consumer, supplier, ok := w.linkEnds(); ok && d == supplier && consumer.relies {
		w.report(r.site(), finding{invariant: model.SupplierOutlivesConsumer, consequence: model.Silent, device: consumer.number})
	}
}

// unbindsConsumer tells whether an actor is at the device as at a consumer that
// is unbound before its supplier.
func (w *World) unbindsConsumer(d *device) bool {
	for _, a := range w.actors {
		for _, r := range a.runs {
			inside := false
			for _, f := range r.stack {
				if inside && f.device == d.number {
					return true
				}
				inside = inside || f.again
			}
		}
	}
	return false
}
