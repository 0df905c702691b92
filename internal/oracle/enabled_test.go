package oracle

import (
	"testing"

	"dmafuzz/model"
)

func TestEnabledIdle(t *testing.T) {
	const member = "add = group_join; registered\ntype_store = label:\nowner_claim = owner_claim\nowner_release = owner_release\n"
	checkRules(t, []rule{
		{reason: "at boot a device can be added, but not described without range-map steps", paths: "shutdown = label:",
			enabled:  "add sata; add eth; iommu register; iommu register identity; timeout; hotplug; shutdown",
			disabled: "add sata ranges; add sata map; attach sata; bind sata; retry sata; unbind sata; del sata; put sata; iommu unregister; type sata dma; claim sata; release sata; alloc sata buf; map sata buf; free sata buf; mask sata wide; bypass sata on; pool sata declare; action sata; mapping sata attach; devm sata buf; probe sata ok; return sata"},
		{reason: "with a step that installs range maps it can", paths: "firmware = range_map_set", enabled: "add sata ranges; add sata map"},
		{reason: "with either of them", paths: "firmware = range_map_add", enabled: "add sata ranges; add sata map"},
		{reason: "freeing them installs none", paths: "firmware = range_map_free", disabled: "add sata ranges; add sata map"},
		{reason: "a registered device", paths: "bind_store = call bind\nretry = call bind", events: "add sata",
			enabled:  "attach sata; bind sata; del sata; devm sata buf; devm sata skb",
			disabled: "add sata; retry sata; unbind sata; put sata; alloc sata buf; mask sata wide; action sata; probe sata ok; type sata dma"},
		{reason: "a deferred device", paths: "add = deferred_add; registered\nretry = call bind", events: "add sata", enabled: "retry sata"},
		{reason: "a bound device", paths: "bind_store = call bind\nretry = call bind\nbind = set_driver; bound; deferred_add", events: "add sata; attach sata",
			enabled:  "unbind sata; del sata; alloc sata buf; alloc sata buf managed; map sata ring; mask sata wide; bypass sata on; pool sata declare; action sata",
			disabled: "attach sata; bind sata; retry sata; devm sata buf; mask sata narrow; bypass sata off; pool sata release; free sata buf; alloc eth buf; return sata"},
		{reason: "a driver that is set but not bound calls nothing from idle", paths: "bind = set_driver", events: "add sata; attach sata",
			enabled: "unbind sata", disabled: "alloc sata buf; mask sata wide; devm sata buf; attach sata"},
		{reason: "a deleted device", events: "add sata; del sata", enabled: "put sata; devm sata buf", disabled: "add sata; attach sata; del sata; unbind sata"},
		{reason: "a bound device that was deleted calls nothing", events: "add sata; attach sata; probe sata ok; del sata", disabled: "alloc sata buf; unbind sata; devm sata buf", enabled: "put sata"},
		{reason: "a device that is gone can be added again", events: "add sata; del sata; put sata", enabled: "add sata", disabled: "put sata"},
		{reason: "the IOMMU registers once", events: "iommu register", enabled: "iommu unregister", disabled: "iommu register; iommu register identity"},
		{reason: "a listed IOMMU cannot unregister", paths: "iommu_register = provider_list", events: "iommu register", disabled: "iommu unregister; iommu register"},
		{reason: "before drivers", facts: "iommu-registers before-drivers", events: "add sata; add eth", enabled: "iommu register"},
		{reason: "not after them", facts: "iommu-registers before-drivers", events: "add sata; add eth; attach eth; probe eth ok", disabled: "iommu register; iommu register identity"},
		{reason: "nor over memory", facts: "iommu-registers before-drivers", events: "add sata; devm sata buf", disabled: "iommu register"},
		{reason: "at any time", events: "add sata; attach sata; probe sata ok", enabled: "iommu register"},
		{reason: "a failing register is no identity", paths: "iommu_register = bus_probe", events: "iommu register identity; iommu register fail bus_probe", state: "identity="},
		{reason: "devm memory keeps drivers away", paths: "bind_store = call bind\nretry = call bind\nadd = deferred_add; registered", events: "add sata; devm sata buf", disabled: "attach sata; bind sata; retry sata"},
		{reason: "another device's does not", events: "add sata; add eth; devm eth buf", enabled: "attach sata", disabled: "attach eth"},
		{reason: "one of the same group does", bounds: shared, paths: member, events: "add sata; add eth; devm eth buf", disabled: "attach sata; type sata dma; claim sata"},
		{reason: "one that has not joined does not", bounds: shared, paths: "add = group_join when ranges; registered; range_map_add\ntype_store = label:\nowner_claim = owner_claim", events: "add sata ranges; add eth; devm eth buf", enabled: "attach sata; type sata dma; claim sata"},
		{reason: "nor to one that has not", bounds: shared, paths: "add = group_join when ranges; registered; range_map_add", events: "add sata ranges; add eth; devm sata buf", enabled: "attach eth", disabled: "attach sata"},
		{reason: "type and claim wait for devm memory", paths: member, events: "add sata; devm sata buf", disabled: "type sata dma; claim sata; iommu register"},
		{reason: "release too", paths: member, events: "add sata; claim sata; devm sata buf", disabled: "release sata"},
		{reason: "not with any drivers", bounds: anyDrivers, paths: member, events: "add sata; devm sata buf", enabled: "type sata dma; claim sata; iommu register"},
		{reason: "release neither", bounds: anyDrivers, paths: member, events: "add sata; claim sata; devm sata buf", enabled: "release sata"},
		{reason: "no devm memory of anybody waits for the IOMMU", events: "add sata; add eth; devm eth buf", disabled: "iommu register; iommu register identity"},
		{reason: "a driver's memory is no matter", events: "add eth; attach eth; alloc eth buf; probe eth ok", enabled: "iommu register"},
		{reason: "but for any drivers", bounds: anyDrivers, paths: "bind_store = call bind\nretry = call bind\nadd = deferred_add; registered", events: "add sata; devm sata buf", enabled: "attach sata; bind sata; retry sata"},
		{reason: "in a group", paths: member, events: "add sata", enabled: "type sata dma; type sata identity; type sata dma-fq; claim sata", disabled: "release sata; type eth dma; claim eth"},
		{reason: "in an owned group", paths: member, events: "add sata; claim sata", enabled: "type sata dma; release sata", disabled: "claim sata"},
		{reason: "the timeout passes once", events: "timeout", disabled: "timeout", state: "timeout=yes"},
		{reason: "memory is added once", events: "hotplug", disabled: "hotplug", state: "hotplug=yes"},
		{reason: "memory matters to the bypass only", facts: "bypass never", disabled: "hotplug"},
		{reason: "devm needs a free slot", events: "add sata; devm sata buf", enabled: "devm sata ring", disabled: "devm sata buf; free sata buf"},
		{reason: "devm needs room", paths: "dmam_alloc = call dma_alloc; devres_add; devres_add; devres_add", events: "add sata; devm sata buf; devm sata ring", disabled: "devm sata skb"},
		{reason: "bounds take events away", bounds: func(b *model.Bounds) { b.Devices, b.Memory = 1, 1 }, events: "add sata", enabled: "devm sata buf", disabled: "add eth; devm sata ring"},
		{reason: "families take events away", bounds: func(b *model.Bounds) { b.Families = model.FamilyCore }, events: "add sata",
			enabled: "attach sata", disabled: "del sata; devm sata buf; iommu register; timeout; hotplug"},
		{reason: "an event of two families needs both", bounds: func(b *model.Bounds) { b.Families = model.FamilyRanges }, paths: "add = range_map_set", disabled: "add sata ranges; add sata"},
	})
}

func TestEnabledContract(t *testing.T) {
	const kept = "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata; return sata"
	const own = "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach\n"
	checkRules(t, []rule{
		{reason: "a late free of plain memory", bounds: late, events: kept, enabled: "free sata buf"},
		{reason: "a late free with any drivers", bounds: anyDrivers, events: kept, enabled: "free sata buf"},
		{reason: "a late free after del", bounds: late, events: kept + "; del sata", enabled: "free sata buf", disabled: "put sata"},
		{reason: "no late free with a driver that is not bound yet", bounds: late, paths: "unbind = driver_remove; clear_driver\nbind = set_driver; bound when not deferred; deferred_add", state: "sata.driver=yes; sata.bound=",
			events: "add sata; attach sata; alloc sata buf; unbind sata; return sata; attach sata", disabled: "free sata buf"},
		{reason: "put waits for late memory but for any drivers", bounds: anyDrivers, events: kept + "; del sata", enabled: "put sata"},
		{reason: "put waits for an own mapping", bounds: late, paths: own, events: "add sata; mapping sata attach; del sata", disabled: "put sata; mapping sata detach"},
		{reason: "put does not but for any drivers", bounds: anyDrivers, paths: own, events: "add sata; mapping sata attach; del sata", enabled: "put sata"},
		{reason: "put does not wait for managed memory", events: "add sata; devm sata buf; del sata", enabled: "put sata"},
		{reason: "managed memory is freed late by any drivers", bounds: anyDrivers, paths: "unbind = clear_driver",
			events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata", enabled: "free sata buf"},
		{reason: "but not by late ones", bounds: late, paths: "unbind = clear_driver",
			events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata", disabled: "free sata buf"},
		{reason: "nor plain memory by well-behaved ones", bounds: well, paths: "unbind = clear_driver",
			events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", disabled: "free sata buf"},
		{reason: "devm memory is not freed by hand even so", bounds: anyDrivers, events: "add sata; devm sata buf", disabled: "free sata buf"},
		{reason: "a mapping of other code", paths: own, events: "add sata", enabled: "mapping sata attach", disabled: "mapping sata detach"},
		{reason: "a mapping needs the group", paths: own + "add = registered", events: "add sata", disabled: "mapping sata attach"},
		{reason: "one mapping a device", paths: own, events: "add sata; mapping sata attach", enabled: "mapping sata detach", disabled: "mapping sata attach"},
		{reason: "no mapping under memory", paths: own, events: "add sata; devm sata buf", disabled: "mapping sata attach"},
		{reason: "but for any drivers", paths: own, bounds: anyDrivers, events: "add sata; devm sata buf", enabled: "mapping sata attach"},
		{reason: "no mapping goes under what translates through it", paths: own + "add = group_join; set_ops arm-iommu; registered",
			events: "add sata; mapping sata attach; devm sata buf", disabled: "mapping sata detach"},
		{reason: "no mapping in a claimed group", paths: own + "owner_claim = owner_claim", events: "add sata; claim sata", disabled: "mapping sata attach"},
		{reason: "but for any drivers there too", bounds: anyDrivers, paths: own + "owner_claim = owner_claim", events: "add sata; claim sata", enabled: "mapping sata attach"},
		{reason: "it may under direct memory", paths: own, events: "add sata; mapping sata attach; devm sata buf", enabled: "mapping sata detach"},
		{reason: "it may but for any drivers", paths: own + "add = group_join; set_ops arm-iommu; registered", bounds: anyDrivers,
			events: "add sata; mapping sata attach; devm sata buf", enabled: "mapping sata detach"},
		{reason: "a mapping's path must be known", paths: "add = group_join; registered\nmapping_attach = unknown", events: "add sata", disabled: "mapping sata attach"},
		{reason: "a mapping is no matter of a driver that is not bound", paths: own + "bind = set_driver", events: "add sata; attach sata", disabled: "mapping sata attach"},
	})
}

func TestEnabledCalls(t *testing.T) {
	const bound = "add sata; attach sata; probe sata ok; "
	checkRules(t, []rule{
		{reason: "alloc and map need a free slot", events: bound + "alloc sata buf", enabled: "alloc sata ring; free sata buf", disabled: "alloc sata buf; alloc sata buf managed; map sata buf"},
		{reason: "managed memory needs room", paths: "dmam_alloc = call dma_alloc; devres_add; devres_add; devres_add", events: bound + "alloc sata buf managed; alloc sata ring managed",
			enabled: "alloc sata skb", disabled: "alloc sata skb managed; action sata"},
		{reason: "memory is freed by its own device", events: "add sata; add eth; attach sata; probe sata ok; attach eth; alloc eth buf; probe eth ok", enabled: "free eth buf", disabled: "free sata buf"},
		{reason: "devm memory is not freed by a driver", bounds: anyDrivers, events: "add sata; devm sata buf; attach sata", disabled: "free sata buf"},
		{reason: "managed memory may be freed by its driver", events: bound + "alloc sata buf managed", enabled: "free sata buf"},
		{reason: "the mask changes", events: bound + "mask sata wide", enabled: "mask sata narrow", disabled: "mask sata wide", state: "sata.wide=yes"},
		{reason: "and back", events: bound + "mask sata wide; mask sata narrow", state: "sata.wide="},
		{reason: "the mask stays under memory", events: bound + "alloc sata buf managed", disabled: "mask sata wide; bypass sata on"},
		{reason: "but for any drivers", bounds: anyDrivers, events: bound + "alloc sata buf", enabled: "mask sata wide; bypass sata on"},
		{reason: "the bypass changes", events: bound + "bypass sata on", enabled: "bypass sata off", disabled: "bypass sata on"},
		{reason: "and back as well", events: bound + "bypass sata on; bypass sata off", state: "sata.bypass="},
		{reason: "the bypass is the architecture's", facts: "bypass never", events: bound, disabled: "bypass sata on"},
		{reason: "one pool a device", events: bound + "pool sata declare", enabled: "pool sata release", disabled: "pool sata declare", state: "sata.pool=yes"},
		{reason: "the pool goes", events: bound + "pool sata declare; pool sata release", enabled: "pool sata declare", disabled: "pool sata release", state: "sata.pool="},
		{reason: "not under its memory", events: bound + "pool sata declare; alloc sata buf", disabled: "pool sata release"},
		{reason: "under other memory it may", events: bound + "alloc sata buf; pool sata declare", enabled: "pool sata release"},
		{reason: "under its memory too but for any drivers", bounds: anyDrivers, events: bound + "pool sata declare; alloc sata buf", enabled: "pool sata release"},
		{reason: "the pool's end marks its memory only", bounds: anyDrivers, events: bound + "alloc sata ring; pool sata declare; alloc sata buf; pool sata release", state: "buf.pool_gone=yes; ring.pool_gone="},
		{reason: "actions are bounded", bounds: func(b *model.Bounds) { b.Actions = 1 }, events: bound + "action sata", disabled: "action sata", state: "sata.devres=action"},
		{reason: "two actions", events: bound + "action sata", enabled: "action sata"},
		{reason: "no actions", bounds: func(b *model.Bounds) { b.Actions = 0 }, events: bound, disabled: "action sata"},
		{reason: "actions need room", paths: "dmam_alloc = call dma_alloc; devres_add; devres_add; devres_add", events: bound + "alloc sata buf managed; alloc sata ring managed", disabled: "action sata"},
	})
}

func TestEnabledInCallbacks(t *testing.T) {
	const own = "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach\n"
	const remove = "add sata; attach sata; alloc sata buf managed; alloc sata ring; action sata; probe sata ok; unbind sata"
	const action = remove + "; return sata"
	checkRules(t, []rule{
		{reason: "in probe only the driver acts, for its device", events: "add eth; add sata; attach sata",
			enabled:  "probe sata ok; probe sata error; probe sata defer; alloc sata buf; map sata buf; mask sata wide; bypass sata on; pool sata declare; action sata",
			disabled: "return sata; probe eth ok; alloc eth buf; attach eth; del sata; unbind sata; iommu register; timeout; devm sata buf; devm eth buf; add sata; mapping sata attach"},
		{reason: "a well-behaved probe does not fail over plain memory", events: "add sata; attach sata; alloc sata buf", enabled: "probe sata ok", disabled: "probe sata error; probe sata defer"},
		{reason: "but for a devm action that frees it", events: "add sata; attach sata; map sata buf; action sata", enabled: "probe sata error; probe sata defer"},
		{reason: "managed memory is no matter", events: "add sata; attach sata; alloc sata buf managed", enabled: "probe sata error; probe sata defer"},
		{reason: "late drivers leave plain memory", bounds: late, events: "add sata; attach sata; alloc sata buf", enabled: "probe sata error"},
		{reason: "but no mapping", bounds: late, paths: own, events: "add sata; attach sata; mapping sata attach", enabled: "probe sata ok; mapping sata detach", disabled: "probe sata error; probe sata defer"},
		{reason: "well-behaved ones leave none over an action either", paths: own, events: "add sata; attach sata; mapping sata attach; action sata", disabled: "probe sata error"},
		{reason: "any drivers leave anything", bounds: anyDrivers, paths: own, events: "add sata; attach sata; mapping sata attach; alloc sata buf; mask sata wide", enabled: "probe sata error; probe sata defer"},
		{reason: "in remove the driver frees plain memory", events: remove, enabled: "free sata ring; return sata",
			disabled: "free sata buf; alloc sata skb; map sata skb; mask sata wide; pool sata declare; action sata; probe sata ok; unbind sata; timeout"},
		{reason: "in remove it does not return over plain memory without an action", events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", disabled: "return sata", enabled: "free sata buf"},
		{reason: "in remove it may detach its mapping", paths: own, events: "add sata; attach sata; mapping sata attach; probe sata ok; unbind sata", enabled: "mapping sata detach", disabled: "mapping sata attach; return sata"},
		{reason: "in remove it does not detach a mapping of other code", paths: own, events: "add sata; mapping sata attach; attach sata; alloc sata buf; probe sata ok; unbind sata", disabled: "mapping sata detach", state: "sata.others=yes"},
		{reason: "in probe it may", paths: own, events: "add sata; mapping sata attach; attach sata", enabled: "mapping sata detach; probe sata error"},
		{reason: "any drivers do", bounds: anyDrivers, paths: own, events: "add sata; mapping sata attach; attach sata; probe sata ok; unbind sata", enabled: "mapping sata detach"},
		{reason: "remove does not wait for a mapping of other code", paths: own, events: "add sata; mapping sata attach; attach sata; probe sata ok; unbind sata", state: "thread=; sata.own_mapping=yes; sata.others=yes"},
		{reason: "a late driver leaves a mapping of other code", bounds: late, paths: own, events: "add sata; mapping sata attach; attach sata", enabled: "probe sata error"},
		{reason: "in remove nothing but a detach and a free", events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", disabled: "pool sata declare; mask sata narrow; bypass sata off; alloc sata ring managed; action sata"},
		{reason: "in remove, not even another mapping", paths: own, events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata; free sata buf", disabled: "mapping sata attach", enabled: "return sata"},
		{reason: "in remove any drivers do anything", bounds: anyDrivers, events: remove, enabled: "free sata ring; free sata buf; alloc sata skb; map sata skb; pool sata declare; action sata; return sata", disabled: "probe sata ok; return eth"},
		{reason: "in an action the driver frees plain memory; the action itself is off the list", events: action, enabled: "free sata ring", disabled: "return sata; free sata buf; alloc sata skb; action sata"},
		{reason: "an action returns when all is freed", events: action + "; free sata ring", enabled: "return sata"},
		{reason: "an action leaves the rest to the next", events: "add sata; attach sata; alloc sata ring; action sata; action sata; probe sata error", enabled: "return sata; free sata ring"},
		{reason: "in an action any drivers do anything", bounds: anyDrivers, events: action, enabled: "return sata; alloc sata skb; action sata"},
	})
}

func TestEnabledUnknown(t *testing.T) {
	checkRules(t, []rule{
		{reason: "an unknown path is not started", paths: "add = unknown", disabled: "add sata"},
		{reason: "a path that does not exist is not started", paths: "shutdown = none", disabled: "shutdown"},
		{reason: "nor are DMA calls of such paths", paths: "dma_map = unknown\ndmam_alloc = none", events: "add sata; attach sata", enabled: "alloc sata buf", disabled: "map sata buf; alloc sata buf managed"},
		{reason: "a call of an unknown path disables", paths: "add = registered; call firmware\nfirmware = unknown", disabled: "add sata"},
		{reason: "unless it is not reached", paths: "add = registered; call firmware when driver\nfirmware = unknown", enabled: "add sata"},
		{reason: "from this state", paths: "attach = call bind when not param; call firmware when param\nfirmware = unknown\nadd = param_get when ranges; registered; range_map_add",
			events: "add sata; add eth ranges", enabled: "attach sata", disabled: "attach eth"},
		{reason: "behind a probe that returns ok too", paths: "bind = set_driver; driver_probe else failed; call firmware; failed:\nfirmware = unknown",
			events: "add sata", disabled: "attach sata"},
		{reason: "behind a probe that fails it disables the failure", paths: "bind = set_driver; driver_probe else failed; bound; return; failed:; call firmware\nfirmware = unknown",
			events: "add sata; attach sata", enabled: "probe sata ok", disabled: "probe sata error; probe sata defer"},
		{reason: "behind remove and an action", bounds: anyDrivers, paths: "unbind = driver_remove; devres_release; call firmware when not devres\nfirmware = unknown",
			events: "add sata; attach sata; action sata; probe sata ok", disabled: "unbind sata"},
		{reason: "behind a return", bounds: anyDrivers, paths: "unbind = driver_remove; devres_release; call firmware when pool\nfirmware = unknown",
			events: "add sata; attach sata; action sata; probe sata ok; unbind sata; pool sata declare", disabled: "return sata"},
		{reason: "an allocation needs what gives it back", paths: "dma_free = unknown", events: "add sata; attach sata", enabled: "map sata buf", disabled: "alloc sata buf; alloc sata buf managed; devm sata buf"},
		{reason: "a mapping too", paths: "dma_unmap = unknown", events: "add sata; attach sata", enabled: "alloc sata buf", disabled: "map sata buf"},
		{reason: "managed memory needs dmam_free", paths: "dmam_free = none", events: "add sata; attach sata", enabled: "alloc sata buf", disabled: "alloc sata buf managed"},
		{reason: "a fail needs its step", paths: "attach = call bind; sysfs_add\nbind = set_driver; call firmware\nfirmware = pm_activate", events: "add sata",
			enabled: "attach sata; attach sata fail sysfs_add; attach sata fail pm_activate", disabled: "attach sata fail groups_add; attach sata fail links_check; attach sata test_remove"},
		{reason: "test_remove needs the block", paths: "bind = set_driver; test_remove_off", events: "add sata", enabled: "attach sata test_remove"},
		{reason: "a step that is not reached now counts", paths: "bind = set_driver; return; sysfs_add", events: "add sata", enabled: "attach sata fail sysfs_add"},
		{reason: "a path stands twice in a chain of calls", paths: "add = kill when param; return when param; param_get; call add; registered", enabled: "add sata"},
		{reason: "a third time it hangs", paths: "add = call add when not registered; registered", events: "add sata", state: "halted=yes",
			broken: "no-deadlock:none:add.call:->-:platform hang"},
		{reason: "a DMA call in which a driver would have to act", paths: "dma_alloc = driver_probe; take ops", events: "add sata; attach sata", disabled: "alloc sata buf"},
		{reason: "a path that goes round for ever hangs", paths: "add = again:; param_get; goto again", events: "add sata", state: "halted=yes",
			broken: "no-deadlock:none:add.param_get:->-:platform hang"},
		{reason: "devres that would reach an unknown path below dma_free", paths: "dma_free = call firmware when not ops_bypass; take ops\nfirmware = unknown",
			events: "add sata; attach sata; alloc sata buf managed", enabled: "probe sata ok", disabled: "probe sata error; free sata buf"},
	})
}
