package model

// MaxViolations is how many different findings of one event an Outcome holds: with
// all four slots live, a registration that fails can break four rules for each, and
// more. No kernel that we know comes near; a made-up one can go past it, and gets More.
const MaxViolations = 32

// Outcome is what one event did.
type Outcome struct {
	// Executed is false if and only if the event was not enabled; the state is
	// then untouched and everything below is zero.
	Executed bool
	Goals    Goals
	// More is set if the event broke more rules than MaxViolations; the first ones
	// are kept. A search that meets it proves nothing about the rest.
	More bool
	num  uint8
	list [MaxViolations]Violation
}

// Violations returns the rules that the event broke, in the order in which it
// broke them, no key twice.
func (o *Outcome) Violations() []Violation { return o.list[:o.num] }

// add notes a violation unless one with the same key is there.
func (o *Outcome) add(v Violation) {
	for i := range o.list[:o.num] {
		if o.list[i].Key == v.Key {
			return
		}
	}
	if o.num == MaxViolations {
		o.More = true
		return
	}
	o.list[o.num] = v
	o.num++
}

// Goals is a set of `sometimes` goals: a search that misses one it could have
// met proves less than it seems to.
type Goals uint16

const (
	// GoalIOMMUFreedOnUnbind: translating memory was freed on unbind the way it came.
	GoalIOMMUFreedOnUnbind Goals = 1 << iota
	// GoalDirectFreed: memory of dma-direct, swiotlb or arm was freed the way it came.
	GoalDirectFreed
	// GoalFailedWithMemory: a failed bind had devres release memory.
	GoalFailedWithMemory
	// GoalDeferredThenBound: a deferred probe succeeded later.
	GoalDeferredThenBound
	// GoalIOMMUAllocated: memory was taken from a translating way.
	GoalIOMMUAllocated
	// GoalDirectAllocated: memory was taken from dma-direct, swiotlb or arm.
	GoalDirectAllocated
	// GoalGroupLeft: the last device left its group.
	GoalGroupLeft
	// GoalTypeChanged: a default domain was replaced by one of another type.
	GoalTypeChanged
	// GoalClaimed: the DMA ownership of a group was claimed.
	GoalClaimed
	// GoalMapDescribed: an allocation met the range map that was described.
	GoalMapDescribed
	numGoals = iota
)

var goalTable = [numGoals]struct{ name, doc string }{
	{"iommu-freed-on-unbind", "IOMMU memory was freed on unbind through the IOMMU"},
	{"direct-freed", "direct memory was freed directly"},
	{"failed-with-memory", "a failed bind had devres release memory"},
	{"deferred-then-bound", "a deferred probe succeeded later"},
	{"iommu-allocated", "memory was taken through the IOMMU"},
	{"direct-allocated", "memory was taken directly"},
	{"group-left", "the last device left its IOMMU group"},
	{"type-changed", "a default domain was replaced by one of another type"},
	{"claimed", "the DMA ownership of a group was claimed"},
	{"map-described", "an allocation met the range map that was described"},
}

// List returns the goals of the set one by one, in declaration order.
func (g Goals) List() []Goals {
	var l []Goals
	for i := range numGoals {
		if g&(1<<i) != 0 {
			l = append(l, 1<<i)
		}
	}
	return l
}

// String is the name of a single goal.
func (g Goals) String() string {
	for i := range numGoals {
		if g == 1<<i {
			return goalTable[i].name
		}
	}
	return "goals"
}

// Doc is the meaning of a single goal.
func (g Goals) Doc() string {
	for i := range numGoals {
		if g == 1<<i {
			return goalTable[i].doc
		}
	}
	return ""
}
