package report

import (
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// message says in one line what a violation is, in the words of the kernel.
func (p *play) message(h hit) string {
	k := h.Key
	mem, from, to, place := memoryWords(k.Alloc), p.way(k.From), p.way(k.To), placeWords(k.Site.Where)
	free, alloc, take := "free of "+mem+place, "allocation", "allocation of "+mem+place
	if k.Alloc == model.AllocMapped {
		free, alloc, take = "unmap of a page"+place, "mapping", "mapping of a page"+place
	}
	step, _ := p.kernel.Describe(h.Step)
	step = bare(step)
	switch k.Invariant {
	case model.SameOps:
		return free + " takes " + to + ", " + alloc + " took " + from
	case model.SameParameters:
		return free + p.changedParameter(h) + " than its " + alloc
	case model.PathReachesDevice:
		return take + " takes " + from + p.missed(h)
	case model.ParametersAsDescribed:
		if p.before(h).Groups[p.group(h.Device)].Owned {
			return take + " stands in a group whose DMA somebody else has claimed"
		}
		return take + " meets a range map that neither firmware nor bus described"
	case model.NoUseAfterTeardown:
		if check.ReadsFwspec(h.Violation) {
			words, _ := p.kernel.Describe(h.Step)
			return h.Step.Path.String() + " asks for a fwspec that is freed (" + words + ")"
		}
		if takes(h) {
			return take + " takes " + from + p.tornDown(h)
		}
		return free + " takes " + from + p.tornDown(h)
	case model.NoLeak:
		return p.leaked(h, mem)
	case model.NoDoubleFree:
		if k.Alloc == model.AllocNone {
			return "detach of a mapping that is detached already"
		}
		return "devres frees " + mem + " that was freed by hand"
	case model.NoDetachUnderMapping:
		if translates(k.From) {
			return step + " ends the translation of " + live(k.Alloc) + " from " + from + place
		}
		return step + " puts translation in front of " + live(k.Alloc) + " from " + from + place
	case model.OpsStableUnderMapping:
		return step + " turns the device to " + to + " under " + live(k.Alloc) + " from " + from + place
	case model.SupplierOutlivesConsumer:
		if k.Site.Step == model.OpDriverRemove {
			return p.unsupplied(h)
		}
		return "the IOMMU is unregistered while a driver is bound to a device behind it"
	case model.OwnerBalanced:
		if k.Site.Step == model.OpOwnerDec {
			return "DMA ownership is given back more often than it was taken"
		}
		return "the bind ends with its DMA ownership still taken"
	case model.NoDeadlock:
		if text := p.deadlock(h); text != "" {
			return text
		}
		return step + " waits for a lock that its own thread holds"
	}
	return k.Invariant.Doc()
}

// unsupplied says what is left of a consumer whose supplier is removed.
func (p *play) unsupplied(h hit) string {
	before := p.before(h)
	d := &before.Devices[h.Device]
	left := "its consumer's devres is not released"
	if d.Bound && !d.Quit {
		left = "its consumer is bound"
	}
	return "the supplier's remove is called while " + left
}

func memoryWords(a model.AllocKind) string {
	switch a {
	case model.AllocCoherent:
		return "coherent memory"
	case model.AllocDmam:
		return "dmam memory"
	case model.AllocMapped:
		return "a mapped page"
	case model.AllocOther:
		return "dmam memory of other code"
	}
	return "memory"
}

// placeWords tells two places of one rule apart; an unbind needs no word.
func placeWords(w model.Where) string {
	switch w {
	case model.WhereBindFailed:
		return " after a failed bind"
	case model.WhereTestRemove:
		return " in test_remove"
	case model.WhereProbe:
		return " in probe"
	case model.WhereBound:
		return " by a bound driver"
	case model.WhereRemove:
		return " in remove"
	case model.WhereAction:
		return " in a devm action"
	case model.WhereLate:
		return " after unbind"
	case model.WhereDel, model.WherePut, model.WhereBind, model.WhereAdd, model.WhereShutdown:
		return " on " + w.String()
	}
	return ""
}

func live(a model.AllocKind) string {
	switch a {
	case model.AllocMapped:
		return "a live mapped page"
	case model.AllocOther:
		return "live dmam memory of other code"
	}
	return "live " + memoryWords(a)
}

// way is what kernel people call a way on this kernel: dma-iommu is reached
// through iommu_dma_ops where no flag of the device leads to it.
func (p *play) way(w model.DMAPath) string {
	switch w {
	case model.DMAPathPool:
		return "the device's coherent pool"
	case model.DMAPathDirect:
		return "dma-direct"
	case model.DMAPathSwiotlb:
		return "swiotlb_dma_ops"
	case model.DMAPathDummy:
		return "dma_dummy_ops"
	case model.DMAPathIOMMU:
		if p.hasStep(model.OpSetDMAIOMMU) {
			return "dma-iommu"
		}
		return "iommu_dma_ops"
	case model.DMAPathArm:
		return "arm_dma_ops"
	case model.DMAPathArmIOMMU:
		return "arm's iommu_ops"
	case model.DMAPathVendor:
		return "the IOMMU driver's own dma_ops"
	}
	return "no ops"
}

func (p *play) hasStep(op model.Op) bool {
	for path := model.PathAdd; path <= model.PathMappingDetach; path++ {
		for _, st := range p.kernel.Path(path).Steps {
			if st.Op == op {
				return true
			}
		}
	}
	return false
}

func translates(w model.DMAPath) bool {
	return w == model.DMAPathIOMMU || w == model.DMAPathArmIOMMU || w == model.DMAPathVendor
}

func (p *play) before(h hit) *model.State { return &p.moments[h.moment].before }

func (p *play) group(device uint8) int {
	if p.trace.Group {
		return 0
	}
	return int(device)
}

// takes tells whether the violation is one of an allocation.
func takes(h hit) bool {
	c := h.Key.Site.Call
	return c == model.PathDMAAlloc || c == model.PathDmamAlloc || c == model.PathDMAMap
}

// changedParameter is what a free on the right way sees another one of.
func (p *play) changedParameter(h hit) string {
	s := p.before(h)
	switch {
	case !translates(h.Key.From):
		return " goes by another range map"
	case h.Key.From != model.DMAPathArmIOMMU && s.Groups[p.group(h.Device)].Default != model.DomainDMA:
		return " meets an identity domain, another one"
	}
	return " goes through another domain"
}

// missed is why an allocation does not reach its device.
func (p *play) missed(h hit) string {
	g := &p.before(h).Groups[p.group(h.Device)]
	switch {
	case !translates(h.Key.From):
		return " while the IOMMU translates for the device"
	case g.Default == model.DomainIdentity:
		return ", but the default domain is an identity domain"
	case g.Default != model.DomainDMA:
		return ", but the group has no default domain"
	}
	return ", but the default domain is not attached"
}

// tornDown is what a DMA call lacks.
func (p *play) tornDown(h hit) string {
	s := p.before(h)
	d, g := &s.Devices[h.Device], &s.Groups[p.group(h.Device)]
	switch {
	case !d.Group && h.Key.From == model.DMAPathArmIOMMU, h.Key.From == model.DMAPathArmIOMMU && !mapped(g):
		return ", but no mapping is attached to the device"
	case !d.Group && takes(h):
		return ", but the device is in no IOMMU group"
	case !d.Group:
		return ", but the device has left its IOMMU group"
	case s.Memory[h.Memory].GroupGone:
		return " of another IOMMU group than that of its allocation"
	}
	return ", but the group has no DMA domain"
}

func mapped(g *model.GroupState) bool {
	return g.Attached == model.AttachedArch || g.Attached == model.AttachedOwn
}

func (p *play) leaked(h hit, mem string) string {
	switch {
	case h.Key.Alloc != model.AllocNone:
		return "struct device is freed while " + mem + " of it is live"
	case h.Key.Site.Step == model.OpRangeMapSet:
		return "dma_range_map is set while it points to a map: the old map is lost"
	case h.Key.Site.Step == model.OpDomainAlloc:
		return "a default domain is made where there is one: the old domain is lost"
	case h.Key.Site.Step == model.OpGroupJoin:
		return "the device joins a group that it is in: a reference is lost"
	}
	var lost []string
	d := &p.before(h).Devices[h.Device]
	if d.RangeMap != model.RangeNone {
		lost = append(lost, "its range map")
	}
	if d.OwnMapping {
		lost = append(lost, "a mapping of its own")
	}
	return "struct device is freed without " + strings.Join(lost, " and ")
}
