package report

import (
	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// happens says in a sentence what comes of a violation on that kernel: what
// breaks, and in which of its functions.
func (p *play) happens(h hit) string {
	k := h.Key
	text := ""
	switch k.Invariant {
	case model.SameOps:
		text = p.wrongFree(h)
	case model.SameParameters:
		text = changedFree(h)
	case model.NoUseAfterTeardown:
		text = tornFree(h)
		if check.ReadsFwspec(h.Violation) {
			text = "dev->iommu still points to the fwspec that was freed, and whatever stands there by now is taken for it"
		}
	case model.PathReachesDevice:
		switch {
		case h.Consequence == model.NullDeref:
			text = "dma-iommu asks the group's domain for its IOVA cookie, and there is none"
		case translates(k.From):
			text = "the device is given an IOVA that nothing translates, and reads or writes elsewhere"
		default:
			text = "the device is given a physical address that the IOMMU does not map: faults, or somebody else's memory"
		}
	case model.ParametersAsDescribed:
		text = "the device is given addresses that do not lead to its memory"
	case model.NoLeak:
		text = "nothing points to it any more, and nobody will free it"
	case model.NoDoubleFree:
		text = "the page allocator is handed pages that may belong to somebody else by now"
		if k.Alloc == model.AllocNone {
			text = "the second detach drops a reference that is not its own"
		}
	case model.NoDetachUnderMapping:
		text = "a device that still uses the memory meets faults, or somebody else's memory"
	case model.OpsStableUnderMapping:
		text = "nothing yet; the next free of that memory takes the wrong path"
	case model.SupplierOutlivesConsumer:
		text = "the driver goes on doing DMA through an IOMMU that has no driver any more"
		if k.Site.Step == model.OpDriverRemove {
			text = "the consumer's driver, or what devres still runs for it, uses a supplier that has no driver any more"
		}
	case model.OwnerBalanced:
		text = "nothing yet; a later claim of the group is let in, or shut out, by a wrong count"
		if k.Site.Step != model.OpOwnerDec {
			text = "the group stays in use for ever, and nobody can claim it"
		}
	case model.NoDeadlock:
		text = "the thread waits for itself, and everybody who wants the lock waits behind it"
		if p.deadlock(h) != "" {
			text = p.stuck(h)
		}
	}
	return capital(h.Consequence.String()) + ": " + text + "."
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// wrongFree is a free by other ops than the allocation's.
func (p *play) wrongFree(h hit) string {
	k := h.Key
	mapping := k.Alloc == model.AllocMapped
	switch k.To {
	case model.DMAPathDummy:
		return "dma_dummy_ops have no free, so pages and IOVA are lost without a word"
	case model.DMAPathDirect, model.DMAPathSwiotlb:
		name := p.freeFunction(k.To)
		switch {
		case mapping && translates(k.From):
			return name + " takes the IOVA for a physical address; the IOMMU mapping stays"
		case translates(k.From):
			return name + " hands the page allocator a page computed from an IOVA"
		case k.From == model.DMAPathPool:
			return name + " hands the page allocator memory of the device's pool"
		}
		return name + " hands back memory that was taken by another path"
	case model.DMAPathIOMMU, model.DMAPathVendor:
		switch {
		case h.Consequence == model.NullDeref:
			return "iommu_get_dma_domain finds no domain for the device"
		case mapping:
			return "the unmap takes the bus address for an IOVA, and may unmap somebody else's"
		}
		return "the free unmaps an IOVA that was never mapped, and hands back pages that it looks up there"
	case model.DMAPathArm:
		if mapping {
			return "arm_dma_unmap_page takes the IOVA for a physical address; the IOMMU mapping stays"
		}
		return "arm_dma_free finds no such buffer (\"Freeing invalid buffer\"), and memory and IOVA are lost"
	case model.DMAPathArmIOMMU:
		switch {
		case h.Consequence == model.NullDeref:
			return "the device has no mapping, and arm's iommu_ops look into it"
		case mapping:
			return "the unmap takes the bus address for an IOVA, and may unmap somebody else's"
		}
		return "arm_iommu_free_attrs finds no such buffer (\"trying to free invalid coherent area\"), and the memory is lost"
	case model.DMAPathPool:
		return "the pool is handed memory that was never its own"
	}
	return "the memory is handed to an allocator that it did not come from"
}

func (p *play) freeFunction(w model.DMAPath) string {
	if w == model.DMAPathSwiotlb {
		return "swiotlb_free"
	}
	return "dma_direct_free"
}

// changedFree is a free by the right ops with other parameters.
func changedFree(h hit) string {
	switch {
	case !translates(h.Key.From) && h.Consequence == model.Oops:
		return "dma_direct_free turns the bus address into a page by another range map, and frees that page"
	case !translates(h.Key.From):
		return "the unmap turns the bus address into another physical address, and syncs that"
	case h.Consequence == model.NullDeref:
		return "iommu_get_dma_domain gives a domain without an IOVA cookie"
	}
	return "the free unmaps the IOVA in a domain that never mapped it"
}

// tornFree is a DMA call that relies on what is gone.
func tornFree(h hit) string {
	switch {
	case h.Consequence != model.NullDeref:
		return "the call works on a group or mapping that came later, and undoes what is not its own"
	case h.Key.From == model.DMAPathArmIOMMU:
		return "the device has no mapping, and arm's iommu_ops look into it"
	}
	return "iommu_get_dma_domain looks into the group of a device that is in none"
}

// ConsequenceDoc says what a consequence is.
func ConsequenceDoc(c model.Consequence) string {
	switch c {
	case model.Oops:
		return "the kernel touches memory that is not there, and stops"
	case model.BadPage:
		return "the page allocator is handed a page that is not free to take"
	case model.NullDeref:
		return "a NULL pointer is dereferenced, and the kernel stops"
	case model.Hang:
		return "a thread waits for ever"
	case model.Silent:
		return "memory or translations are corrupted without a word"
	case model.Leak:
		return "memory, IOVA space or a count is lost"
	case model.Latent:
		return "nothing by itself; what comes next may"
	}
	return ""
}
