// SPDX-License-Identifier: GPL-2.0
// A ring freed with the size of other descriptors (report 14).
struct ring { void *va; dma_addr_t pa; };
struct card { struct ring faulty, mended; };

static void init(struct device *dev, struct card *c)
{
	c->faulty.va = dma_alloc_coherent(dev, 1024 * 16, &c->faulty.pa, GFP_KERNEL);
	c->mended.va = dma_alloc_coherent(dev, 1024 * 16, &c->mended.pa, GFP_KERNEL);
}

static void clear(struct device *dev, struct card *c)
{
	dma_free_coherent(dev, 1024 * 8, c->faulty.va, c->faulty.pa); /* want free-size */
	dma_free_coherent(dev, 1024 * 16, c->mended.va, c->mended.pa);
}
