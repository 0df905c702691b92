// SPDX-License-Identifier: GPL-2.0
/* See dd.c. */
#include <linux/device.h>

#define for_each_one(pos, head) list_for_each_entry(pos, head, node)

int device_add(struct device *dev)
{
	int error = bus_add_device(dev);

	if (error)
		return error;
	kobject_uevent(&dev->kobj, KOBJ_ADD);
	bus_probe_device(dev);
	return 0;
}

void device_del(struct device *dev)
{
	device_lock(dev);
	kill_device(dev);
	device_unlock(dev);
	bus_notify(dev, BUS_NOTIFY_DEL_DEVICE);
	bus_remove_device(dev);
	device_release_driver_internal(dev, NULL, NULL);
	kobject_del(&dev->kobj);
}

static void device_release(struct kobject *kobj)
{
	struct device *dev = kobj_to_dev(kobj);
	struct device_private *p = dev->p;

	devres_release_all(dev);
	kfree(dev->dma_range_map);
	if (dev->release)
		dev->release(dev);
	kfree(p);
}
