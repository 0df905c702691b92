package spec

// What the words of the page mean.
func states() []Rule {
	const join = "add = group_join; domain_alloc; domain_attach; registered\n"
	return in(stateSection, []Rule{
		{Reason: "at boot there is no device and no IOMMU", State: "sata.life=; eth.life=; provider=; thread=", Disabled: "del sata; put sata; iommu unregister"},
		{Reason: "every device has a group of its own", Paths: join, Events: "add eth", State: "eth.group=yes; group0.default=; group1.default=dma"},
		{Reason: "or all share the first", Bounds: shared, Paths: join, Events: "add eth", State: "eth.group=yes; group0.default=dma; group1.default="},
		{Reason: "a group translates through a DMA domain that is attached", Paths: join, Events: "add sata; attach sata; map sata buf",
			Broken: "path-reaches-device:dma_map:probe.dma_map:direct>-:platform silent corruption"},
		{Reason: "not through one that is not", Paths: "add = group_join; domain_alloc; registered", Events: "add sata; attach sata; map sata buf", State: "buf.kind=dma_map"},
		{Reason: "or through a mapping, the caller's own too", Paths: "add = group_join; registered\nmapping_attach = mapping_attach", Events: "add sata; mapping sata attach; attach sata; map sata buf",
			Broken: "path-reaches-device:dma_map:probe.dma_map:direct>-:platform silent corruption"},
		{Reason: "vendor's is a translating way", Paths: "add = group_join; domain_alloc; domain_attach; set_ops vendor; registered\ndel = group_leave; deleted", Events: "add sata; devm sata buf; del sata", State: "buf.group_gone=yes"},
		{Reason: "arm-iommu is one", Paths: "add = group_join; mapping_attach; set_ops arm-iommu; registered\ndel = group_leave; deleted", Events: "add sata; devm sata buf; del sata", State: "buf.group_gone=yes"},
		{Reason: "arm's own is none", Facts: "null-ops arm", Paths: "add = group_join; registered\ndel = group_leave; deleted", Events: "add sata; devm sata buf; del sata", State: "buf.group_gone="},
		{Reason: "plain memory is of dma_alloc", Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", State: "thread=sata; buf.kind=dma_alloc"},
		{Reason: "and of dma_map", Events: "add sata; attach sata; map sata buf; probe sata ok; unbind sata", State: "thread=sata; buf.kind=dma_map"},
		{Reason: "managed memory is not", Events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata", State: "thread=; buf.kind="},
	})
}

// What the calls of a driver do.
func driverCalls() []Rule {
	const probe = "add sata; attach sata; "
	return in(calls, []Rule{
		{Reason: "alloc runs dma_alloc", Paths: "dma_alloc = kill; take ops", Events: probe + "alloc sata buf", State: "sata.dead=yes; buf.kind=dma_alloc; sata.devres="},
		{Reason: "or dmam_alloc", Paths: "dmam_alloc = kill; call dma_alloc; devres_add", Events: probe + "alloc sata buf managed", State: "sata.dead=yes; buf.kind=dmam_alloc; sata.devres=buf"},
		{Reason: "devm runs dmam_alloc", Paths: "dmam_alloc = kill; call dma_alloc; devres_add", Events: "add sata; devm sata buf", State: "sata.dead=yes; buf.kind=devm; sata.devres=buf"},
		{Reason: "map runs dma_map", Paths: "dma_map = kill; take ops", Events: probe + "map sata buf", State: "sata.dead=yes; buf.kind=dma_map"},
		{Reason: "free runs dma_free", Paths: "dma_free = kill; take ops", Events: probe + "alloc sata buf; free sata buf", State: "sata.dead=yes; buf.kind="},
		{Reason: "for a mapping dma_unmap", Paths: "dma_unmap = kill; take ops", Events: probe + "map sata buf; free sata buf", State: "sata.dead=yes; buf.kind="},
		{Reason: "for managed memory dmam_free", Paths: "dmam_free = kill; devres_remove; call dma_free", Events: probe + "alloc sata buf managed; free sata buf", State: "sata.dead=yes; buf.kind=; sata.devres="},
		{Reason: "mask", Events: probe + "mask sata wide", State: "sata.wide=yes; eth.wide="},
		{Reason: "bypass", Events: probe + "bypass sata on", State: "sata.bypass=yes; eth.bypass="},
		{Reason: "pool", Events: probe + "pool sata declare", State: "sata.pool=yes; eth.pool="},
		{Reason: "action", Events: probe + "alloc sata buf managed; action sata", State: "sata.devres=buf,action"},
		{Reason: "pool release marks what came from the pool", Bounds: anyDrivers, Events: probe + "alloc sata ring; pool sata declare; alloc sata buf; pool sata release", State: "buf.pool_gone=yes; ring.pool_gone=; sata.pool="},
		{Reason: "of the device", Bounds: anyDrivers, Events: "add eth; attach eth; pool eth declare; alloc eth ring; probe eth ok; " + probe + "pool sata declare; alloc sata buf; pool sata release", State: "buf.pool_gone=yes; ring.pool_gone="},
		{Reason: "memory keeps the parameters of its time", Bounds: anyDrivers, Events: probe + "alloc sata buf; mask sata wide; bypass sata on; alloc sata ring", State: "buf.wide=; buf.bypass=; ring.wide=yes; ring.bypass=yes"},
	})
}

func smallPrint() []Rule {
	const own = "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach\n"
	return in(small, []Rule{
		{Reason: "range-map steps that nothing calls are range-map steps", Paths: "dma_configure = range_map_set", Enabled: "add sata ranges"},
		{Reason: "outside of a call take only ends its path", Paths: "iommu_register = call dma_alloc; call dma_free; kill\ndma_alloc = take ops; set_ops arm", Events: "add sata; iommu register", State: "sata.dead=yes; sata.ops=; buf.kind="},
		{Reason: "and frees nothing", Paths: "iommu_register = call dma_free; call dma_unmap; kill", Events: "add sata; attach sata; alloc sata buf; probe sata ok; iommu register", State: "sata.dead=yes; buf.kind=dma_alloc"},
		{Reason: "devres_add does nothing there", Paths: "iommu_register = devres_add", Events: "add sata; iommu register", State: "sata.devres="},
		{Reason: "nor does devres_remove", Paths: "iommu_register = devres_remove", Events: "add sata; attach sata; alloc sata buf managed; probe sata ok; iommu register", State: "sata.devres=buf"},
		{Reason: "from_pool does not hold there", Paths: "iommu_register = kill when from_pool", Events: "add sata; attach sata; pool sata declare; alloc sata buf; probe sata ok; iommu register", State: "sata.dead="},
		{Reason: "it does in the frees of a release", Paths: "dma_free = kill when from_pool; take pool when from_pool; take ops", Events: "add sata; attach sata; pool sata declare; alloc sata buf managed; probe sata error", State: "sata.dead=yes; buf.kind="},
		{Reason: "any drivers detach other code's mapping in remove", Bounds: anyDrivers, Paths: own, Events: "add sata; mapping sata attach; attach sata; probe sata ok; unbind sata", Enabled: "mapping sata detach"},
		{Reason: "shutdown halts when its path has ended", Events: "add sata; shutdown", Paths: "shutdown = param_get", State: "halted=yes; sata.life="},
		{Reason: "events without a device start for the first", Paths: "iommu_register = kill", Events: "add eth; iommu register", State: "sata.dead=yes; eth.dead="},
		{Reason: "a lock that is still held when a path ends stays held", Paths: "add = registered; lock deferred", Events: "add sata", State: "thread.locks=1; thread="},
		{Reason: "dropping one that is not held does nothing", Paths: "add = unlock deferred; registered", Events: "add sata", State: "thread.locks=; sata.life=registered"},
		{Reason: "a group is reached by a device that is not in it", Paths: "add = domain_alloc; domain_attach; registered", Events: "add sata", State: "group0.default=dma; group0.attached=default; sata.group="},
		{Reason: "but a mapping is not attached for it", Paths: "add = mapping_attach; registered\niommu_register = mapping_detach", Events: "add sata; iommu register", State: "group0.attached=arch-mapping"},
		{Reason: "want is dma but for type", Paths: "add = registered; kill when want_dma; set_ops arm when want_identity", Events: "add sata", State: "sata.dead=yes; sata.ops="},
		{Reason: "devres_remove takes the last entry that matches", Paths: "dmam_alloc = call dma_alloc; devres_add; devres_add", Events: "add sata; attach sata; alloc sata buf managed; action sata; free sata buf", State: "sata.devres=buf,action",
			Broken: "no-double-free:dmam_alloc:probe.dmam_free:->-:platform silent corruption"},
	})
}

func goalsMet() []Rule {
	const probe = "add sata; attach sata; "
	return in(goals, []Rule{
		{Reason: "iommu-freed-on-unbind by devres", Paths: behind, Events: probe + "alloc sata buf managed; probe sata ok; unbind sata", Goals: "iommu-freed-on-unbind; !direct-freed"},
		{Reason: "iommu-freed-on-unbind in remove", Paths: behind, Events: probe + "alloc sata buf; probe sata ok; unbind sata; free sata buf", Goals: "iommu-freed-on-unbind"},
		{Reason: "not by a bound driver, nor is it direct", Paths: behind, Events: probe + "alloc sata buf; probe sata ok; free sata buf", Goals: "!iommu-freed-on-unbind; !direct-freed"},
		{Reason: "not of a failed bind", Paths: behind, Events: probe + "alloc sata buf managed; probe sata error", Goals: "!iommu-freed-on-unbind; failed-with-memory"},
		{Reason: "whatever else is wrong", Paths: behind + "type_store = domain_change", Events: probe + "alloc sata buf managed; probe sata ok; type sata dma; unbind sata", Goals: "iommu-freed-on-unbind",
			Broken: "same-parameters:dmam_alloc:unbind.devres_release:iommu>iommu:platform silent corruption"},
		{Reason: "but not where the kernel stops", Paths: behind + "type_store = domain_change", Events: probe + "alloc sata buf managed; probe sata ok; type sata identity; unbind sata", Goals: "!iommu-freed-on-unbind",
			Broken: "same-parameters:dmam_alloc:unbind.devres_release:iommu>iommu:platform NULL dereference", State: "halted=yes"},
		{Reason: "nor another way", Paths: behind + "iommu_register = set_ops null", Events: probe + "map sata buf; probe sata ok; iommu register; free sata buf", Goals: "!direct-freed; !iommu-freed-on-unbind",
			Broken: "same-ops:dma_map:bound.dma_unmap:iommu>direct:platform silent corruption"},
		{Reason: "direct-freed anywhere", Events: probe + "alloc sata buf; free sata buf", Goals: "direct-freed"},
		{Reason: "direct-freed on unbind", Events: probe + "alloc sata buf managed; probe sata ok; unbind sata", Goals: "direct-freed; !iommu-freed-on-unbind; !failed-with-memory"},
		{Reason: "failed-with-memory", Events: probe + "alloc sata buf managed; probe sata defer", Goals: "failed-with-memory; direct-freed"},
		{Reason: "not without memory", Events: probe + "action sata; probe sata defer", Goals: "!failed-with-memory"},
		{Reason: "deferred-then-bound", Paths: "add = deferred_add; registered\nretry = call bind", Events: "add sata; retry sata; probe sata ok", Goals: "deferred-then-bound"},
		{Reason: "not through the bus", Paths: "add = deferred_add; registered", Events: probe + "probe sata ok", Goals: "!deferred-then-bound"},
		{Reason: "iommu-allocated", Paths: behind, Events: probe + "map sata buf", Goals: "iommu-allocated; !direct-allocated"},
		{Reason: "direct-allocated", Events: probe + "map sata buf", Goals: "direct-allocated; !iommu-allocated; !map-described"},
		{Reason: "group-left", Paths: behind + "del = group_leave; deleted", Events: "add sata; del sata", Goals: "group-left"},
		{Reason: "not while another is in it", Bounds: shared, Paths: behind + "del = group_leave; deleted", Events: "add sata; add eth; del sata", Goals: "!group-left"},
		{Reason: "type-changed", Paths: behind + "type_store = domain_change", Events: "add sata; type sata identity", Goals: "type-changed"},
		{Reason: "not to the same type", Paths: behind + "type_store = domain_change", Events: "add sata; type sata dma", Goals: "!type-changed"},
		{Reason: "claimed", Paths: behind + "owner_claim = owner_claim", Events: "add sata; claim sata", Goals: "claimed"},
		{Reason: "not by giving it back", Paths: behind + "owner_claim = owner_claim\nowner_release = owner_release", Events: "add sata; claim sata; release sata", Goals: "!claimed"},
		{Reason: "map-described", Paths: "add = range_map_set; registered", Events: "add sata ranges; attach sata; alloc sata buf", Goals: "map-described; direct-allocated"},
		{Reason: "not by devm", Paths: "add = range_map_set; registered", Events: "add sata ranges; devm sata buf", Goals: "!map-described"},
	})
}
