package extract

// The IOMMU core, and what firmware says of a device.

const iommuCalls = `
# Locks.
mutex_lock(&iommu_probe_device_lock)     => step lock iommu_probe
mutex_unlock(&iommu_probe_device_lock)   => step unlock iommu_probe
mutex_lock(&dev->iommu_group->mutex)     => step lock group
mutex_unlock(&dev->iommu_group->mutex)   => step unlock group

# Names.
iommu_group_get(dev)                   => expr dev->iommu_group
iommu_group_ref_get                    => ignore
iommu_group_put                        => ignore
dev_iommu_ops                          => expr iommu_ops
dev_iommu_fwspec_get(dev)              => expr dev->iommu->fwspec
iommu_get_domain_for_dev(dev)          => expr dev->iommu_group->domain
iommu_get_dma_domain(dev)              => expr dev->iommu_group->default_domain
iommu_group_default_domain(dev->iommu_group) => expr dev->iommu_group->default_domain

# The bus, and firmware.
dev_fwnode                             => ignore
of_dma_configure                       => firmware of_dma_configure_id
of_dma_configure_id                    => firmware of_dma_configure_id
acpi_dma_configure                     => firmware acpi_dma_configure_id
acpi_dma_configure_id                  => firmware acpi_dma_configure_id
acpi_arch_dma_setup                    => follow
acpi_dma_get_range                     => fork ranges ? 0 2=firmware_map : -ENODEV
iort_dma_get_ranges                    => zero      # a limit alone
acpi_iommu_configure_id                => try call iommu_configure
iort_iommu_configure_id                => follow
iort_scan_node                         => fork described ? node : NULL
iort_node_map_platform_id              => one
iort_nc_iommu_map                      => as iort_iommu_xlate   # for each of its ids; one is enough
iort_nc_iommu_map_id                   => as iort_iommu_xlate
iort_iommu_xlate                       => follow
iort_iommu_driver_enabled              => one
iort_get_fwnode                        => one
iort_named_component_init              => ignore
acpi_iommu_fwspec_init                 => follow
acpi_iommu_fwspec_ops                  => fork fwspec ? iommu_ops : NULL
iommu_fwspec_add_ids                   => zero
rimt_iommu_configure_id                => fork false ? 0 : -ENODEV   # of other machines
viot_iommu_configure                   => fork false ? 0 : -ENODEV
pci_get_host_bridge_device             => ignore
pci_put_host_bridge_device             => ignore
pci_enable_acs                         => ignore
acpi_get_dma_attr                      => expr attr
to_acpi_device_node                    => ignore
has_acpi_companion                     => one
is_of_node                             => test firmware_of
is_acpi_device_node                    => test firmware_acpi
to_of_node                             => ignore
to_platform_driver                     => ignore
to_pci_driver                          => ignore
to_pci_dev                             => ignore
to_amba_driver                         => ignore
to_fsl_mc_driver                       => ignore
to_fsl_mc_device                       => ignore
to_cdx_driver                          => ignore
to_cdx_device                          => ignore
dev_of_node                            => test firmware_of
iommu_device_use_default_domain(dev)   => try call owner_use
iommu_device_unuse_default_domain(dev) => step call owner_unuse
__of_get_dma_parent                    => ignore
of_dma_get_range                       => fork ranges ? 0 2=firmware_map : -ENODEV
dma_range_map_max                      => ignore
dma_range_map_min                      => ignore
of_dma_is_coherent                     => ignore
of_dma_set_restricted_buffer           => ignore
of_iommu_configure                     => try call iommu_configure
arch_setup_dma_ops                     => step call dma_setup
kfree(firmware_map)                    => step range_map_free
ilog2                                  => ignore
DMA_BIT_MASK                           => ignore

# of_iommu_configure.
of_iommu_configure_device              => follow
of_iommu_configure_dev                 => follow
of_iommu_configure_dev_id              => follow
of_iommu_xlate                         => follow
of_device_is_available                 => one
iommu_fwspec_init                      => follow
iommu_from_fwnode                      => fork provider ? iommu : NULL
iommu_ops_from_fwnode                  => fork provider ? iommu_ops : NULL
iommu_fwspec_init(*, *, 0)             => zero    # a fwspec without ops is thrown away and made anew the next time
0->of_xlate                            => zero    # never: it was there when the fwspec was made
device_is_bound                        => test bound
@type_store list_first_entry           => expr gdev
iommu_is_default_domain                => test not mapping
iommu_change_dev_def_domain            => follow
iommu_get_def_domain_type              => zero    # what an IOMMU driver asks for
iommu_is_attach_deferred               => zero
@type_store iommu_group_alloc_default_domain(*, *, *) => fork type_possible ? 0 : -ENOMEM   # domain_change stands where it is attached
@type_store __iommu_attach_device      => step domain_change
@type_store iommu_domain_free          => ignore  # domain_change frees the old one
probe_alloc_default_domain             => tryfail domain_alloc when not default_domain
__iommu_group_dma_attach               => step domain_attach
__iommu_group_dma_finalize             => step for each group; call iommu_finalize; end
bus_register_notifier                  => zero
bus_unregister_notifier                => step provider_unlist   # the IOMMU driver then unregisters
@iommu_register kzalloc                => one
amd_iommu_probe_finalize               => follow
device_needs_bounce                    => zero    # an untrusted device
of_property_read_u32                   => ignore
driver_deferred_probe_check_state      => fork timeout ? -ENODEV : -EPROBE_DEFER
dev_iommu_get(dev)                     => done param_get
dev_iommu_free(dev)                    => follow
fwnode_handle_put                      => ignore
iommu_fwspec_free                      => ignore    # kfree of dev->iommu behind it says so; elsewhere it was not set yet
kfree(dev->iommu)                      => step fwspec_free   # others still find it
kfree(dev->iommu->fwspec)              => step fwspec_free
dev_iommu_fwspec_set                   => ignore    # fwspec_init stands where it may fail: at its memory
@iommu_configure kzalloc_flex          => trynull fwspec_init
@iommu_configure kzalloc               => trynull fwspec_init
@iommu_configure kzalloc_obj           => trynull fwspec_init
iommu_ops->of_xlate                    => zero
dev_is_pci                             => zero      # a PCI device comes to the same of_iommu_xlate by its aliases
fwnode_handle_get                      => ignore
of_fwnode_handle                       => ignore
of_node_to_fwnode                      => ignore
iommu_probe_device(dev)                => try call iommu_probe
of_node_put                            => ignore

# iommu_probe_device.
__iommu_probe_device                   => follow
iommu_init_device                      => follow
iommu_deinit_device                    => follow
iommu_fwspec_ops                       => fork iommu_known ? iommu_ops : NULL
try_module_get                         => one
iommu_ops->probe_device                => fork iommu_named ? 1 : -ENODEV   # any other failure of all three stands at device_group
iommu_device_link                      => zero
iommu_ops->device_group                => tryptr group_join
iommu_group_get_for_dev                => tryptr group_join -> dev->iommu_group
iommu_device_unlink                    => step unlink
iommu_ops->release_device              => step release_device; domain_detach unless release_domain; set_ops null unless no_vendor_release
@iommu_probe iommu_ops->release_device    => step release_device   # what is in a group already does not fail; nothing else is attached
@iommu_register iommu_ops->release_device => step release_device
iommu_ops->release_domain->ops->attach_dev => step domain_detach
iommu_ops->is_attach_deferred          => ignore
kobject_put(dev->iommu_group->devices_kobj) => ignore
dev_iommu_get_max_pasids               => ignore
iommu_group_alloc_device               => one
__iommu_group_free_device              => ignore
iommu_group_remove_device              => follow
list_del(&tmp_device->list)            => step group_leave; $left   # dev->iommu_group itself is cleared behind the lock
__iommu_group_remove_device            => follow
iommu_create_device_direct_mappings    => zero
iommu_group_create_direct_mappings     => zero
__iommu_device_set_domain              => step domain_attach when not owned   # what the group is attached to: a blocking domain, if owned
__iommu_attach_device                  => step domain_attach
iommu_alloc_default_domain             => tryfail domain_alloc when not default_domain
iommu_setup_default_domain             => follow
iommu_get_default_domain_type          => zero
@type_store iommu_get_default_domain_type => fork type_allowed ? 1 : -EINVAL
iommu_group_alloc_default_domain       => tryptr domain_alloc
__iommu_group_set_domain_internal      => step domain_attach
__iommu_group_set_domain               => step domain_attach
iommu_domain_free(dev->iommu_group->default_domain) => step domain_free
iommu_domain_free                      => ignore
iommu_get_dma_cookie                   => zero
iommu_is_dma_domain(dev->iommu_group->domain)         => test domain_dma    # the attached one
iommu_is_dma_domain(dev->iommu_group->default_domain) => test default_dma   # attached or not
iommu_is_dma_domain                    => ignore    # of a domain that is not the device's yet
iommu_setup_dma_ops(dev)               => step call iommu_finalize
iommu_setup_dma_ops(dev, dev->iommu_group->default_domain) => step call iommu_finalize
@dma_setup iommu_setup_dma_ops         => follow
@iommu_finalize iommu_setup_dma_ops    => follow
iommu_ops->probe_finalize              => step call iommu_finalize unless core_finalize
iommu_group_do_probe_finalize          => step call iommu_finalize unless core_finalize
dev_assign_dma_iommu(dev, 1)           => step set_dma_iommu on
dev_assign_dma_iommu(dev, 0)           => step set_dma_iommu off
dev_clear_dma_iommu                    => step set_dma_iommu off
dev_set_dma_iommu                      => step set_dma_iommu on
iommu_dma_init_domain                  => zero
@iommu_release module_put              => step module_put
dev_has_iommu                          => one
iommu_release_device                   => step call iommu_release

# Registration.
is_module_address                      => zero
list_add_tail(&iommu->list, &iommu_device_list) => step provider_list
list_del(&iommu->list)                 => step provider_unlist
WRITE_ONCE(iommu->ready, true)         => step provider_ready
WRITE_ONCE(iommu->ready, 1)            => step provider_ready
bus_iommu_probe                        => followtry bus_probe
@iommu_register list_add_tail(&dev->iommu_group->entry, data) => step walk_add
@iommu_register list_del_init(&dev->iommu_group->entry) => step walk_del
bus_for_each_dev                       => each device 4
iommu_device_unregister                => follow
dev_fwnode                             => ignore

# The type of a group.
capable                                => one
sysfs_streq                            => one      # the event says which type; all of them are known words
iommu_dma_init_fq                      => zero
@iommu_register iommu_group_alloc_default_domain => given default_domain ? dev->iommu_group->default_domain : tryptr domain_alloc   # of one type: then it stays
@type_store iommu_group_alloc_default_domain  => fork want_identity, not default_dma ? dev->iommu_group->default_domain : new_domain
@type_store __iommu_group_set_domain_internal => step domain_change
@type_store __iommu_group_set_domain          => step domain_change

# DMA ownership.
xa_empty                               => one
__iommu_take_dma_ownership             => follow
__iommu_release_dma_ownership          => follow
__iommu_group_alloc_blocking_domain    => zero
@owner_claim __iommu_group_set_domain  => zero
@owner_release __iommu_group_set_domain_nofail => step owner_release
@owner_release __iommu_group_set_domain        => step owner_release
`
