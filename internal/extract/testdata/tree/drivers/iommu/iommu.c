// SPDX-License-Identifier: GPL-2.0
/* An IOMMU core of our own: only who uses a group's default domain. */
#include <linux/iommu.h>

int iommu_device_use_default_domain(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	if (!group)
		return 0;
	guard(mutex)(&group->mutex);
	if (!group->default_domain)
		return -EPROBE_DEFER;
	if (group->owner)
		return -EBUSY;
	group->owner_cnt++;
	return 0;
}

void iommu_device_unuse_default_domain(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	if (!group)
		return;
	mutex_lock(&group->mutex);
	group->owner_cnt--;
	mutex_unlock(&group->mutex);
}
