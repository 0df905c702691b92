// SPDX-License-Identifier: GPL-2.0
/* Made up for the tests of csource: the shape of a driver core, no line of one. */
#include <linux/nothing.h>

#define to_gadget(d)	container_of(d, struct gadget, dev)
#define MAX_TRIES \
	3	/* after that, give up */

static DEFINE_MUTEX(gadget_lock);

static int gadget_try(struct device *dev, const struct gadget_driver *drv)
{
	struct gadget *g = to_gadget(dev);
	bool again = IS_ENABLED(CONFIG_GADGET_TEST) && !drv->once;
	int ret, tries = 0;

	if (wait_for_friends(dev) == -EAGAIN)
		return -EPROBE_DEFER;

retry:
	dev->driver = &drv->driver;

	ret = gadget_bind_pins(dev);
	if (ret)
		goto pins_failed;

	if (dev->bus->dma_configure) {
		ret = dev->bus->dma_configure(dev);
		if (ret)
			goto pins_failed;
	}

#ifdef CONFIG_GADGET_SYSFS
	ret = gadget_sysfs_add(dev, "gadget", /* not , a comma */ true);
	if (ret) {
		dev_err(dev, "%s: sysfs (%d)\n",
			__func__, ret);
		goto sysfs_failed;
	}
#else
	pr_debug("no sysfs\n");
#endif

	ret = drv->probe ? drv->probe(to_gadget(dev)) : gadget_default(g);
	switch (ret) {
	case 0:
		break;
	case -ENODEV:
	case -ENXIO ... -EPERM:
		fallthrough;
	default:
		ret = abs(ret);
		goto probe_failed;
	}

	if (again && tries++ < MAX_TRIES) {
		gadget_remove(dev);
		goto retry;
	} else if (!again)
		gadget_bound(dev);
	else
		BUG();

	list_for_each_entry_safe(g, n, &gadgets, node)
		gadget_tell(g, dev);

	do {
		gadget_step(g);
	} while (gadget_busy(g) || gadget_late(g));

	return 0;

probe_failed:
	gadget_sysfs_del(dev);
sysfs_failed:
	if (dev->bus && dev->bus->dma_cleanup)
		dev->bus->dma_cleanup(dev);
pins_failed:
	gadget_release_all(dev);
	dev->dma_ops = dev->saved_ops = NULL;
	kfree(dev->range), dev->range = NULL;
	return ret;
}
EXPORT_SYMBOL_GPL(gadget_try);

DEFINE_GADGET_PROP(first, "a-b", NULL)
static inline struct gadget __must_check *
gadget_of(struct device *dev) __releases(&gadget_lock)
{
	struct gadget *g __free(gadget_put) = NULL, *h __free(kfree) = gadget_get(dev);

	guard(mutex)(&gadget_lock);
	scoped_guard(device, to_dev(h)) {
		for (int i = first(); i < h->n; i++)
			(*h->release)(dev, h);
	}
	return_ptr(g);
}

static const struct bus_type gadget_bus = {
	.name		= "gadget",
	.match		= gadget_match,
#ifdef CONFIG_PM
	.pm		= &gadget_pm,
#endif
	.ops		= { .map = gadget_map, [3] = sizeof(int), },
};
bus_initcall(gadget_init);
