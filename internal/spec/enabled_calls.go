package spec

// Driver calls, made by a bound driver from idle.
func enabledCalls() []Rule {
	const bound = "add sata; attach sata; probe sata ok; "
	return in(enabled, []Rule{
		{Reason: "alloc and map need a free slot", Events: bound + "alloc sata buf", Enabled: "alloc sata ring; free sata buf", Disabled: "alloc sata buf; alloc sata buf managed; map sata buf"},
		{Reason: "managed memory needs room", Paths: "dmam_alloc = call dma_alloc; devres_add; devres_add; devres_add", Events: bound + "alloc sata buf managed; alloc sata ring managed",
			Enabled: "alloc sata skb", Disabled: "alloc sata skb managed; action sata"},
		{Reason: "memory is freed by its own device", Events: "add sata; add eth; attach sata; probe sata ok; attach eth; alloc eth buf; probe eth ok", Enabled: "free eth buf", Disabled: "free sata buf"},
		{Reason: "devm memory is not freed by a driver", Bounds: anyDrivers, Events: "add sata; devm sata buf; attach sata", Disabled: "free sata buf"},
		{Reason: "managed memory may be freed by its driver", Events: bound + "alloc sata buf managed", Enabled: "free sata buf"},
		{Reason: "the mask changes", Events: bound + "mask sata wide", Enabled: "mask sata narrow", Disabled: "mask sata wide", State: "sata.wide=yes"},
		{Reason: "and back", Events: bound + "mask sata wide; mask sata narrow", State: "sata.wide="},
		{Reason: "the mask stays under memory", Events: bound + "alloc sata buf managed", Disabled: "mask sata wide; bypass sata on"},
		{Reason: "but any drivers change it", Bounds: anyDrivers, Events: bound + "alloc sata buf", Enabled: "mask sata wide; bypass sata on"},
		{Reason: "another device's memory is no matter", Events: "add eth; attach eth; pool eth declare; alloc eth buf; probe eth ok; " + bound + "pool sata declare", Enabled: "mask sata wide; bypass sata on; pool sata release", Disabled: "mask eth wide; pool eth release"},
		{Reason: "the bypass changes", Events: bound + "bypass sata on", Enabled: "bypass sata off", Disabled: "bypass sata on"},
		{Reason: "and back as well", Events: bound + "bypass sata on; bypass sata off", State: "sata.bypass="},
		{Reason: "the bypass is the architecture's", Facts: "bypass never", Events: bound, Disabled: "bypass sata on"},
		{Reason: "one pool a device", Events: bound + "pool sata declare", Enabled: "pool sata release", Disabled: "pool sata declare", State: "sata.pool=yes"},
		{Reason: "the pool goes", Events: bound + "pool sata declare; pool sata release", Enabled: "pool sata declare", Disabled: "pool sata release", State: "sata.pool="},
		{Reason: "not under its memory", Events: bound + "pool sata declare; alloc sata buf", Disabled: "pool sata release"},
		{Reason: "under other memory it may", Events: bound + "alloc sata buf; pool sata declare", Enabled: "pool sata release"},
		{Reason: "under its memory too but for any drivers", Bounds: anyDrivers, Events: bound + "pool sata declare; alloc sata buf", Enabled: "pool sata release"},
		{Reason: "the pool's end marks its memory only", Bounds: anyDrivers, Events: bound + "alloc sata ring; pool sata declare; alloc sata buf; pool sata release", State: "buf.pool_gone=yes; ring.pool_gone="},
		{Reason: "actions are bounded", Bounds: "actions 1", Events: bound + "action sata", Disabled: "action sata", State: "sata.devres=action"},
		{Reason: "two actions", Events: bound + "action sata", Enabled: "action sata"},
		{Reason: "no actions", Bounds: "actions 0", Events: bound, Disabled: "action sata"},
		{Reason: "actions need room", Paths: "dmam_alloc = call dma_alloc; devres_add; devres_add; devres_add", Events: bound + "alloc sata buf managed; alloc sata ring managed", Disabled: "action sata"},
	})
}

// Driver calls while a callback waits.
func enabledInCallbacks() []Rule {
	const own = "add = group_join; registered\nmapping_attach = mapping_attach\nmapping_detach = mapping_detach\n"
	const remove = "add sata; attach sata; alloc sata buf managed; alloc sata ring; action sata; probe sata ok; unbind sata"
	const action = remove + "; return sata"
	return in(enabled, []Rule{
		{Reason: "in probe only the driver acts, for its device", Events: "add eth; add sata; attach sata",
			Enabled:  "probe sata ok; probe sata error; probe sata defer; alloc sata buf; map sata buf; mask sata wide; bypass sata on; pool sata declare; action sata",
			Disabled: "return sata; probe eth ok; alloc eth buf; attach eth; del sata; unbind sata; iommu register; timeout; devm sata buf; devm eth buf; add sata; mapping sata attach"},
		{Reason: "a well-behaved probe does not fail over plain memory", Events: "add sata; attach sata; alloc sata buf", Enabled: "probe sata ok", Disabled: "probe sata error; probe sata defer"},
		{Reason: "but for a devm action that frees it", Events: "add sata; attach sata; map sata buf; action sata", Enabled: "probe sata error; probe sata defer"},
		{Reason: "managed memory is no matter", Events: "add sata; attach sata; alloc sata buf managed", Enabled: "probe sata error; probe sata defer"},
		{Reason: "late drivers leave plain memory", Bounds: late, Events: "add sata; attach sata; alloc sata buf", Enabled: "probe sata error"},
		{Reason: "but no mapping", Bounds: late, Paths: own, Events: "add sata; attach sata; mapping sata attach", Enabled: "probe sata ok; mapping sata detach", Disabled: "probe sata error; probe sata defer"},
		{Reason: "well-behaved ones leave none over an action either", Paths: own, Events: "add sata; attach sata; mapping sata attach; action sata", Disabled: "probe sata error"},
		{Reason: "any drivers leave anything", Bounds: anyDrivers, Paths: own, Events: "add sata; attach sata; mapping sata attach; alloc sata buf; mask sata wide", Enabled: "probe sata error; probe sata defer"},
		{Reason: "in remove the driver frees plain memory", Events: remove, Enabled: "free sata ring; return sata",
			Disabled: "free sata buf; alloc sata skb; map sata skb; mask sata wide; pool sata declare; action sata; probe sata ok; unbind sata; timeout"},
		{Reason: "in remove it does not return over plain memory without an action", Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", Disabled: "return sata", Enabled: "free sata buf"},
		{Reason: "in remove it may detach its mapping", Paths: own, Events: "add sata; attach sata; mapping sata attach; probe sata ok; unbind sata", Enabled: "mapping sata detach", Disabled: "mapping sata attach; return sata"},
		{Reason: "in remove it does not detach a mapping of other code", Paths: own, Events: "add sata; mapping sata attach; attach sata; alloc sata buf; probe sata ok; unbind sata", Disabled: "mapping sata detach", State: "sata.others=yes"},
		{Reason: "in probe it may", Paths: own, Events: "add sata; mapping sata attach; attach sata", Enabled: "mapping sata detach; probe sata error"},
		{Reason: "any drivers do", Bounds: anyDrivers, Paths: own, Events: "add sata; mapping sata attach; attach sata; probe sata ok; unbind sata", Enabled: "mapping sata detach"},
		{Reason: "remove does not wait for a mapping of other code", Paths: own, Events: "add sata; mapping sata attach; attach sata; probe sata ok; unbind sata", State: "thread=; sata.own_mapping=yes; sata.others=yes"},
		{Reason: "a late driver leaves a mapping of other code", Bounds: late, Paths: own, Events: "add sata; mapping sata attach; attach sata", Enabled: "probe sata error"},
		{Reason: "in remove nothing but a detach and a free", Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata", Disabled: "pool sata declare; mask sata narrow; bypass sata off; alloc sata ring managed; action sata"},
		{Reason: "in remove, not even another mapping", Paths: own, Events: "add sata; attach sata; alloc sata buf; probe sata ok; unbind sata; free sata buf", Disabled: "mapping sata attach", Enabled: "return sata"},
		{Reason: "in remove any drivers do anything", Bounds: anyDrivers, Events: remove, Enabled: "free sata ring; free sata buf; alloc sata skb; map sata skb; pool sata declare; action sata; return sata", Disabled: "probe sata ok; return eth"},
		{Reason: "in an action the driver frees plain memory; the action itself is off the list", Events: action, Enabled: "free sata ring", Disabled: "return sata; free sata buf; alloc sata skb; action sata"},
		{Reason: "an action returns when all is freed", Events: action + "; free sata ring", Enabled: "return sata"},
		{Reason: "an action leaves the rest to the next", Events: "add sata; attach sata; alloc sata ring; action sata; action sata; probe sata error", Enabled: "return sata; free sata ring"},
		{Reason: "in an action any drivers do anything", Bounds: anyDrivers, Events: action, Enabled: "return sata; alloc sata skb; action sata"},
	})
}
