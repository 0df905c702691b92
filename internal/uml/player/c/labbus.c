// SPDX-License-Identifier: GPL-2.0
/* The bus of the devices: the driver core's callbacks, logged as they come. */
#include <linux/kernel.h>
#include <linux/notifier.h>

#include "lab.h"

static const char *notified(unsigned long action)
{
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:		return "add";
	case BUS_NOTIFY_DEL_DEVICE:		return "del";
	case BUS_NOTIFY_REMOVED_DEVICE:		return "removed";
	case BUS_NOTIFY_BIND_DRIVER:		return "bind";
	case BUS_NOTIFY_BOUND_DRIVER:		return "bound";
	case BUS_NOTIFY_UNBIND_DRIVER:		return "unbind";
	case BUS_NOTIFY_UNBOUND_DRIVER:		return "unbound";
	case BUS_NOTIFY_DRIVER_NOT_BOUND:	return "not_bound";
	}
	return "unknown";
}

static int notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;
	struct lab_place *p = lab_place(dev);

	if (!p)
		return NOTIFY_DONE;
	lab_say("notify", p->name, notified(action));
	if (action == BUS_NOTIFY_ADD_DEVICE) {
		if (p->map)
			lab_set_range_map(dev);
		lab_iommu_added(dev);
	}
	if (action == BUS_NOTIFY_REMOVED_DEVICE)
		lab_iommu_removed(dev);
	return NOTIFY_DONE;
}

static struct notifier_block bus_nb = { .notifier_call = notify, .priority = 1 };

static int match(struct device *dev,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
		 const
#endif
		 struct device_driver *drv)
{
	return lab_me()->target && lab_me()->target->dev == dev && &lab_me()->target->drv == drv;
}

static int probe(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	lab_say("probe", p->name, NULL);
	lab_me()->error = lab_callback(p, "probe");
	return lab_me()->error;
}

static void remove(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	lab_race_threads(p);
	lab_say("remove", p->name, NULL);
	if (!lab.silent && (lab.any || lab_plain_live(p)))
		lab_callback(p, "return");
}

static void shutdown(struct device *dev)
{
	lab_say("shutdown", lab_place(dev)->name, NULL);
}

static int configure(struct device *dev)
{
	lab_say("configure", lab_place(dev)->name, NULL);
	lab_me()->error = lab_dma_configure(dev);
	return lab_me()->error;
}

static void cleanup(struct device *dev)
{
	lab_say("cleanup", lab_place(dev)->name, NULL);
	lab_dma_cleanup(dev);
}

LAB_CONST_BUS struct bus_type lab_bus_type = {
	.name		= "lab",
	.match		= match,
	.probe		= probe,
	.remove		= remove,
	.shutdown	= shutdown,
	.dma_configure	= configure,
	.dma_cleanup	= cleanup,
};

static int __init bus_init(void)
{
	int err = bus_register(&lab_bus_type);

	return err ?: bus_register_notifier(&lab_bus_type, &bus_nb);
}
/* Before the IOMMU core looks for its buses. */
postcore_initcall(bus_init);
