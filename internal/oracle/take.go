package oracle

import "dmafuzz/model"

// take lets the DMA call at hand go a way; DMAPathInvalid is `take ops`.
//
// Reading: in any other path than those of the DMA API a take has nothing to
// act on and only ends the path.
func (w *World) take(r *run, way model.DMAPath) {
	f := r.at()
	d := w.devices[f.device]
	if way == model.DMAPathInvalid {
		way = w.opsWay(d.ops)
	}
	if r.dma == nil {
		return
	}
	switch f.kind {
	case model.PathDMAAlloc, model.PathDMAMap:
		w.takeMemory(r, d, way)
	case model.PathDMAFree, model.PathDMAUnmap:
		w.giveMemory(r, d, way)
	}
}

// takeMemory allocates or maps.
func (w *World) takeMemory(r *run, d *device, way model.DMAPath) {
	if way == model.DMAPathDummy {
		r.err = model.ErrFailed
		return
	}
	w.checkTake(r, d, way)
	if w.halted {
		return
	}
	w.slots[r.dma.slot] = &allocation{kind: r.dma.kind, device: d.number, way: way,
		wide: d.wide, bypass: d.bypass, rangeMap: d.rangeMap}
	switch {
	case translating(way):
		w.goal(model.GoalIOMMUAllocated)
	case untranslated(way):
		w.goal(model.GoalDirectAllocated)
	}
	// Reading: an allocation that check 6 is for.
	if r.dma.kind != model.AllocOther && untranslated(way) && d.rangeMap == d.describedMap() && d.rangeMap != model.RangeNone {
		w.goal(model.GoalMapDescribed)
	}
}

// checkTake is the page's list of checks of an allocation, in its order.
//
// One that halts the kernel is the last.
func (w *World) checkTake(r *run, d *device, way model.DMAPath) {
	g, in, devm := w.group(d), w.in(d), r.dma.kind == model.AllocOther
	report := func(i model.Invariant, c model.Consequence) {
		w.report(r.dma.site, finding{invariant: i, kind: r.dma.kind, slot: r.dma.slot,
			from: way, consequence: c, device: d.number})
	}
	switch way {
	case model.DMAPathIOMMU, model.DMAPathVendor:
		noDMA := g.defaultDomain != model.DomainDMA
		switch {
		case !in:
			report(model.NoUseAfterTeardown, model.NullDeref)
		case devm && noDMA:
			report(model.NoUseAfterTeardown, model.NullDeref)
		case !devm && noDMA:
			report(model.PathReachesDevice, model.NullDeref)
		case !devm && !g.dmaAttached():
			report(model.PathReachesDevice, model.Silent)
		}
	case model.DMAPathArmIOMMU:
		if !w.hasMapping(d) {
			report(model.NoUseAfterTeardown, model.NullDeref)
		}
	case model.DMAPathDirect, model.DMAPathSwiotlb, model.DMAPathArm:
		if !devm && in && (g.translates() || w.lacksMapping(d)) {
			report(model.PathReachesDevice, model.Silent)
		}
	}
	if devm || way == model.DMAPathPool || w.halted {
		return
	}
	if in && g.owned {
		report(model.ParametersAsDescribed, model.Silent)
	}
	if untranslated(way) && w.rangeMapSteps() && d.rangeMap != d.describedMap() {
		report(model.ParametersAsDescribed, model.Silent)
	}
}

// lacksMapping tells whether the device, which is in its group, should have a
// mapping that its kernel's setup hook makes, and has none.
func (w *World) lacksMapping(d *device) bool {
	return w.setupAttaches() && !w.othersIn(d) && !d.unmapped && w.group(d).attached == model.AttachedNone
}

// setupAttaches tells whether the kernel's setup hook makes a mapping.
//
// Reading: the step stands in dma_setup itself, and dma_setup is called by a
// path that an event starts, or by one that such a path calls.
func (w *World) setupAttaches() bool {
	attaches := false
	for _, s := range w.kernel.Path(model.PathDMASetup).Steps {
		attaches = attaches || s.Op == model.OpMappingAttach
	}
	called := map[model.PathKind]bool{}
	for _, e := range model.AllEvents() {
		if start := startedPath(e); start != model.PathKindInvalid {
			w.collect(start, map[model.Op]bool{}, called)
		}
	}
	return attaches && called[model.PathDMASetup]
}

// giveMemory frees or unmaps. A slot that is free already is freed twice.
func (w *World) giveMemory(r *run, d *device, way model.DMAPath) {
	m := w.slots[r.dma.slot]
	if m == nil {
		twice := finding{invariant: model.NoDoubleFree, kind: model.AllocDmam, slot: r.dma.slot, consequence: model.BadPage, device: d.number}
		switch r.dma.site.Call {
		case model.PathDMAFree:
			twice.kind = model.AllocCoherent
		case model.PathDMAUnmap:
			twice.kind, twice.consequence = model.AllocMapped, model.Silent
		}
		w.report(r.dma.site, twice)
		return
	}
	if i, c := w.checkGive(m, d, way); i != model.InvariantInvalid {
		w.report(r.dma.site, finding{invariant: i, kind: m.kind, slot: r.dma.slot,
			from: m.way, to: way, consequence: c, device: d.number})
	}
	if w.halted {
		return
	}
	w.slots[r.dma.slot] = nil
	if way != m.way {
		return
	}
	where := r.dma.site.Where
	switch {
	case m.translated() && (where == model.WhereUnbind || where == model.WhereRemove):
		w.goal(model.GoalIOMMUFreedOnUnbind)
	case untranslated(way):
		w.goal(model.GoalDirectFreed)
	}
}

// checkGive tells the rule that a free breaks, InvariantInvalid if none.
func (w *World) checkGive(m *allocation, d *device, way model.DMAPath) (model.Invariant, model.Consequence) {
	if way != m.way {
		return model.SameOps, w.wrongWay(m, d, way)
	}
	switch way {
	case model.DMAPathDirect, model.DMAPathSwiotlb, model.DMAPathArm:
		switch {
		case d.rangeMap == m.rangeMap:
		case m.kind == model.AllocMapped:
			return model.SameParameters, model.Silent
		default:
			return model.SameParameters, model.Oops
		}
	case model.DMAPathIOMMU, model.DMAPathVendor:
		switch {
		case !w.in(d):
			return model.NoUseAfterTeardown, model.NullDeref
		case m.groupGone:
			return model.NoUseAfterTeardown, model.Silent
		case w.group(d).defaultDomain != model.DomainDMA:
			return model.SameParameters, model.NullDeref
		case m.domainGone:
			return model.SameParameters, model.Silent
		}
	case model.DMAPathArmIOMMU:
		switch {
		case !w.hasMapping(d):
			return model.NoUseAfterTeardown, model.NullDeref
		case m.domainGone:
			return model.SameParameters, model.Silent
		}
	}
	return model.InvariantInvalid, model.ConsequenceInvalid
}

// wrongWay is what happens when memory is freed another way than it came.
func (w *World) wrongWay(m *allocation, d *device, way model.DMAPath) model.Consequence {
	mapping := m.kind == model.AllocMapped
	switch way {
	case model.DMAPathDummy:
		return model.Leak
	case model.DMAPathIOMMU, model.DMAPathVendor:
		if !w.in(d) || w.group(d).defaultDomain != model.DomainDMA {
			return model.NullDeref
		}
	case model.DMAPathArmIOMMU:
		switch {
		case !w.hasMapping(d):
			return model.NullDeref
		case !mapping:
			return model.Leak
		}
	case model.DMAPathArm:
		if !mapping {
			return model.Leak
		}
	case model.DMAPathDirect, model.DMAPathSwiotlb:
		switch {
		case mapping:
		case m.translated():
			return model.Oops
		case m.fromPool(), m.way == model.DMAPathArm:
			return model.BadPage
		}
	}
	return model.Silent
}
