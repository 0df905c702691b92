package oracle

import "testing"

// How a path runs. ops and flags of the device tell which steps were taken.
func TestFlow(t *testing.T) {
	checkRules(t, []rule{
		{reason: "a step is passed over if one of its conditions does not hold",
			paths: "add = registered; kill when registered, driver; set_ops arm when registered, not driver", events: "add sata",
			state: "sata.dead=; sata.ops=arm"},
		{reason: "goto", paths: "add = registered; goto out; kill; out:; set_ops arm", events: "add sata", state: "sata.dead=; sata.ops=arm"},
		{reason: "return ends the path only", paths: "add = call firmware; registered\nfirmware = param_get; return; kill", events: "add sata",
			state: "sata.param=yes; sata.dead=; sata.life=registered"},
		{reason: "return with a condition", paths: "add = registered; return when not driver; kill", events: "add sata", state: "sata.dead="},
		{reason: "refuse jumps to its label", paths: "add = registered; refuse error else out; kill; out:; set_ops arm when error, not defer", events: "add sata",
			state: "sata.dead=; sata.ops=arm"},
		{reason: "refuse defer is an error too", paths: "add = registered; refuse defer else out; kill; out:; set_ops arm when error, defer", events: "add sata",
			state: "sata.dead=; sata.ops=arm"},
		{reason: "refuse without a label ends the path", paths: "add = registered; call firmware; set_ops arm when error; \nfirmware = refuse error; kill", events: "add sata",
			state: "sata.dead=; sata.ops=arm"},
		{reason: "a call with else jumps if the path ends with an error", paths: "add = registered; call firmware else out; kill; out:; set_ops arm\nfirmware = refuse error",
			events: "add sata", state: "sata.dead=; sata.ops=arm"},
		{reason: "a call with else goes on if it does not", paths: "add = registered; call firmware else out; kill; out:; set_ops arm\nfirmware = param_get",
			events: "add sata", state: "sata.dead=yes; sata.ops=arm; sata.param=yes"},
		{reason: "an error that was set before the call counts", paths: "add = registered; call firmware; call dma_setup else out; kill; out:\nfirmware = refuse error\ndma_setup = param_get",
			events: "add sata", state: "sata.dead=; sata.param=yes"},
		{reason: "a called path sees the error of its caller", paths: "add = registered; call firmware; call dma_setup\nfirmware = refuse error\ndma_setup = kill when error",
			events: "add sata", state: "sata.dead=yes"},
		{reason: "ignore_error", paths: "add = registered; call firmware; ignore_error; kill when error\nfirmware = refuse error", events: "add sata", state: "sata.dead="},
		{reason: "test_remove holds until test_remove_off",
			paths:  "bind = set_driver; kill when not test_remove; test_remove_off; set_ops arm when not test_remove",
			events: "add sata; attach sata test_remove", state: "sata.dead=; sata.ops=arm"},
		{reason: "without test_remove it never holds", paths: "bind = set_driver; kill when test_remove; test_remove_off",
			events: "add sata; attach sata", state: "sata.dead="},
		{reason: "the event's arguments reach the paths that are called", paths: "attach = call bind\nbind = sysfs_add else out; kill; out:; set_ops arm when error, not defer",
			events: "add sata; attach sata fail sysfs_add", state: "sata.dead=; sata.ops=arm"},
		{reason: "links_check fails with defer", paths: "bind = links_check else out; kill; out:; set_ops arm when defer",
			events: "add sata; attach sata fail links_check", state: "sata.dead=; sata.ops=arm"},
		{reason: "a step that fails does nothing else", paths: "add = group_join else out; out:; registered", events: "add sata fail group_join", state: "sata.group=; sata.life=registered"},
		{reason: "a step that fails without a label ends its path", paths: "bind = call firmware; set_ops arm when error\nfirmware = sysfs_add; kill",
			events: "add sata; attach sata fail sysfs_add", state: "sata.dead=; sata.ops=arm"},
		{reason: "a step that is passed over does not fail", paths: "bind = sysfs_add when driver else out; kill; out:",
			events: "add sata; attach sata fail sysfs_add", state: "sata.dead=yes"},
		{reason: "probe error jumps", events: "add sata; attach sata; probe sata error", state: "sata.driver=; sata.bound="},
		{reason: "probe defer sets defer", paths: "attach = call bind; deferred_add when defer", events: "add sata; attach sata; probe sata defer", state: "sata.deferred=yes"},
		{reason: "probe error does not", paths: "attach = call bind; deferred_add when defer", events: "add sata; attach sata; probe sata error", state: "sata.deferred="},
		{reason: "probe error without a label ends the path", paths: "bind = driver_probe; kill", events: "add sata; attach sata; probe sata error", state: "sata.dead=; thread="},
		{reason: "a DMA call's own run does not end the probe", events: "add sata; attach sata; alloc sata buf", state: "thread=sata"},
		{reason: "take ends its path", paths: "dma_alloc = take direct; set_ops arm; kill", events: "add sata; attach sata; alloc sata buf", state: "sata.dead=; sata.ops=; buf.way=direct"},
		{reason: "a take that fails jumps where its call says", facts: "null-ops dummy", paths: "dmam_alloc = call dma_alloc else out; kill; out:; param_get",
			events: "add sata; attach sata; alloc sata buf managed", state: "sata.dead=; sata.param=yes"},
	})
}

func TestForEach(t *testing.T) {
	const two = "add sata; add eth; iommu register"
	checkRules(t, []rule{
		{reason: "for each device is for all that are registered", paths: "iommu_register = for each device; kill; end", events: two, state: "sata.dead=yes; eth.dead=yes"},
		{reason: "and for no others", paths: "iommu_register = for each device; kill; end", events: "add eth; iommu register", state: "sata.dead=; eth.dead=yes"},
		{reason: "nor for deleted ones", paths: "iommu_register = for each device; kill; end", events: "add sata; del sata; iommu register", state: "sata.dead="},
		{reason: "each is tested when its turn comes", paths: "iommu_register = for each device; call firmware when not bound; end; \nfirmware = for each device; deleted; end; kill",
			events: two, state: "sata.dead=yes; eth.dead=; eth.life=deleted"},
		{reason: "for each group is for the members", bounds: shared, paths: "add = group_join when ranges; registered; range_map_add\niommu_register = for each group; kill; end",
			events: "add sata ranges; add eth; iommu register", state: "sata.dead=yes; eth.dead="},
		{reason: "of the current device's group", paths: "add = group_join; registered\niommu_register = for each group; kill; end",
			events: two, state: "sata.dead=yes; eth.dead="},
		{reason: "even if that device is not a member", bounds: shared, paths: "add = group_join when ranges; registered; range_map_add\niommu_register = for each group; kill; end",
			events: "add sata; add eth ranges; iommu register", state: "sata.dead=; eth.dead=yes"},
		{reason: "members need not be registered", paths: "add = group_join; registered\niommu_register = for each group; kill; end",
			events: "add sata; del sata; iommu register", state: "sata.dead=yes"},
		{reason: "for each listed is for the groups on the walk's list", paths: "iommu_register = for each device; group_join; walk_add when ranges; end; for each listed; kill; end\nadd = registered; range_map_add",
			events: "add sata; add eth ranges; iommu register", state: "sata.dead=; eth.dead=yes; group1.listed="},
		{reason: "each of them once, through its first device", bounds: shared, paths: "iommu_register = for each device; group_join; walk_add; end; for each listed; kill; walk_del; end",
			events: two, state: "sata.dead=yes; eth.dead="},
		{reason: "through the device that was added first", bounds: shared, paths: "iommu_register = for each device; group_join; walk_add; end; for each listed; kill; walk_del; end",
			events: "add eth; add sata; iommu register", state: "sata.dead=; eth.dead=yes"},
		{reason: "through another one if the first has left", bounds: shared, paths: "iommu_register = for each device; group_join; walk_add; end; for each listed; group_leave when not dead; kill; end\nadd = registered; kill when ranges; range_map_add",
			events: "add sata; add eth ranges; iommu register", state: "sata.dead=yes; sata.group=; eth.group=yes"},
		{reason: "members of a listed group need not be registered", bounds: shared, paths: "iommu_register = for each device; group_join; walk_add; end; call iommu_probe; for each listed; kill; end\niommu_probe = deleted",
			events: two, state: "sata.life=deleted; sata.dead=yes; eth.dead=yes"},
		{reason: "behind the block the current device is the one before it", paths: "iommu_register = for each device; end; kill", events: two, state: "sata.dead=yes; eth.dead="},
		{reason: "a jump out of the block too", paths: "iommu_register = for each device; goto out when not driver, dead; kill when not registered; param_get; end; out:; set_ops arm\nadd = kill when ranges; registered; range_map_add",
			events: "add sata; add eth ranges; iommu register", state: "sata.ops=arm; eth.ops=; sata.param=yes; eth.param="},
		{reason: "a jump inside the block stays for the same device", paths: "iommu_register = for each device; goto next when dead; param_get; next:; set_ops arm; end\nadd = kill when ranges; registered; range_map_add",
			events: "add sata ranges; add eth; iommu register", state: "sata.param=; sata.ops=arm; eth.param=yes; eth.ops=arm"},
		{reason: "a failing step leaves the block", paths: "iommu_register = for each device; group_join else out; end; out:; set_ops arm",
			events: "add sata; add eth; iommu register fail group_join", state: "sata.ops=arm; eth.ops=; sata.group="},
		{reason: "a path called in the block is for the visited device", paths: "iommu_register = for each device; call firmware; end\nfirmware = kill when registered",
			events: two, state: "sata.dead=yes; eth.dead=yes"},
		{reason: "return inside the block ends the path", paths: "iommu_register = call firmware; param_get\nfirmware = for each device; kill; return; end",
			events: two, state: "sata.dead=yes; eth.dead=; sata.param=yes"},
		{reason: "a block in a block", bounds: shared, paths: "add = group_join; registered\niommu_register = for each device; for each group; owner_inc; end; set_ops arm; end",
			events: two, state: "group0.owner_count=3; sata.uses=2; eth.uses=2; sata.ops=arm; eth.ops=arm"},
		{reason: "a block for nobody is passed over", paths: "iommu_register = for each device; kill; end; param_get", events: "iommu register", state: "sata.dead=; sata.param=yes"},
	})
}

func TestLocks(t *testing.T) {
	const hang = "no-deadlock:none:add.lock:->-:platform hang"
	checkRules(t, []rule{
		{reason: "a lock taken twice hangs", paths: "add = lock iommu_probe; lock iommu_probe; registered", events: "add sata", broken: hang, state: "halted=yes; sata.life="},
		{reason: "a lock dropped in between does not", paths: "add = lock iommu_probe; unlock iommu_probe; lock iommu_probe; unlock iommu_probe; registered", events: "add sata", state: "thread.locks="},
		{reason: "other locks are other locks", paths: "add = lock iommu_probe; lock deferred; lock device; lock group; registered", events: "add sata", state: "thread.locks=4"},
		{reason: "each device has its lock", paths: "add = registered; lock device", events: "add sata; add eth", state: "thread.locks=2"},
		{reason: "the lock that was left held hangs the next who wants it", paths: "add = registered; lock device\ndel = lock device", events: "add sata; del sata",
			broken: "no-deadlock:none:del.lock:->-:platform hang"},
		{reason: "a shared group has one lock", bounds: shared, paths: "add = lock group; registered", events: "add sata; add eth", broken: hang},
		{reason: "two groups have two", paths: "add = lock group; registered", events: "add sata; add eth", state: "thread.locks=2"},
		{reason: "a callback keeps the locks", paths: "bind = lock device; driver_probe; unlock device; set_driver", events: "add sata; attach sata", state: "thread.locks=1"},
		{reason: "unlock of what is not held does nothing", paths: "add = unlock device; registered", events: "add sata", state: "sata.life=registered"},
	})
}

func TestCallbacks(t *testing.T) {
	checkRules(t, []rule{
		{reason: "remove returns by itself if nothing is left to free", events: "add sata; attach sata; probe sata ok; unbind sata", state: "sata.driver=; thread="},
		{reason: "managed memory is not the driver's to free", events: "add sata; attach sata; alloc sata buf managed; probe sata ok; unbind sata", state: "sata.driver=; buf.kind="},
		{reason: "remove waits for plain memory", events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", state: "sata.driver=yes; thread=sata"},
		{reason: "remove waits for mappings", events: "add sata; attach sata; map sata buf; probe sata ok; unbind sata; free sata buf; return sata", state: "sata.driver=; buf.kind="},
		{reason: "remove waits for an own mapping", paths: "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach",
			events: "add sata; attach sata; mapping sata attach; probe sata ok; unbind sata; mapping sata detach; return sata", state: "sata.driver="},
		{reason: "another device's memory does not make it wait", events: "add sata; add eth; attach eth; alloc eth buf; probe eth ok; attach sata; probe sata ok; unbind sata", state: "sata.driver="},
		{reason: "remove of any drivers always waits", bounds: anyDrivers, events: "add sata; attach sata; probe sata ok; unbind sata", state: "thread=sata"},
		{reason: "shutdown is the end", paths: "shutdown = provider_unlist", events: "add sata; shutdown", state: "halted=yes; sata.life=", disabled: "shutdown; add sata; timeout"},
		{reason: "shutdown may wait for a driver first", paths: "shutdown = for each device; driver_remove; end", bounds: anyDrivers,
			events: "add sata; shutdown", state: "halted=; thread=sata"},
		{reason: "and ends when it has returned", paths: "shutdown = for each device; driver_remove; end", bounds: anyDrivers,
			events: "add sata; shutdown; return sata", state: "halted=yes; thread="},
		{reason: "driver_shutdown is no callback", paths: "shutdown = for each device; driver_shutdown; end", bounds: anyDrivers,
			events: "add sata; shutdown", state: "halted=yes"},
	})
}
