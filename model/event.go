package model

import (
	"fmt"
	"math/bits"
	"strings"
)

// EventKind names what the environment or a driver does.
type EventKind uint8

const (
	EventInvalid EventKind = iota

	// The environment starts a path.

	// EventIOMMURegister registers the IOMMU, with the type that default
	// domains get; its walk may fail.
	EventIOMMURegister
	// EventIOMMUUnregister unregisters it.
	EventIOMMUUnregister
	// EventAdd is device_add. Its argument describes the device: nothing, a
	// firmware range map, or a range map installed at device add.
	EventAdd
	// EventAttach binds a driver through the bus.
	EventAttach
	// EventBind binds a driver through the sysfs file bind.
	EventBind
	// EventRetry is the deferred-probe worker taking the device.
	EventRetry
	// EventUnbind unbinds the driver through sysfs or rmmod.
	EventUnbind
	// EventDel is device_del.
	EventDel
	// EventPut drops the last reference.
	EventPut
	// EventType writes to iommu_groups/N/type.
	EventType
	// EventClaim takes the DMA ownership of the device's group (VFIO).
	EventClaim
	// EventRelease gives that ownership back.
	EventRelease
	// EventShutdown is device_shutdown.
	EventShutdown
	// EventTimeout is the deferred-probe timeout passing.
	EventTimeout
	// EventHotplug is memory being added: max_pfn grows.
	EventHotplug

	// A driver, or other code, acts on the device.

	// EventAlloc is dma_alloc_coherent or dmam_alloc_coherent by the driver.
	EventAlloc
	// EventMap is dma_map_page by the driver.
	EventMap
	// EventFree frees or unmaps by hand.
	EventFree
	// EventMask sets the DMA masks.
	EventMask
	// EventBypass sets dev->dma_ops_bypass.
	EventBypass
	// EventPool declares or releases a coherent pool for the device.
	EventPool
	// EventAction is devm_add_action.
	EventAction
	// EventMapping attaches or detaches an IOMMU mapping of the caller's own.
	EventMapping
	// EventDevm is dmam_alloc_coherent by other code on a device without a driver.
	EventDevm
	// EventProbe ends the probe callback with its result.
	EventProbe
	// EventReturn ends the remove callback or a devm action.
	EventReturn

	// An actor that has stopped goes on.

	// EventContinue lets the actor go on that works on the device.
	EventContinue
	// EventContinueHost lets the actor go on that works on no device of its own:
	// IOMMU register and unregister, shutdown.
	EventContinueHost
	numEvents
)

// Maxima of what a State can hold; Bounds may ask for less.
const (
	MaxDevices = 2
	MaxMemory  = 4
	MaxDevres  = 6
	MaxActors  = 2
)

// Object tells what an event names besides its kind.
type Object uint8

const (
	ObjectNone Object = iota
	ObjectDevice
	ObjectMemory // a device and a memory slot
)

var (
	bindArgs = []string{"", "test_remove", "fail links_check", "fail pinctrl_bind", "fail fwspec_init",
		"fail group_join", "fail domain_alloc", "fail mapping_attach", "fail sysfs_add", "fail pm_activate",
		"fail groups_add", "fail synced_add"}
	addArgs      = []string{"", "ranges", "map", "fail group_join", "fail domain_alloc"}
	registerArgs = []string{"", "identity", "fail bus_probe", "fail group_join", "fail domain_alloc"}
	// of two actors that work on the same, the one that began first, or second
	continueArgs = []string{"", "second"}
	noArgs       = []string{""}
)

// Arguments of EventAdd.
const (
	AddPlain uint8 = iota
	AddRanges
	AddMap
	numAdds
)

// Arguments of EventType, EventProbe, EventPool, EventMapping, EventMask,
// EventBypass and EventAlloc.
const (
	TypeDMA uint8 = iota
	TypeIdentity
	TypeFQ
	numTypes
)
const (
	ProbeOK uint8 = iota
	ProbeError
	ProbeDefer
)
const (
	PoolDeclare uint8 = iota
	PoolRelease
)
const (
	MappingAttach uint8 = iota
	MappingDetach
)
const (
	MaskWide uint8 = iota
	MaskNarrow
)
const (
	BypassOn uint8 = iota
	BypassOff
)
const (
	AllocPlain uint8 = iota
	AllocManaged
)

// eventTable gives each event its words in a trace: "NAME [DEVICE] [MEMORY]
// [ARGUMENT]", its arguments in order, and its meaning. Kinds, devices, slots
// and arguments may be appended, never reordered: ids are absolute.
var eventTable = [numEvents]struct {
	name   string
	object Object
	args   []string
	doc    string
}{
	EventAdd:             {"add", ObjectDevice, addArgs, "device_add; firmware may give the device a range map (ranges), or a bus notifier may install one (map)"},
	EventAttach:          {"attach", ObjectDevice, bindArgs, "a driver is bound through the bus (driver_register, drivers_probe)"},
	EventBind:            {"bind", ObjectDevice, bindArgs, "a driver is bound through the sysfs file bind"},
	EventRetry:           {"retry", ObjectDevice, bindArgs, "the deferred-probe worker takes the device off its list and binds it"},
	EventUnbind:          {"unbind", ObjectDevice, noArgs, "the driver is unbound through sysfs or rmmod"},
	EventDel:             {"del", ObjectDevice, noArgs, "device_del: hot unplug, or the bus removes the device"},
	EventPut:             {"put", ObjectDevice, noArgs, "the last reference to the device is dropped"},
	EventIOMMURegister:   {"iommu register", ObjectNone, registerArgs, "the IOMMU's driver registers it; new default domains are of type DMA, or identity where it says so"},
	EventIOMMUUnregister: {"iommu unregister", ObjectNone, noArgs, "the IOMMU's driver unregisters it"},
	EventType:            {"type", ObjectDevice, []string{"dma", "identity", "dma-fq"}, "a write to the type file of the device's IOMMU group"},
	EventClaim:           {"claim", ObjectDevice, noArgs, "VFIO claims the DMA ownership of the device's group"},
	EventRelease:         {"release", ObjectDevice, noArgs, "VFIO gives that ownership back"},
	EventShutdown:        {"shutdown", ObjectNone, noArgs, "device_shutdown; nothing comes after it"},
	EventTimeout:         {"timeout", ObjectNone, noArgs, "the deferred-probe timeout passes"},
	EventHotplug:         {"hotplug", ObjectNone, noArgs, "memory is added beyond what narrow masks reach"},

	EventAlloc:   {"alloc", ObjectMemory, []string{"", "managed"}, "the driver calls dma_alloc_coherent, or dmam_alloc_coherent (managed)"},
	EventMap:     {"map", ObjectMemory, noArgs, "the driver calls dma_map_page"},
	EventFree:    {"free", ObjectMemory, noArgs, "the memory is freed or unmapped by hand"},
	EventMask:    {"mask", ObjectDevice, []string{"wide", "narrow"}, "the driver sets its DMA masks"},
	EventBypass:  {"bypass", ObjectDevice, []string{"on", "off"}, "the architecture turns the ops bypass on or off for the device"},
	EventPool:    {"pool", ObjectDevice, []string{"declare", "release"}, "the device's coherent pool is declared or released"},
	EventAction:  {"action", ObjectDevice, noArgs, "the driver calls devm_add_action; the action runs when devres releases it"},
	EventMapping: {"mapping", ObjectDevice, []string{"attach", "detach"}, "arm: the driver or other code attaches or detaches an IOMMU mapping of its own"},
	EventDevm:    {"devm", ObjectMemory, noArgs, "other code calls dmam_alloc_coherent for a device without a driver"},
	EventProbe:   {"probe", ObjectDevice, []string{"ok", "error", "defer"}, "the driver's probe returns"},
	EventReturn:  {"return", ObjectDevice, noArgs, "the driver's remove callback or devm action returns"},

	EventContinue:     {"continue", ObjectDevice, continueArgs, "the actor that works on the device goes on from where it stopped (actors 2)"},
	EventContinueHost: {"continue iommu", ObjectNone, continueArgs, "the actor goes on that registers or unregisters the IOMMU, or shuts down (actors 2)"},
}

func (k EventKind) String() string {
	if k == EventInvalid || k >= numEvents {
		return fmt.Sprintf("EventKind(%d)", uint8(k))
	}
	return eventTable[k].name
}

// Doc says what the event is.
func (k EventKind) Doc() string { return eventTable[k].doc }

// Event is one line of a trace. Its meaning depends on nothing but itself.
type Event struct {
	Kind   EventKind
	Device uint8 // device number; 0 where the kind names none
	Memory uint8 // memory slot; 0 where the kind names none
	Arg    uint8 // index into the kind's arguments
	// Until is where the actor that carries the event out shall stop, for others
	// to preempt it; zero for nowhere. It is no part of the event's id.
	Until Point
}

// EventID is the dense absolute number of an event, from 0 to NumEvents-1.
type EventID uint16

// NumEvents is how many events there are at the maxima.
const NumEvents = 179

// Not an init function: other tables are made from these, and the compiler puts
// only variables in the order of their need.
var eventByID, eventBase, numIDs = numberEvents()

func numberEvents() (byID [NumEvents]Event, base [numEvents]EventID, n EventID) {
	for k := EventKind(1); k < numEvents; k++ {
		base[k] = n
		devices, slots := k.extent()
		for d := range devices {
			for s := range slots {
				for a := range eventTable[k].args {
					byID[n] = Event{Kind: k, Device: uint8(d), Memory: uint8(s), Arg: uint8(a)}
					n++
				}
			}
		}
	}
	return byID, base, n
}

func (k EventKind) extent() (devices, slots int) {
	switch eventTable[k].object {
	case ObjectDevice:
		return MaxDevices, 1
	case ObjectMemory:
		return MaxDevices, MaxMemory
	}
	return 1, 1
}

// ID returns the event's absolute number. The event must be valid.
func (e Event) ID() EventID {
	_, slots := e.Kind.extent()
	args := len(eventTable[e.Kind].args)
	return eventBase[e.Kind] + EventID((int(e.Device)*slots+int(e.Memory))*args+int(e.Arg))
}

// Valid tells whether the event names a kind, device, slot and argument that
// exist; its Until may be anything.
func (e Event) Valid() bool {
	if e.Kind == EventInvalid || e.Kind >= numEvents {
		return false
	}
	devices, slots := e.Kind.extent()
	return int(e.Device) < devices && int(e.Memory) < slots && int(e.Arg) < len(eventTable[e.Kind].args)
}

// Event returns the event of an id; ok is false if there is none.
func (id EventID) Event() (e Event, ok bool) {
	if id >= numIDs {
		return Event{}, false
	}
	return eventByID[id], true
}

// AllEvents returns every event in order of id.
func AllEvents() []Event { return append([]Event(nil), eventByID[:numIDs]...) }

// ArgString returns the event's argument as a trace has it, "" for none.
func (e Event) ArgString() string { return eventTable[e.Kind].args[e.Arg] }

// String prints the event as a trace has it, with the canonical names of
// devices and memory.
func (e Event) String() string { return e.Format(nil) }

// EventSet is a set of events by id.
type EventSet [(NumEvents + 63) / 64]uint64

// Has tells whether the set holds id.
func (s *EventSet) Has(id EventID) bool { return s[id/64]&(1<<(id%64)) != 0 }

// Add puts id into the set.
func (s *EventSet) Add(id EventID) { s[id/64] |= 1 << (id % 64) }

// Remove takes id out of the set.
func (s *EventSet) Remove(id EventID) { s[id/64] &^= 1 << (id % 64) }

// Empty tells whether the set holds nothing.
func (s *EventSet) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// Len counts the events of the set.
func (s *EventSet) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// All ranges over the ids of the set in ascending order.
func (s EventSet) All() func(yield func(EventID) bool) {
	return func(yield func(EventID) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(EventID(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// FailStep is the step that the event wants to fail, OpInvalid if none.
func (e Event) FailStep() Op {
	if !e.Valid() {
		return OpInvalid
	}
	name, ok := strings.CutPrefix(e.ArgString(), "fail ")
	if !ok {
		return OpInvalid
	}
	for o := Op(1); o < numOps; o++ {
		if opTable[o].name == name {
			return o
		}
	}
	return OpInvalid
}

// TestRemove tells whether the event binds with CONFIG_DEBUG_TEST_DRIVER_REMOVE.
func (e Event) TestRemove() bool {
	return (e.Kind == EventAttach || e.Kind == EventBind || e.Kind == EventRetry) && e.Arg == 1
}

// ByDriver tells whether the event is a call of a driver or of other code, or
// the end of a driver's callback.
func (k EventKind) ByDriver() bool { return k >= EventAlloc && k <= EventReturn }
