package report

import (
	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// blame tells whose fault a violation is. It never asks which release the
// kernel is: only who makes the call, and in which path the step stands that
// took away what the memory relied on.
func (p *play) blame(h hit) model.Blame {
	k := h.Key
	switch {
	case k.Alloc == model.AllocOther || k.Site.Where == model.WhereOther:
		return model.BlameSubsystem
	case k.Site.Where == model.WhereLate:
		return model.BlameSubsystem
	case p.trace.Drivers == model.DriversAny:
		return model.BlameDriver
	case check.ReadsFwspec(h.Violation):
		if i := p.lastChange(h, 0, dangling); i >= 0 {
			return p.moments[i].ref.Path.Owner()
		}
		return model.BlameIOMMU
	}
	switch k.Invariant {
	case model.SameOps, model.SameParameters, model.NoUseAfterTeardown:
		if i := p.lastChange(h, p.taken(h), usedByMemory); i >= 0 {
			return p.moments[i].phase.Owner()
		}
		// Nothing changed under the memory: the DMA API itself chose otherwise.
		return model.BlameDMA
	case model.PathReachesDevice:
		if i := p.lastChange(h, 0, reached); i >= 0 {
			return p.moments[i].ref.Path.Owner()
		}
		return model.BlameDMA
	case model.ParametersAsDescribed:
		if i := p.lastChange(h, 0, described); i >= 0 {
			return p.moments[i].ref.Path.Owner()
		}
		// No step ever installed what was described: that is the bus's work.
		return model.BlameBus
	case model.OpsStableUnderMapping, model.NoDetachUnderMapping:
		return p.moments[h.moment].phase.Owner()
	case model.SupplierOutlivesConsumer:
		if h.Key.Site.Step == model.OpDriverRemove {
			return model.BlameCore
		}
		return model.BlameIOMMU
	case model.NoDoubleFree, model.NoDeadlock:
		return h.Step.Path.Owner()
	}
	return model.BlameCore // no-leak, owner-balanced: drivers/base ends a device's life and its bind
}

// taken is the first moment after the violation's memory was taken.
func (p *play) taken(h hit) int {
	if h.Key.Alloc == model.AllocNone {
		return 0
	}
	for i := h.moment - 1; i >= 0; i-- {
		m := &p.moments[i]
		if m.before.Memory[h.Memory].Alloc == model.AllocNone && m.after.Memory[h.Memory].Alloc != model.AllocNone {
			return i + 1
		}
	}
	return 0
}

// lastChange is the last moment, from a given one up to the violation, that
// changed what the view of the violation's device shows; -1 if there is none.
func (p *play) lastChange(h hit, from int, view func(*model.State, uint8, uint8) any) int {
	group := h.Device
	if p.trace.Group {
		group = 0
	}
	for i := h.moment - 1; i >= from; i-- {
		m := &p.moments[i]
		if m.ref.Path != model.PathKindInvalid && view(&m.before, h.Device, group) != view(&m.after, h.Device, group) {
			return i
		}
	}
	return -1
}

type memoryView struct {
	ops      model.DMAOps
	on       bool
	rangeMap model.RangeMap
	group    bool
	domain   model.Domain
	attached model.Attached
}

// usedByMemory is what a free relies on.
func usedByMemory(s *model.State, device, group uint8) any {
	d, g := &s.Devices[device], &s.Groups[group]
	return memoryView{d.Ops, d.DMAIOMMU, d.RangeMap, d.Group, g.Default, g.Attached}
}

// reached is what decides whether an allocation reaches the device.
func reached(s *model.State, device, group uint8) any {
	v := usedByMemory(s, device, group).(memoryView)
	v.rangeMap, v.group = 0, false
	return v
}

// described is what firmware, bus or owner installed.
func described(s *model.State, device, group uint8) any {
	return memoryView{rangeMap: s.Devices[device].RangeMap, on: s.Groups[group].Owned}
}

// dangling is whether dev->iommu points to a fwspec that is freed.
func dangling(s *model.State, device, _ uint8) any { return s.Devices[device].Dangling }
