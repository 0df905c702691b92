// SPDX-License-Identifier: MIT

void arch_setup_dma_ops(struct device *dev)
{
	if (dev->iommu_group && iommu_is_dma_domain(dev->iommu_group->default_domain))
		dev->dma_ops = &iommu_dma_ops;
}

void arch_teardown_dma_ops(struct device *dev)
{
	dev->dma_ops = NULL;
}
