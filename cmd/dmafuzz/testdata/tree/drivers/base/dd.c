// SPDX-License-Identifier: MIT
/*
 * A driver core for the tests: the functions that dmafuzz reads of the real
 * one, with next to nothing in them.
 */

static void deferred_probe_work_func(struct work_struct *work)
{
	driver_deferred_probe_del(dev);
	bus_probe_device(dev);
}

static void device_unbind_cleanup(struct device *dev)
{
	devres_release_all(dev);
	arch_teardown_dma_ops(dev);
	dev->driver = NULL;
}

static int really_probe(struct device *dev, struct device_driver *drv)
{
	int ret = device_links_check_suppliers(dev);

	if (ret)
		return ret;
	dev->driver = drv;
	ret = dev->bus->dma_configure(dev);
	if (ret)
		goto out;
	ret = dev->bus->probe(dev);
	if (ret)
		goto out;
	driver_bound(dev);
	return 0;
out:
	device_unbind_cleanup(dev);
	return ret;
}

static int __driver_attach(struct device *dev, void *data)
{
	struct device_driver *drv = data;
	int ret = 0;

	device_lock(dev);
	if (!dev->driver)
		ret = really_probe(dev, drv);
	device_unlock(dev);
	if (ret == -EPROBE_DEFER)
		driver_deferred_probe_add(dev);
	return 0;
}

void device_release_driver_internal(struct device *dev, struct device_driver *drv, struct device *parent)
{
	device_lock(dev);
	if (dev->driver) {
		dev->bus->remove(dev);
		device_unbind_cleanup(dev);
	}
	device_unlock(dev);
}

void driver_deferred_probe_add(struct device *dev)
{
	list_add_tail(&dev->p->deferred_probe, &deferred_probe_pending_list);
}
