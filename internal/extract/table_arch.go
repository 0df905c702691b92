package extract

// The hooks of the architectures.

const archCalls = `
cache_line_size_of_cpu                 => ignore
dev_driver_string                      => ignore
dev_assign_dma_coherent                => ignore
dev_set_dma_coherent                   => ignore
xen_setup_dma_ops                      => ignore     # a kernel that runs below Xen
xen_initial_domain                     => zero
device_iommu_mapped(dev)               => test group

# 32-bit ARM: mappings.
arm_setup_iommu_dma_ops                => follow
arm_teardown_iommu_dma_ops             => follow
arm_iommu_create_mapping               => one
arm_iommu_release_mapping              => ignore
__arm_iommu_attach_device              => follow
arm_iommu_detach_device                => follow
iommu_attach_device                    => follow
iommu_detach_device                    => step mapping_detach
list_count_nodes(&dev->iommu_group->devices) => fork one_device ? 1 : many
iommu_group_device_count               => fork one_device ? 1 : many
__iommu_attach_group                   => follow
@dma_setup __iommu_group_set_domain    => tryfail mapping_attach
@mapping_attach __iommu_group_set_domain => tryfail mapping_attach
@dma_setup __iommu_group_for_each_dev  => tryfail mapping_attach
@mapping_attach __iommu_group_for_each_dev => tryfail mapping_attach
@dma_setup __iommu_group_set_domain(*, old_domain)      => zero
@mapping_attach __iommu_group_set_domain(*, old_domain) => zero
domain_iommu_ops_compatible            => one
arm_get_iommu_dma_map_ops              => expr &iommu_ops
arm_get_dma_map_ops                    => follow
@mapping_detach dev_warn               => step mapping_detach   # nothing is attached: the kernel warns
set_dma_ops(dev, &iommu_ops)           => step set_ops arm-iommu
set_dma_ops(dev, &arm_dma_ops)         => step set_ops arm
set_dma_ops(dev, &arm_coherent_dma_ops) => step set_ops arm
set_dma_ops(dev, &intel_dma_ops)       => step set_ops vendor
set_dma_ops(dev, 0)                    => step set_ops null
set_dma_ops(dev, &iommu_dma_ops)       => step set_ops iommu
`

const archTests = `
to_dma_iommu_mapping(dev)              => mapping
dev->archdata.mapping                  => mapping
dev->archdata.dma_ops_setup            => ops_setup
dev->archdata.dma_coherent             => false
many==1                                => false
@dma_setup dev->iommu_group->domain       => true    # domain_attach of no default domain: then it is a mapping's
@mapping_attach dev->iommu_group->domain  => true
dev->iommu_group->domain==dev->iommu_group->blocking_domain => false
`

const archAssigns = `
dev->archdata.dma_ops_setup = 1        => step set_ops_setup on
dev->archdata.dma_ops_setup = 0        => step set_ops_setup off
`
