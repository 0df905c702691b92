package extract

// Each table is a list of PATTERN => VERB WORDS. The verbs of calls:
//
//	step S; T       the call is these steps, and returns 0
//	done S          the same, and returns something that is not 0
//	try S           a step that may fail with any error; the call returns it
//	tryfail S       the same, never with -EPROBE_DEFER; trydefer: always with it
//	tryptr S        the same for a pointer, by IS_ERR; trynull: by NULL; S -> E: the pointer is E
//	trybind S       try; a success returns 1 where really_probe says so, up to v5.12
//	test T, U       the call is a test, true if all hold
//	follow [S]      the steps S, then the body of the function
//	taken T; S      the same, and if it holds the step S ends the path
//	firmware F      call firmware where this kernel has that path, else follow F
//	$NAME           in a list of steps: no step, but a note for the rest of the path, which
//	                the test $NAME asks, and STEP unless $NAME
//	as F            the body of the function F instead, with the same arguments
//	followtry S     the body, then the step S, which may fail, if it returns 0
//	fork T ? V : W  the call returns V if the test holds, else W; 2=X sets what
//	                its second argument points to
//	each WHAT N     the function named by argument N, for each WHAT
//	given T ? V : tryptr S   the call returns V if the test holds, else it is tryptr S
//	zero, one       nothing of interest, and it returns that
//	expr E, arg N   nothing of interest, and it returns E or its Nth argument
//	ignore          nothing of interest, and its result is not known
//
// Conditions: true, false (why stands behind it), or tests joined by commas.
// Assignments: step S, ignore, or expr E for a local variable.

// rewrites are other names for the same thing.
var rewrites = map[string]string{
	"gdev->dev":       "dev",
	"device->dev":     "dev", // in the walk over a group's devices
	"tmp_device->dev": "dev",
}

// changes are the steps after which a test may answer differently.
var changes = map[string]bool{
	"set_driver": true, "clear_driver": true, "bound": true, "kill": true, "param_get": true, "fwspec_init": true,
	"param_free": true, "group_join": true, "group_leave": true, "domain_alloc": true, "domain_attach": true,
	"domain_detach": true, "domain_change": true, "domain_free": true, "mapping_attach": true, "mapping_detach": true,
	"provider_list": true, "provider_ready": true, "provider_unlist": true, "owner_inc": true, "owner_dec": true,
	"owner_claim": true, "owner_release": true, "range_map_set": true, "range_map_free": true, "set_ops null": true,
	"set_ops iommu": true, "set_ops arm-iommu": true, "set_ops arm": true, "devres_release": true, "driver_probe": true,
	"driver_remove": true, "test_remove_off": true, "set_ops_setup on": true, "deferred_del": true, "set_ops vendor": true,
	"registered": true, "ready_to_probe": true, "deleted": true, "provider_going": true, "fwspec_free": true,
	"walk_add": true, "walk_del": true,
}

// watched are the fields whose every assignment must be known.
var watched = map[string]bool{
	"dev->driver": true, "dev->dma_ops": true, "dev->dma_range_map": true, "dev->iommu_group": true, "dev->dma_iommu": true,
	"dev->iommu_group->domain": true, "dev->iommu_group->default_domain": true, "dev->iommu_group->owner_cnt": true,
	"dev->iommu_group->owner": true, "dev->archdata.dma_ops_setup": true, "dev->archdata.mapping": true, "dev->p->dead": true,
}

// detached are the pointers whose old value a local variable may keep, and what
// that is called once the pointer has another.
var detached = map[string]string{"dev->iommu": "old", "dev->dma_range_map": "old_map"}

var callTables = []string{coreCalls, dmaCalls, iommuCalls, archCalls, ignoredCalls}

const coreCalls = `
# Locks.
device_lock(dev)                       => step lock device
device_unlock(dev)                     => step unlock device
device_lock(*)                         => ignore      # the parent's
device_unlock(*)                       => ignore
__device_driver_lock(dev, *)           => step lock device
__device_driver_unlock(dev, *)         => step unlock device
mutex_lock(&deferred_probe_mutex)      => step lock deferred
mutex_unlock(&deferred_probe_mutex)    => step unlock deferred
mutex_lock(*)                          => ignore      # of a bus or class
mutex_unlock(*)                        => ignore

# Names of the device.
get_device(dev)                        => expr dev
get_device                             => ignore
kobj_to_dev                            => expr dev
bus_find_device_by_name                => expr dev

# Adding a device.
device_private_init                    => zero
dev_set_name                           => zero
kobject_add                            => zero
device_create_file(*, &dev_attr_state_synced) => try synced_add
device_create_file                     => zero
device_add_class_symlinks              => zero
device_add_attrs                       => zero
device_create_sys_dev_entry            => zero
bus_add_device                         => follow bus_add
@add device_add_groups                 => zero
@add device_add_group                  => zero
@add sysfs_create_link                 => zero
@add klist_add_tail(&dev->p->knode_bus, *) => step registered   # whoever walks over the bus finds it from here on
dpm_sysfs_add                          => zero
device_pm_add                          => step pm_add
kobject_uevent(*, KOBJ_ADD)            => step uevent
kobject_uevent(*, KOBJ_UNBIND)         => step uevent
kobject_uevent                         => ignore
fw_devlink_link_device                 => step fw_devlink
dev_set_ready_to_probe                 => step ready_to_probe
bus_probe_device                       => ignore      # an event binds a device to a driver
@retry bus_probe_device                => step call attach
@retry bus_probe_device_deferred       => step call attach
device_platform_notify(dev, KOBJ_ADD)  => zero

# What the bus notifies of: the IOMMU core's notifier hears it, too.
bus_notify(dev, BUS_NOTIFY_ADD_DEVICE)      => follow notify_add -> $notify_add
bus_notify(dev, BUS_NOTIFY_REMOVED_DEVICE)  => follow notify_removed -> $notify_removed
bus_notify(dev, BUS_NOTIFY_DEL_DEVICE)      => step notify_del
bus_notify(dev, BUS_NOTIFY_UNBIND_DRIVER)   => step notify_unbind
bus_notify(dev, BUS_NOTIFY_UNBOUND_DRIVER)  => step notify_unbound
bus_notify(dev, BUS_NOTIFY_DRIVER_NOT_BOUND) => step notify_not_bound
blocking_notifier_call_chain(*, BUS_NOTIFY_ADD_DEVICE, dev)      => follow notify_add -> $notify_add
blocking_notifier_call_chain(*, BUS_NOTIFY_REMOVED_DEVICE, dev)  => follow notify_removed -> $notify_removed
blocking_notifier_call_chain(*, BUS_NOTIFY_DEL_DEVICE, dev)      => step notify_del
blocking_notifier_call_chain(*, BUS_NOTIFY_UNBIND_DRIVER, dev)   => step notify_unbind
blocking_notifier_call_chain(*, BUS_NOTIFY_UNBOUND_DRIVER, dev)  => step notify_unbound
blocking_notifier_call_chain(*, BUS_NOTIFY_DRIVER_NOT_BOUND, dev) => step notify_not_bound

# Deleting it.
kill_device                            => done kill
bus_remove_device(dev)                 => follow bus_remove
klist_del(&dev->p->knode_bus)          => step deleted     # nobody finds it any more
device_release_driver(dev)             => step call unbind
driver_deferred_probe_del              => step deferred_del
device_links_purge                     => step links_purge
kobject_del(&dev->kobj)                => step kobject_del
@add kobject_del(&dev->kobj)           => ignore      # the error paths of device_add: the device was never there
@add bus_remove_device                 => ignore
@add device_set_driver                 => ignore

# The last reference.
kfree(dev->dma_range_map)              => step range_map_free; $map_freed
kfree(dev->driver_override.name)       => step override_free
dev->release(dev)                      => step device_free
dev->type->release(dev)                => step device_free
dev->class->dev_release(dev)           => step device_free
@put kfree(dev->p)                     => step gone
kfree                                  => ignore

# Shutdown.
dev->bus->shutdown(dev)                => step driver_shutdown
dev->driver->shutdown(dev)             => step driver_shutdown
dev->class->shutdown_pre               => ignore

# Attach.
driver_match_device                    => one         # an event binds a device to a driver that matches
driver_allows_async_probing            => zero        # that only chooses a thread
driver_probe_device                    => follow
__driver_probe_device                  => follow
device_driver_attach                   => follow
really_probe                           => trybind call bind
device_is_registered                   => one         # events need it
dev_ready_to_probe                     => test ready_to_probe
dev_err_probe                          => arg 2
dev_set_can_match                      => step $can_match   # a note of this path: only behind it is a device deferred
dev_can_match                          => test $can_match
driver_deferred_probe_add              => follow
list_add_tail(&dev->p->deferred_probe, *) => step deferred_add
@attach mutex_lock(&deferred_probe_mutex)   => ignore      # around one step alone
@attach mutex_unlock(&deferred_probe_mutex) => ignore
@bind mutex_lock(&deferred_probe_mutex)     => ignore
@bind mutex_unlock(&deferred_probe_mutex)   => ignore
driver_deferred_probe_add_trigger      => step deferred_add
atomic_read                            => zero
@retry list_del_init                   => step deferred_del
@retry list_first_entry                => ignore
@shutdown list_entry                   => expr dev
@shutdown list_del_init                => ignore

# Bind.
device_links_check_suppliers           => trydefer links_check
device_set_driver(dev, 0)              => step clear_driver
device_set_driver                      => step set_driver
pinctrl_bind_pins                      => tryfail pinctrl_bind
dev->bus->dma_configure                => try call dma_configure
driver_sysfs_add                       => tryfail sysfs_add
dev->pm_domain->activate               => tryfail pm_activate
call_driver_probe                      => follow
dev->bus->probe                        => try driver_probe
drv->probe                             => try driver_probe
device_add_groups                      => tryfail groups_add
dev_has_sync_state                     => one
device_remove                          => follow
device_remove_file(*, &dev_attr_state_synced) => step synced_remove
device_remove_file                     => ignore
@del device_remove_groups              => ignore
device_remove_groups                   => step groups_remove
dev->bus->remove(dev)                  => step driver_remove
dev->driver->remove(dev)               => step driver_remove
drv->remove(dev)                       => step driver_remove
driver_sysfs_remove                    => step sysfs_remove
dev->bus->dma_cleanup                  => step call dma_cleanup
device_unbind_cleanup                  => step call unbind_cleanup
pinctrl_init_done                      => step pinctrl_done
dev->pm_domain->sync                   => step pm_sync
driver_bound                           => step bound
device_links_no_driver                 => step links_no_driver

# Unbind.
__device_release_driver                => follow
device_links_driver_cleanup            => step links_cleanup
device_links_unbind_consumers          => step unbind_consumers
klist_remove(&dev->p->knode_driver)    => step klist_remove
dev->driver->p_cb.post_unbind_rust     => step post_unbind_rust
devres_release_all(dev)                => step devres_release
arch_teardown_dma_ops(dev)             => step call dma_teardown
dev_set_drvdata(dev, 0)                => step clear_drvdata
dev_pm_domain_detach                   => step pm_detach
dev->pm_domain->dismiss                => step pm_dismiss
pm_runtime_reinit                      => step pm_reinit
dev_pm_set_driver_flags                => step pm_flags
`

var testTables = []string{coreTests, dmaTests, iommuTests, archTests}

const coreTests = `
dev                                    => true
drv                                    => true
data                                   => true
parent                                 => false    # its lock and power are not modelled
dev->parent                            => false
get_device(dev->parent)                => false
dev->p                                 => true
dev->init_name                         => false
dev_name(dev)                          => true
dev->bus                               => true
dev->bus->p                            => true
dev->class                             => false
class_to_subsys(dev->class)            => false
bus_to_subsys(dev->bus)                => true
bus_get(dev->bus)                      => true
get_device_parent(dev,parent)          => false
MAJOR(dev->devt)                       => false    # a device node says nothing about DMA
dev->fwnode                            => true
dev->fwnode->dev                       => false
@del dev->fwnode->dev==dev             => true
fw_devlink_drv_reg_done                => false
platform_notify                        => false
platform_notify_remove                 => false

dev->release                           => true
dev->bus->remove                       => true
dev->bus->probe                        => true
dev->bus->shutdown                     => true
dev->bus->dma_configure                => true
dev->bus->driver_override              => false
dev->class->shutdown_pre               => false
dev->pm_domain                         => true     # a step without a DMA meaning; it may be passed over
dev->pm_domain->activate               => true
dev->pm_domain->sync                   => true
dev->pm_domain->dismiss                => true
dev->driver->p_cb.post_unbind_rust     => true

initcall_debug                         => false
defer_all_probes                       => false    # suspend and shutdown hold probes back
dev->p->dead                           => dead
dev->driver                            => driver
dev->driver==dev->driver               => driver    # it is set, and the same as before
drv->suppress_bind_attrs               => false
test_remove                            => test_remove
dev->can_match                         => $can_match
list_empty(&dev->p->deferred_probe)    => true      # to add it again does nothing
list_empty(&dev->devres_head)          => not devres
dev->p->async_driver                   => false
dev->p->device==dev                    => true
klist_node_attached(&dev->p->knode_bus) => true
action                                 => true
`

var assignTables = []string{coreAssigns, dmaAssigns, iommuAssigns, archAssigns}

const coreAssigns = `
dev->driver = 0                        => step clear_driver
dev->driver = *                        => step set_driver
@add dev->driver = 0                   => ignore
dev->p->dead = 1                       => step kill
dev->can_match = 1                     => step $can_match
dev->dma_range_map = 0                 => step range_map_free   # the old one is freed behind it; where its kfree was before it, that was the step
@firmware dev->dma_range_map = 0       => ignore   # kfree of what was found, behind it, is the step
@dma_configure dev->dma_range_map = 0  => ignore   # the same
test_remove = 0                        => step test_remove_off
test_remove = *                        => expr test_remove
`

// Loops, by how their head begins: once (for the device at hand), skip with the
// steps that stand for it, while STEP (which jumps into the body), each WHAT.
const loopTable = `
device_links_busy(dev)                                     => while links_busy
!list_empty(&deferred_probe_active_list)                   => once
!list_empty(&devices_kset->list)                           => each device
list_for_each_entry(class_intf                             => skip
list_for_each_entry(sif                                    => skip
` + iommuLoops
