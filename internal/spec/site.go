package spec

// Each place that a finding can name. owner_dec outside of any use is the
// finding that needs the least.
func sites() []Rule {
	at := func(reason, paths, events, where string) Rule {
		return Rule{Reason: reason, Events: events, Paths: "add = group_join; registered\n" + paths,
			Broken: "owner-balanced:none:" + where + ".owner_dec:->-:platform latent"}
	}
	shut := at("shutdown", "shutdown = owner_dec", "add sata; shutdown", "shutdown")
	shut.State = "halted=yes"
	return in(sitesSection, []Rule{
		shut,
		at("add", "add = group_join; owner_dec; registered", "add sata", "add"),
		at("bind", "bind = owner_dec; set_driver", "add sata; attach sata", "bind"),
		at("bind with an error", "bind = sysfs_add else failed; failed:; owner_dec", "add sata; attach sata fail sysfs_add", "bind-failed"),
		at("bind from test_remove to the next label", "bind = sysfs_add else test_remove; test_remove:; owner_dec; out:", "add sata; attach sata fail sysfs_add", "test-remove"),
		at("bind behind the next label", "bind = test_remove:; out:; owner_dec", "add sata; attach sata", "bind"),
		at("below bind it is where the call stands", "bind = test_remove:; call firmware; out:\nfirmware = owner_dec", "add sata; attach sata", "test-remove"),
		at("attach outside of bind", "attach = owner_dec", "add sata; attach sata", "bind"),
		at("attach with an error outside of bind", "attach = call bind; owner_dec\nbind = sysfs_add", "add sata; attach sata fail sysfs_add", "bind"),
		at("bind_store", "bind_store = owner_dec", "add sata; bind sata", "bind"),
		at("retry", "add = deferred_add; group_join; registered\nretry = owner_dec", "add sata; retry sata", "bind"),
		at("unbind", "unbind = owner_dec", "add sata; attach sata; probe sata ok; unbind sata", "unbind"),
		at("del", "del = owner_dec; deleted", "add sata; del sata", "del"),
		at("unbind in del is unbind", "del = call unbind; deleted\nunbind = owner_dec", "add sata; del sata", "unbind"),
		at("a path without a place in del is del", "del = call firmware; deleted\nfirmware = owner_dec", "add sata; del sata", "del"),
		at("put", "put = owner_dec", "add sata; del sata; put sata", "put"),
		at("iommu register", "iommu_register = owner_dec", "add sata; iommu register", "iommu-register"),
		at("iommu unregister", "iommu_unregister = owner_dec", "add sata; iommu register; iommu unregister", "iommu-unregister"),
		at("type", "type_store = owner_dec", "add sata; type sata dma", "type-store"),
		at("claim", "owner_claim = owner_dec", "add sata; claim sata", "claim"),
		at("release", "owner_claim = owner_claim; owner_dec\nowner_release = owner_dec", "add sata; claim sata; release sata", "release"),
		at("mapping", "mapping_attach = owner_dec", "add sata; mapping sata attach", "mapping"),
		at("mapping in a probe", "mapping_attach = owner_dec", "add sata; attach sata; mapping sata attach", "mapping"),
		at("a mapping path in del", "del = call mapping_attach; deleted\nmapping_attach = owner_dec", "add sata; del sata", "mapping"),
		at("detach", "mapping_attach = mapping_attach\nmapping_detach = owner_dec", "add sata; mapping sata attach; mapping sata detach", "mapping"),
		at("a step of a DMA call is where its caller is", "dma_alloc = owner_dec; take ops", "add sata; attach sata; alloc sata buf", "probe"),
	})
}

// Each caller that a finding can name: an allocation in a claimed group tells.
func callers() []Rule {
	use := func(reason, events, where string) Rule {
		return Rule{Reason: reason, Paths: "add = group_join; owner_claim; registered",
			Bounds: anyDrivers, Events: events,
			Broken: "parameters-as-described:dma_alloc:" + where + ".dma_alloc:direct>-:platform silent corruption"}
	}
	return in(sitesSection, []Rule{
		use("probe", "add sata; attach sata; alloc sata buf", "probe"),
		use("bound", "add sata; attach sata; probe sata ok; alloc sata buf", "bound"),
		use("remove", "add sata; attach sata; probe sata ok; unbind sata; alloc sata buf", "remove"),
		use("action", "add sata; attach sata; action sata; probe sata error; alloc sata buf", "action"),
		{Reason: "late", Bounds: late, Paths: "dma_free = take dummy", Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata; return sata; free sata buf",
			Broken: "same-ops:dma_alloc:late.dma_free:direct>dummy:platform leak"},
		{Reason: "devres in unbind", Paths: "dma_free = take dummy", Events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata",
			Broken: "same-ops:dmam_alloc:unbind.devres_release:direct>dummy:platform leak", State: "buf.kind="},
		{Reason: "devres of a failed bind", Paths: "dma_free = take dummy", Events: "add sata; attach sata; alloc sata buf managed; probe sata defer", Goals: "failed-with-memory",
			Broken: "same-ops:dmam_alloc:bind-failed.devres_release:direct>dummy:platform leak"},
		{Reason: "devres in test_remove", Paths: "dma_free = take dummy\nbind = again:; set_driver; driver_probe; goto out when not test_remove; test_remove:; driver_remove; devres_release; test_remove_off; goto again; out:; bound",
			Events: "add sata; attach sata test_remove; alloc sata buf managed; probe sata ok", Goals: "!failed-with-memory", State: "thread=sata; sata.bound=",
			Broken: "same-ops:dmam_alloc:test-remove.devres_release:direct>dummy:platform leak"},
		{Reason: "devres of what devm took", Paths: "dma_free = take dummy", Events: "add sata; devm sata buf; del sata; put sata",
			Broken: "same-ops:devm:put.devres_release:direct>dummy:platform leak"},
		{Reason: "unmap", Paths: "dma_unmap = take dummy", Events: "add sata; attach sata; map sata buf; free sata buf",
			Broken: "same-ops:dma_map:probe.dma_unmap:direct>dummy:platform leak"},
		{Reason: "dmam_free", Paths: "dma_free = take dummy", Events: "add sata; attach sata; alloc sata buf managed; free sata buf",
			Broken: "same-ops:dmam_alloc:probe.dmam_free:direct>dummy:platform leak"},
	})
}
