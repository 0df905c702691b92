# SPDX-License-Identifier: GPL-2.0
# What labwrap.c and labgroup.c stand in for.

lab-wraps := sysfs_create_file_ns sysfs_remove_file_ns sysfs_create_groups sysfs_remove_groups \
	sysfs_create_group sysfs_remove_group sysfs_merge_group sysfs_unmerge_group \
	sysfs_create_dir_ns sysfs_remove_dir sysfs_create_link sysfs_create_link_nowarn sysfs_remove_link \
	kobject_uevent kobject_uevent_env \
	device_links_check_suppliers pinctrl_bind_pins devres_release_all \
	dma_direct_alloc dma_direct_free dma_alloc_from_dev_coherent dma_release_from_dev_coherent \
	memremap memunmap queue_work_on kfree \
	mutex_lock mutex_unlock devres_destroy wait_for_device_probe \
	synchronize_srcu

# A name that a release does not have does no harm.
lab-wraps-$(CONFIG_LAB_GROUP) := iommu_dma_alloc iommu_dma_free iommu_dma_map_phys iommu_dma_unmap_phys \
	iommu_dma_map_page iommu_dma_unmap_page driver_deferred_probe_check_state bus_for_each_dev \
	sysfs_add_link_to_group sysfs_remove_link_from_group

KBUILD_LDFLAGS += $(foreach s,$(lab-wraps) $(lab-wraps-y),--wrap=$(s))
