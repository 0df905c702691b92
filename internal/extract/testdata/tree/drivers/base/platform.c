// SPDX-License-Identifier: GPL-2.0
/* See dd.c. */
#include <linux/platform_device.h>

static int platform_dma_configure(struct device *dev)
{
	int ret = iommu_device_use_default_domain(dev);

	if (ret)
		arch_teardown_dma_ops(dev);
	return ret;
}

static void platform_dma_cleanup(struct device *dev)
{
	iommu_device_unuse_default_domain(dev);
}

const struct bus_type platform_bus_type = {
	.name = "platform",
	.dma_configure = platform_dma_configure,
	.dma_cleanup = platform_dma_cleanup,
};
