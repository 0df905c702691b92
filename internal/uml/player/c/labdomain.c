// SPDX-License-Identifier: GPL-2.0
/*
 * The domains of the fake IOMMU, with a page table that is a short list, and
 * the ways into dma-iommu.c.
 */
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "lab.h"
#include "labgroup.h"

#define ENTRIES	16

struct lab_table {
	struct iommu_domain domain;
	struct {
		unsigned long iova;
		phys_addr_t phys;
		size_t size;		/* 0: unused */
	} entry[ENTRIES];
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define ATTACH(name) static int name(struct iommu_domain *d, struct device *dev, struct iommu_domain *old)
#else
#define ATTACH(name) static int name(struct iommu_domain *d, struct device *dev)
#endif

ATTACH(attach_dma)
{
	lab_say("attach", lab_place(dev)->name, "dma");
	return 0;
}

ATTACH(attach_identity)
{
	lab_say("attach", lab_place(dev)->name, "identity");
	return 0;
}

ATTACH(attach_blocked)
{
	lab_say("attach", lab_place(dev)->name, "blocking");
	return 0;
}

ATTACH(attach_released)
{
	lab_say("attach", lab_place(dev)->name, "release");
	return 0;
}

static const struct iommu_domain_ops blocked_ops = { .attach_dev = attach_blocked };
static const struct iommu_domain_ops released_ops = { .attach_dev = attach_released };

struct iommu_domain lab_blocked = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &blocked_ops };
struct iommu_domain lab_released = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &released_ops };

static struct lab_table *table(struct iommu_domain *domain)
{
	return container_of(domain, struct lab_table, domain);
}

static void domain_free(struct iommu_domain *domain)
{
	kfree(table(domain));
}

static const struct iommu_domain_ops identity_ops = {
	.attach_dev	= attach_identity,
	.free		= domain_free,
};

static int map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t phys, size_t pgsize,
		     size_t count, int prot, gfp_t gfp, size_t *mapped)
{
	struct lab_table *t = table(domain);
	int i;

	for (i = 0; i < ENTRIES; i++) {
		if (t->entry[i].size)
			continue;
		t->entry[i].iova = iova;
		t->entry[i].phys = phys;
		t->entry[i].size = pgsize * count;
		*mapped = pgsize * count;
		return 0;
	}
	return -ENOMEM;
}

static size_t unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t pgsize, size_t count,
			  struct iommu_iotlb_gather *gather)
{
	struct lab_table *t = table(domain);
	int i;

	for (i = 0; i < ENTRIES; i++) {
		if (t->entry[i].iova != iova || t->entry[i].size != pgsize * count)
			continue;
		t->entry[i].size = 0;
		return pgsize * count;
	}
	return 0;
}

static phys_addr_t iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	struct lab_table *t = table(domain);
	int i;

	for (i = 0; i < ENTRIES; i++)
		if (iova >= t->entry[i].iova && iova - t->entry[i].iova < t->entry[i].size)
			return t->entry[i].phys + (iova - t->entry[i].iova);
	return 0;
}

static void flush_all(struct iommu_domain *domain)
{
}

static void sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
}

const struct iommu_domain_ops lab_domain_ops = {
	.attach_dev		= attach_dma,
	.map_pages		= map_pages,
	.unmap_pages		= unmap_pages,
	.iova_to_phys		= iova_to_phys,
	.flush_iotlb_all	= flush_all,
	.iotlb_sync		= sync,
	.free			= domain_free,
};

struct iommu_domain *lab_domain_alloc(struct device *dev)
{
	struct lab_table *t;

	if (lab_me()->fail == FAIL_DOMAIN_ALLOC)
		return ERR_PTR(-ENOMEM);
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return ERR_PTR(-ENOMEM);
	t->domain.pgsize_bitmap = SZ_4K;
	t->domain.geometry.aperture_end = (1UL << 36) - 1;
	t->domain.geometry.force_aperture = true;
	return &t->domain;
}

struct iommu_domain *lab_domain_alloc_identity(struct device *dev)
{
	struct iommu_domain *domain = lab_domain_alloc(dev);

	if (!IS_ERR(domain)) {
		domain->type = IOMMU_DOMAIN_IDENTITY;
		domain->ops = &identity_ops;
	}
	return domain;
}

struct iommu_domain *lab_domain_alloc_type(unsigned int type)
{
	if (type != IOMMU_DOMAIN_IDENTITY)
		return ERR_PTR(-EOPNOTSUPP);
	return lab_domain_alloc_identity(NULL);
}

/*
 * The ways into dma-iommu.c. It takes for granted that the device is in a group
 * whose default domain is of type DMA; where that is not so, the call is not
 * made.
 */
static bool sound(struct device *dev, const char *call)
{
	struct iommu_domain *domain;

	if (!dev->iommu_group) {
		lab_say("oops", call, "without a group");
		return false;
	}
	domain = iommu_get_dma_domain(dev);
	if (!domain || !iommu_is_dma_domain(domain)) {
		lab_say("oops", call, "without a DMA domain");
		return false;
	}
	return true;
}

void *__real_iommu_dma_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs);
void *__wrap_iommu_dma_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs);
void *__wrap_iommu_dma_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs)
{
	void *cpu = sound(dev, "alloc") ? __real_iommu_dma_alloc(dev, size, dma, gfp, attrs) : NULL;

	lab_saw_alloc(WAY_IOMMU, cpu);
	return cpu;
}

void __real_iommu_dma_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs);
void __wrap_iommu_dma_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs);
void __wrap_iommu_dma_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs)
{
	struct lab_slot *s = lab_saw_free(WAY_IOMMU, cpu);

	if (!s)
		return;
	if (sound(dev, "free") && s->way == WAY_IOMMU)
		__real_iommu_dma_free(dev, size, cpu, dma, attrs);
	else
		lab_heal(dev, s);
	lab_point("freed", s->name);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
dma_addr_t __real_iommu_dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
				     enum dma_data_direction dir, unsigned long attrs);
dma_addr_t __wrap_iommu_dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
				     enum dma_data_direction dir, unsigned long attrs);
dma_addr_t __wrap_iommu_dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
				     enum dma_data_direction dir, unsigned long attrs)
{
	lab_me()->way = WAY_IOMMU;
	return sound(dev, "map") ? __real_iommu_dma_map_phys(dev, phys, size, dir, attrs) : DMA_MAPPING_ERROR;
}
#define UNMAP(prefix) prefix##iommu_dma_unmap_phys
#else
dma_addr_t __real_iommu_dma_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
				     enum dma_data_direction dir, unsigned long attrs);
dma_addr_t __wrap_iommu_dma_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
				     enum dma_data_direction dir, unsigned long attrs);
dma_addr_t __wrap_iommu_dma_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size,
				     enum dma_data_direction dir, unsigned long attrs)
{
	lab_me()->way = WAY_IOMMU;
	return sound(dev, "map") ? __real_iommu_dma_map_page(dev, page, offset, size, dir, attrs) : DMA_MAPPING_ERROR;
}
#define UNMAP(prefix) prefix##iommu_dma_unmap_page
#endif

void UNMAP(__real_)(struct device *dev, dma_addr_t dma, size_t size, enum dma_data_direction dir, unsigned long attrs);
void UNMAP(__wrap_)(struct device *dev, dma_addr_t dma, size_t size, enum dma_data_direction dir, unsigned long attrs);
void UNMAP(__wrap_)(struct device *dev, dma_addr_t dma, size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	lab_me()->way = WAY_IOMMU;
	if (sound(dev, "unmap") && (!lab_me()->slot || lab_me()->slot->way == WAY_IOMMU))
		UNMAP(__real_)(dev, dma, size, dir, attrs);
}

/* Gives back what came through the IOMMU, if the domain is still there with the mapping too. */
void lab_iommu_free(struct device *dev, struct lab_slot *s)
{
	struct iommu_domain *domain = dev->iommu_group ? iommu_get_dma_domain(dev) : NULL;
	bool there = domain && iommu_is_dma_domain(domain);

	if (s->kind == KIND_MAP) {
		if (there)
			UNMAP(__real_)(dev, s->dma, s->size, DMA_BIDIRECTIONAL, 0);
	} else if (there) {
		__real_iommu_dma_free(dev, s->size, s->cpu, s->dma, 0);
	} else {
		free_pages((unsigned long)s->cpu, get_order(s->size));
	}
}
