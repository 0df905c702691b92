// SPDX-License-Identifier: GPL-2.0
/* See dd.c. */
#include <linux/device.h>

int bus_add_device(struct device *dev)
{
	klist_add_tail(&dev->p->knode_bus, &dev->bus->p->klist_devices);
	return 0;
}

void bus_remove_device(struct device *dev)
{
	klist_del(&dev->p->knode_bus);
}
