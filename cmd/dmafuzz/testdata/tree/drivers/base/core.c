// SPDX-License-Identifier: MIT

int device_add(struct device *dev)
{
	klist_add_tail(&dev->p->knode_bus, &dev->bus->p->klist_devices);
	return 0;
}

void device_del(struct device *dev)
{
	device_release_driver(dev);
	if (dev->iommu_group)
		iommu_release_device(dev);
	klist_del(&dev->p->knode_bus);
}

static void device_release(struct kobject *kobj)
{
	struct device *dev = kobj_to_dev(kobj);

	devres_release_all(dev);
	kfree(dev->p);
}

void device_shutdown(void)
{
	struct device *dev;

	while (!list_empty(&devices_kset->list)) {
		dev = list_entry(devices_kset->list.prev, struct device, kobj.entry);
		dev->bus->shutdown(dev);
	}
}
