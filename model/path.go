package model

import "fmt"

// PathKind names a path of the kernel.
type PathKind uint8

const (
	PathKindInvalid PathKind = iota
	// PathAdd is device_add with what its notifiers do.
	PathAdd
	// PathAttach is a bind through the bus: driver_register, drivers_probe, a
	// device that appears after its driver.
	PathAttach
	// PathBindStore is a bind through the sysfs file "bind".
	PathBindStore
	// PathRetry is deferred_probe_work_func for one device.
	PathRetry
	// PathBind is really_probe with its test_remove block.
	PathBind
	// PathUnbind is device_release_driver_internal.
	PathUnbind
	// PathUnbindCleanup is device_unbind_cleanup, since v5.18.
	PathUnbindCleanup
	// PathDel is device_del.
	PathDel
	// PathPut is device_release, run by the last put_device.
	PathPut
	// PathShutdown is device_shutdown.
	PathShutdown
	// PathDMAConfigure is bus->dma_configure down to {of,acpi}_dma_configure.
	PathDMAConfigure
	// PathDMACleanup is bus->dma_cleanup, since v5.19.
	PathDMACleanup
	// PathDMASetup is arch_setup_dma_ops.
	PathDMASetup
	// PathDMATeardown is arch_teardown_dma_ops.
	PathDMATeardown
	// PathFirmware is what the IOMMU core calls of bus->dma_configure from
	// inside iommu_probe, since v6.15.
	PathFirmware
	// PathIOMMUConfigure is of_iommu_configure or acpi_iommu_configure_id.
	PathIOMMUConfigure
	// PathOwnerUse is iommu_device_use_default_domain.
	PathOwnerUse
	// PathOwnerUnuse is iommu_device_unuse_default_domain.
	PathOwnerUnuse
	// PathOwnerClaim is iommu_group_claim_dma_owner.
	PathOwnerClaim
	// PathOwnerRelease is iommu_group_release_dma_owner.
	PathOwnerRelease
	// PathIOMMUProbe is iommu_probe_device for one device.
	PathIOMMUProbe
	// PathIOMMUFinalize sets the ops of a device by its domain: the drivers'
	// probe_finalize, iommu_setup_dma_ops of the IOMMU core since v6.10.
	PathIOMMUFinalize
	// PathIOMMURegister is iommu_device_register or bus_set_iommu, with the
	// walk over the devices that are there already.
	PathIOMMURegister
	// PathIOMMUUnregister is iommu_device_unregister.
	PathIOMMUUnregister
	// PathIOMMURelease is iommu_release_device for one device.
	PathIOMMURelease
	// PathTypeStore is iommu_group_store_type, since v5.11.
	PathTypeStore
	// PathDMAAlloc chooses the path of dma_alloc_attrs.
	PathDMAAlloc
	// PathDMAFree chooses the path of dma_free_attrs.
	PathDMAFree
	// PathDMAMap chooses the path of dma_map_page_attrs.
	PathDMAMap
	// PathDMAUnmap chooses the path of dma_unmap_page_attrs.
	PathDMAUnmap
	// PathDmamAlloc is dmam_alloc_attrs.
	PathDmamAlloc
	// PathDmamFree is dmam_free_coherent.
	PathDmamFree
	// PathMappingAttach is arm_iommu_attach_device, called by a driver or
	// other code with a mapping of its own.
	PathMappingAttach
	// PathMappingDetach is arm_iommu_detach_device, called by the same.
	PathMappingDetach
	numPaths
)

// Blame is whose fault a finding is.
type Blame uint8

const (
	BlameInvalid Blame = iota
	// BlameCore is drivers/base.
	BlameCore
	// BlameIOMMU is the IOMMU core or an IOMMU driver.
	BlameIOMMU
	// BlameArch is a hook of the architecture.
	BlameArch
	// BlameBus is a bus's dma_configure or dma_cleanup.
	BlameBus
	// BlameDMA is kernel/dma.
	BlameDMA
	// BlameSubsystem is other code that uses a device which it does not drive.
	BlameSubsystem
	// BlameDriver is the device's own driver.
	BlameDriver
	numBlames
)

var blameNames = [numBlames]string{"", "core", "IOMMU", "arch", "bus", "DMA", "subsystem", "driver"}

func (b Blame) String() string { return enumName(blameNames[:], uint8(b), "Blame") }

var pathTable = [numPaths]struct {
	name  string
	owner Blame
	doc   string
}{
	PathAdd:             {"add", BlameCore, "device_add with what its notifiers do"},
	PathAttach:          {"attach", BlameCore, "a bind through the bus: driver_register, drivers_probe"},
	PathBindStore:       {"bind_store", BlameCore, "a bind through the sysfs file bind"},
	PathRetry:           {"retry", BlameCore, "deferred_probe_work_func for one device"},
	PathBind:            {"bind", BlameCore, "really_probe with its test_remove block"},
	PathUnbind:          {"unbind", BlameCore, "device_release_driver_internal"},
	PathUnbindCleanup:   {"unbind_cleanup", BlameCore, "device_unbind_cleanup, since v5.18"},
	PathDel:             {"del", BlameCore, "device_del"},
	PathPut:             {"put", BlameCore, "device_release, run by the last put_device"},
	PathShutdown:        {"shutdown", BlameCore, "device_shutdown"},
	PathDMAConfigure:    {"dma_configure", BlameBus, "bus->dma_configure down to {of,acpi}_dma_configure"},
	PathDMACleanup:      {"dma_cleanup", BlameBus, "bus->dma_cleanup, since v5.19"},
	PathDMASetup:        {"dma_setup", BlameArch, "arch_setup_dma_ops"},
	PathDMATeardown:     {"dma_teardown", BlameArch, "arch_teardown_dma_ops"},
	PathFirmware:        {"firmware", BlameBus, "bus->dma_configure as iommu_probe calls it, since v6.15"},
	PathIOMMUConfigure:  {"iommu_configure", BlameIOMMU, "of_iommu_configure or acpi_iommu_configure_id"},
	PathOwnerUse:        {"owner_use", BlameIOMMU, "iommu_device_use_default_domain"},
	PathOwnerUnuse:      {"owner_unuse", BlameIOMMU, "iommu_device_unuse_default_domain"},
	PathOwnerClaim:      {"owner_claim", BlameIOMMU, "iommu_group_claim_dma_owner"},
	PathOwnerRelease:    {"owner_release", BlameIOMMU, "iommu_group_release_dma_owner"},
	PathIOMMUProbe:      {"iommu_probe", BlameIOMMU, "iommu_probe_device for one device"},
	PathIOMMUFinalize:   {"iommu_finalize", BlameIOMMU, "sets the ops of a device by its domain: probe_finalize, iommu_setup_dma_ops"},
	PathIOMMURegister:   {"iommu_register", BlameIOMMU, "iommu_device_register or bus_set_iommu, with its walk"},
	PathIOMMUUnregister: {"iommu_unregister", BlameIOMMU, "iommu_device_unregister"},
	PathIOMMURelease:    {"iommu_release", BlameIOMMU, "iommu_release_device for one device"},
	PathTypeStore:       {"type_store", BlameIOMMU, "iommu_group_store_type, since v5.11"},
	PathDMAAlloc:        {"dma_alloc", BlameDMA, "the choice of path in dma_alloc_attrs"},
	PathDMAFree:         {"dma_free", BlameDMA, "the choice of path in dma_free_attrs"},
	PathDMAMap:          {"dma_map", BlameDMA, "the choice of path in dma_map_page_attrs"},
	PathDMAUnmap:        {"dma_unmap", BlameDMA, "the choice of path in dma_unmap_page_attrs"},
	PathDmamAlloc:       {"dmam_alloc", BlameDMA, "dmam_alloc_attrs"},
	PathDmamFree:        {"dmam_free", BlameDMA, "dmam_free_coherent"},
	PathMappingAttach:   {"mapping_attach", BlameArch, "arm_iommu_attach_device by other code"},
	PathMappingDetach:   {"mapping_detach", BlameArch, "arm_iommu_detach_device by other code"},
}

func (p PathKind) String() string {
	if p == PathKindInvalid || p >= numPaths {
		return fmt.Sprintf("PathKind(%d)", uint8(p))
	}
	return pathTable[p].name
}

// Doc says in a line which kernel function the path is.
func (p PathKind) Doc() string { return pathTable[p].doc }

// Owner is who answers for the steps of the path.
func (p PathKind) Owner() Blame { return pathTable[p].owner }

func enumName(names []string, v uint8, kind string) string {
	if int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return fmt.Sprintf("%s(%d)", kind, v)
}

// parseEnum returns the value of a name, and false if no value has it.
func parseEnum(names []string, s string) (uint8, bool) {
	for i, n := range names {
		if n != "" && n == s {
			return uint8(i), true
		}
	}
	return 0, false
}
