// SPDX-License-Identifier: GPL-2.0
/* A driver core of our own, much smaller than Linux's: what tests read. */
#include <linux/device.h>

static void device_unbind_cleanup(struct device *dev)
{
	devres_release_all(dev);
	arch_teardown_dma_ops(dev);
	kfree(dev->dma_range_map);
	dev->dma_range_map = NULL;
	device_set_driver(dev, NULL);
}

static int really_probe(struct device *dev, const struct device_driver *drv)
{
	int ret;

	if (!list_empty(&dev->devres_head))
		return -EBUSY;

	device_set_driver(dev, drv);
	ret = dev->bus->dma_configure(dev);
	if (ret)
		goto out_cleanup;

	ret = driver_sysfs_add(dev);
	if (ret)
		goto out_dma;

	switch (ret = dev->bus->probe(dev)) {
	case 0:
		break;
	case -EPROBE_DEFER:
		dev_dbg(dev, "later\n");
		fallthrough;
	default:
		driver_sysfs_remove(dev);
		goto out_dma;
	}
	driver_bound(dev);
	return 0;

out_dma:
	if (dev->bus->dma_cleanup)
		dev->bus->dma_cleanup(dev);
out_cleanup:
	device_unbind_cleanup(dev);
	return ret;
}

static int __driver_probe_device(const struct device_driver *drv, struct device *dev)
{
	if (dev->p->dead || !device_is_registered(dev))
		return -ENODEV;
	if (dev->driver)
		return -EBUSY;
	return really_probe(dev, drv);
}

static int __driver_attach(struct device *dev, void *data)
{
	const struct device_driver *drv = data;
	int ret;

	scoped_guard(device, dev) {
		ret = __driver_probe_device(drv, dev);
		if (ret == -EPROBE_DEFER)
			driver_deferred_probe_add(dev);
	}
	return 0;
}

void device_release_driver_internal(struct device *dev, const struct device_driver *drv, struct device *parent)
{
	guard(device)(dev);
	if (!dev->driver)
		return;
	driver_sysfs_remove(dev);
	dev->bus->remove(dev);
	if (dev->bus->dma_cleanup)
		dev->bus->dma_cleanup(dev);
	device_unbind_cleanup(dev);
}

void driver_deferred_probe_add(struct device *dev)
{
	mutex_lock(&deferred_probe_mutex);
	list_add_tail(&dev->p->deferred_probe, &deferred_probe_pending_list);
	mutex_unlock(&deferred_probe_mutex);
}
