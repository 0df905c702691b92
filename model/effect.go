package model

import "slices"

// effect carries out a step that changes the state, and checks what it breaks.
// docs/machine.md has the table.
func (r *runner) effect(in *instr) {
	device := r.device(in.depth)
	d := &r.s.Devices[device]
	switch in.op {
	case OpRegistered:
		d.Life = LifeRegistered
		r.s.Turned = device == 0 && r.s.Devices[1].Life != LifeAbsent
	case OpReadyToProbe:
		d.Ready = true
	case OpKill:
		d.Dead = true
	case OpDeleted:
		d.Life = LifeDeleted
	case OpGone:
		r.gone(in, device)
	case OpSetDriver:
		d.Driver, d.Quit = true, false
		d.Relies = d.Relies || r.m.linked && device == r.m.consumer && r.s.Link == LinkConsumerProbe
	case OpClearDriver:
		if d.Uses > 0 {
			r.violate(in, OwnerBalanced, Leak, noMemory, DMAPathInvalid)
		}
		d.Uses, d.Driver, d.Bound, d.Unmapped, d.Quit, d.Relies = 0, false, false, false, false, false
	case OpBound:
		d.Bound, d.Deferred = true, false
		if r.m.linked {
			r.linksBound(device)
		}
		if in.entry == PathRetry {
			r.out.Goals |= GoalDeferredThenBound
		}
	case OpLinksNoDriver, OpLinksCleanup, OpLinksPurge, OpFwDevlink:
		r.linkEffect(in, device)
	case OpDeferredAdd:
		d.Deferred = true
	case OpDeferredDel:
		d.Deferred = false
	case OpSetOps:
		r.setOps(in, device, DMAOps(in.arg))
	case OpSetDMAIOMMU:
		r.setDMAIOMMU(in, device, in.arg != 0)
	case OpSetOpsSetup:
		d.OpsSetup = in.arg != 0
	case OpRangeMapSet:
		if d.RangeMap != RangeNone {
			r.violate(in, NoLeak, Leak, noMemory, DMAPathInvalid)
		}
		d.RangeMap = RangeNone
		if d.Described == AddRanges {
			d.RangeMap = RangeFirmware
		}
	case OpRangeMapAdd:
		if d.Described == AddMap {
			d.RangeMap = RangeAdded
		}
	case OpRangeMapFree:
		d.RangeMap = RangeNone
	default:
		r.iommuEffect(in, device, d)
	}
}

// gone frees a struct device; what is still live then is lost.
func (r *runner) gone(in *instr, device uint8) {
	d := &r.s.Devices[device]
	for i := range r.s.Memory {
		if mem := &r.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == device {
			r.violate(in, NoLeak, Leak, i, DMAPathInvalid)
			*mem = MemoryState{}
		}
	}
	if d.RangeMap != RangeNone || d.OwnMapping {
		r.violate(in, NoLeak, Leak, noMemory, DMAPathInvalid)
	}
	*d = DeviceState{}
	r.s.Turned = false
}

// pathOf is the way that a value of dev->dma_ops stands for.
func (m *Machine) pathOf(o DMAOps) DMAPath {
	switch o {
	case DMAOpsSwiotlb:
		return DMAPathSwiotlb
	case DMAOpsIOMMU:
		return DMAPathIOMMU
	case DMAOpsArm:
		return DMAPathArm
	case DMAOpsArmIOMMU:
		return DMAPathArmIOMMU
	case DMAOpsVendor:
		return DMAPathVendor
	}
	return m.nullPath
}

func (r *runner) setOps(in *instr, device uint8, o DMAOps) {
	d := &r.s.Devices[device]
	if d.Ops == o {
		return
	}
	d.Ops = o
	r.opsChanged(in, device, r.m.pathOf(o))
}

func (r *runner) setDMAIOMMU(in *instr, device uint8, on bool) {
	d := &r.s.Devices[device]
	if d.DMAIOMMU == on {
		return
	}
	d.DMAIOMMU = on
	to := r.m.pathOf(d.Ops)
	if on {
		to = DMAPathIOMMU
	}
	r.opsChanged(in, device, to)
}

// opsChanged checks ops-stable-under-mapping after the ops of a device changed.
func (r *runner) opsChanged(in *instr, device uint8, to DMAPath) {
	for i := range r.s.Memory {
		mem := &r.s.Memory[i]
		if mem.Alloc != AllocNone && mem.Device == device && mem.Path != DMAPathPool && mem.Path != to {
			r.violate(in, OpsStableUnderMapping, Latent, i, to)
		}
	}
}

func (r *runner) iommuEffect(in *instr, device uint8, d *DeviceState) {
	g := &r.s.Groups[r.m.group(device)]
	switch in.op {
	case OpParamGet:
		d.Param = true
	case OpFwspecInit:
		d.Param, d.Fwspec = true, true
	case OpFwspecFree:
		d.Fwspec, d.Dangling = false, d.Param
	case OpParamFree:
		d.Param, d.Fwspec, d.Dangling = false, false, false
	case OpGroupJoin:
		if !d.Param && r.m.races && r.m.getsParam(in.ref.Path) { // another actor has freed it
			r.violate(in, NoUseAfterTeardown, NullDeref, noMemory, DMAPathInvalid)
			return
		}
		if d.Group { // the group that it is in is lost
			r.violate(in, NoLeak, Leak, noMemory, DMAPathInvalid)
		} else if r.m.alone(r.s, device) {
			*g = GroupState{}
		}
		d.Group = true
	case OpGroupLeave:
		r.groupLeave(in, device, d, g)
	case OpDomainAlloc:
		if g.Default != DomainNone { // only another actor can have made it since the path looked
			r.violate(in, NoLeak, Leak, noMemory, DMAPathInvalid)
			r.domainGone(device)
		}
		g.Default = r.m.domain
		if r.s.Identity {
			g.Default = DomainIdentity
		}
	case OpDomainAttach:
		if g.Default != DomainNone && g.Attached != AttachedDefault {
			g.Attached = AttachedDefault
			r.comesUp(in, device, g)
		}
	case OpDomainDetach:
		if r.m.alone(r.s, device) {
			g.Attached = AttachedNone
		}
		r.goes(in, device)
	case OpDomainChange:
		r.domainChange(in, device, g)
	case OpDomainFree:
		g.Default = DomainNone
		if g.Attached == AttachedDefault {
			g.Attached = AttachedNone
		}
		r.domainGone(device)
	case OpWalkAdd:
		if d.Group {
			g.Listed = true
		} else if r.m.races { // another actor has released the device, and the group went with it
			r.violate(in, NoUseAfterTeardown, Oops, noMemory, DMAPathInvalid)
		}
	case OpWalkDel:
		g.Listed = g.Listed && !d.Group
	case OpMappingAttach, OpMappingDetach:
		r.mapping(in, device, d, g)
	case OpProviderList:
		r.s.Provider = ProviderListed
	case OpProviderReady:
		r.s.Provider = ProviderReady
	case OpProviderUnlist:
		r.unlist(in)
	default:
		r.ownerEffect(in, device, d, g)
	}
}

// alone tells whether no other device is in the device's group.
func (m *Machine) alone(s *State, device uint8) bool {
	for n := range s.Devices {
		if uint8(n) != device && s.Devices[n].Group && m.group(uint8(n)) == m.group(device) {
			return false
		}
	}
	return true
}

// walked tells whether another actor makes the walk of an IOMMU that registers, and
// it has not failed: one that has looks at no group any more.
func (r *runner) walked() bool {
	for i := range r.s.Actors {
		f := &r.s.Actors[i].Frames[0]
		if i != r.act && f.PC != 0 && r.m.prog.code[f.PC].entry == PathIOMMURegister && f.Err == ErrNone {
			return true
		}
	}
	return false
}

// getsParam tells whether a path makes dev->iommu, and so relies on it.
func (m *Machine) getsParam(p PathKind) bool {
	return slices.ContainsFunc(m.kernel.Path(p).Steps, func(st Step) bool { return st.Op == OpParamGet })
}

func (r *runner) groupLeave(in *instr, device uint8, d *DeviceState, g *GroupState) {
	if !d.Group {
		return
	}
	for i := range r.s.Memory {
		if mem := &r.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == device && mem.Path.translates() {
			mem.GroupGone = true
		}
	}
	d.Group = false
	if r.m.alone(r.s, device) {
		listed := g.Listed
		*g = GroupState{}
		r.out.Goals |= GoalGroupLeft
		if listed && r.walked() { // it is freed, and the walk goes on to it
			r.violate(in, NoUseAfterTeardown, Oops, noMemory, DMAPathInvalid)
		}
	}
}

// domainChange replaces the group's default domain by a new one.
func (r *runner) domainChange(in *instr, device uint8, g *GroupState) {
	to := DomainDMA
	if r.f.Want == TypeIdentity {
		to = DomainIdentity
	}
	if to != g.Default {
		r.out.Goals |= GoalTypeChanged
	}
	g.Default, g.Attached = to, AttachedDefault
	r.domainGone(device)
	r.groupGoes(in, device)
	r.comesUp(in, device, g)
}

// domainGone marks the translating memory of the group's devices.
func (r *runner) domainGone(device uint8) {
	for i := range r.s.Memory {
		mem := &r.s.Memory[i]
		if mem.Alloc != AllocNone && mem.Path.translates() && r.inGroup(mem.Device, device) {
			mem.DomainGone = true
		}
	}
}

// inGroup tells whether a device is in the group of another.
func (r *runner) inGroup(device, of uint8) bool {
	return r.s.Devices[device].Group && r.m.group(device) == r.m.group(of)
}

// comesUp checks no-detach-under-mapping where a group begins to translate.
func (r *runner) comesUp(in *instr, device uint8, g *GroupState) {
	if g.Attached == AttachedDefault && g.Default != DomainDMA {
		return
	}
	for i := range r.s.Memory {
		mem := &r.s.Memory[i]
		if mem.Alloc != AllocNone && mem.Path != DMAPathPool && !mem.Path.translates() && r.inGroup(mem.Device, device) {
			r.violate(in, NoDetachUnderMapping, Silent, i, DMAPathInvalid)
		}
	}
}

// goes checks no-detach-under-mapping where a device ceases to translate.
func (r *runner) goes(in *instr, device uint8) {
	for i := range r.s.Memory {
		if mem := &r.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == device && mem.Path.translates() {
			r.violate(in, NoDetachUnderMapping, Silent, i, DMAPathInvalid)
		}
	}
}

// groupGoes is goes for all devices of the group.
func (r *runner) groupGoes(in *instr, device uint8) {
	for i := range r.s.Memory {
		mem := &r.s.Memory[i]
		if mem.Alloc != AllocNone && mem.Path.translates() && r.inGroup(mem.Device, device) {
			r.violate(in, NoDetachUnderMapping, Silent, i, DMAPathInvalid)
		}
	}
}

// mapping attaches or detaches an ARM mapping: the caller's own in the paths
// mapping_attach and mapping_detach, the architecture's elsewhere.
func (r *runner) mapping(in *instr, device uint8, d *DeviceState, g *GroupState) {
	own := in.entry == PathMappingAttach || in.entry == PathMappingDetach
	if in.op == OpMappingAttach {
		g.Attached = AttachedArch
		if own {
			g.Attached, d.OwnMapping, d.Others, d.Unmapped = AttachedOwn, true, !d.Driver, false
		}
		r.comesUp(in, device, g)
		return
	}
	if own {
		d.OwnMapping, d.Others = false, false
		d.Unmapped = d.Driver
		if !d.Group || g.Attached != AttachedOwn {
			// Its mapping is gone already; the kernel detaches what it finds.
			r.violate(in, NoDoubleFree, Silent, noMemory, DMAPathInvalid)
		}
	}
	if !d.Group || g.Attached != AttachedArch && g.Attached != AttachedOwn {
		return
	}
	g.Attached = restored(g)
	for i := range r.s.Memory {
		if mem := &r.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == device && mem.Path == DMAPathArmIOMMU {
			mem.DomainGone = true
		}
	}
	r.goes(in, device)
}

// restored is what a group falls back to when something else is detached.
func restored(g *GroupState) Attached {
	if g.Default != DomainNone {
		return AttachedDefault
	}
	return AttachedNone
}

// unlist takes the IOMMU off its list.
func (r *runner) unlist(in *instr) {
	r.s.Provider = ProviderAbsent
	for n := range r.s.Devices {
		if d := &r.s.Devices[n]; d.Group && d.Driver {
			r.report(Violation{Key: Key{Invariant: SupplierOutlivesConsumer, Alloc: AllocNone,
				Site: Site{Where: r.where(in), Step: in.op}, Bus: r.m.bus[n]},
				Device: uint8(n), Consequence: Silent, Step: in.ref})
		}
	}
}

// ownerMax is where ownership counters saturate: all that two bits of a key hold.
const ownerMax = 3

func (r *runner) ownerEffect(in *instr, device uint8, d *DeviceState, g *GroupState) {
	if !d.Group && (in.op == OpOwnerInc || in.op == OpOwnerDec) {
		return
	}
	switch in.op {
	case OpOwnerInc:
		g.OwnerCount = min(g.OwnerCount+1, ownerMax)
		d.Uses = min(d.Uses+1, ownerMax)
	case OpOwnerDec:
		if g.OwnerCount == 0 || d.Uses == 0 { // what it gives back is nobody's, or somebody else's
			r.violate(in, OwnerBalanced, Latent, noMemory, DMAPathInvalid)
		}
		g.OwnerCount = max(g.OwnerCount, 1) - 1
		d.Uses = max(d.Uses, 1) - 1
	case OpOwnerClaim:
		g.Owned, g.OwnerCount, g.Attached = true, 1, AttachedBlocking
		r.out.Goals |= GoalClaimed
		r.groupGoes(in, device)
	case OpOwnerRelease:
		g.Owned, g.OwnerCount, g.Attached = false, 0, restored(g)
		if g.Default == DomainDMA {
			r.comesUp(in, device, g)
		}
	case OpDevresAdd:
		if r.hasMemory() {
			r.push(d, devresMemory(r.f.Memory))
		}
	case OpDevresRemove:
		if r.hasMemory() {
			r.devresRemove(in, device, d)
		}
	default:
		if !noEffect[in.op] {
			mustDefect("no effect of step %s", in.op)
		}
	}
}

// noEffect are the steps that are carried out for nothing but their failure.
var noEffect = [numOps + numInternal]bool{
	OpPinctrlBind: true, OpSysfsAdd: true, OpPMActivate: true, OpGroupsAdd: true, OpSyncedAdd: true, OpBusProbe: true,
}

// devresRemove takes the memory's entry off the list, the one added last; it finds
// none that a release has taken off already. If an
// older one is left, that was the wrong one: the kernel knows an entry by the
// address, and another actor has been given the address in the meantime.
func (r *runner) devresRemove(in *instr, device uint8, d *DeviceState) {
	entry, first := devresMemory(r.f.Memory), r.taken(device)
	for i := int(d.NumDevres) - 1; i >= first; i-- {
		if d.Devres[i] != entry {
			continue
		}
		d.remove(i)
		if slices.Contains(d.Devres[first:d.NumDevres], entry) {
			r.report(Violation{Key: Key{Invariant: NoDoubleFree, Alloc: AllocDmam, Site: r.apiSite(in), Bus: r.m.bus[device]},
				Device: device, Memory: r.f.Memory, Consequence: Silent, Step: in.ref})
		}
		return
	}
}
