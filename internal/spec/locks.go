package spec

// Locks.
func locks() []Rule {
	const hang = "no-deadlock:none:add.lock:->-:platform hang"
	return in(running, []Rule{
		{Reason: "a lock taken twice hangs", Paths: "add = lock iommu_probe; lock iommu_probe; registered", Events: "add sata", Broken: hang, State: "halted=yes; sata.life="},
		{Reason: "a lock dropped in between does not", Paths: "add = lock iommu_probe; unlock iommu_probe; lock iommu_probe; unlock iommu_probe; registered", Events: "add sata", State: "thread.locks="},
		{Reason: "other locks are other locks", Paths: "add = lock iommu_probe; lock deferred; lock device; lock group; registered", Events: "add sata", State: "thread.locks=4"},
		{Reason: "each device has its lock", Paths: "add = registered; lock device", Events: "add sata; add eth", State: "thread.locks=2"},
		{Reason: "the lock that was left held hangs the next who wants it", Paths: "add = registered; lock device\ndel = lock device", Events: "add sata; del sata",
			Broken: "no-deadlock:none:del.lock:->-:platform hang"},
		{Reason: "a shared group has one lock", Bounds: shared, Paths: "add = lock group; registered", Events: "add sata; add eth", Broken: hang},
		{Reason: "two groups have two", Paths: "add = lock group; registered", Events: "add sata; add eth", State: "thread.locks=2"},
		{Reason: "a callback keeps the locks", Paths: "bind = lock device; driver_probe; unlock device; set_driver", Events: "add sata; attach sata", State: "thread.locks=1"},
		{Reason: "unlock of what is not held does nothing", Paths: "add = unlock device; registered", Events: "add sata", State: "sata.life=registered"},
	})
}

// Whether a callback stops for the driver.
func callbacks() []Rule {
	return in(enabled, []Rule{
		{Reason: "remove returns by itself if nothing is left to free", Events: "add sata; attach sata; probe sata ok; unbind sata", State: "sata.driver=; thread="},
		{Reason: "managed memory is not the driver's to free", Events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata", State: "sata.driver=; buf.kind="},
		{Reason: "remove waits for plain memory", Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", State: "sata.driver=yes; thread=sata"},
		{Reason: "remove waits for mappings", Events: "add sata; attach sata; map sata buf; probe sata ok; unbind sata; free sata buf; return sata", State: "sata.driver=; buf.kind="},
		{Reason: "remove waits for an own mapping", Paths: "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach",
			Events: "add sata; attach sata; mapping sata attach; probe sata ok; unbind sata; mapping sata detach; return sata", State: "sata.driver="},
		{Reason: "another device's memory does not make it wait", Events: "add sata; add eth; attach eth; alloc eth buf; probe eth ok; attach sata; probe sata ok; unbind sata", State: "sata.driver="},
		{Reason: "remove of any drivers always waits", Bounds: anyDrivers, Events: "add sata; attach sata; probe sata ok; unbind sata", State: "thread=sata"},
		{Reason: "shutdown is the end", Paths: "shutdown = provider_unlist", Events: "add sata; shutdown", State: "halted=yes; sata.life=", Disabled: "shutdown; add sata; timeout"},
		{Reason: "shutdown may wait for a driver first", Paths: "shutdown = for each device; driver_remove; end", Bounds: anyDrivers,
			Events: "add sata; shutdown", State: "halted=; thread=sata"},
		{Reason: "and ends when it has returned", Paths: "shutdown = for each device; driver_remove; end", Bounds: anyDrivers,
			Events: "add sata; shutdown; return sata", State: "halted=yes; thread="},
		{Reason: "driver_shutdown is no callback", Paths: "shutdown = for each device; driver_shutdown; end", Bounds: anyDrivers,
			Events: "add sata; shutdown", State: "halted=yes"},
	})
}
