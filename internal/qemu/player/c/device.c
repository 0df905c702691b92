// SPDX-License-Identifier: GPL-2.0
/* The two devices, the files of sysfs, and the state that all are in. */
#include <linux/fs.h>
#include <linux/notifier.h>

#include "play.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/iommu-dma.h>
#else
#include <linux/dma-map-ops.h>
#endif

struct play_place play_places[PLAY_DEVICES] = {
	{ .name = "sata", .devfn = PCI_DEVFN(3, 0) },
	{ .name = "eth", .devfn = PCI_DEVFN(4, 0) },
};

struct play_place *play_named(const char *name)
{
	int i;

	for (i = 0; i < PLAY_DEVICES; i++)
		if (!strcmp(play_places[i].name, name))
			return &play_places[i];
	return NULL;
}

/* Also of a device that is only being added. */
struct play_place *play_place(struct device *dev)
{
	int i;

	if (!dev_is_pci(dev) || !pci_is_root_bus(to_pci_dev(dev)->bus))
		return NULL;
	for (i = 0; i < PLAY_DEVICES; i++)
		if (play_places[i].devfn == to_pci_dev(dev)->devfn)
			return &play_places[i];
	return NULL;
}

bool play_bound(struct play_place *p)
{
	return device_is_bound(&p->pdev->dev);
}

/* The device is found on the bus, as by a rescan or a hot plug. */
int play_add(struct play_place *p)
{
	struct pci_bus *bus = pci_find_bus(0, 0);

	if (!bus)
		return -ENODEV;
	pci_lock_rescan_remove();
	p->pdev = pci_dev_get(pci_scan_single_device(bus, p->devfn));
	if (p->pdev)
		pci_bus_add_device(p->pdev);
	pci_unlock_rescan_remove();
	p->registered = p->pdev;
	return p->pdev ? 0 : -ENODEV;
}

int play_put_file(const char *name, const char *text)
{
	struct file *f = filp_open(name, O_WRONLY, 0);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(f))
		return PTR_ERR(f);
	n = kernel_write(f, text, strlen(text), &pos);
	filp_close(f, NULL);
	return n < 0 ? n : 0;
}

int play_put_device_file(struct play_place *p, const char *file, const char *text)
{
	char name[96];

	snprintf(name, sizeof(name), "/sys/bus/pci/devices/%s/%s", pci_name(p->pdev), file);
	return play_put_file(name, text);
}

static const char *ops(struct device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return use_dma_iommu(dev) ? "iommu" : "null";
#else
	return get_dma_ops(dev) ? "iommu" : "null";
#endif
}

static void group_state(struct play_place *p)
{
	struct device *dev = &p->pdev->dev;
	struct iommu_domain *to, *by_default;

	if (!dev->iommu_group)
		return;
	to = iommu_get_domain_for_dev(dev);
	by_default = iommu_get_dma_domain(dev);
	printk(KERN_ERR PLAY_DRIVER ": g %s default=%s attached=%s\n", p->name,
	       !by_default ? "none" : by_default->type & __IOMMU_DOMAIN_DMA_API ? "dma" : "identity",
	       !to ? "none" : to == by_default ? "default" : "other");
}

void play_states(void)
{
	int i;

	for (i = 0; i < PLAY_DEVICES; i++) {
		struct play_place *p = &play_places[i];
		struct device *dev;

		if (!p->pdev)
			continue;
		dev = &p->pdev->dev;
		printk(KERN_ERR PLAY_DRIVER ": s %s drv=%d bound=%d ops=%s grp=%d\n", p->name,
		       !!dev->driver, p->registered && play_bound(p), ops(dev), !!dev->iommu_group);
		group_state(p);
	}
}

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
	struct play_place *p = play_place(data);

	if (p)
		play_say("notify", p->name, notified(action));
	return NOTIFY_DONE;
}

static struct notifier_block nb = { .notifier_call = notify, .priority = 1 };

/* Two functions of one device share a group, as nothing keeps one from the other. */
static void find_shared(struct pci_bus *bus)
{
	struct pci_dev *second = pci_get_slot(bus, PCI_DEVFN(3, 1));

	if (second)
		play_places[1].devfn = second->devfn;
	pci_dev_put(second);
}

/* The devices are there from boot; they go, and come back by the script. */
int play_device_init(void)
{
	struct pci_bus *bus = pci_find_bus(0, 0);
	int i;

	if (!bus)
		return -ENODEV;
	find_shared(bus);
	for (i = PLAY_DEVICES - 1; i >= 0; i--) {
		struct pci_dev *pdev = pci_get_slot(bus, play_places[i].devfn);

		if (pdev)
			pci_stop_and_remove_bus_device_locked(pdev);
		pci_dev_put(pdev);
	}
	return bus_register_notifier(&pci_bus_type, &nb);
}
