package model

// Op names what one step of a path does. The table below is the closed
// vocabulary of kernel files; [Op.Doc] is what `dmafuzz explain` prints.
type Op uint8

const (
	OpInvalid Op = iota

	// Flow.
	OpLabel
	OpGoto
	OpReturn
	OpCall
	OpLock
	OpUnlock
	OpForEach
	OpEnd
	OpRefuse
	OpIgnoreError
	OpTestRemoveOff

	// Callbacks.
	OpDriverProbe
	OpDriverRemove
	OpDriverShutdown

	// The driver core's own state.
	OpRegistered
	OpReadyToProbe
	OpKill
	OpDeleted
	OpGone
	OpSetDriver
	OpClearDriver
	OpBound
	OpDeferredAdd
	OpDeferredDel
	OpDevresRelease

	// The device's DMA state.
	OpSetOps
	OpSetDMAIOMMU
	OpSetOpsSetup
	OpRangeMapSet
	OpRangeMapAdd
	OpRangeMapFree

	// The IOMMU.
	OpParamGet
	OpFwspecInit
	OpFwspecFree
	OpParamFree
	OpGroupJoin
	OpGroupLeave
	OpDomainAlloc
	OpDomainAttach
	OpDomainDetach
	OpDomainChange
	OpDomainFree
	OpWalkAdd
	OpWalkDel
	OpMappingAttach
	OpMappingDetach
	OpProviderList
	OpProviderReady
	OpProviderGoing
	OpProviderUnlist
	OpOwnerInc
	OpOwnerDec
	OpOwnerClaim
	OpOwnerRelease

	// The DMA API.
	OpTake
	OpDevresAdd
	OpDevresRemove

	// Steps without a DMA meaning that may fail.
	OpLinksCheck
	OpPinctrlBind
	OpSysfsAdd
	OpPMActivate
	OpGroupsAdd
	OpSyncedAdd
	OpBusProbe

	// Steps without a DMA meaning.
	OpSysfsRemove
	OpGroupsRemove
	OpSyncedRemove
	OpNotifyAdd
	OpNotifyDel
	OpNotifyRemoved
	OpNotifyUnbind
	OpNotifyUnbound
	OpNotifyNotBound
	OpLinksNoDriver
	OpLinksCleanup
	OpLinksPurge
	OpLinksBusy
	OpUnbindConsumers
	OpClearDrvdata
	OpPinctrlDone
	OpPMSync
	OpPMDetach
	OpPMDismiss
	OpPMReinit
	OpPMFlags
	OpPostUnbindRust
	OpKlistRemove
	OpUevent
	OpBusAdd
	OpBusRemove
	OpPMAdd
	OpFwDevlink
	OpBusMasks
	OpDevresWarn
	OpKobjectDel
	OpOverrideFree
	OpDeviceFree
	OpUnlink
	OpReleaseDevice
	OpModulePut
	numOps
)

// opTable gives each step its name in a kernel file, its operand, whether the
// environment may make it fail, whether it matters to DMA (the others are
// passed over when the machine is made), and its meaning.
var opTable = [numOps]struct {
	name    string
	operand Operand
	fails   bool
	dma     bool
	doc     string
}{
	OpLabel:       {"", OperandNone, false, true, "a place to jump to"},
	OpGoto:        {"goto", OperandLabel, false, true, "goes on at a label"},
	OpReturn:      {"return", OperandNone, false, true, "ends the path with the error that is set, if one is"},
	OpCall:        {"call", OperandPath, false, true, "runs another path for the same device; with else, jumps if it ends with an error"},
	OpLock:        {"lock", OperandLock, false, true, "takes a lock"},
	OpUnlock:      {"unlock", OperandLock, false, true, "drops a lock"},
	OpForEach:     {"for each", OperandLoop, false, true, "repeats the steps up to end for each registered device, for a device of each group that is on the walk's list, or for each device of the group, in the order in which they were added"},
	OpEnd:         {"end", OperandNone, false, true, "ends a for each block"},
	OpRefuse:      {"refuse", OperandErr, false, true, "sets error or defer, and jumps to its else label or returns"},
	OpIgnoreError: {"ignore_error", OperandNone, false, true, "forgets the error that is set"},

	OpTestRemoveOff: {"test_remove_off", OperandNone, false, true, "test_remove = false: the bind goes round once more, this time to stay"},

	OpDriverProbe:    {"driver_probe", OperandNone, false, true, "the driver's probe callback: the driver acts, then ends it with ok, error or defer"},
	OpDriverRemove:   {"driver_remove", OperandNone, false, true, "the driver's remove callback"},
	OpDriverShutdown: {"driver_shutdown", OperandNone, false, false, "the driver's shutdown callback"},

	OpRegistered:    {"registered", OperandNone, false, true, "bus_add_device: the device can be found by its bus from here on"},
	OpReadyToProbe:  {"ready_to_probe", OperandNone, false, true, "dev_set_ready_to_probe: device_add has come so far that a driver may bind"},
	OpKill:          {"kill", OperandNone, false, true, "dev->p->dead = true: no new bind starts"},
	OpDeleted:       {"deleted", OperandNone, false, true, "bus_remove_device: the device has left its bus, and only references keep it"},
	OpGone:          {"gone", OperandNone, false, true, "struct device is freed; what it still points to is lost"},
	OpSetDriver:     {"set_driver", OperandNone, false, true, "dev->driver = drv"},
	OpClearDriver:   {"clear_driver", OperandNone, false, true, "dev->driver = NULL; the bind must have given its DMA ownership back"},
	OpBound:         {"bound", OperandNone, false, true, "driver_bound: device_is_bound from here on, off the deferred list"},
	OpDeferredAdd:   {"deferred_add", OperandNone, false, true, "driver_deferred_probe_add"},
	OpDeferredDel:   {"deferred_del", OperandNone, false, true, "driver_deferred_probe_del"},
	OpDevresRelease: {"devres_release", OperandNone, false, true, "devres_release_all: releases the entries one by one, the last one added first; a dmam entry runs dma_free, a devm action is a callback"},

	OpSetOps:       {"set_ops", OperandOps, false, true, "dev->dma_ops = value"},
	OpSetDMAIOMMU:  {"set_dma_iommu", OperandSwitch, false, true, "dev->dma_iommu = on or off, since v6.12"},
	OpSetOpsSetup:  {"set_ops_setup", OperandSwitch, false, true, "archdata.dma_ops_setup of arm"},
	OpRangeMapSet:  {"range_map_set", OperandNone, false, true, "dev->dma_range_map = the map that firmware describes, NULL if none; a map that stood there is lost"},
	OpRangeMapAdd:  {"range_map_add", OperandNone, false, true, "installs the map of a device that gets one at device add; nothing for other devices"},
	OpRangeMapFree: {"range_map_free", OperandNone, false, true, "kfree(dev->dma_range_map), then NULL"},

	OpParamGet:       {"param_get", OperandNone, false, true, "dev_iommu_get: dev->iommu is present from here on"},
	OpFwspecInit:     {"fwspec_init", OperandNone, true, true, "dev->iommu with a fwspec that names the IOMMU"},
	OpFwspecFree:     {"fwspec_free", OperandNone, false, true, "kfree of the fwspec while dev->iommu still points to it, in dev_iommu_free up to v5.16"},
	OpParamFree:      {"param_free", OperandNone, false, true, "dev_iommu_free: dev->iommu and its fwspec are gone"},
	OpGroupJoin:      {"group_join", OperandNone, true, true, "the IOMMU driver takes the device, unless its module is going, and it enters its group, made if need be"},
	OpGroupLeave:     {"group_leave", OperandNone, false, true, "dev->iommu_group = NULL; the group goes with its last device"},
	OpDomainAlloc:    {"domain_alloc", OperandNone, true, true, "makes the group's default domain, of the type that the fact and the command line say"},
	OpDomainAttach:   {"domain_attach", OperandNone, false, true, "attaches the group to its default domain"},
	OpDomainDetach:   {"domain_detach", OperandNone, false, true, "the device no longer translates through the domain: detach, release domain, release_device"},
	OpDomainChange:   {"domain_change", OperandNone, false, true, "replaces the default domain by a new one of the type asked for, and attaches it"},
	OpDomainFree:     {"domain_free", OperandNone, false, true, "frees the default domain"},
	OpWalkAdd:        {"walk_add", OperandNone, false, true, "list_add_tail(&group->entry, group_list): the walk of bus_iommu_probe has the group to finish"},
	OpWalkDel:        {"walk_del", OperandNone, false, true, "list_del_init(&group->entry): the walk has the group in hand"},
	OpMappingAttach:  {"mapping_attach", OperandNone, true, true, "arm: a dma_iommu_mapping is attached to the device, the arch's in dma_setup, else the caller's own"},
	OpMappingDetach:  {"mapping_detach", OperandNone, false, true, "arm: the device's mapping is detached and released"},
	OpProviderList:   {"provider_list", OperandNone, false, true, "the IOMMU stands on the list of IOMMUs"},
	OpProviderReady:  {"provider_ready", OperandNone, false, true, "the IOMMU's registration is over"},
	OpProviderGoing:  {"provider_going", OperandNone, false, true, "try_stop_module: refuses with an error if a device in a group pins the IOMMU driver's module, else lets no further device in"},
	OpProviderUnlist: {"provider_unlist", OperandNone, false, true, "the IOMMU is off the list"},
	OpOwnerInc:       {"owner_inc", OperandNone, false, true, "group->owner_cnt++ for a driver that uses the default domain"},
	OpOwnerDec:       {"owner_dec", OperandNone, false, true, "group->owner_cnt--"},
	OpOwnerClaim:     {"owner_claim", OperandNone, false, true, "the group gets a DMA owner and its blocking domain"},
	OpOwnerRelease:   {"owner_release", OperandNone, false, true, "the DMA owner lets go, and the default domain is attached again"},

	OpTake:         {"take", OperandDMAPath, false, true, "the DMA call takes this path, and the kernel's choice is over; `take ops` asks dev->dma_ops"},
	OpDevresAdd:    {"devres_add", OperandNone, false, true, "adds the memory's dmam entry to the device's devres list"},
	OpDevresRemove: {"devres_remove", OperandNone, false, true, "takes the memory's dmam entry off the list without releasing it"},

	OpLinksCheck:  {"links_check", OperandNone, true, false, "device_links_check_suppliers; fails with defer while a supplier has no driver"},
	OpPinctrlBind: {"pinctrl_bind", OperandNone, true, false, "pinctrl_bind_pins"},
	OpSysfsAdd:    {"sysfs_add", OperandNone, true, false, "driver_sysfs_add, with BUS_NOTIFY_BIND_DRIVER"},
	OpPMActivate:  {"pm_activate", OperandNone, true, false, "pm_domain->activate"},
	OpGroupsAdd:   {"groups_add", OperandNone, true, false, "device_add_groups of the driver's dev_groups"},
	OpSyncedAdd:   {"synced_add", OperandNone, true, false, "creates the state_synced file"},
	OpBusProbe:    {"bus_probe", OperandNone, true, false, "the result of bus_iommu_probe"},

	OpSysfsRemove:     {"sysfs_remove", OperandNone, false, false, "driver_sysfs_remove"},
	OpGroupsRemove:    {"groups_remove", OperandNone, false, false, "device_remove_groups"},
	OpSyncedRemove:    {"synced_remove", OperandNone, false, false, "removes the state_synced file"},
	OpNotifyAdd:       {"notify_add", OperandNone, false, false, "BUS_NOTIFY_ADD_DEVICE"},
	OpNotifyDel:       {"notify_del", OperandNone, false, false, "BUS_NOTIFY_DEL_DEVICE"},
	OpNotifyRemoved:   {"notify_removed", OperandNone, false, false, "BUS_NOTIFY_REMOVED_DEVICE"},
	OpNotifyUnbind:    {"notify_unbind", OperandNone, false, false, "BUS_NOTIFY_UNBIND_DRIVER"},
	OpNotifyUnbound:   {"notify_unbound", OperandNone, false, false, "BUS_NOTIFY_UNBOUND_DRIVER; dma-debug's leak check"},
	OpNotifyNotBound:  {"notify_not_bound", OperandNone, false, false, "BUS_NOTIFY_DRIVER_NOT_BOUND"},
	OpLinksNoDriver:   {"links_no_driver", OperandNone, false, false, "device_links_no_driver: a bind has failed, and its supplier may go"},
	OpLinksCleanup:    {"links_cleanup", OperandNone, false, false, "device_links_driver_cleanup: an unbind is over, and its supplier may go"},
	OpLinksPurge:      {"links_purge", OperandNone, false, false, "device_links_purge: the device's links are gone"},
	OpLinksBusy:       {"links_busy", OperandNone, false, false, "device_links_busy: jumps to its else label, without an error, if a consumer probes or is bound; else no consumer binds any more"},
	OpUnbindConsumers: {"unbind_consumers", OperandNone, false, false, "device_links_unbind_consumers: waits for a consumer that probes, runs unbind for one that is bound"},
	OpClearDrvdata:    {"clear_drvdata", OperandNone, false, false, "dev_set_drvdata(dev, NULL)"},
	OpPinctrlDone:     {"pinctrl_done", OperandNone, false, false, "pinctrl_init_done"},
	OpPMSync:          {"pm_sync", OperandNone, false, false, "pm_domain->sync"},
	OpPMDetach:        {"pm_detach", OperandNone, false, false, "dev_pm_domain_detach"},
	OpPMDismiss:       {"pm_dismiss", OperandNone, false, false, "pm_domain->dismiss"},
	OpPMReinit:        {"pm_reinit", OperandNone, false, false, "pm_runtime_reinit"},
	OpPMFlags:         {"pm_flags", OperandNone, false, false, "dev_pm_set_driver_flags(dev, 0)"},
	OpPostUnbindRust:  {"post_unbind_rust", OperandNone, false, false, "the driver's post_unbind_rust"},
	OpKlistRemove:     {"klist_remove", OperandNone, false, false, "off the driver's list of devices"},
	OpUevent:          {"uevent", OperandNone, false, false, "kobject_uevent"},
	OpBusAdd:          {"bus_add", OperandNone, false, false, "bus_add_device"},
	OpBusRemove:       {"bus_remove", OperandNone, false, false, "bus_remove_device, without the unbind that it does"},
	OpPMAdd:           {"pm_add", OperandNone, false, false, "dpm_sysfs_add and device_pm_add"},
	OpFwDevlink:       {"fw_devlink", OperandNone, false, false, "fw_devlink_link_device: the device link to a supplier is made, once both devices are there"},
	OpBusMasks:        {"bus_masks", OperandNone, false, false, "the DMA masks and limits that firmware gives"},
	OpDevresWarn:      {"devres_warn", OperandNone, false, false, "WARN_ON(!list_empty(&dev->devres_head))"},
	OpKobjectDel:      {"kobject_del", OperandNone, false, false, "kobject_del"},
	OpOverrideFree:    {"override_free", OperandNone, false, false, "kfree(driver_override.name)"},
	OpDeviceFree:      {"device_free", OperandNone, false, false, "the type's or class's release"},
	OpUnlink:          {"unlink", OperandNone, false, false, "iommu_device_unlink"},
	OpReleaseDevice:   {"release_device", OperandNone, false, false, "ops->release_device; write domain_detach where it ends the translation"},
	OpModulePut:       {"module_put", OperandNone, false, false, "module_put of the IOMMU driver"},
}

func (o Op) String() string {
	if o == OpLabel {
		return "label"
	}
	if o == OpInvalid || o >= numOps {
		return enumName(nil, uint8(o), "Op")
	}
	return opTable[o].name
}

// Doc says what the step does.
func (o Op) Doc() string { return opTable[o].doc }

// Fails tells whether the environment may make the step fail.
func (o Op) Fails() bool { return opTable[o].fails }

// HasDMAMeaning tells whether the step can matter to a DMA buffer; the others
// are names only.
func (o Op) HasDMAMeaning() bool { return opTable[o].dma }

// ForLinks tells whether the step is about device links: it matters if and only
// if a device has a supplier.
func (o Op) ForLinks() bool {
	switch o {
	case OpLinksCheck, OpLinksNoDriver, OpLinksCleanup, OpLinksPurge, OpLinksBusy, OpUnbindConsumers, OpFwDevlink:
		return true
	}
	return false
}

// Test is a condition on the state, as `when` asks it.
type Test uint8

const (
	TestInvalid Test = iota
	TestRegistered
	TestReadyToProbe
	TestDead
	TestDriver
	TestBound
	TestDescribed
	TestRanges
	TestParam
	TestFwspec
	TestGroup
	TestOps
	TestOpsIOMMU
	TestOpsBypass
	TestDMAIOMMU
	TestOpsSetup
	TestRangeMap
	TestPool
	TestDevres
	TestDeferred
	TestMaskCovers
	TestDefaultDomain
	TestDomainDMA
	TestDefaultDMA
	TestMapping
	TestOwned
	TestOwnerCount
	TestLastDevice
	TestOneDevice
	TestProvider
	TestReady
	TestPinned
	TestTimeout
	TestTestRemove
	TestError
	TestDefer
	TestWantDMA
	TestWantIdentity
	TestWantFQ
	TestFromPool
	TestBus
	TestFirmware
	numTests
)

var testTable = [numTests]struct{ name, doc string }{
	TestRegistered:    {"registered", "the device is on its bus"},
	TestReadyToProbe:  {"ready_to_probe", "device_add has let the device be probed"},
	TestDead:          {"dead", "device_del has marked the device dead"},
	TestDriver:        {"driver", "dev->driver is set"},
	TestBound:         {"bound", "device_is_bound"},
	TestDescribed:     {"described", "firmware names an IOMMU for the device"},
	TestRanges:        {"ranges", "firmware gives the device dma-ranges"},
	TestParam:         {"param", "dev->iommu is present"},
	TestFwspec:        {"fwspec", "dev->iommu->fwspec is present"},
	TestGroup:         {"group", "dev->iommu_group is set"},
	TestOps:           {"ops", "dev->dma_ops is set"},
	TestOpsIOMMU:      {"ops_iommu", "dev->dma_ops is iommu_dma_ops"},
	TestOpsBypass:     {"ops_bypass", "dev->dma_ops_bypass"},
	TestDMAIOMMU:      {"dma_iommu", "dev->dma_iommu"},
	TestOpsSetup:      {"ops_setup", "archdata.dma_ops_setup"},
	TestRangeMap:      {"range_map", "dev->dma_range_map is set"},
	TestPool:          {"pool", "dev->dma_mem is set"},
	TestDevres:        {"devres", "the device's devres list is not empty"},
	TestDeferred:      {"deferred", "the device is on the deferred list"},
	TestMaskCovers:    {"mask_covers", "the mask reaches all of memory: mask >= dma_direct_get_required_mask"},
	TestDefaultDomain: {"default_domain", "the group has a default domain"},
	TestDomainDMA:     {"domain_dma", "the device's group has a default domain of type DMA, and it is attached"},
	TestDefaultDMA:    {"default_dma", "the device's group has a default domain of type DMA, attached or not"},
	TestMapping:       {"mapping", "arm: a mapping is attached to the device"},
	TestOwned:         {"owned", "somebody has claimed the group's DMA ownership"},
	TestOwnerCount:    {"owner_count", "group->owner_cnt is not 0"},
	TestLastDevice:    {"last_device", "no other device is in the group"},
	TestOneDevice:     {"one_device", "the group has exactly one device"},
	TestProvider:      {"provider", "the IOMMU stands on the list of IOMMUs"},
	TestReady:         {"ready", "the IOMMU's registration is over"},
	TestPinned:        {"pinned", "a device in a group pins the IOMMU driver's module"},
	TestTimeout:       {"timeout", "the deferred-probe timeout has passed"},
	TestTestRemove:    {"test_remove", "this bind tests remove first (CONFIG_DEBUG_TEST_DRIVER_REMOVE)"},
	TestError:         {"error", "the last step or path ended with an error, -EPROBE_DEFER included"},
	TestDefer:         {"defer", "the last step or path ended with -EPROBE_DEFER"},
	TestWantDMA:       {"want_dma", "the type asked for is DMA"},
	TestWantIdentity:  {"want_identity", "the type asked for is identity"},
	TestWantFQ:        {"want_fq", "the type asked for is DMA-FQ"},
	TestFromPool:      {"from_pool", "the memory lies in the device's coherent pool"},
	TestBus:           {"bus", "the device sits on that bus"},
	TestFirmware:      {"firmware", "the device is described by that firmware"},
}

func (t Test) String() string {
	if t == TestInvalid || t >= numTests {
		return enumName(nil, uint8(t), "Test")
	}
	return testTable[t].name
}

// Doc says when the test holds.
func (t Test) Doc() string { return testTable[t].doc }
