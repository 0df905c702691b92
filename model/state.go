package model

// State is everything that the machine remembers between two events. It is
// comparable, and its zero value is the machine at boot: no device, no IOMMU.
type State struct {
	Devices  [MaxDevices]DeviceState
	Memory   [MaxMemory]MemoryState
	Groups   [MaxDevices]GroupState
	Actors   [MaxActors]ActorState
	Provider Provider
	Link     Link  // of the device that has a supplier, where the bounds give it one
	Identity bool  // new default domains are of type identity
	Timeout  bool  // the deferred-probe timeout has passed
	Hotplug  bool  // memory was added beyond the reach of narrow masks
	Turned   bool  // the second device stands before the first on the bus's list: it was there already when the first was added
	Preempts uint8 // preemptions so far, where a bound counts them
	Halted   bool  // an Oops, a NULL dereference or a shutdown: nothing comes after it
}

// Life is how far a struct device has come.
type Life uint8

const (
	// LifeAbsent: not added yet, or gone; the place can be taken (again).
	LifeAbsent Life = iota
	// LifeRegistered: device_add has put it on its bus.
	LifeRegistered
	// LifeDeleted: device_del has taken it off; references keep it.
	LifeDeleted
	numLives
)

var lifeNames = [numLives]string{"absent", "registered", "deleted"}

func (l Life) String() string { return enumName(lifeNames[:], uint8(l), "Life") }

// DeviceState is one struct device.
type DeviceState struct {
	Life       Life
	Described  uint8 // how it was added: AddPlain, AddRanges, AddMap
	Ready      bool  // ready_to_probe
	Dead       bool
	Driver     bool // dev->driver
	Bound      bool // device_is_bound
	Deferred   bool // on the deferred list
	Ops        DMAOps
	DMAIOMMU   bool
	Bypass     bool
	Wide       bool // the masks reach all of memory
	RangeMap   RangeMap
	Pool       bool
	Param      bool // dev->iommu
	Fwspec     bool
	Dangling   bool // the fwspec is freed, and dev->iommu still points to it
	Group      bool // in its IOMMU group
	OpsSetup   bool // arm: archdata.dma_ops_setup
	OwnMapping bool // arm: the driver or other code holds a mapping of its own
	Others     bool // that mapping is held by other code, not by the driver
	Unmapped   bool // arm: this bind goes on without a mapping on purpose: attaching one failed, or the caller gave its own back
	Quit       bool // its driver's remove has been called: the driver does nothing more; with several actors only
	Relies     bool // a bind has found its supplier there, and its driver and devres have not gone since
	Links      LinksStatus
	Uses       uint8 // ownership taken for the present driver, saturating at 3
	NumDevres  uint8
	Devres     [MaxDevres]DevresEntry // the last of NumDevres was added last
}

// DevresEntry is one entry of a device's devres list: a memory slot plus one,
// or DevresAction. Zero stands for no entry.
type DevresEntry uint8

// DevresAction is a devm action.
const DevresAction DevresEntry = MaxMemory + 1

// devresMemory is the dmam entry of a slot.
func devresMemory(slot uint8) DevresEntry { return DevresEntry(slot + 1) }

// AllocKind is the call that made a piece of memory.
type AllocKind uint8

const (
	AllocNone AllocKind = iota
	// AllocCoherent: dma_alloc_coherent by the driver.
	AllocCoherent
	// AllocDmam: dmam_alloc_coherent by the driver.
	AllocDmam
	// AllocMapped: dma_map_page by the driver.
	AllocMapped
	// AllocOther: dmam_alloc_coherent by other code.
	AllocOther
	numAllocs
)

var allocNames = [numAllocs]string{"none", "dma_alloc", "dmam_alloc", "dma_map", "devm"}

func (a AllocKind) String() string { return enumName(allocNames[:], uint8(a), "AllocKind") }

// MemoryState is one live buffer or mapping; the zero value is a free slot.
type MemoryState struct {
	Alloc  AllocKind
	Device uint8
	Path   DMAPath

	// The small parameters at the time of the allocation.
	Wide     bool
	Bypass   bool
	RangeMap RangeMap

	// Sticky: an object that the memory depends on was freed, replaced or left.
	PoolGone   bool
	DomainGone bool
	GroupGone  bool
}

// GroupState is one IOMMU group.
type GroupState struct {
	Default    Domain
	Attached   Attached
	OwnerCount uint8 // saturating at 3
	Owned      bool  // claimed
	Listed     bool  // on the list of the walk that an IOMMU's registration makes
}

// ActorState is one thread of the kernel: what it is doing, and below a
// callback what that callback's own call is doing.
type ActorState struct {
	Frames [2]Frame
	Locks  uint8 // bit set of held locks, see lockBit
}

// Frame is a position in a path. PC 0 is idle.
type Frame struct {
	PC     uint16
	Device uint8
	Memory uint8
	Loop   [maxDepth]uint8 // the device that each enclosing for each block is at
	Fail   Op              // the step that shall fail
	Err    Err
	Test   bool  // test_remove
	Want   uint8 // the argument of EventType
	Taken  uint8 // devres_release under way: one more than the entries that it has taken off and not released yet, which stand first on the device's list
	Caller Where // who makes the API call that runs, if it is one
}

// Err is a path's result.
type Err uint8

const (
	// ErrNone: no error.
	ErrNone Err = iota
	// ErrFailed: any error but -EPROBE_DEFER.
	ErrFailed
	// ErrDefer: -EPROBE_DEFER.
	ErrDefer
	numErrs
)

var errNames = [numErrs]string{"ok", "error", "defer"}

func (e Err) String() string { return enumName(errNames[:], uint8(e), "Err") }
