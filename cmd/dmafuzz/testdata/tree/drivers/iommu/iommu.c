// SPDX-License-Identifier: MIT

int iommu_probe_device(struct device *dev)
{
	struct iommu_group *group = iommu_group_get_for_dev(dev);
	int ret;

	if (IS_ERR(group))
		return PTR_ERR(group);
	ret = iommu_alloc_default_domain(dev);
	if (ret)
		return ret;
	__iommu_attach_device(dev);
	return 0;
}

void iommu_release_device(struct device *dev)
{
	iommu_group_remove_device(dev);
}

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops, struct device *hwdev)
{
	list_add_tail(&iommu->list, &iommu_device_list);
	return 0;
}

void iommu_device_unregister(struct iommu_device *iommu)
{
	list_del(&iommu->list);
}

static int __init iommu_subsys_init(void)
{
	if (IS_ENABLED(CONFIG_IOMMU_DEFAULT_PASSTHROUGH))
		iommu_set_default_passthrough(false);
	else
		iommu_set_default_translated(false);
	return 0;
}

void iommu_set_default_passthrough(bool cmd_line)
{
	iommu_def_domain_type = IOMMU_DOMAIN_IDENTITY;
}

void iommu_set_default_translated(bool cmd_line)
{
	iommu_def_domain_type = IOMMU_DOMAIN_DMA;
}

void iommu_group_remove_device(struct device *dev)
{
	dev->iommu_group = NULL;
}
