package oracle

import (
	"slices"

	"dmafuzz/model"
)

// groupEffect takes the steps on the IOMMU, its groups and their ownership.
func (w *World) groupEffect(r *run, s model.Step, d *device) bool {
	g := w.group(d)
	switch s.Op {
	case model.OpParamGet:
		d.param = true
	case model.OpFwspecInit:
		d.param, d.fwspec = true, true
	case model.OpParamFree:
		d.param, d.fwspec, d.dangling = false, false, false
	case model.OpFwspecFree:
		d.fwspec, d.dangling = false, d.param
	case model.OpGroupJoin:
		if w.races() && !d.param && makesParam(r.at().steps) {
			w.tornDown(r, d, model.NullDeref)
			break
		}
		if w.in(d) {
			w.report(r.site(), finding{invariant: model.NoLeak, consequence: model.Leak, device: d.number})
			break
		}
		if len(g.members) == 0 {
			*g = group{members: g.members}
		}
		g.members[d.number] = true
	case model.OpGroupLeave:
		w.groupLeave(r, d, g)
	case model.OpWalkAdd:
		switch {
		case w.in(d):
			g.walked = true
		case w.races():
			w.tornDown(r, d, model.Oops)
		}
	case model.OpWalkDel:
		if w.in(d) {
			g.walked = false
		}
	case model.OpProviderList:
		w.provider = model.ProviderListed
	case model.OpProviderReady:
		w.provider = model.ProviderReady
	case model.OpProviderGoing:
		w.provider = model.ProviderGoing
	case model.OpProviderUnlist:
		w.providerUnlist(r)
	case model.OpOwnerInc:
		if w.in(d) {
			g.ownerCount, d.uses = min(g.ownerCount+1, 3), min(d.uses+1, 3)
		}
	case model.OpOwnerDec:
		if w.in(d) {
			if g.ownerCount == 0 || d.uses == 0 {
				w.report(r.site(), finding{invariant: model.OwnerBalanced, consequence: model.Latent, device: d.number})
			}
			g.ownerCount, d.uses = max(g.ownerCount-1, 0), max(d.uses-1, 0)
		}
	case model.OpOwnerClaim:
		g.owned, g.ownerCount, g.attached = true, 1, model.AttachedBlocking
		w.translationGoes(r, inGroup(g))
		w.goal(model.GoalClaimed)
	case model.OpOwnerRelease:
		g.owned, g.ownerCount = false, 0
		g.attachDefault()
		if g.defaultDomain == model.DomainDMA {
			w.translationComes(r, g)
		}
	default:
		return false
	}
	return true
}

func (w *World) groupLeave(r *run, d *device, g *group) {
	if !w.in(d) {
		return
	}
	for _, m := range w.memory(of(d), (*allocation).translated) {
		m.groupGone = true
	}
	delete(g.members, d.number)
	if len(g.members) == 0 {
		walked := g.walked
		*g = group{members: g.members}
		w.goal(model.GoalGroupLeft)
		if walked && slices.ContainsFunc(w.actors, func(a *actor) bool {
			return a.does(model.EventIOMMURegister) && a.runs[0] != r && a.runs[0].err == model.ErrNone
		}) {
			w.tornDown(r, d, model.Oops)
		}
	}
}

// makesParam tells whether a path makes dev->iommu, and so relies on it.
func makesParam(steps []model.Step) bool {
	return slices.ContainsFunc(steps, func(s model.Step) bool { return s.Op == model.OpParamGet })
}

// tornDown reports that the walk, or a probe, uses what is freed.
func (w *World) tornDown(r *run, d *device, c model.Consequence) {
	w.report(r.site(), finding{invariant: model.NoUseAfterTeardown, consequence: c, device: d.number})
}

func (w *World) providerUnlist(r *run) {
	for _, d := range w.devices {
		if w.in(d) && d.driver {
			w.report(r.site(), finding{invariant: model.SupplierOutlivesConsumer, consequence: model.Silent, device: d.number})
		}
	}
	w.provider = model.ProviderAbsent
}

// domainEffect takes the steps on domains and mappings. They act on the group
// that is, or would be, the device's.
func (w *World) domainEffect(r *run, s model.Step, d *device) bool {
	g := w.group(d)
	switch s.Op {
	case model.OpDomainAlloc:
		if g.defaultDomain != model.DomainNone {
			w.report(r.site(), finding{invariant: model.NoLeak, consequence: model.Leak, device: d.number})
			w.domainGone(inGroup(g))
		}
		g.defaultDomain = w.newDomain()
	case model.OpDomainAttach:
		if g.defaultDomain != model.DomainNone {
			changes := g.attached != model.AttachedDefault
			g.attached = model.AttachedDefault
			if changes && g.defaultDomain == model.DomainDMA {
				w.translationComes(r, g)
			}
		}
	case model.OpDomainDetach:
		w.translationGoes(r, of(d))
		if !w.othersIn(d) {
			g.attached = model.AttachedNone
		}
	case model.OpDomainChange:
		w.domainChange(r, g)
	case model.OpDomainFree:
		g.defaultDomain = model.DomainNone
		if g.attached == model.AttachedDefault {
			g.attached = model.AttachedNone
		}
		w.domainGone(inGroup(g))
	case model.OpMappingAttach:
		g.attached = model.AttachedArch
		if r.at().kind == model.PathMappingAttach {
			g.attached, d.ownMapping, d.others, d.unmapped = model.AttachedOwn, true, !d.driver, false
		}
		w.translationComes(r, g)
	case model.OpMappingDetach:
		w.mappingDetach(r, d, g)
	default:
		return false
	}
	return true
}

// mayFail takes the steps that fail of themselves, if they do.
func (w *World) mayFail(r *run, s model.Step) bool {
	switch s.Op {
	case model.OpGroupJoin:
		if w.provider != model.ProviderGoing && !(w.races() && w.provider == model.ProviderAbsent) {
			return false
		}
	case model.OpProviderGoing:
		if !w.pinned() {
			return false
		}
	default:
		return false
	}
	r.fail(model.ErrFailed)
	return true
}

// pinned tells whether any device is in a group.
func (w *World) pinned() bool { return slices.ContainsFunc(w.devices, w.in) }

// newDomain is the type of a new default domain.
func (w *World) newDomain() model.Domain {
	switch {
	case w.identity:
		return model.DomainIdentity
	case w.kernel.Fact(model.FactDefaultDomain) == "dma":
		return model.DomainDMA
	case w.kernel.Fact(model.FactDefaultDomain) == "identity":
		return model.DomainIdentity
	}
	return model.DomainNone
}

// domainChange replaces the default domain by one of the type asked for.
//
// Reading: the goal type-changed is met where the group had no default domain
// before, too: none is another type.
func (w *World) domainChange(r *run, g *group) {
	w.translationGoes(r, inGroup(g))
	w.domainGone(inGroup(g))
	was := g.defaultDomain
	g.defaultDomain, g.attached = model.DomainDMA, model.AttachedDefault
	if r.want() == model.TypeIdentity {
		g.defaultDomain = model.DomainIdentity
	}
	if g.defaultDomain == model.DomainDMA {
		w.translationComes(r, g)
	}
	if g.defaultDomain != was {
		w.goal(model.GoalTypeChanged)
	}
}

// mappingDetach is arm_iommu_detach_device by other code in the path of that
// name, elsewhere by the arch's teardown hook.
func (w *World) mappingDetach(r *run, d *device, g *group) {
	attached := w.hasMapping(d)
	if r.at().kind == model.PathMappingDetach {
		d.ownMapping, d.others = false, false
		w.unmap(d)
		if !attached || g.attached != model.AttachedOwn {
			w.report(r.site(), finding{invariant: model.NoDoubleFree, consequence: model.Silent, device: d.number})
		}
	}
	if !attached {
		return
	}
	w.translationGoes(r, of(d))
	for _, m := range w.memory(of(d)) {
		if m.way == model.DMAPathArmIOMMU {
			m.domainGone = true
		}
	}
	g.attachDefault()
}

// unmap notes that the device's driver, if it has one, goes on without a mapping.
func (w *World) unmap(d *device) {
	if d.driver {
		d.unmapped = true
	}
}

// domainGone marks translating memory: the domain that it lies in is no more.
func (w *World) domainGone(whose func(*allocation) bool) {
	for _, m := range w.memory(whose, (*allocation).translated) {
		m.domainGone = true
	}
}

// translationComes is the check T1: memory that did not go through the IOMMU is
// behind one now.
func (w *World) translationComes(r *run, g *group) {
	for _, m := range w.memory(inGroup(g)) {
		if m.fromPool() || m.translated() {
			continue
		}
		f := about(model.NoDetachUnderMapping, m)
		f.consequence = model.Silent
		w.report(r.site(), f)
	}
}

// translationGoes is the check T2: what memory translated through is there no
// longer.
func (w *World) translationGoes(r *run, whose func(*allocation) bool) {
	for _, m := range w.memory(whose, (*allocation).translated) {
		f := about(model.NoDetachUnderMapping, m)
		f.consequence = model.Silent
		w.report(r.site(), f)
	}
}
