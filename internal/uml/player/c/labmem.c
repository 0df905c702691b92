// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the devices, and the way that the kernel takes for each call.
 * A way is what a function was called that goes it, never what is expected.
 */
#include <linux/kernel.h>

#include "lab.h"

struct lab_slot lab_slots[LAB_SLOTS] = {
	{ .name = "buf" }, { .name = "ring" }, { .name = "page" }, { .name = "skb" },
};

static const char *const ways[] = {
	[WAY_NONE] = "none", [WAY_DIRECT] = "direct", [WAY_IOMMU] = "iommu", [WAY_POOL] = "pool",
};

/*
 * Contiguous memory keeps the IOMMU core from mapping pages into vmalloc
 * space, which would take most of the time.
 */
#define ATTRS	(DMA_ATTR_FORCE_CONTIGUOUS | DMA_ATTR_NO_WARN)

int lab_mem_init(void)
{
	int i;

	for (i = 0; i < LAB_SLOTS; i++) {
		lab_slots[i].page = alloc_page(GFP_KERNEL);
		if (!lab_slots[i].page)
			return -ENOMEM;
	}
	return 0;
}

struct lab_slot *lab_slot_named(const char *name)
{
	int i;

	for (i = 0; i < LAB_SLOTS; i++)
		if (!strcmp(lab_slots[i].name, name))
			return &lab_slots[i];
	return NULL;
}

bool lab_plain_live(struct lab_place *p)
{
	int i;

	for (i = 0; i < LAB_SLOTS; i++)
		if (lab_slots[i].place == p &&
		    (lab_slots[i].kind == KIND_PLAIN || lab_slots[i].kind == KIND_MAP))
			return true;
	return false;
}

/* The device is gone, and with it what is known of its memory. */
void lab_forget(struct lab_place *p)
{
	int i;

	for (i = 0; i < LAB_SLOTS; i++)
		if (lab_slots[i].place == p)
			lab_slots[i].place = NULL;
}

/* Called where an allocation goes its way, with what came of it. */
void lab_saw_alloc(enum lab_way way, void *cpu)
{
	if (!lab_me()->slot)
		return;
	lab_me()->way = way;
	lab_say("alloc", lab_me()->slot->name, cpu ? ways[way] : "fail");
}

/*
 * Called where a free goes its way. The slot that was freed is free from here
 * on; its other fields still tell what was in it. NULL if no slot was: it is
 * free already, and must not be freed for real.
 */
struct lab_slot *lab_saw_free(enum lab_way way, void *cpu)
{
	int i;

	for (i = 0; i < LAB_SLOTS; i++) {
		struct lab_slot *s = &lab_slots[i];

		if (!s->place || s->kind == KIND_MAP || s->cpu != cpu)
			continue;
		lab_say("free", s->name, ways[way]);
		s->place = NULL;
		return s;
	}
	lab_say("oops", "free", "twice");
	return NULL;
}

/* Gives the memory back the way that it came, whatever the kernel would do. */
void lab_heal(struct device *dev, struct lab_slot *s)
{
	enum lab_way way = s->way;

	s->place = NULL;
	if (way == WAY_IOMMU) {
		lab_iommu_free(dev, s);
	} else if (s->kind == KIND_MAP) {
		return;
	} else if (way == WAY_DIRECT) {
		free_pages((unsigned long)s->cpu, get_order(s->size));
	} else if (way == WAY_POOL && dev->dma_mem) {
		__real_dma_release_from_dev_coherent(dev, get_order(s->size), s->cpu);
	}
}

void lab_alloc(struct lab_place *p, struct lab_slot *s, enum lab_kind kind)
{
	lab_me()->slot = s;
	lab_me()->way = WAY_NONE;
	s->size = PAGE_SIZE;
	s->kind = kind;
	if (kind == KIND_PLAIN)
		s->cpu = dma_alloc_attrs(p->dev, s->size, &s->dma, GFP_KERNEL, ATTRS);
	else
		s->cpu = dmam_alloc_attrs(p->dev, s->size, &s->dma, GFP_KERNEL, ATTRS);
	lab_me()->slot = NULL;
	s->way = lab_me()->way;
	if (lab_me()->way == WAY_NONE)
		lab_say("alloc", s->name, s->cpu ? "none" : "fail");
	if (s->cpu)
		s->place = p;
}

void lab_map(struct lab_place *p, struct lab_slot *s)
{
	lab_me()->way = WAY_DIRECT;
	s->size = PAGE_SIZE;
	s->kind = KIND_MAP;
	s->dma = dma_map_page(p->dev, s->page, 0, s->size, DMA_BIDIRECTIONAL);
	s->way = lab_me()->way;
	if (dma_mapping_error(p->dev, s->dma)) {
		lab_say("map", s->name, "fail");
		return;
	}
	lab_say("map", s->name, ways[s->way]);
	s->place = p;
}

static void unmap(struct device *dev, struct lab_slot *s)
{
	lab_me()->slot = s;
	lab_me()->way = WAY_DIRECT;
	dma_unmap_page(dev, s->dma, s->size, DMA_BIDIRECTIONAL);
	lab_me()->slot = NULL;
	lab_say("unmap", s->name, ways[lab_me()->way]);
	if (lab_me()->way != s->way)
		lab_heal(dev, s);
	s->place = NULL;
}

void lab_free(struct lab_slot *s)
{
	struct device *dev = s->place->dev;

	if (s->kind == KIND_MAP)
		unmap(dev, s);
	else if (s->kind == KIND_PLAIN)
		dma_free_attrs(dev, s->size, s->cpu, s->dma, ATTRS);
	else
		dmam_free_coherent(dev, s->size, s->cpu, s->dma);
	if (s->place)
		lab_odd("not freed:", s->name);
}

/* The first of the device's pools that no live memory lies in; there is one more than there are slots. */
static void *unused_pool(struct lab_place *p)
{
	int i, j;

	for (i = 0; i <= LAB_SLOTS; i++) {
		void *pool = p->pools + i * LAB_POOL_SIZE;
		bool used = false;

		for (j = 0; j < LAB_SLOTS; j++)
			if (lab_slots[j].place && lab_slots[j].way == WAY_POOL &&
			    lab_slots[j].cpu >= pool && lab_slots[j].cpu < pool + LAB_POOL_SIZE)
				used = true;
		if (!used)
			return pool;
	}
	return NULL;
}

bool lab_pool(struct lab_place *p, bool declare)
{
	phys_addr_t phys;

	if (!declare) {
		dma_release_coherent_memory(p->dev);
		return true;
	}
	phys = virt_to_phys(unused_pool(p));
	return !dma_declare_coherent_memory(p->dev, phys, phys, LAB_POOL_SIZE);
}

/* UML has no memory of devices: the pool is made of ordinary pages. */
void *__wrap_memremap(resource_size_t offset, size_t size, unsigned long flags);
void *__wrap_memremap(resource_size_t offset, size_t size, unsigned long flags)
{
	return phys_to_virt(offset);
}

void __wrap_memunmap(void *addr);
void __wrap_memunmap(void *addr)
{
}
