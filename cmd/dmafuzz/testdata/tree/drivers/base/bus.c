// SPDX-License-Identifier: MIT

static ssize_t bind_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct device *dev = bus_find_device_by_name(drv->bus, NULL, buf);
	int err;

	device_lock(dev);
	if (dev->driver) {
		device_unlock(dev);
		return -EBUSY;
	}
	err = really_probe(dev, drv);
	device_unlock(dev);
	return err;
}
