package spec

// Each test of a condition, where it holds and where it does not: sata.dead
// tells that it held, in the path that the last event starts.
func conditions() []Rule {
	const ask = "; iommu register"
	holds := func(reason, test, paths, events string, held bool) Rule {
		c := Rule{Reason: reason, Paths: paths + "\niommu_register = kill when " + test, Events: events + ask, State: "sata.dead="}
		if held {
			c.State = "sata.dead=yes"
		}
		return c
	}
	on := func(bounds string, c Rule) Rule { c.Bounds = bounds; return c }
	fact := func(facts string, c Rule) Rule { c.Facts = facts; return c }
	const member = "add = group_join; domain_alloc; domain_attach; registered"
	return in(tests, []Rule{
		holds("registered", "registered", "", "add sata", true),
		holds("not registered once deleted", "registered", "", "add sata; del sata", false),
		holds("ready_to_probe", "ready_to_probe", "add = registered; ready_to_probe", "add sata", true),
		holds("registered is not ready_to_probe", "ready_to_probe", "", "add sata", false),
		holds("default_dma", "default_dma", "add = group_join; domain_alloc; registered", "add sata", true),
		holds("a group without a domain has no default_dma", "default_dma", "add = group_join; registered", "add sata", false),
		fact("default-domain identity", holds("nor is one of identity", "default_dma", member, "add sata", false)),
		holds("default_dma of a group the device is not in", "default_dma", "add = domain_alloc; registered", "add sata", false),
		holds("no error", "error", "", "add sata", false),
		holds("no defer", "defer", "", "add sata", false),
		holds("no test_remove", "test_remove", "", "add sata", false),
		{Reason: "error and defer", Paths: "attach = call firmware; set_ops arm when error, defer\nfirmware = refuse defer", Events: "add sata; attach sata", State: "sata.ops=arm"},
		{Reason: "an error that is no defer", Paths: "attach = call firmware; set_ops arm when error, not defer\nfirmware = refuse error", Events: "add sata; attach sata", State: "sata.ops=arm"},
		{Reason: "test_remove", Paths: "attach = set_ops arm when test_remove; test_remove_off", Events: "add sata; attach sata test_remove", State: "sata.ops=arm"},
		holds("dead", "dead, registered", "add = registered; kill", "add sata", true),
		holds("driver", "driver", "bind = set_driver", "add sata; attach sata", true),
		holds("no driver", "driver", "", "add sata", false),
		holds("bound", "bound", "bind = set_driver; bound", "add sata; attach sata", true),
		holds("a driver that is not bound", "bound", "bind = set_driver", "add sata; attach sata", false),
		holds("described by default", "described", "", "add sata", true),
		on("firmware sata none", holds("not described", "described", "", "add sata", false)),
		holds("ranges", "ranges", "add = registered; range_map_add", "add sata ranges", true),
		holds("map is not ranges", "ranges", "add = registered; range_map_add", "add sata map", false),
		holds("param", "param", "add = param_get; registered", "add sata", true),
		holds("no param", "param", "", "add sata", false),
		holds("fwspec", "fwspec", "add = fwspec_init; registered", "add sata", true),
		holds("param is not fwspec", "fwspec", "add = param_get; registered", "add sata", false),
		holds("group", "group", member, "add sata", true),
		holds("no group", "group", "", "add sata", false),
		holds("ops", "ops", "add = set_ops arm; registered", "add sata", true),
		holds("null ops are none", "ops", "", "add sata", false),
		holds("ops_iommu", "ops_iommu", "add = set_ops iommu; registered", "add sata", true),
		holds("vendor ops are not ops_iommu", "ops_iommu", "add = set_ops vendor; registered", "add sata", false),
		holds("ops_bypass", "ops_bypass", "bind = set_driver; bound", "add sata; attach sata; bypass sata on", true),
		holds("no ops_bypass", "ops_bypass", "", "add sata", false),
		holds("dma_iommu", "dma_iommu", "add = set_dma_iommu on; registered", "add sata", true),
		holds("no dma_iommu", "dma_iommu", "", "add sata", false),
		holds("ops_setup", "ops_setup", "add = set_ops_setup on; registered", "add sata", true),
		holds("no ops_setup", "ops_setup", "", "add sata", false),
		holds("range_map", "range_map", "add = range_map_set; registered", "add sata ranges", true),
		holds("no range_map", "range_map", "add = range_map_set; registered", "add sata", false),
		holds("pool", "pool", "bind = set_driver; bound", "add sata; attach sata; pool sata declare", true),
		holds("no pool", "pool", "bind = set_driver; bound", "add sata; attach sata; pool sata declare; pool sata release", false),
		on(anyDrivers, holds("devres", "devres", "", "add sata; devm sata buf", true)),
		holds("no devres", "devres", "", "add sata", false),
		holds("deferred", "deferred", "add = deferred_add; registered", "add sata", true),
		holds("not deferred", "deferred", "", "add sata", false),
		holds("mask_covers before memory is added", "mask_covers", "", "add sata", true),
		holds("a narrow mask covers no more", "mask_covers", "", "add sata; hotplug", false),
		holds("a wide one does", "mask_covers", "bind = set_driver; bound", "add sata; attach sata; mask sata wide; hotplug", true),
		holds("default_domain", "default_domain", member, "add sata", true),
		holds("default_domain of a group the device is not in", "default_domain", "add = domain_alloc; registered", "add sata", false),
		fact("default-domain none", holds("no default_domain", "default_domain", member, "add sata", false)),
		holds("domain_dma", "domain_dma", member, "add sata", true),
		holds("not domain_dma if it is not attached", "domain_dma", "add = group_join; domain_alloc; registered", "add sata", false),
		fact("default-domain identity", holds("not domain_dma if it is identity", "domain_dma", member, "add sata", false)),
		holds("mapping", "mapping", "add = group_join; mapping_attach; registered", "add sata", true),
		holds("no mapping", "mapping", member, "add sata", false),
		holds("mapping of a group the device is not in", "mapping", "add = mapping_attach; registered", "add sata", false),
		holds("own mapping", "mapping", "add = group_join; registered\nmapping_attach = mapping_attach", "add sata; mapping sata attach", true),
		holds("owned", "owned", "add = group_join; owner_claim; registered", "add sata", true),
		holds("owned without a group", "owned", "add = owner_claim; registered", "add sata", false),
		holds("owner_count", "owner_count", "add = group_join; owner_inc; registered", "add sata", true),
		holds("no owner_count", "owner_count", "add = group_join; registered", "add sata", false),
		holds("last_device", "last_device", member, "add sata", true),
		holds("last_device is in the group", "last_device", "", "add sata", false),
		on(shared, holds("not the last_device", "last_device", member, "add sata; add eth", false)),
		on(shared, holds("one_device", "one_device", member, "add sata", true)),
		on(shared, holds("not one_device", "one_device", member, "add sata; add eth", false)),
		holds("no provider", "provider", "", "add sata", false),
		holds("pinned by any device", "pinned", "add = group_join when ranges; registered; range_map_add", "add sata; add eth ranges", true),
		holds("not pinned", "pinned", "", "add sata", false),
		holds("timeout", "timeout", "", "add sata; timeout", true),
		holds("no timeout yet", "timeout", "", "add sata", false),
		holds("bus", "bus platform", "", "add sata", true),
		holds("another bus", "bus pci", "", "add sata", false),
		on("bus sata pci", holds("a bus of its own", "bus pci", "", "add sata", true)),
		holds("firmware", "firmware of", "", "add sata", true),
		holds("another firmware", "firmware acpi", "", "add sata", false),
		on("firmware sata acpi", holds("a firmware of its own", "firmware acpi", "", "add sata", true)),
		holds("want_dma holds for what is no type event", "want_dma", "", "add sata", true),
		holds("from_pool needs memory", "from_pool", "", "add sata", false),
		holds("a condition with not", "not driver, not bound", "", "add sata", true),
	})
}

func providerConditions() []Rule {
	const paths = "iommu_register = provider_list; kill when provider, not ready; provider_ready; param_get when provider, ready"
	return in(tests, []Rule{
		{Reason: "a listed provider is one", Paths: paths, Events: "add sata; iommu register", State: "sata.dead=yes; sata.param=yes"},
	})
}

func wantConditions() []Rule {
	const paths = "add = group_join; registered\ntype_store = kill when want_dma; set_ops arm when want_identity; param_get when want_fq"
	return in(tests, []Rule{
		{Reason: "want_dma", Paths: paths, Events: "add sata; type sata dma", State: "sata.dead=yes; sata.ops=; sata.param="},
		{Reason: "want_identity", Paths: paths, Events: "add sata; type sata identity", State: "sata.dead=; sata.ops=arm; sata.param="},
		{Reason: "want_fq", Paths: paths, Events: "add sata; type sata dma-fq", State: "sata.dead=; sata.ops=; sata.param=yes"},
	})
}

func fromPool() []Rule {
	const paths = "dma_free = kill when from_pool; take pool when from_pool; take ops"
	const pooled = "add sata; attach sata; pool sata declare; alloc sata buf; "
	return in(tests, []Rule{
		{Reason: "memory of the pool", Paths: paths, Events: pooled + "free sata buf", State: "sata.dead=yes; buf.kind="},
		{Reason: "memory of the ops", Paths: paths, Events: "add sata; attach sata; alloc sata buf; pool sata declare; free sata buf", State: "sata.dead="},
		{Reason: "memory of a pool that is gone", Paths: paths, Bounds: anyDrivers, Events: pooled + "pool sata release; pool sata declare; free sata buf", State: "sata.dead=",
			Broken: "same-ops:dma_alloc:probe.dma_free:pool>direct:platform bad page"},
	})
}
