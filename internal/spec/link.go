package spec

// Device links: sata is the consumer of eth.
func deviceLinks() []Rule {
	const order = "supplier sata eth"
	const linked = "add = registered; fw_devlink\n" +
		"bind = links_check else out; set_driver; driver_probe else failed; bound; return; failed:; links_no_driver; clear_driver; out:\n" +
		"attach = call bind; deferred_add when defer\n" +
		"unbind = again:; links_busy else busy; driver_remove; devres_release; links_cleanup; clear_driver; return; busy:; unbind_consumers; goto again\n"
	// Only devices that are described as such look for links as they are added.
	const some = linked + "add = registered; fw_devlink when ranges; range_map_add\n"
	const both = "add eth; add sata; "
	const supplied = "add eth; attach eth; probe eth ok; add sata; "
	const active = supplied + "attach sata; probe sata ok"
	rules := []Rule{
		{Reason: "the consumer waits for a supplier that is not there", Paths: linked, Events: "add sata", State: "link=waiting"},
		{Reason: "the supplier waits for nobody", Paths: linked, Events: "add eth", State: "link="},
		{Reason: "the consumer makes the link to a supplier that is there", Paths: linked, Events: both, State: "link=dormant"},
		{Reason: "the supplier makes the link that is waited for", Paths: linked, Events: "add sata; add eth", State: "link=dormant"},
		{Reason: "not to a dead one", Paths: linked + "add = registered; kill when ranges; fw_devlink; range_map_add", Events: "add eth ranges; add sata", State: "link=waiting"},
		{Reason: "nor by a dead one", Paths: linked + "add = registered; kill when ranges; fw_devlink; range_map_add", Events: "add eth; add sata ranges", State: "link=waiting"},
		{Reason: "nor to a deleted one", Paths: linked, Events: "add eth; del eth; add sata", State: "link=waiting"},
		{Reason: "a consumer that waits is deferred, and does not probe", Paths: linked, Events: "add sata; attach sata", State: "sata.deferred=yes; sata.links=; link=waiting; sata.driver="},
		{Reason: "so is one whose supplier is not bound, but it probes", Paths: linked, Events: both + "attach sata", State: "sata.deferred=yes; sata.links=probing; link=dormant; sata.driver="},
		{Reason: "a supplier probes at any time", Paths: linked, Events: both + "attach eth", State: "eth.links=probing; link=dormant; thread=eth; eth.relies="},
		{Reason: "a consumer probes whose supplier is bound", Paths: linked, Events: supplied + "attach sata", State: "sata.links=probing; link=consumer-probe; sata.relies=yes"},
		{Reason: "a bound supplier makes the link available", Paths: linked, Events: both + "attach eth; probe eth ok", State: "eth.links=bound; link=available"},
		{Reason: "a bound consumer makes it active", Paths: linked, Events: active, State: "sata.links=bound; link=active; sata.relies=yes"},
		{Reason: "a consumer that asks again drops what it had", Paths: linked + "bind = links_check; set_driver; links_check else out; driver_probe; bound; out:",
			Events: supplied + "attach sata", State: "link=available; sata.deferred=yes; sata.links=probing"},
		{Reason: "a link is made available if the supplier is bound", Paths: linked, Events: supplied, State: "link=available"},
		{Reason: "active if the consumer is, too", Paths: some + "iommu_register = fw_devlink", Events: active + "; iommu register", State: "link=active"},
		{Reason: "for the consumer's probe if it probes", Paths: some + "bind = links_check; fw_devlink; set_driver; driver_probe; bound", Events: supplied + "attach sata", State: "link=consumer-probe; sata.relies=yes"},
		{Reason: "dormant if only the consumer probes", Paths: some + "bind = links_check; fw_devlink; set_driver; driver_probe; bound", Events: both + "attach sata", State: "link=dormant; sata.links=probing; sata.relies="},
		{Reason: "also if both do", Paths: linked + "add = registered; fw_devlink when ranges; range_map_add; links_check when not ranges\nbind = set_driver; links_check; driver_probe\niommu_register = links_check; fw_devlink",
			Events: "add eth; add sata; iommu register", State: "eth.links=probing; sata.links=probing; link=consumer-probe"},
		{Reason: "for an unbind if the supplier is being unbound", Paths: some + "unbind = links_busy; fw_devlink; clear_driver",
			Events: "add sata ranges; add eth; attach eth; probe eth ok; unbind eth", State: "eth.links=unbinding; link=supplier-unbind"},
		{Reason: "links_no_driver of the consumer drops the link", Paths: linked, Events: supplied + "attach sata; probe sata error", State: "link=available; sata.links=; sata.relies="},
		{Reason: "without a bound supplier it is then dormant", Paths: linked + "del = links_no_driver; deleted\nunbind = links_no_driver; clear_driver",
			Events: active + "; unbind eth; del sata", State: "link=dormant"},
		{Reason: "links_no_driver of the supplier makes a link in use dormant", Paths: linked + "del = links_no_driver; deleted", Events: active + "; del eth", State: "link=dormant; eth.links=; sata.links=bound"},
		{Reason: "and no other", Paths: linked + "del = links_no_driver; deleted", Events: supplied + "del eth", State: "link=available; eth.links="},
		{Reason: "links_cleanup of the supplier makes any link dormant", Paths: linked + "del = links_cleanup; deleted", Events: supplied + "del eth", State: "link=dormant; eth.links="},
		{Reason: "but none that is not there", Paths: linked + "del = links_cleanup; deleted", Events: "add eth; add sata; del eth; del sata; put sata; put eth; add sata", State: "link=dormant"},
		{Reason: "links_cleanup of the consumer drops it", Paths: linked, Events: active + "; unbind sata", State: "link=available; sata.links=; sata.relies="},
		{Reason: "a supplier in use is busy", Paths: linked + "unbind = links_busy else out; clear_driver; out:", Events: active + "; unbind eth", State: "link=active; eth.links=unbinding; eth.driver=yes"},
		{Reason: "without a label that ends the path", Paths: linked + "unbind = links_busy; clear_driver", Events: active + "; unbind eth", State: "link=active; eth.links=unbinding; eth.driver=yes"},
		{Reason: "and is no error", Paths: linked + "unbind = call firmware; clear_driver when not error\nfirmware = links_busy", Events: active + "; unbind eth", State: "eth.driver="},
		{Reason: "one that is not in use lets no consumer bind any more", Paths: linked + "unbind = links_busy else out; clear_driver; out:", Events: supplied + "unbind eth",
			State: "link=supplier-unbind; eth.links=unbinding; eth.driver="},
		{Reason: "a consumer is never busy", Paths: linked + "unbind = links_busy else out; clear_driver; out:", Events: active + "; unbind sata", State: "link=active; sata.links=unbinding; sata.driver="},
		{Reason: "a consumer does not probe under a supplier that is being unbound", Paths: linked + "unbind = links_busy else out; clear_driver; out:",
			Events: supplied + "unbind eth; attach sata", State: "link=supplier-unbind; sata.deferred=yes"},
		{Reason: "until that is bound again", Paths: linked + "unbind = links_busy else out; clear_driver; out:",
			Events: supplied + "unbind eth; attach eth; probe eth ok", State: "link=available; eth.links=bound"},
		{Reason: "links_purge of the supplier", Paths: linked + "del = links_purge; deleted", Events: supplied + "del eth", State: "link=gone; eth.links=bound"},
		{Reason: "links_purge of the consumer", Paths: linked + "del = links_purge; deleted", Events: supplied + "del sata", State: "link=gone"},
		{Reason: "links_purge of a link that is not there yet", Paths: linked + "del = links_purge; deleted", Events: "add sata; del sata", State: "link=waiting"},
		{Reason: "a link that is gone is not made again", Paths: linked + "del = links_purge; deleted", Events: both + "del sata; put sata; add sata", State: "link=gone"},
		{Reason: "and keeps nobody from probing", Paths: linked + "del = links_purge; deleted", Events: both + "del eth; attach sata", State: "link=gone; thread=sata; sata.relies="},
		{Reason: "a supplier's remove under a consumer that relies on it", Paths: linked + "unbind = driver_remove; clear_driver", Events: active + "; unbind eth",
			Broken: "supplier-outlives-consumer:none:unbind.driver_remove:->-:platform silent corruption"},
		{Reason: "names the consumer's bus", Bounds: order + "; bus sata pci", Paths: linked + "unbind = driver_remove; clear_driver", Events: active + "; unbind eth",
			Broken: "supplier-outlives-consumer:none:unbind.driver_remove:->-:pci silent corruption"},
		{Reason: "not once the consumer's driver has gone", Paths: linked + "unbind = driver_remove; clear_driver", Events: active + "; unbind sata; unbind eth", State: "sata.relies="},
		{Reason: "nor if it never looked for its supplier", Paths: linked + "bind = set_driver; bound\nunbind = driver_remove; clear_driver", Events: "add eth; attach eth; add sata; attach sata; unbind eth",
			State: "link=active; sata.relies="},
		{Reason: "the consumer's own remove is no matter", Paths: linked + "unbind = driver_remove; clear_driver", Events: active + "; unbind sata"},
		{Reason: "unbind_consumers unbinds the consumer of an active link first", Paths: linked, Events: active + "; unbind eth",
			State: "sata.driver=; sata.links=; sata.relies=; eth.driver=; eth.links=; link=dormant"},
		{Reason: "if its driver must act, the actor waits there for it", Paths: linked, Events: active + "; alloc sata buf; unbind eth", State: "thread=eth; sata.driver=yes; link=supplier-unbind",
			Enabled: "free sata buf", Disabled: "return sata; return eth; free eth buf"},
		{Reason: "and then goes on with the supplier", Paths: linked, Events: active + "; alloc sata buf; unbind eth; free sata buf; return sata", State: "thread=; sata.driver=; eth.driver=; link=dormant"},
		{Reason: "unbind_consumers of a link that is not in use", Paths: linked + "unbind = unbind_consumers; clear_driver", Events: supplied + "unbind eth", State: "link=supplier-unbind; eth.driver="},
		{Reason: "a consumer has no consumers", Paths: linked + "unbind = unbind_consumers; clear_driver", Events: active + "; unbind sata", State: "link=active; eth.driver=yes; sata.driver="},
		{Reason: "nobody's bind can end where only one acts: it waits for ever", Paths: linked + "bind = links_check else out; set_driver; call firmware when ranges; driver_probe; bound; out:\nadd = registered; fw_devlink; range_map_add\n" +
			"firmware = for each device; unbind_consumers; end", Events: "add eth; attach eth; probe eth ok; add sata ranges; attach sata", State: "halted=yes",
			Broken: "no-deadlock:none:bind.unbind_consumers:->-:platform hang"},
		{Reason: "a consumer that probes is waited for", Bounds: order + "; actors 2", Paths: linked, Events: supplied + "attach sata; unbind eth", State: "thread=sata; second thread=eth; eth.links=unbinding",
			Disabled: "continue eth", Enabled: "probe sata ok"},
		{Reason: "but not by its own unbind", Bounds: order + "; actors 2", Paths: linked + "unbind = unbind_consumers; kill", Events: supplied + "attach sata; unbind sata", State: "second thread=; sata.dead=yes; link=consumer-probe"},
		{Reason: "until its bind is over", Bounds: order + "; actors 2", Paths: linked, Events: supplied + "attach sata; unbind eth; probe sata ok", State: "thread=eth; link=active", Enabled: "continue eth"},
		{Reason: "and is unbound then", Bounds: order + "; actors 2", Paths: linked, Events: supplied + "attach sata; unbind eth; probe sata ok; continue eth", State: "thread=; sata.driver=; eth.driver="},
		{Reason: "a bind through sysfs is waited for until the link has changed", Bounds: order + "; actors 2", Paths: linked + "bind_store = call bind; param_get",
			Events: supplied + "bind sata; unbind eth; probe sata ok until bind_store.param_get", State: "thread=sata; second thread=eth; link=active", Enabled: "continue eth"},
	}
	for i := range rules {
		if rules[i].Bounds == "" {
			rules[i].Bounds = order
		}
	}
	return in(links, append(rules,
		Rule{Reason: "without a supplier the link steps do nothing", Paths: linked, Events: both + "attach eth; probe eth ok; attach sata; probe sata ok; unbind eth",
			State: "link=; sata.links=; eth.links=; sata.driver=yes; eth.driver=; sata.relies="},
		Rule{Reason: "and links_check fails where the event says so", Paths: linked, Events: "add sata; attach sata fail links_check", State: "sata.deferred=yes; sata.driver="},
	))
}
