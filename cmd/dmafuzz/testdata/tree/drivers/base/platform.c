// SPDX-License-Identifier: MIT

static int platform_dma_configure(struct device *dev)
{
	int ret = of_iommu_configure(dev, NULL, NULL);

	if (ret == -EPROBE_DEFER)
		return ret;
	arch_setup_dma_ops(dev);
	return 0;
}

struct bus_type platform_bus_type = {
	.name		= "platform",
	.dma_configure	= platform_dma_configure,
};
