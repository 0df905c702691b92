package extract

// The DMA API of kernel/dma/mapping.c.

const dmaCalls = `
get_dma_ops(dev)                       => ignore      # a fact says what NULL means
dma_alloc_from_dev_coherent            => taken pool; take pool
dma_release_from_dev_coherent          => taken from_pool; take pool
dma_alloc_direct                       => follow
dma_map_direct                         => follow
dma_go_direct                          => follow
use_dma_iommu(dev)                     => test dma_iommu
dev_use_dma_iommu(dev)                 => test dma_iommu
dev_dma_iommu(dev)                     => test dma_iommu
dev_dma_ops_bypass(dev)                => test ops_bypass
arch_dma_alloc_direct                  => zero        # powerpc alone has them
arch_dma_free_direct                   => zero
arch_dma_map_page_direct               => zero
arch_dma_unmap_page_direct             => zero
arch_dma_map_phys_direct               => zero
arch_dma_unmap_phys_direct             => zero
min_not_zero                           => ignore
dma_direct_get_required_mask           => ignore
dma_map_phys                           => follow
dma_unmap_phys                         => follow
dma_direct_alloc                       => step take direct
dma_direct_free                        => step take direct
dma_direct_map_page                    => step take direct
dma_direct_unmap_page                  => step take direct
dma_direct_map_phys                    => step take direct
dma_direct_unmap_phys                  => step take direct
iommu_dma_alloc                        => step take iommu
iommu_dma_free                         => step take iommu
iommu_dma_map_page                     => step take iommu
iommu_dma_unmap_page                   => step take iommu
iommu_dma_map_phys                     => step take iommu
iommu_dma_unmap_phys                   => step take iommu
get_dma_ops(dev)->alloc                => step take ops
get_dma_ops(dev)->free                 => step take ops
get_dma_ops(dev)->map_page             => step take ops
get_dma_ops(dev)->unmap_page           => step take ops
get_dma_ops(dev)->map_phys             => step take ops
get_dma_ops(dev)->unmap_phys           => step take ops
dma_alloc_attrs                        => trynull call dma_alloc
dma_free_attrs                         => step call dma_free
dma_free_coherent                      => step call dma_free
devres_add                             => step devres_add
devres_destroy                         => step devres_remove
devres_remove                          => step devres_remove
irqs_disabled                          => zero
valid_dma_direction                    => one
page_to_phys                           => ignore
is_zone_device_page                    => zero
dev_is_dma_coherent                    => one
`

const dmaTests = `
dev->dma_mask                          => true
dev->coherent_dma_mask                 => true
flag&__GFP_COMP                        => false     # a wrong call
get_dma_ops(dev)->alloc                => true
get_dma_ops(dev)->free                 => true
get_dma_ops(dev)->map_page             => true
get_dma_ops(dev)->unmap_page           => true
get_dma_ops(dev)->map_phys             => true
get_dma_ops(dev)->unmap_phys           => true
dev->dma_iommu                         => dma_iommu
dev->dma_ops_bypass                    => ops_bypass
dev->dma_ops                           => ops
min_not_zero(dev->coherent_dma_mask,dev->bus_dma_limit)>=dma_direct_get_required_mask(dev) => mask_covers
min_not_zero(*dev->dma_mask,dev->bus_dma_limit)>=dma_direct_get_required_mask(dev) => mask_covers
`

const dmaAssigns = `
dev->dma_ops = 0                       => step set_ops null
dev->dma_ops = &iommu_dma_ops          => step set_ops iommu
dev->dma_ops = &intel_dma_ops          => step set_ops vendor
dev->dma_iommu = 1                     => step set_dma_iommu on
dev->dma_iommu = 0                     => step set_dma_iommu off
`
