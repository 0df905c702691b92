// SPDX-License-Identifier: MIT

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t flag, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (!ops)
		return dma_direct_alloc(dev, size, handle, flag, attrs);
	return ops->alloc(dev, size, handle, flag, attrs);
}

void dma_free_attrs(struct device *dev, size_t size, void *addr, dma_addr_t handle, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (!ops)
		dma_direct_free(dev, size, addr, handle, attrs);
	else
		ops->free(dev, size, addr, handle, attrs);
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size, int dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (!ops)
		return dma_direct_map_page(dev, page, offset, size, dir, attrs);
	return ops->map_page(dev, page, offset, size, dir, attrs);
}

void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size, int dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (!ops)
		dma_direct_unmap_page(dev, addr, size, dir, attrs);
	else
		ops->unmap_page(dev, addr, size, dir, attrs);
}

void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp, unsigned long attrs)
{
	void *addr = dma_alloc_attrs(dev, size, handle, gfp, attrs);

	if (!addr)
		return NULL;
	devres_add(dev, addr);
	return addr;
}

void dmam_free_coherent(struct device *dev, size_t size, void *vaddr, dma_addr_t handle)
{
	dma_free_coherent(dev, size, vaddr, handle);
	devres_destroy(dev, vaddr);
}
