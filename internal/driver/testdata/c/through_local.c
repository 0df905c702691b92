// SPDX-License-Identifier: GPL-2.0
// A mapping reaches its field through a local, and a helper maps in two directions.
struct buf { dma_addr_t dma; void *data; };

static int send(struct device *dev, struct buf *b)
{
	dma_addr_t mapping;

	mapping = dma_map_single(dev, b->data, 64, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, mapping))
		return -ENOMEM;
	b->dma = mapping;
	return 0;
}

static void refill(struct device *dev, struct buf *b)
{
	b->dma = dma_map_single(dev, b->data, 64, DMA_FROM_DEVICE);
}

static void sent(struct device *dev, struct buf *b)
{
	dma_unmap_single(dev, b->dma, 64, DMA_TO_DEVICE);
}

static dma_addr_t map(struct device *dev, void *p, int out)
{
	if (out)
		return dma_map_single(dev, p, 64, DMA_TO_DEVICE);
	else
		return dma_map_single(dev, p, 64, DMA_FROM_DEVICE);
}

static void unmap(struct device *dev, dma_addr_t a, int out)
{
	if (out)
		dma_unmap_single(dev, a, 64, DMA_TO_DEVICE);
	else
		dma_unmap_single(dev, a, 64, DMA_FROM_DEVICE);
}

static void both(struct device *dev, void *p)
{
	dma_addr_t in, out;

	in = map(dev, p, 0);
	out = map(dev, p, 1);
	unmap(dev, in, 0);
	unmap(dev, out, 1);
}
