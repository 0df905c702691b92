// SPDX-License-Identifier: MIT

int of_iommu_configure(struct device *dev, struct device_node *np, const u32 *id)
{
	if (dev->iommu_group)
		return 0;
	if (!iommu_ops_from_fwnode(np))
		return -EPROBE_DEFER;
	return iommu_probe_device(dev);
}
