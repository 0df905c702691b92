package oracle

import "dmafuzz/model"

// allocation is one live buffer or mapping, with what it saw when it was made
// and what has gone since.
type allocation struct {
	kind   model.AllocKind
	device int
	way    model.DMAPath

	wide     bool
	bypass   bool
	rangeMap model.RangeMap

	poolGone   bool
	domainGone bool
	groupGone  bool
}

// plain memory is what a driver must free by hand.
func (m *allocation) plain() bool {
	return m.kind == model.AllocCoherent || m.kind == model.AllocMapped
}

// ofOthers is memory that other code took.
func (m *allocation) ofOthers() bool { return m.kind == model.AllocOther }

// translated memory goes through an IOMMU.
func (m *allocation) translated() bool { return translating(m.way) }

func translating(w model.DMAPath) bool {
	switch w {
	case model.DMAPathIOMMU, model.DMAPathArmIOMMU, model.DMAPathVendor:
		return true
	}
	return false
}

// untranslated is memory that some ops took, but not through an IOMMU.
func untranslated(w model.DMAPath) bool {
	switch w {
	case model.DMAPathDirect, model.DMAPathSwiotlb, model.DMAPathArm:
		return true
	}
	return false
}

func (m *allocation) fromPool() bool { return m.way == model.DMAPathPool }

// found is a live allocation with its slot.
type found struct {
	slot int
	*allocation
}

// memory lists the live memory that all conditions hold for.
//
// Reading: where a step finds fault with several pieces of memory, it does so
// in order of slot, whosever they are.
func (w *World) memory(conditions ...func(*allocation) bool) []found {
	var list []found
next:
	for slot, m := range w.slots {
		if m == nil {
			continue
		}
		for _, holds := range conditions {
			if !holds(m) {
				continue next
			}
		}
		list = append(list, found{slot, m})
	}
	return list
}

// any tells whether there is live memory that all conditions hold for.
func (w *World) any(conditions ...func(*allocation) bool) bool {
	return len(w.memory(conditions...)) > 0
}

// of is the condition that memory belongs to a device.
func of(d *device) func(*allocation) bool {
	return func(m *allocation) bool { return m.device == d.number }
}

// inGroup is the condition that memory belongs to a device that is in the group.
func inGroup(g *group) func(*allocation) bool {
	return func(m *allocation) bool { return g.members[m.device] }
}
