package spec

// The steps on what a device says of DMA.
func dmaState() []Rule {
	const bound = "add sata; attach sata; alloc sata buf; probe sata ok; iommu register"
	return in(effects, []Rule{
		{Reason: "set_ops", Paths: "add = set_ops arm; registered", Events: "add sata", State: "sata.ops=arm"},
		{Reason: "set_ops under memory of another way", Paths: "iommu_register = set_ops arm", Events: bound,
			Broken: "ops-stable-under-mapping:dma_alloc:iommu-register.set_ops:direct>arm:platform latent", State: "sata.ops=arm"},
		{Reason: "set_ops to the same value changes nothing", Paths: "iommu_register = set_ops null", Events: bound},
		{Reason: "set_ops to ops that lead the same way", Facts: "null-ops arm", Paths: "iommu_register = set_ops arm", Events: bound},
		{Reason: "set_ops does not concern the pool", Paths: "iommu_register = set_ops arm",
			Events: "add sata; attach sata; pool sata declare; alloc sata buf; probe sata ok; iommu register"},
		{Reason: "set_ops does not concern another device's memory", Paths: "iommu_register = set_ops arm",
			Events: "add sata; add eth; attach eth; alloc eth buf; probe eth ok; iommu register"},
		{Reason: "set_ops back to what the memory came from is fine again", Paths: "iommu_register = set_ops arm; set_ops null", Events: bound,
			Broken: "ops-stable-under-mapping:dma_alloc:iommu-register.set_ops:direct>arm:platform latent"},
		{Reason: "set_ops names each kind of memory once", Paths: "iommu_register = set_ops vendor",
			Events: "add sata; attach sata; alloc sata buf; alloc sata ring; map sata skb; probe sata ok; iommu register",
			Broken: `ops-stable-under-mapping:dma_alloc:iommu-register.set_ops:direct>vendor:platform latent
				ops-stable-under-mapping:dma_map:iommu-register.set_ops:direct>vendor:platform latent`},
		{Reason: "set_dma_iommu on", Paths: "iommu_register = set_dma_iommu on; set_dma_iommu on", Events: bound, State: "sata.dma_iommu=yes",
			Broken: "ops-stable-under-mapping:dma_alloc:iommu-register.set_dma_iommu:direct>iommu:platform latent"},
		{Reason: "set_dma_iommu off leads to the ops", State: "sata.dma_iommu=",
			Paths:  "add = group_join; domain_alloc; domain_attach; set_dma_iommu on; registered\ndma_alloc = take iommu\niommu_register = set_dma_iommu off",
			Events: bound,
			Broken: "ops-stable-under-mapping:dma_alloc:iommu-register.set_dma_iommu:iommu>direct:platform latent"},
		{Reason: "set_ops_setup", Paths: "add = set_ops_setup on; registered\niommu_register = set_ops_setup off",
			Events: "add sata", State: "sata.ops_setup=yes"},
		{Reason: "set_ops_setup off", Paths: "add = set_ops_setup on; registered\niommu_register = set_ops_setup off",
			Events: "add sata; iommu register", State: "sata.ops_setup="},
		{Reason: "range_map_set sets what firmware describes", Paths: "iommu_register = range_map_set",
			Events: "add sata ranges; iommu register", State: "sata.range_map=firmware; sata.described=ranges"},
		{Reason: "range_map_set loses the map that stood there", Paths: "add = range_map_add; registered\niommu_register = range_map_set",
			Events: "add sata map; iommu register", State: "sata.range_map=",
			Broken: "no-leak:none:iommu-register.range_map_set:->-:platform leak"},
		{Reason: "range_map_add is for devices added with map", Paths: "add = range_map_add; registered",
			Events: "add sata map", State: "sata.range_map=added; sata.described=map"},
		{Reason: "and for no others", Paths: "add = range_map_add; registered", Events: "add sata ranges", State: "sata.range_map="},
		{Reason: "range_map_free", Paths: "add = range_map_set; range_map_free; registered", Events: "add sata ranges", State: "sata.range_map="},
		{Reason: "each add describes the device anew", Paths: "add = return when ranges; registered; range_map_add",
			Events: "add sata ranges; add sata", State: "sata.described=; sata.life=registered"},
		{Reason: "a failing add is a plain one", Paths: "add = group_join; registered", Events: "add sata fail group_join", State: "sata.described=; sata.life="},
	})
}
