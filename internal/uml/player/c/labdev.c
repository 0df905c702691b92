// SPDX-License-Identifier: GPL-2.0
/* The two devices: what happens to them, and the state they are in. */
#include <linux/kernel.h>

#include "lab.h"

struct lab_state lab;
struct lab_place lab_places[LAB_DEVICES] = {
	{ .name = "sata" }, { .name = "eth" },
};

struct lab_place *lab_named(const char *name)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		if (!strcmp(lab_places[i].name, name))
			return &lab_places[i];
	return NULL;
}

/* Nothing leads to the range map any more. */
static void lost_range_map(struct lab_place *p)
{
	void *map = p->range_map;

	if (!map)
		return;
	p->range_map = NULL;
	lab_say("lost", p->name, "ranges");
	kfree(map);
}

/* Sees what is freed. */
void __real_kfree(const void *object);
void __wrap_kfree(const void *object);
void __wrap_kfree(const void *object)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++) {
		if (!object || lab_places[i].range_map != object)
			continue;
		lab_places[i].range_map = NULL;
		lab_say("ranges", lab_places[i].name, "free");
	}
	__real_kfree(object);
}

/*
 * One range that moves all of memory up by a gigabyte, ended by an empty one.
 * The kernel frees it with kfree. It is long: where memory lies in a User-Mode
 * Linux depends on where the host put the heap, anywhere up to a gigabyte on.
 */
void lab_set_range_map(struct device *dev)
{
	struct bus_dma_region *map = kcalloc(2, sizeof(*map), GFP_KERNEL);
	struct lab_place *p = lab_place(dev);

	if (!map)
		return;
	map->dma_start = 1UL << 30;
	map->size = 1UL << 36;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	map->offset = map->cpu_start - map->dma_start;
#endif
	lost_range_map(p);
	p->range_map = map;
	dev->dma_range_map = map;
	lab_say("ranges", p->name, "set");
}

static void gone(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	if (p) {
		if (dev->dma_mem)
			dma_release_coherent_memory(dev);
		lab_forget(p);
		lost_range_map(p);
		p->dev = NULL;
		p->registered = false;
	}
	kfree(dev);
}

/* The core shuts down from the end of its list, the machine in order of adding. */
void lab_shutdown(void)
{
	unsigned int last = UINT_MAX;

	for (;;) {
		struct lab_place *p = NULL;
		int i;

		for (i = 0; i < LAB_DEVICES; i++)
			if (lab_places[i].registered && lab_places[i].added < last &&
			    (!p || lab_places[i].added > p->added))
				p = &lab_places[i];
		if (!p)
			break;
		devices_kset_move_last(p->dev);
		last = p->added;
	}
	lab.shut = true;
	device_shutdown();
}

int lab_add(struct lab_place *p)
{
	static unsigned int added;
	struct device *dev;
	int err;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	device_initialize(dev);
	dev_set_name(dev, "%s", p->name);
	dev->bus = &lab_bus_type;
	dev->release = gone;
	dev->dma_mask = &p->mask;
	p->mask = DMA_BIT_MASK(64);
	dev->coherent_dma_mask = DMA_BIT_MASK(64);
	dev->pm_domain = &p->pm;
	p->dev = dev;
	p->added = added++;
	err = device_add(dev);
	if (err) {
		put_device(dev);
		return err;
	}
	p->registered = true;
	lab_link_added(p);
	return 0;
}

int lab_del(struct lab_place *p)
{
	p->registered = false;
	device_del(p->dev);
	lab_link_deleted(p);
	return 0;
}

static bool deferred(struct device *dev)
{
	return dev->p && !list_empty(&dev->p->deferred_probe);
}

/*
 * driver_attach and the worker keep what became of it to themselves. A device
 * that was on the deferred list stays there whatever the error, so the last
 * error that the player saw tells.
 */
static int outcome(struct lab_place *p, bool was_deferred)
{
	if (!p->dev)
		return -ENODEV;		/* the other thread has put it */
	if (device_is_bound(p->dev))
		return 0;
	if (was_deferred)
		return lab_me()->error == -EPROBE_DEFER ? -EPROBE_DEFER : -EIO;
	return deferred(p->dev) ? -EPROBE_DEFER : -EIO;
}

/* Binds as the event does whose name begins with how: attach, bind or retry. */
int lab_bind(struct lab_place *p, char how)
{
	bool was_deferred = how == 'a' && deferred(p->dev);
	ssize_t err;

	lab_me()->error = 0;
	p->drv.suppress_bind_attrs = !lab_me()->test_remove;
	lab_me()->target = p;
	if (how == 'b') {
		err = lab_driver_store(p, "bind");
		err = err == -EAGAIN ? -EPROBE_DEFER : err < 0 ? -EIO : 0;
	} else {
		if (how == 'a')
			err = driver_attach(&p->drv);
		else
			lab_retry(p);
		err = outcome(p, was_deferred);
	}
	lab_me()->target = NULL;
	p->drv.suppress_bind_attrs = true;
	return err;
}

static void boot_device(struct lab_place *p)
{
	struct device *dev = p->dev;
	int i;

	if (!dev)
		return;
	for (i = 0; i < LAB_SLOTS; i++)
		if (lab_slots[i].place == p && (lab_slots[i].kind == KIND_PLAIN || lab_slots[i].kind == KIND_MAP))
			lab_heal(dev, &lab_slots[i]);
	if (p->registered)
		lab_del(p);
	put_device(dev);
	if (p->dev) {
		lab.silent = false;
		lab_odd("references left to", p->name);
		lab.silent = true;
		p->dev = NULL;
	}
}

/* Puts everything back to what it was at boot. */
void lab_boot(void)
{
	int i;

	lab_at_forget();
	lab.silent = true;
	lab_race_end();
	for (i = 0; i < LAB_DEVICES; i++)
		lab_release(&lab_places[i]);
	for (i = 0; i < LAB_DEVICES; i++)
		boot_device(&lab_places[i]);
	lab_iommu_boot();
	if (lab.shut)
		device_unblock_probing();
	lab.timeout = lab.shut = lab.identity = false;
	lab.link = LINK_NONE;
	lab.silent = false;
}

static void flag(const char *name, bool on)
{
	lab_out(name);
	lab_out(on ? "1" : "0");
}

static unsigned long resources(struct device *dev)
{
	struct list_head *e;
	unsigned long n = 0;

	list_for_each(e, &dev->devres_head)
		n++;
	return n;
}

void lab_device_state(struct lab_place *p)
{
	struct device *dev = p->dev;

	lab_out("s ");
	lab_out(p->name);
	flag(" drv=", dev->driver);
	flag(" bound=", device_is_bound(dev));
	flag(" dead=", dev->p && dev->p->dead);
	flag(" def=", deferred(dev));
	lab_iommu_state(p);
	flag(" map=", dev->dma_range_map);
	flag(" pool=", dev->dma_mem);
	lab_out(" res=");
	lab_out_number(resources(dev));
	lab_link_state(dev);
	lab_line_end();
}

void lab_states(void)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].dev)
			lab_device_state(&lab_places[i]);
	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].dev)
			lab_group_state(&lab_places[i]);
}

int lab_devices_init(void)
{
	int i, err;

	for (i = 0; i < LAB_DEVICES; i++) {
		struct lab_place *p = &lab_places[i];

		lab_driver_setup(p);
		p->pools = (void *)__get_free_pages(GFP_KERNEL, get_order((LAB_SLOTS + 1) * LAB_POOL_SIZE));
		if (!p->pools)
			return -ENOMEM;
		err = driver_register(&p->drv);
		if (err)
			return err;
		p->drv.suppress_bind_attrs = true;
	}
	return 0;
}
