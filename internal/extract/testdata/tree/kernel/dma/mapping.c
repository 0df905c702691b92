// SPDX-License-Identifier: GPL-2.0
/* See drivers/base/dd.c. */
#include <linux/dma-map-ops.h>

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t flag, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	void *p;

	if (dma_alloc_from_dev_coherent(dev, size, handle, &p))
		return p;
	if (!ops)
		p = dma_direct_alloc(dev, size, handle, flag, attrs);
	else if (ops->alloc)
		p = ops->alloc(dev, size, handle, flag, attrs);
	else
		return NULL;
	return p;
}

void dma_free_attrs(struct device *dev, size_t size, void *p, dma_addr_t handle, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_release_from_dev_coherent(dev, get_order(size), p))
		return;
	if (!ops)
		dma_direct_free(dev, size, p, handle, attrs);
	else if (ops->free)
		ops->free(dev, size, p, handle, attrs);
}

void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp, unsigned long attrs)
{
	struct dma_devres *dr = devres_alloc(dmam_release, sizeof(*dr), gfp);
	void *p;

	if (!dr)
		return NULL;
	p = dma_alloc_attrs(dev, size, handle, gfp, attrs);
	if (!p) {
		devres_free(dr);
		return NULL;
	}
	devres_add(dev, dr);
	return p;
}

void dmam_free_coherent(struct device *dev, size_t size, void *p, dma_addr_t handle)
{
	WARN_ON(devres_destroy(dev, dmam_release, dmam_match, &p));
	dma_free_coherent(dev, size, p, handle);
}
