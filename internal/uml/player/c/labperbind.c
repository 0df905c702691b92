// SPDX-License-Identifier: GPL-2.0
/*
 * The variant perbind: the DMA operations are set at each bind, by hooks of the
 * architecture, and the IOMMU core is played by this file. Each device is alone
 * in its group. perbind.paths says the same as steps; keep the two alike.
 */
#include <linux/kernel.h>

#include "lab.h"

static const struct dma_map_ops lab_iommu_ops;

static bool domain_dma(struct lab_place *p)
{
	return p->joined && p->attached && !p->blocking && p->domain == DOMAIN_DMA;
}

/* The IOMMU core. */

static int join(struct lab_place *p)
{
	if (lab_me()->fail == FAIL_GROUP_JOIN)
		return -ENODEV;
	p->joined = true;
	return 0;
}

static int domain_alloc(struct lab_place *p)
{
	if (lab_me()->fail == FAIL_DOMAIN_ALLOC)
		return -ENOMEM;
	p->domain = lab.identity ? DOMAIN_IDENTITY : DOMAIN_DMA;
	return 0;
}

static int iommu_probe(struct lab_place *p)
{
	int err;

	if (!lab.provider || !p->fwspec)
		return -ENODEV;
	p->param = true;
	err = join(p);
	if (err) {
		p->param = p->fwspec = false;
		return err;
	}
	if (p->domain == DOMAIN_NONE)
		domain_alloc(p);
	if (p->domain != DOMAIN_NONE)
		p->attached = true;
	return 0;
}

static void iommu_release(struct lab_place *p)
{
	if (p->joined) {
		p->attached = p->blocking = p->owned = false;
		p->owner_count = 0;
		p->domain = DOMAIN_NONE;
		p->joined = false;
	}
	p->param = p->fwspec = false;
}

static int owner_use(struct lab_place *p)
{
	if (!p->joined)
		return 0;
	if (p->owned)
		return -EBUSY;
	p->owner_count++;
	return 0;
}

static void owner_unuse(struct lab_place *p)
{
	if (p->joined && p->owner_count)
		p->owner_count--;
}

void lab_iommu_added(struct device *dev)
{
	iommu_probe(lab_place(dev));
}

void lab_iommu_removed(struct device *dev)
{
	iommu_release(lab_place(dev));
}

/* The architecture's hooks. */

void arch_teardown_dma_ops(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	if (!p)
		return;
	lab_say("teardown", p->name, NULL);
	dev->dma_ops = NULL;
	lab_point("torn", p->name);
}

void arch_setup_dma_ops(struct device *dev, u64 dma_base, u64 size,
			const struct iommu_ops *iommu, bool coherent)
{
	struct lab_place *p = lab_place(dev);

	lab_say("setup", p->name, NULL);
	if (domain_dma(p))
		dev->dma_ops = &lab_iommu_ops;
}

/* The bus, with what firmware says: the device sits behind the IOMMU. */

static int iommu_configure(struct lab_place *p)
{
	if (p->fwspec)
		return 0;
	if (!lab.provider)
		return lab.timeout ? -ENODEV : -EPROBE_DEFER;
	if (lab_me()->fail == FAIL_FWSPEC_INIT)
		return -EINVAL;
	p->param = p->fwspec = true;
	return p->joined ? 0 : iommu_probe(p);
}

int lab_dma_configure(struct device *dev)
{
	struct lab_place *p = lab_place(dev);
	int err;

	if (p->ranges)
		lab_set_range_map(dev);
	err = iommu_configure(p);
	if (err == -EPROBE_DEFER) {
		if (p->ranges) {
			kfree(dev->dma_range_map);
			dev->dma_range_map = NULL;
		}
		return err;
	}
	arch_setup_dma_ops(dev, 0, 0, NULL, true);
	err = owner_use(p);
	lab_say("use", p->name, err ? "error" : "ok");
	if (err)
		arch_teardown_dma_ops(dev);
	return err;
}

void lab_dma_cleanup(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	lab_say("unuse", p->name, NULL);
	owner_unuse(p);
}

/* Events. */

int lab_iommu_register(void)
{
	if (lab.provider)
		return -EBUSY;
	if (lab_me()->fail == FAIL_BUS_PROBE)
		return -EBUSY;
	lab.provider = true;
	return 0;
}

int lab_iommu_unregister(void)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].joined)
			return -EBUSY;
	lab.provider = false;
	return 0;
}

int lab_claim(struct lab_place *p)
{
	if (p->owner_count)
		return -EBUSY;
	p->owned = p->blocking = true;
	p->owner_count = 1;
	return 0;
}

int lab_release(struct lab_place *p)
{
	p->owned = p->blocking = false;
	p->owner_count = 0;
	return 0;
}

int lab_type(struct lab_place *p, const char *type)
{
	enum lab_domain want = strcmp(type, "identity") ? DOMAIN_DMA : DOMAIN_IDENTITY;

	if (!p->joined || p->domain == DOMAIN_NONE)
		return -EINVAL;
	if (device_is_bound(p->dev) || p->owned)
		return -EBUSY;
	p->domain = want;
	p->attached = true;
	return 0;
}

void lab_iommu_boot(void)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		iommu_release(&lab_places[i]);
	lab.provider = false;
}

void lab_iommu_state(struct lab_place *p)
{
	lab_out(p->dev->dma_ops == &lab_iommu_ops ? " ops=iommu" : p->dev->dma_ops ? " ops=other" : " ops=null");
	lab_out(p->joined ? " grp=1" : " grp=0");
	lab_out(p->owned ? " own=1" : " own=0");
	lab_out(p->fwspec ? " iommu=fwspec" : p->param ? " iommu=param" : " iommu=none");
}

void lab_group_state(struct lab_place *p)
{
}

/* What stands for iommu_dma_ops: addresses far above memory. */
#define IOVA_BASE	(1UL << 40)

static void *iommu_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs)
{
	void *cpu = (void *)__get_free_pages(gfp, get_order(size));

	if (cpu)
		*dma = IOVA_BASE + virt_to_phys(cpu);
	lab_saw_alloc(WAY_IOMMU, cpu);
	return cpu;
}

static void iommu_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs)
{
	struct lab_slot *s = lab_saw_free(WAY_IOMMU, cpu);

	if (s)
		lab_heal(dev, s);
}

void lab_iommu_free(struct device *dev, struct lab_slot *s)
{
	if (s->kind != KIND_MAP)
		free_pages((unsigned long)s->cpu, get_order(s->size));
}

static dma_addr_t iommu_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
				 enum dma_data_direction dir, unsigned long attrs)
{
	lab_me()->way = WAY_IOMMU;
	return IOVA_BASE + page_to_phys(page) + offset;
}

static void iommu_unmap_page(struct device *dev, dma_addr_t dma, size_t size, enum dma_data_direction dir,
			     unsigned long attrs)
{
	lab_me()->way = WAY_IOMMU;
}

static const struct dma_map_ops lab_iommu_ops = {
	.alloc		= iommu_alloc,
	.free		= iommu_free,
	.map_page	= iommu_map_page,
	.unmap_page	= iommu_unmap_page,
};

const char *lab_iommu_lock(struct mutex *m)
{
	return NULL;
}

int lab_iommu_init(void)
{
	return 0;
}
