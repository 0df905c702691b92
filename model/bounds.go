package model

import (
	"fmt"
	"strings"
)

// Drivers is the contract that drivers and other code keep.
type Drivers uint8

const (
	// DriversWell: a driver frees by hand what it allocated by hand, in remove
	// and on its error paths, and changes no parameter under live memory.
	DriversWell Drivers = iota
	// DriversLate: as well-behaved, but plain memory may be freed after unbind
	// (a page pool, an open file).
	DriversLate
	// DriversAny: a driver may do anything at any time that the kernel lets it.
	DriversAny
	numDrivers
)

var driversNames = [numDrivers]string{"well-behaved", "late", "any"}

func (d Drivers) String() string { return enumName(driversNames[:], uint8(d), "Drivers") }

// ParseDrivers is the inverse of String.
func ParseDrivers(s string) (Drivers, bool) {
	v, ok := parseEnum(driversNames[:], s)
	return Drivers(v), ok
}

// Families is a set of event families: the directions in which a bound is
// widened one at a time.
type Families uint16

const (
	// FamilyCore: add, attach, bind, retry, unbind, alloc, free, probe ok, devm actions.
	FamilyCore Families = 1 << iota
	// FamilyFailures: failing steps, probe error and defer, test_remove, the timeout.
	FamilyFailures
	// FamilyMasks: masks, the ops bypass, memory hotplug.
	FamilyMasks
	// FamilyPools: coherent pools.
	FamilyPools
	// FamilyRanges: range maps from firmware and from device add.
	FamilyRanges
	// FamilyIOMMU: IOMMU register and unregister.
	FamilyIOMMU
	// FamilyOwnership: the type file, claim and release.
	FamilyOwnership
	// FamilyRemoval: del, put, shutdown.
	FamilyRemoval
	// FamilyThirdParty: devm on a device without a driver, mappings of one's own.
	FamilyThirdParty
	// FamilyStreaming: dma_map.
	FamilyStreaming
	numFamilies = iota

	// AllFamilies takes every event in.
	AllFamilies Families = 1<<numFamilies - 1
)

var familyTable = [numFamilies]struct{ name, doc string }{
	{"core", "add, attach, bind, retry, unbind, alloc, free, devm actions"},
	{"failures", "failing steps, probe error and defer, test_remove, the deferred-probe timeout"},
	{"masks", "DMA masks, the ops bypass, memory hotplug"},
	{"pools", "coherent pools"},
	{"ranges", "range maps from firmware and from device add"},
	{"iommu", "IOMMU register and unregister"},
	{"ownership", "the type file, claim and release"},
	{"removal", "del, put, shutdown"},
	{"third-party", "devm on a device without a driver, mappings of one's own"},
	{"streaming", "dma_map and dma_unmap"},
}

// String lists the families of the set, joined by '+'.
func (f Families) String() string {
	if f == AllFamilies {
		return "all"
	}
	var names []string
	for i := range numFamilies {
		if f&(1<<i) != 0 {
			names = append(names, familyTable[i].name)
		}
	}
	return strings.Join(names, "+")
}

// Doc lists what is in the families of the set, joined by semicolons.
func (f Families) Doc() string {
	var docs []string
	for i := range numFamilies {
		if f&(1<<i) != 0 {
			docs = append(docs, familyTable[i].doc)
		}
	}
	return strings.Join(docs, "; ")
}

// ParseFamilies is the inverse of String.
func ParseFamilies(s string) (Families, bool) {
	if s == "all" {
		return AllFamilies, true
	}
	var f Families
	for name := range strings.SplitSeq(s, "+") {
		i := 0
		for i < numFamilies && familyTable[i].name != name {
			i++
		}
		if i == numFamilies {
			return 0, false
		}
		f |= 1 << i
	}
	return f, true
}

// Family returns the families that an event belongs to: it may be taken only
// where a bound has all of them.
func (e Event) Family() Families {
	var f Families
	switch e.Kind {
	case EventTimeout:
		f = FamilyFailures
	case EventIOMMURegister, EventIOMMUUnregister:
		f = FamilyIOMMU
	case EventDel, EventPut, EventShutdown:
		f = FamilyRemoval
	case EventType, EventClaim, EventRelease:
		f = FamilyOwnership
	case EventHotplug, EventMask, EventBypass:
		f = FamilyMasks
	case EventPool:
		f = FamilyPools
	case EventMap:
		f = FamilyStreaming
	case EventDevm, EventMapping:
		f = FamilyThirdParty
	case EventAdd:
		f = FamilyCore
		if e.Arg == AddRanges || e.Arg == AddMap {
			f |= FamilyRanges
		}
	case EventProbe:
		f = FamilyCore
		if e.Arg != ProbeOK {
			f |= FamilyFailures
		}
	default:
		f = FamilyCore
	}
	if e.FailStep() != OpInvalid || e.TestRemove() {
		f |= FamilyFailures
	}
	return f
}

// DeviceSetup is what a trace or a bound says of a device before it is added.
// Zero fields stand for the kernel's defaults.
type DeviceSetup struct {
	Bus      Bus
	Firmware Firmware
	Supplier uint8 // one more than the number of the device that it is a consumer of
}

// Bounds limits a search. Bounds take events away; they never change what an
// event does.
type Bounds struct {
	Devices int // 1..MaxDevices
	Memory  int // live allocations and mappings, 1..MaxMemory
	Actions int // devm actions on a list, 0..2
	Actors  int // threads of the kernel, 1..MaxActors; 0 stands for 1
	// Preemptions is how often an actor that could go on is made to wait for
	// another, 0..MaxPreemptions, or NoLimit. It matters to several actors only.
	Preemptions int
	SharedGroup bool // all devices share one IOMMU group
	Drivers     Drivers
	Families    Families
	Setup       [MaxDevices]DeviceSetup
}

// DefaultBounds is one device, two live allocations, one devm action, one
// IOMMU, one actor and well-behaved drivers, with all families.
func DefaultBounds() Bounds {
	return Bounds{Devices: 1, Memory: 2, Actions: 1, Families: AllFamilies}
}

// MaxBounds takes in every event: what a trace is replayed under.
func MaxBounds() Bounds {
	return Bounds{Devices: MaxDevices, Memory: MaxMemory, Actions: maxActions, Preemptions: NoLimit, Families: AllFamilies}
}

// maxActions is the highest number of devm actions that a bound can ask for.
const maxActions = 2

// NoLimit stands for any number of preemptions.
const NoLimit = -1

// MaxPreemptions is the highest number that a bound can count.
const MaxPreemptions = 3

// races tells whether several actors run.
func (b Bounds) races() bool { return b.Actors > 1 }

// link returns the consumer and the supplier of the device link that the bounds
// ask for; ok is false if there is none.
func (b Bounds) link() (consumer, supplier uint8, ok bool) {
	for n, d := range b.Setup {
		if d.Supplier != 0 {
			return uint8(n), d.Supplier - 1, true
		}
	}
	return 0, 0, false
}

// Linked tells whether a device has a supplier.
func (b Bounds) Linked() bool {
	_, _, ok := b.link()
	return ok
}

// String prints the bounds as a certificate has them.
func (b Bounds) String() string {
	group := ""
	if b.SharedGroup {
		group = " in one group"
	}
	if consumer, supplier, ok := b.link(); ok {
		group += fmt.Sprintf(" (%s has the supplier %s)", deviceNames[consumer], deviceNames[supplier])
	}
	actors := "1 actor(s)"
	if b.races() {
		actors = fmt.Sprintf("%d actors, %d preemption(s)", b.Actors, b.Preemptions)
		if b.Preemptions == NoLimit {
			actors = fmt.Sprintf("%d actors, any number of preemptions", b.Actors)
		}
	}
	return fmt.Sprintf("%d device(s)%s, %d allocation(s), %d devm action(s), 1 IOMMU, %s, drivers %s, events %s",
		b.Devices, group, b.Memory, b.Actions, actors, b.Drivers, b.Families)
}

func (b Bounds) check() error {
	switch {
	case b.Devices < 1 || b.Devices > MaxDevices:
		return fmt.Errorf("%w: %d devices, want 1 to %d", ErrBounds, b.Devices, MaxDevices)
	case b.Memory < 1 || b.Memory > MaxMemory:
		return fmt.Errorf("%w: %d allocations, want 1 to %d", ErrBounds, b.Memory, MaxMemory)
	case b.Actions < 0 || b.Actions > maxActions:
		return fmt.Errorf("%w: %d devm actions, want 0 to %d", ErrBounds, b.Actions, maxActions)
	case b.Actors < 0 || b.Actors > MaxActors:
		return fmt.Errorf("%w: %d actors, want 1 to %d", ErrBounds, b.Actors, MaxActors)
	case b.Preemptions < NoLimit || b.Preemptions > MaxPreemptions:
		return fmt.Errorf("%w: %d preemptions, want 0 to %d, or no limit", ErrBounds, b.Preemptions, MaxPreemptions)
	case b.Drivers >= numDrivers:
		return fmt.Errorf("%w: drivers %s", ErrBounds, b.Drivers)
	}
	links := 0
	for n, d := range b.Setup {
		if d.Supplier == 0 {
			continue
		}
		if links++; links > 1 || int(d.Supplier) > b.Devices || int(d.Supplier) == n+1 || n >= b.Devices {
			return fmt.Errorf("%w: device %d with supplier %d, want one link between two devices", ErrBounds, n, d.Supplier)
		}
	}
	return nil
}
