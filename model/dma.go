package model

// way resolves the operand of a take step: `take ops` asks dev->dma_ops.
func (r *runner) way(in *instr, d *DeviceState) DMAPath {
	if DMAPath(in.arg) == DMAPathInvalid {
		return r.m.pathOf(d.Ops)
	}
	return DMAPath(in.arg)
}

// apiSite is the site of a call of the DMA API by a driver or other code.
func (r *runner) apiSite(in *instr) Site { return Site{Where: r.f.Caller, Call: in.call} }

// hasMemory tells whether the steps that run are about a piece of memory: those of
// a call of the DMA API, and of the frees of a devres_release.
func (r *runner) hasMemory() bool { return r.f.Caller != WhereInvalid || r.f.Taken != 0 }

// takeAlloc allocates or maps on the way that the kernel chose.
func (r *runner) takeAlloc(in *instr) {
	if !r.hasMemory() {
		r.f.PC = in.jump
		return
	}
	device, slot := r.device(in.depth), r.f.Memory
	d := &r.s.Devices[device]
	w := r.way(in, d)
	if w == DMAPathDummy {
		r.fail(in, ErrFailed)
		return
	}
	kind := allocKind(in.call, r.f.Caller)
	bad := func(inv Invariant, c Consequence) {
		r.report(Violation{Key: Key{inv, kind, r.apiSite(in), w, DMAPathInvalid, r.m.bus[device]},
			Device: device, Memory: slot, Consequence: c, Step: in.ref})
	}
	g := &r.s.Groups[r.m.group(device)]
	other := kind == AllocOther
	switch {
	case w == DMAPathIOMMU || w == DMAPathVendor:
		switch {
		case !d.Group, other && g.Default != DomainDMA:
			bad(NoUseAfterTeardown, NullDeref)
		case other:
		case g.Default != DomainDMA:
			bad(PathReachesDevice, NullDeref)
		case g.Attached != AttachedDefault:
			bad(PathReachesDevice, Silent)
		}
	case w == DMAPathArmIOMMU:
		if !d.Group || !g.mapped() {
			bad(NoUseAfterTeardown, NullDeref)
		}
	case w != DMAPathPool && !other && d.Group && (g.translates() || r.unmapped(device, d, g)):
		bad(PathReachesDevice, Silent)
	}
	if r.s.Halted {
		return
	}
	if w != DMAPathPool && !other && d.Group && g.Owned {
		bad(ParametersAsDescribed, Silent)
	}
	if (w == DMAPathDirect || w == DMAPathSwiotlb || w == DMAPathArm) && !other && r.m.prog.ranges {
		if d.RangeMap != described(d) {
			bad(ParametersAsDescribed, Silent)
		} else if d.RangeMap != RangeNone {
			r.out.Goals |= GoalMapDescribed
		}
	}
	if w.translates() {
		r.out.Goals |= GoalIOMMUAllocated
	} else if w != DMAPathPool {
		r.out.Goals |= GoalDirectAllocated
	}
	r.s.Memory[slot] = MemoryState{Alloc: kind, Device: device, Path: w, Wide: d.Wide, Bypass: d.Bypass, RangeMap: d.RangeMap}
	r.f.PC = in.jump
}

// unmapped tells whether a device behind an IOMMU has nothing attached though
// dma_setup should have seen to it: its DMA neither is translated nor passes.
func (r *runner) unmapped(device uint8, d *DeviceState, g *GroupState) bool {
	return r.m.prog.archMaps && g.Attached == AttachedNone && !d.Unmapped && r.m.alone(r.s, device)
}

// described is the range map that firmware or a bus gives the device.
func described(d *DeviceState) RangeMap {
	switch d.Described {
	case AddRanges:
		return RangeFirmware
	case AddMap:
		return RangeAdded
	}
	return RangeNone
}

// mapped tells whether an ARM mapping is attached.
func (g *GroupState) mapped() bool { return g.Attached == AttachedArch || g.Attached == AttachedOwn }

// translates tells whether the group's devices go through an IOMMU domain.
func (g *GroupState) translates() bool {
	return g.Attached == AttachedDefault && g.Default == DomainDMA || g.mapped()
}

// takeFree frees or unmaps on the way that the kernel chose.
func (r *runner) takeFree(in *instr) {
	if !r.hasMemory() {
		r.f.PC = in.jump
		return
	}
	device, slot := r.device(in.depth), r.f.Memory
	d := &r.s.Devices[device]
	mem := r.s.Memory[slot]
	to := r.way(in, d)
	site := Site{Where: r.where(in), Step: OpDevresRelease}
	if in.call != PathKindInvalid {
		site = r.apiSite(in)
	}
	if mem.Alloc == AllocNone {
		r.f.PC = in.jump
		r.freedTwice(in, device, site)
		return
	}
	inv, c := r.judgeFree(d, &r.s.Groups[r.m.group(device)], mem, to)
	r.s.Memory[slot] = MemoryState{}
	r.f.PC = in.jump
	if inv != InvariantInvalid {
		r.report(Violation{Key: Key{inv, mem.Alloc, site, mem.Path, to, r.m.bus[device]},
			Device: device, Memory: slot, Consequence: c, Step: in.ref})
	}
	switch {
	case r.s.Halted, to != mem.Path:
	case to.translates() && (site.Where == WhereUnbind || site.Where == WhereRemove):
		r.out.Goals |= GoalIOMMUFreedOnUnbind
	case !to.translates() && to != DMAPathPool:
		r.out.Goals |= GoalDirectFreed
	}
}

// freedTwice reports a free of memory that another actor has freed meanwhile.
func (r *runner) freedTwice(in *instr, device uint8, site Site) {
	kind, c := AllocDmam, BadPage
	switch in.call {
	case PathDMAFree:
		kind = AllocCoherent
	case PathDMAUnmap:
		kind, c = AllocMapped, Silent
	}
	r.report(Violation{Key: Key{Invariant: NoDoubleFree, Alloc: kind, Site: site, Bus: r.m.bus[device]},
		Device: device, Memory: r.f.Memory, Consequence: c, Step: in.ref})
}

// judgeFree tells which rule a free breaks, and what comes of it in the kernel.
func (r *runner) judgeFree(d *DeviceState, g *GroupState, mem MemoryState, to DMAPath) (Invariant, Consequence) {
	mapping := mem.Alloc == AllocMapped
	noDomain := !d.Group || g.Default != DomainDMA
	if to != mem.Path {
		return SameOps, wrongOps(mem, to, noDomain, d.Group && g.mapped())
	}
	switch to {
	case DMAPathDirect, DMAPathSwiotlb, DMAPathArm:
		if mem.RangeMap != d.RangeMap && mapping {
			return SameParameters, Silent
		}
		if mem.RangeMap != d.RangeMap {
			return SameParameters, Oops
		}
	case DMAPathIOMMU, DMAPathVendor:
		switch {
		case !d.Group:
			return NoUseAfterTeardown, NullDeref
		case mem.GroupGone:
			return NoUseAfterTeardown, Silent
		case g.Default != DomainDMA:
			return SameParameters, NullDeref
		case mem.DomainGone:
			return SameParameters, Silent
		}
	case DMAPathArmIOMMU:
		switch {
		case !d.Group || !g.mapped():
			return NoUseAfterTeardown, NullDeref
		case mem.DomainGone:
			return SameParameters, Silent
		}
	}
	return InvariantInvalid, ConsequenceInvalid
}

// wrongOps is what a free on the wrong way does: the kernel functions are
// __dma_direct_free, arm_dma_free ("Freeing invalid buffer"), iommu_dma_free by
// way of iommu_get_dma_domain, and arm_iommu_free_attrs.
func wrongOps(mem MemoryState, to DMAPath, noDomain, mapped bool) Consequence {
	mapping := mem.Alloc == AllocMapped
	switch to {
	case DMAPathDummy:
		return Leak
	case DMAPathIOMMU, DMAPathVendor:
		if noDomain {
			return NullDeref
		}
		return Silent
	case DMAPathArmIOMMU:
		if !mapped {
			return NullDeref
		}
		if mapping {
			return Silent
		}
		return Leak
	case DMAPathArm:
		if mapping {
			return Silent
		}
		return Leak
	case DMAPathDirect, DMAPathSwiotlb:
		switch {
		case mapping:
			return Silent
		case mem.Path.translates():
			return Oops
		case mem.Path == DMAPathPool || mem.Path == DMAPathArm:
			return BadPage
		}
	}
	return Silent
}
