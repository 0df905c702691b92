package check

import (
	"slices"

	"dmafuzz/model"
)

// Plan is what a check looks at: bounds, pass by pass. Passes of one actor come
// before those of two, so that of the traces of a key the one with the fewest
// preemptions is met first.
type Plan struct {
	Passes []model.Bounds
	// LinksMayLack says that the passes over a device link are left out on a
	// kernel that makes none; without it such a kernel is an error
	// ([model.ErrNoLinks]).
	LinksMayLack bool
}

// DefaultPlan is the passes that check makes within the bounds; their families
// do not count.
func DefaultPlan(b model.Bounds) Plan {
	one := b
	one.Actors, one.Preemptions = 0, 0
	var p Plan
	for _, one.Families = range families(b.Devices) {
		p.Passes = append(p.Passes, one)
	}
	if b.Actors > 1 {
		p.Passes = append(p.Passes, races(b)...)
	}
	return p
}

// FamiliesPlan makes one pass for each set of families.
func FamiliesPlan(b model.Bounds, families ...model.Families) Plan {
	var p Plan
	for _, b.Families = range families {
		p.Passes = append(p.Passes, b)
	}
	return p
}

// WidePlan is the default passes of the bounds, then those over a device link
// in which two actors preempt each other at most once.
func WidePlan(b model.Bounds) Plan {
	p := DefaultPlan(b)
	p.LinksMayLack = true
	for _, l := range LinkPlan(Linked(b)).Passes {
		if l.Actors > 1 {
			l.Preemptions = min(l.Preemptions, 1)
			p.Passes = append(p.Passes, l)
		}
	}
	return p
}

// Linked is bounds in which the first of two devices is a consumer of the
// second. To a device link it does not matter what memory there is.
func Linked(b model.Bounds) model.Bounds {
	b.Devices, b.Memory, b.Actions, b.Setup[0].Supplier = 2, 1, 0, 2
	return b
}

// LinkPlan is the passes over the device link of linked bounds: one actor with
// all that can matter to a link; two actors in passes that close, first with an
// IOMMU and with devices that go, then with binds that fail.
func LinkPlan(b model.Bounds) Plan {
	const core = model.FamilyCore
	one := b
	one.Actors, one.Preemptions = 0, 0
	one.Families = core | model.FamilyFailures | model.FamilyIOMMU | model.FamilyRemoval
	p := Plan{Passes: []model.Bounds{one}}
	if b.Actors > 1 {
		p.Passes = append(p.Passes, FamiliesPlan(b, core|model.FamilyIOMMU|model.FamilyRemoval, core|model.FamilyFailures).Passes...)
	}
	return p
}

// families are those that one actor's passes take together for so many devices:
// all that close in time together, then coherent pools with what can matter to
// them, and with two devices range maps and masks likewise. Each of them is an axis
// of its own: taken together with the rest it makes three to four times the states.
func families(devices int) []model.Families {
	const setup = model.FamilyCore | model.FamilyFailures | model.FamilyIOMMU | model.FamilyRemoval
	const pools = setup | model.FamilyPools | model.FamilyOwnership
	if devices < 2 {
		return []model.Families{model.AllFamilies &^ model.FamilyPools, pools}
	}
	return []model.Families{
		model.AllFamilies &^ (model.FamilyPools | model.FamilyRanges | model.FamilyMasks),
		setup | model.FamilyRanges | model.FamilyMasks,
		pools,
	}
}

// races are the passes of several actors: coherent pools, masks and range maps
// are a matter of one. With two devices the states are too many to take all
// together with every preemption; then what brings a device into its group and
// sets it up is taken with all of them, and the rest with one.
func races(b model.Bounds) []model.Bounds {
	const setup = model.FamilyCore | model.FamilyIOMMU
	const rest = setup | model.FamilyOwnership | model.FamilyRemoval | model.FamilyThirdParty | model.FamilyStreaming
	switch {
	case b.Devices < 2:
		return FamiliesPlan(b, rest, setup|model.FamilyFailures).Passes
	case b.Preemptions == 0 || b.Preemptions == 1:
		return FamiliesPlan(b, rest).Passes
	}
	once := b
	once.Preemptions = 1
	return slices.Concat(FamiliesPlan(once, rest).Passes, FamiliesPlan(b, setup).Passes)
}
