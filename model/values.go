package model

// Bus is the bus that a device sits on.
type Bus uint8

const (
	BusInvalid Bus = iota
	// BusPlatform: platform_dma_configure; described by a device tree or ACPI.
	BusPlatform
	// BusPCI: pci_dma_configure.
	BusPCI
	// BusAMBA: amba_dma_configure.
	BusAMBA
	// BusFSLMC: fsl_mc_dma_configure.
	BusFSLMC
	// BusHost1x: a bus whose dma_configure takes no DMA ownership.
	BusHost1x
	numBuses
)

var busNames = [numBuses]string{"", "platform", "pci", "amba", "fsl-mc", "host1x"}

func (b Bus) String() string { return enumName(busNames[:], uint8(b), "Bus") }

// Firmware is what describes a device and its IOMMU.
type Firmware uint8

const (
	FirmwareInvalid Firmware = iota
	// FirmwareOF: a device tree node with an iommus property.
	FirmwareOF
	// FirmwareACPI: ACPI with IORT, VIOT, DMAR or IVRS.
	FirmwareACPI
	// FirmwareNone: no IOMMU is described for the device.
	FirmwareNone
	numFirmwares
)

var firmwareNames = [numFirmwares]string{"", "of", "acpi", "none"}

func (f Firmware) String() string { return enumName(firmwareNames[:], uint8(f), "Firmware") }

// DMAOps is the value of dev->dma_ops.
type DMAOps uint8

const (
	// DMAOpsNull: no ops; the fact null-ops says what the DMA API then does.
	DMAOpsNull DMAOps = iota
	// DMAOpsSwiotlb: swiotlb_dma_ops, arm64 up to v4.20.
	DMAOpsSwiotlb
	// DMAOpsIOMMU: iommu_dma_ops of drivers/iommu/dma-iommu.c.
	DMAOpsIOMMU
	// DMAOpsArm: arm_dma_ops or arm_coherent_dma_ops.
	DMAOpsArm
	// DMAOpsArmIOMMU: iommu_ops of arch/arm/mm/dma-mapping.c, over a mapping.
	DMAOpsArmIOMMU
	// DMAOpsVendor: an IOMMU driver's own ops (intel_dma_ops up to v5.10).
	DMAOpsVendor
	numDMAOps
)

var opsNames = [numDMAOps]string{"null", "swiotlb", "iommu", "arm", "arm-iommu", "vendor"}

func (o DMAOps) String() string { return enumName(opsNames[:], uint8(o), "DMAOps") }

// DMAPath is the path that one DMA call took: what same-ops compares.
type DMAPath uint8

const (
	DMAPathInvalid DMAPath = iota
	// DMAPathPool: the device's own coherent pool.
	DMAPathPool
	// DMAPathDirect: dma-direct.
	DMAPathDirect
	// DMAPathSwiotlb: swiotlb_dma_ops, arm64 up to v4.20.
	DMAPathSwiotlb
	// DMAPathDummy: dma_dummy_ops, which never allocate and free nothing.
	DMAPathDummy
	// DMAPathIOMMU: dma-iommu, through the default domain of the device's group.
	DMAPathIOMMU
	// DMAPathArm: arm_dma_ops.
	DMAPathArm
	// DMAPathArmIOMMU: the ARM IOMMU ops, through the device's mapping.
	DMAPathArmIOMMU
	// DMAPathVendor: an IOMMU driver's own ops.
	DMAPathVendor
	numDMAPaths
)

var dmaPathNames = [numDMAPaths]string{"", "pool", "direct", "swiotlb", "dummy", "iommu", "arm", "arm-iommu", "vendor"}

func (w DMAPath) String() string { return enumName(dmaPathNames[:], uint8(w), "DMAPath") }

// translates tells whether the way goes through an IOMMU domain.
func (w DMAPath) translates() bool {
	return w == DMAPathIOMMU || w == DMAPathArmIOMMU || w == DMAPathVendor
}

// Lock is a lock that a step takes or drops.
type Lock uint8

const (
	LockInvalid Lock = iota
	// LockDevice is device_lock of the device at hand.
	LockDevice
	// LockGroup is group->mutex of the device's group.
	LockGroup
	// LockProbe is iommu_probe_device_lock, one for all.
	LockProbe
	// LockDeferred is deferred_probe_mutex, one for all.
	LockDeferred
	numLocks
)

var lockNames = [numLocks]string{"", "device", "group", "iommu_probe", "deferred"}

func (l Lock) String() string { return enumName(lockNames[:], uint8(l), "Lock") }

// RangeMap is what dev->dma_range_map points to.
type RangeMap uint8

const (
	// RangeNone: NULL, bus addresses are physical addresses.
	RangeNone RangeMap = iota
	// RangeFirmware: a map that dma_configure made from dma-ranges.
	RangeFirmware
	// RangeAdded: a map installed at device add (dma_direct_set_offset).
	RangeAdded
	numRangeMaps
)

// Domain is the type of a group's default domain.
type Domain uint8

const (
	// DomainNone: the group has no default domain.
	DomainNone Domain = iota
	// DomainDMA: IOMMU_DOMAIN_DMA or DMA_FQ, with a cookie of dma-iommu.
	DomainDMA
	// DomainIdentity: IOMMU_DOMAIN_IDENTITY.
	DomainIdentity
	numDomains
)

var domainNames = [numDomains]string{"none", "dma", "identity"}

func (d Domain) String() string { return enumName(domainNames[:], uint8(d), "Domain") }

// Attached is what the IOMMU hardware translates a group's devices through.
type Attached uint8

const (
	// AttachedNone: nothing, or a release domain that blocks or passes all.
	AttachedNone Attached = iota
	// AttachedDefault: the group's default domain.
	AttachedDefault
	// AttachedBlocking: the blocking domain of a claimed group.
	AttachedBlocking
	// AttachedArch: a mapping that the ARM setup hook made.
	AttachedArch
	// AttachedOwn: a mapping that a driver or other code made.
	AttachedOwn
	numAttached
)

var attachedNames = [numAttached]string{"none", "default", "blocking", "arch-mapping", "own-mapping"}

func (a Attached) String() string { return enumName(attachedNames[:], uint8(a), "Attached") }

// Provider is the life of the IOMMU itself.
type Provider uint8

const (
	// ProviderAbsent: no IOMMU is registered.
	ProviderAbsent Provider = iota
	// ProviderListed: iommu_device_register put it on the list; not ready.
	ProviderListed
	// ProviderReady: registered, its walk is over.
	ProviderReady
	// ProviderGoing: its driver's module is going.
	ProviderGoing
	numProviders
)

var providerNames = [numProviders]string{"absent", "listed", "ready", "going"}

func (p Provider) String() string { return enumName(providerNames[:], uint8(p), "Provider") }
