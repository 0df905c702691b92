package spec

// Two threads of the kernel: who acts, what is enabled beside the other, and
// how long each waits.
func severalActors() []Rule {
	const bound = "add sata; attach sata; probe sata ok; "
	const two = "actors 2"
	const locked = "attach = lock device; call bind; unlock device\ndel = lock device; deleted; unlock device\n"
	const crossed = "add = group_join; registered\ntype_store = lock group; lock device; unlock device; unlock group\nowner_claim = lock device; lock group; unlock group; unlock device\n"
	const member = "iommu_register = provider_ready\nadd = group_join; registered\nowner_claim = registered; owner_claim\nowner_release = registered; owner_release\ntype_store = registered; domain_change\n"
	const slow = "dmam_alloc = param_get; call dma_alloc else out; devres_add; out:\ndmam_free = param_get; devres_remove; call dma_free\n"
	rules := []Rule{
		// Who carries an event out.
		{Reason: "an idle actor takes up what comes beside a callback", Events: "add sata; attach sata; add eth; attach eth", State: "thread=sata; second thread=eth"},
		{Reason: "and with none left nothing is taken up", Events: "add sata; attach sata; add eth; attach eth", Disabled: "iommu register; del sata; unbind sata; attach eth", Enabled: "probe sata ok; probe eth ok"},
		{Reason: "when one becomes idle the other is the first", Events: "add sata; attach sata; add eth; attach eth; probe sata ok", State: "thread=eth; second thread=; sata.bound=yes"},
		{Reason: "a callback's result goes to who waits for that device", Events: "add sata; attach sata; add eth; attach eth; probe eth ok", State: "thread=sata; second thread=; eth.bound=yes; sata.bound="},
		{Reason: "of two that work on a device the first goes on", Events: "iommu register; " + bound + "alloc sata buf managed until dmam_alloc.devres_add; alloc sata ring managed until dmam_alloc.devres_add; continue sata",
			State: "thread=sata; thread.memory=ring; second thread=; sata.devres=buf"},
		{Reason: "or the second, where it is named", Events: "iommu register; " + bound + "alloc sata buf managed until dmam_alloc.devres_add; alloc sata ring managed until dmam_alloc.devres_add; continue sata second",
			State: "thread=sata; thread.memory=buf; second thread=; sata.devres=ring"},
		{Reason: "only of those that work on it", Events: bound + "alloc sata buf managed until dmam_alloc.devres_add", Disabled: "continue sata second; continue eth; continue iommu", Enabled: "continue sata"},
		{Reason: "who registers the IOMMU works on no device", Paths: "iommu_register = provider_list; provider_ready", Events: "iommu register until iommu_register.provider_ready", Disabled: "continue sata; iommu register", Enabled: "continue iommu", State: "provider=listed"},
		{Reason: "a callback that waits is not continued", Events: "add sata; attach sata", Disabled: "continue sata"},
		{Reason: "the actor that has left a lock held takes the next event", Paths: locked + "add = registered; lock deferred\ndel = unlock deferred; deleted", Events: "add sata; del sata", State: "thread.locks="},
		{Reason: "also where it has become idle before the other", Paths: "bind_store = lock deferred\ndel = unlock deferred; deleted", Events: "add sata; add eth; attach eth; bind sata; probe eth ok; del eth", State: "thread.locks=; second thread.locks="},

		// Locks.
		{Reason: "an actor stops at a lock that the other holds, and does not take it", Paths: locked, Events: "add sata; attach sata; del sata", State: "thread=sata; second thread=sata; second thread.locks=; sata.life=registered",
			Disabled: "continue sata; continue sata second", Enabled: "probe sata ok"},
		{Reason: "and goes on once it is dropped", Paths: locked, Events: "add sata; attach sata; del sata; probe sata ok", State: "thread=sata; thread.locks=", Enabled: "continue sata"},
		{Reason: "taking it then", Paths: locked, Events: "add sata; attach sata; del sata; probe sata ok; continue sata", State: "thread=; thread.locks=; sata.life=deleted"},
		{Reason: "another device's lock is another lock", Paths: locked, Events: "add sata; add eth; attach sata; del eth", State: "second thread=; eth.life=deleted"},
		{Reason: "two that stop before each other's locks wait for ever", Paths: crossed, Events: "iommu register; add sata; type sata dma until type_store.lock_device; claim sata", State: "halted=yes",
			Broken: "no-deadlock:none:claim.lock:->-:platform hang"},
		{Reason: "one that waits for who goes on does not", Paths: crossed, Events: "iommu register; add sata; type sata dma until type_store.lock_device; type sata dma", State: "second thread=sata; thread.locks=1"},
		{Reason: "a lock that an idle actor has lost is never dropped", Paths: "attach = lock device; param_get; lock deferred; unlock deferred; unlock device\nbind_store = lock deferred",
			Events: "add sata; attach sata until attach.param_get; bind sata; continue sata", State: "halted=yes", Broken: "no-deadlock:none:bind.lock:->-:platform hang"},

		// Remove callbacks and threads of a driver.
		{Reason: "a remove waits for the driver's threads", Events: bound + "alloc sata buf managed until dmam_alloc.devres_add; unbind sata", State: "thread=sata; second thread=sata; sata.quit=; sata.driver=yes",
			Disabled: "continue sata second; return sata", Enabled: "continue sata"},
		{Reason: "and begins once they are through", Events: bound + "alloc sata buf managed until dmam_alloc.devres_add; unbind sata; continue sata; continue sata", State: "thread=; sata.driver="},
		{Reason: "but for any drivers", Bounds: two + "; drivers any", Events: bound + "alloc sata buf managed until dmam_alloc.devres_add; unbind sata", State: "sata.quit=yes", Enabled: "return sata"},
		{Reason: "another device's threads are no matter", Events: bound + "add eth; attach eth; probe eth ok; alloc eth buf managed until dmam_alloc.devres_add; unbind sata", State: "sata.driver=; thread=eth"},
		{Reason: "a driver calls nothing once its remove has begun", Events: bound + "alloc sata buf managed; unbind sata until unbind.devres_release", State: "sata.quit=yes; sata.bound=yes", Disabled: "alloc sata ring; free sata buf; mask sata narrow; action sata"},
		{Reason: "before that it does", Paths: "unbind = registered; param_get; driver_remove; devres_release; clear_driver", Events: bound + "alloc sata buf managed; unbind sata until unbind.param_get", State: "sata.quit=", Enabled: "alloc sata ring; free sata buf"},
		{Reason: "set_driver lets the next driver call", Paths: "unbind = driver_remove; set_driver", Events: bound + "unbind sata", State: "sata.quit=; sata.driver=yes", Enabled: "alloc sata buf"},
		{Reason: "clear_driver lets the next one", Events: bound + "unbind sata", State: "sata.quit="},
		{Reason: "with one actor nobody asks", Bounds: "actors 1", Paths: "unbind = driver_remove", Events: bound + "unbind sata", State: "sata.quit="},
		{Reason: "a late driver frees behind its remove, and counts as bound", Bounds: two + "; drivers late", Paths: "dma_free = take dummy\nunbind = driver_remove; param_get; devres_release; clear_driver", Events: bound + "alloc sata buf; alloc sata ring; unbind sata; return sata until unbind.devres_release; free sata buf",
			Broken: "same-ops:dma_alloc:bound.dma_free:direct>dummy:platform leak"},

		// Points.
		{Reason: "a run stops before a step, its condition included", Paths: "bind = set_driver; set_ops arm when param; bound\niommu_register = param_get", Events: "add sata; attach sata until bind.set_ops?; iommu register; continue sata", State: "sata.ops=arm; thread="},
		{Reason: "between the condition and the step it does not ask again", Paths: "bind = set_driver; set_ops arm when not param; bound\niommu_register = param_get", Events: "add sata; attach sata until bind.set_ops; iommu register; continue sata", State: "sata.ops=arm; thread="},
		{Reason: "nor stop if the condition does not hold", Paths: "bind = set_driver; set_ops arm when param; bound", Events: "add sata; attach sata until bind.set_ops", State: "thread=; sata.bound=yes"},
		{Reason: "never before the first step that the event carries out", Paths: "bind = set_driver; set_ops arm when param; bound", Events: "add sata", Stops: "attach sata: bind.set_ops?; bind.bound"},
		{Reason: "labels and unconditional calls are no first step, nor a point", Paths: "attach = here:; call firmware; call bind\nfirmware = param_get\nbind = set_driver; bound", Events: "add sata", Stops: "attach sata: bind.set_driver; bind.bound"},
		{Reason: "a jump is a point if its condition asks what others can change", Paths: "attach = set_ops arm; goto out when param; return when error; refuse error when dead; call bind when driver; out:", Events: "add sata", Stops: "attach sata: attach.goto; attach.refuse; attach.call_bind"},
		{Reason: "what an unlock, a callback or a change of the path's error does is none", Paths: "attach = lock device; unlock device; ignore_error; driver_remove; test_remove_off; set_driver", Events: "add sata", Stops: "attach sata: attach.set_driver"},
		{Reason: "a condition on the event is not asked apart", Paths: "attach = set_ops arm; set_driver when not error, bus platform; bound", Events: "add sata", Stops: "attach sata: attach.set_driver; attach.bound"},
		{Reason: "the same step again is told by its number", Paths: "attach = lock device; param_get; param_free; param_get; lock group; lock deferred", Events: "add sata", Stops: "attach sata: attach.param_get; attach.param_free; attach.param_get:2; attach.lock_group; attach.lock_deferred"},
		{Reason: "and the same point again by how often", Paths: "iommu_register = for each device; param_get; end; provider_ready", Events: "add sata; add eth", Stops: "iommu register: iommu_register.param_get; iommu_register.end; iommu_register.param_get x2; iommu_register.end x2; iommu_register.provider_ready"},
		{Reason: "devres is a point before each entry, and before the list is found empty", Events: bound + "alloc sata buf managed", Stops: "unbind sata: unbind.devres_release; dma_free.take; unbind.devres_release x2; unbind.clear_driver"},
		{Reason: "a call of the DMA API chooses its path in one go", Events: bound, Stops: "alloc sata buf managed: dmam_alloc.devres_add"},
		{Reason: "before which it can be stopped", Paths: slow, Events: bound, Stops: "alloc sata buf managed: dma_alloc.take; dmam_alloc.devres_add"},
		{Reason: "a lock that the other holds stops anyway, and is no point", Paths: locked + "del = param_get; lock device; deleted; unlock device", Events: "add sata; attach sata", Stops: "del sata:"},
		{Reason: "another step is one whatever lock the other holds", Paths: "attach = lock deferred; call bind; unlock deferred\ndel = kill; deleted", Events: "add sata; attach sata", Stops: "del sata: del.deleted"},
		{Reason: "link steps are none without a supplier", Paths: "attach = set_ops arm; links_check; set_driver", Events: "add sata", Stops: "attach sata: attach.set_driver"},
		{Section: links, Reason: "with a supplier the link steps are points", Bounds: two + "; supplier sata eth", Paths: "add = registered; fw_devlink\nattach = set_ops arm; links_check; set_driver; links_no_driver", Events: "add eth", Stops: "attach eth: attach.links_check; attach.set_driver; attach.links_no_driver"},
		{Reason: "events that act at once have none", Events: bound, Stops: "mask sata wide:"},

		// Preemptions.
		{Reason: "an until that stops counts", Bounds: two + "; preemptions 1", Paths: "bind = set_driver; bound", Events: "add sata; attach sata until bind.bound", State: "preemptions=1", Enabled: "continue sata; add eth"},
		{Reason: "and with none left nothing stops", Bounds: two + "; preemptions 1", Paths: "bind = set_driver; bound", Events: "add sata; attach sata until bind.bound; add eth; attach eth until bind.bound", State: "eth.bound=yes; second thread="},
		{Reason: "what begins beside a callback counts", Bounds: two + "; preemptions 1", Events: "add sata; attach sata; add eth", State: "preemptions=1", Disabled: "attach eth; iommu register", Enabled: "probe sata ok"},
		{Reason: "what acts at once does not", Bounds: two + "; preemptions 1", Events: "add sata; attach sata; timeout", State: "preemptions=", Enabled: "add eth"},
		{Reason: "nor a callback's own calls", Bounds: two + "; preemptions 1", Events: "add sata; attach sata; alloc sata buf", State: "preemptions="},
		{Reason: "nothing begins beside a callback without any", Bounds: two + "; preemptions 0", Events: "add sata; attach sata", Disabled: "add eth; timeout", Enabled: "probe sata ok; alloc sata buf"},

		// What is enabled beside the other.
		{Reason: "a device is added by one at a time", Paths: "add = param_get; registered; set_ops arm", Events: "add sata until add.set_ops", Disabled: "add sata; del sata", Enabled: "attach sata; add eth; continue sata"},
		{Reason: "and deleted by one", Paths: "del = kill; deleted", Events: "add sata; del sata until del.deleted", Disabled: "del sata", Enabled: "attach sata"},
		{Reason: "not while somebody claims its group for it", Paths: member, Events: "iommu register; add sata; claim sata until owner_claim.owner_claim", Disabled: "del sata; attach sata until bind.bound", Enabled: "continue sata"},
		{Reason: "put waits for who works on the device", Events: bound + "alloc sata buf managed until dmam_alloc.devres_add; del sata", Disabled: "put sata", Enabled: "continue sata"},
		{Reason: "and for who visits it", Paths: "iommu_register = for each device; param_get; set_ops arm; end; provider_ready", Events: "add sata; iommu register until iommu_register.set_ops; del sata", Disabled: "put sata"},
		{Reason: "not for who is through with it", Paths: "iommu_register = for each device; param_get; end; provider_ready", Events: "add sata; iommu register until iommu_register.provider_ready; del sata", Enabled: "put sata"},
		{Reason: "nothing begins with a device that is put", Events: "add sata; del sata; put sata until put.gone", Disabled: "put sata; devm sata buf; add sata", Enabled: "add eth; continue sata"},
		{Reason: "the IOMMU is registered and unregistered by one", Paths: "iommu_unregister = provider_going; provider_unlist", Events: "iommu register; iommu unregister until iommu_unregister.provider_unlist", Disabled: "iommu register; iommu unregister", State: "provider=going"},
		{Reason: "before drivers means before their binds", Facts: "iommu-registers before-drivers", Paths: "bind = lock device; set_driver; driver_probe", Events: "add sata; attach sata until bind.set_driver", Disabled: "iommu register"},
		{Reason: "those through sysfs too", Facts: "iommu-registers before-drivers", Paths: "bind_store = lock device; set_driver", Events: "add sata; bind sata until bind_store.set_driver", Disabled: "iommu register"},
		{Reason: "and those of the worker", Facts: "iommu-registers before-drivers", Paths: "add = deferred_add; registered\nretry = lock device; set_driver", Events: "add sata; retry sata until retry.set_driver", Disabled: "iommu register"},
		{Reason: "and they wait for it", Facts: "iommu-registers before-drivers", Paths: member + "add = registered\niommu_register = provider_list; for each device; group_join; end; provider_ready", Events: "add sata; iommu register until iommu_register.provider_ready", State: "sata.group=yes", Disabled: "attach sata; claim sata", Enabled: "add eth"},
		{Reason: "one shuts down", Paths: "shutdown = param_get; param_free", Events: "shutdown until shutdown.param_free", Disabled: "shutdown", Enabled: "add sata; continue iommu"},
		{Reason: "which ends all, also where it goes on", Paths: "shutdown = param_get; param_free", Events: "add sata; shutdown until shutdown.param_free; continue iommu", State: "halted=yes; sata.life="},
		{Reason: "a claim wants the device to itself", Paths: member, Events: "iommu register; add sata; attach sata", Disabled: "claim sata", Enabled: "type sata dma"},
		{Reason: "but for the group's own files", Paths: member, Events: "iommu register; add sata; type sata dma until type_store.domain_change", Enabled: "claim sata"},
		{Reason: "one gives the ownership back", Paths: member, Events: "iommu register; add sata; claim sata; release sata until owner_release.owner_release", Disabled: "release sata", Enabled: "type sata dma"},
		{Reason: "for all devices of a group", Bounds: two + "; group shared", Paths: member, Events: "iommu register; add sata; add eth; claim sata; release sata until owner_release.owner_release", Disabled: "release eth"},
		{Reason: "other code waits until all are idle", Events: "add sata; add eth; attach eth", Disabled: "devm sata buf", Enabled: "attach sata"},
		{Reason: "so does its mapping", Paths: member + "mapping_attach = mapping_attach", Events: "iommu register; add sata; add eth; attach eth", Disabled: "mapping sata attach", Enabled: "mapping eth attach"},
		{Reason: "and lets nobody begin", Events: "add sata; add eth; devm sata buf until dmam_alloc.devres_add", Disabled: "attach eth; del eth; timeout; iommu register", Enabled: "continue sata"},
		{Reason: "so does who changes a mapping", Paths: member + "mapping_attach = mapping_attach; param_get", Events: "iommu register; add sata; mapping sata attach until mapping_attach.param_get", Disabled: "attach sata; timeout", Enabled: "continue sata"},
		{Reason: "a slot that a call will fill is not free", Paths: slow, Events: bound + "alloc sata buf managed until dma_alloc.take", Disabled: "alloc sata buf; map sata buf; free sata buf", Enabled: "alloc sata ring"},
		{Reason: "nor is its memory freed by two", Paths: slow, Events: bound + "alloc sata buf managed; free sata buf until dmam_free.devres_remove", Disabled: "free sata buf; alloc sata buf", Enabled: "alloc sata ring"},
		{Reason: "parameters stay while a call is under way", Paths: slow, Events: bound + "pool sata declare; alloc sata buf managed until dma_alloc.take", Disabled: "mask sata wide; bypass sata on; pool sata release"},
		{Reason: "those of other devices may change", Paths: slow, Events: bound + "add eth; attach eth; probe eth ok; alloc sata buf managed until dma_alloc.take", Enabled: "mask eth wide"},
		{Reason: "but for any drivers here too", Bounds: two + "; drivers any", Paths: slow, Events: bound + "pool sata declare; alloc sata buf managed until dma_alloc.take", Enabled: "mask sata wide; bypass sata on; pool sata release"},
		{Reason: "a continue that would reach an unknown path is disabled", Paths: "bind = set_driver; bound; call firmware when param\nfirmware = unknown\niommu_register = param_get", Events: "add sata; attach sata until bind.bound; iommu register", Disabled: "continue sata"},
		{Reason: "from the state that it goes on in", Paths: "bind = set_driver; bound; call firmware when param\nfirmware = unknown\niommu_register = param_get", Events: "add sata; attach sata until bind.bound", Enabled: "continue sata"},

		// What another actor can take from under a path.
		{Reason: "an entry is freed that an allocation has come to own meanwhile", Paths: "dmam_free = call dma_free; devres_remove", Events: bound + "alloc sata buf managed; free sata buf until dmam_free.devres_remove; alloc sata buf managed; continue sata",
			Broken: "no-double-free:dmam_alloc:bound.dmam_free:->-:platform silent corruption", State: "sata.devres=buf"},
		{Reason: "entries are taken one by one", Paths: "iommu_register = set_ops arm", Events: bound + "alloc sata buf managed; alloc sata ring managed; unbind sata until unbind.devres_release x2; iommu register", State: "buf.kind=dmam_alloc; ring.kind=",
			Broken: "ops-stable-under-mapping:dmam_alloc:iommu-register.set_ops:direct>arm:platform latent"},
		{Section: gives, Reason: "0 another actor was quicker", Bounds: two + "; drivers any", Paths: "dmam_free = param_get; call dma_free; devres_remove",
			Events: bound + "alloc sata buf managed; free sata buf until dma_free.take; unbind sata; return sata; continue sata", State: "thread=; buf.kind=",
			Broken: "no-double-free:dmam_alloc:bound.dmam_free:->-:platform bad page"},
		{Section: effects, Reason: "group_join with several actors wants the IOMMU there", Paths: "add = group_join else out; out:; registered; kill when error", Events: "add sata", State: "sata.group=; sata.dead=yes"},
		{Section: effects, Reason: "group_join fails under a module that is going", Paths: "add = group_join else out; out:; registered; kill when error\niommu_unregister = provider_going; provider_unlist",
			Events: "iommu register; iommu unregister until iommu_unregister.provider_unlist; add sata", State: "sata.group=; sata.dead=yes"},
		{Section: effects, Reason: "group_join in a path that made dev->iommu needs it", Paths: "add = param_get; param_free; group_join; registered", Events: "iommu register; add sata", State: "halted=yes",
			Broken: "no-use-after-teardown:none:add.group_join:->-:platform NULL dereference"},
		{Section: effects, Reason: "walk_add of a device that has left its group", Paths: "add = registered\niommu_register = provider_list; for each device; group_join; walk_add; end; provider_ready\ndel = group_leave; deleted",
			Events: "add sata; iommu register until iommu_register.walk_add; del sata; continue iommu", State: "halted=yes", Broken: "no-use-after-teardown:none:iommu-register.walk_add:->-:platform Oops"},
		{Section: effects, Reason: "group_leave of a group that the walk will come to", Paths: "add = registered\niommu_register = provider_list; for each device; group_join; walk_add; end; provider_ready\ndel = group_leave; deleted",
			Events: "add sata; iommu register until iommu_register.provider_ready; del sata", State: "halted=yes", Broken: "no-use-after-teardown:none:del.group_leave:->-:platform Oops"},
		{Section: effects, Reason: "not of one that it has done with", Paths: "add = registered\niommu_register = provider_list; for each device; group_join; walk_add; walk_del; end; provider_ready\ndel = group_leave; deleted",
			Events: "add sata; iommu register until iommu_register.provider_ready; del sata", State: "sata.group=", Goals: "group-left"},
		{Reason: "a fwspec that is freed, and asked for", Paths: "add = fwspec_init; fwspec_free; registered; kill when fwspec", Events: "add sata", State: "sata.dangling=yes; sata.dead=",
			Broken: "no-use-after-teardown:none:add.kill:->-:platform silent corruption"},
		{Reason: "behind a condition that does not hold nothing is asked", Paths: "add = fwspec_init; fwspec_free; registered; kill when driver, fwspec", Events: "add sata", State: "sata.dangling=yes"},
		{Reason: "with one actor nobody looks", Bounds: "actors 1", Paths: "add = fwspec_init; fwspec_free; registered; kill when fwspec", Events: "add sata", State: "sata.dangling=yes"},
	}
	for i := range rules {
		if rules[i].Bounds == "" {
			rules[i].Bounds = two
		}
	}
	return in(actors, rules)
}
