/* SPDX-License-Identifier: GPL-2.0 */
/* What the two files of the variant group know of each other. */
#ifndef LABGROUP_H
#define LABGROUP_H

#include <linux/iommu.h>

extern struct iommu_domain lab_blocked, lab_released;
extern const struct iommu_domain_ops lab_domain_ops;

struct iommu_domain *lab_domain_alloc(struct device *dev);
struct iommu_domain *lab_domain_alloc_identity(struct device *dev);
struct iommu_domain *lab_domain_alloc_type(unsigned int type);

#endif
