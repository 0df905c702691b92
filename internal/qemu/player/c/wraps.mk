# SPDX-License-Identifier: GPL-2.0
# What wrap.c stands in for: every one calls the kernel's own.

KBUILD_LDFLAGS += $(foreach s,devres_release_all of_dma_configure_id driver_register queue_work_on \
	iommu_device_use_default_domain iommu_device_unuse_default_domain,--wrap=$(s))
