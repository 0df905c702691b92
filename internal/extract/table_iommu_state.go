package extract

// The state of the IOMMU core: what it asks for and sets, and what it walks over.

const iommuTests = `
attr==DEV_DMA_NOT_SUPPORTED            => false     # _CCA says that it can do DMA
firmware_map                           => true
node                                   => true
iommu                                  => true
hwdev                                  => true
iommu_ops                              => true
iommu_ops->owner                       => true
iommu_ops->release_domain              => true
iommu_ops->release_device              => true
iommu_ops->probe_finalize              => true
iommu_ops->of_xlate                    => true
iommu_ops->is_attach_deferred          => false
dev->iommu->attach_deferred            => false
dev->iommu->require_direct             => false
dev->iommu                             => param
dev->iommu->fwspec                     => fwspec
old->fwspec                            => false    # dev->iommu is NULL already: nobody finds it
dev->iommu->iommu_dev==data            => group
dev->iommu_group                       => group
dev->iommu_group->default_domain       => default_domain
dev->iommu_group->domain               => default_domain   # where no device is in the group yet, it has none
dev->iommu_group->blocking_domain      => false
dev->iommu_group->owner_cnt            => owner_count
dev->iommu_group->owner                => owned
dev->iommu_group->domain==dev->iommu_group->default_domain  => not mapping
@owner_use dev->iommu_group->domain==dev->iommu_group->default_domain  => not mapping
@owner_claim dev->iommu_group->domain  => true
@owner_unuse dev->iommu_group->owner_cnt   => true    # a WARN; owner_dec itself says so
@owner_release dev->iommu_group->owner_cnt => true
@owner_release dev->iommu_group->owner     => true
dev->iommu_group->default_domain==1    => false
dev->iommu_group->default_domain==new_domain => false
list_empty(&dev->iommu_group->devices) => last_device
@iommu_register list_empty(&dev->iommu_group->entry) => true   # to add it again does nothing
@type_store list_empty(&dev->iommu_group->devices) => not group
iommu->ready                           => ready
0->of_xlate                            => true
dev->bus->iommu_ops                    => provider
iommu_buses[0]->iommu_ops              => false    # there is one IOMMU driver
dev->iommu->fwspec->ops                => true
dev->of_node                           => firmware_of
dev->iommu_group->domain->type==IOMMU_DOMAIN_DMA => domain_dma
(0-0)&1                                => false    # a range of firmware has a size
0-0                                    => true
iommu_ops==1->domain->owner            => true     # the mapping was made for the device
iommu_ops==mapping->domain->owner      => true
req_type                               => true     # the word auto is not an event
@type_store dev->iommu_group->default_domain==dev->iommu_group->domain => not mapping, not owned
dev->iommu_group->default_domain->type==req_type => want_identity, not default_dma
old_domain                             => false    # domain_change is to free it, too; elsewhere there is none
np                                     => true
id                                     => false
np==dev->of_node                       => true
dev->dma_range_map                     => range_map
to_platform_driver(dev->driver)->driver_managed_dma => bus host1x
to_pci_driver(dev->driver)->driver_managed_dma      => false
pci_get_host_bridge_device(to_pci_dev(dev))->parent          => true
pci_get_host_bridge_device(to_pci_dev(dev))->parent->of_node => firmware_of
to_amba_driver(dev->driver)->driver_managed_dma     => false
to_fsl_mc_driver(dev->driver)->driver_managed_dma   => false
to_cdx_driver(dev->driver)->driver_managed_dma      => false
req_type==IOMMU_DOMAIN_DMA_FQ          => want_fq
dev->iommu_group->default_domain->type==IOMMU_DOMAIN_DMA => default_dma
`

const iommuAssigns = `
*dev->dma_mask = *                          => step bus_masks
dev->dma_range_map = firmware_map           => step range_map_set
dev->iommu_group = 0                        => step group_leave unless $left
dev->iommu = 0                              => step param_free
dev->iommu_group = *                        => ignore      # group_join was it
dev->iommu_group->owner_cnt = ++            => step owner_inc
dev->iommu_group->owner_cnt = --            => step owner_dec
@owner_claim dev->iommu_group->owner_cnt = *   => ignore
@owner_claim dev->iommu_group->owner = *       => step owner_claim
@owner_release dev->iommu_group->owner_cnt = * => ignore
@owner_release dev->iommu_group->owner = *     => ignore   # owner_release stands where the domain is attached
dev->iommu_group->default_domain = *        => ignore      # domain_alloc, domain_change and domain_free were it
dev->iommu_group->domain = *                => ignore
old_dom = *                                 => expr old_domain
old_domain = *                              => expr old_domain
@type_store req_type = IOMMU_DOMAIN_IDENTITY => expr req_type   # which word it was, the tests ask
`

const iommuLoops = `
dev_is_fsl_mc(                                             => skip     # up to the device that firmware knows
for_each_group_device(                                     => once
@iommu_release for_each_group_device(                      => onceif group   # it may have left while the lock was waited for
@iommu_release list_for_each_entry(tmp_device              => onceif group
@type_store for_each_group_device(                         => each group
@iommu_register for_each_group_device(                     => each group
for(i<ARRAY_SIZE(iommu_buses)                              => once
for((i<ARRAY_SIZE(iommu_buses))                            => once
list_for_each_entry_safe(dev->iommu_group,next,&group_list => each listed when group, behind lock group, then walk_del   # 5.10 takes the group off before it has the lock; nobody else looks
for(firmware_map->size)                                    => skip
!of_parse_phandle_with_args(                               => onceif described
`
