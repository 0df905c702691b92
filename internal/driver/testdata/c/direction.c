// SPDX-License-Identifier: GPL-2.0
// Directions, a device that is none, and a count that was returned.
static int loopback(struct device *dev, void *p, struct scatterlist *sg, int n)
{
	dma_addr_t a = dma_map_single(dev, p, 64, DMA_FROM_DEVICE);
	dma_addr_t b = dma_map_single(dev, p, 64, DMA_FROM_DEVICE);
	int mapped = dma_map_sg(dev, sg, n, DMA_TO_DEVICE);

	dma_unmap_single(dev, a, 64, DMA_TO_DEVICE); /* want free-direction */
	dma_unmap_single(NULL, b, 64, DMA_FROM_DEVICE); /* want free-device */
	dma_unmap_sg(dev, sg, mapped, DMA_TO_DEVICE); /* want free-count */
	return 0;
}

static int fine(struct device *dev, struct scatterlist *sg, int n)
{
	int mapped = dma_map_sg(dev, sg, n, DMA_TO_DEVICE);

	if (!mapped)
		return -EIO;
	dma_unmap_sg(dev, sg, n, DMA_TO_DEVICE);
	return 0;
}

static int parents(struct platform_device *pdev, void *p)
{
	dma_addr_t a = dma_map_single(&pdev->dev, p, 64, DMA_TO_DEVICE);
	dma_addr_t b = dma_map_single(pdev->dev.parent, p, 64, DMA_TO_DEVICE);

	dma_unmap_single(pdev->dev.parent, a, 64, DMA_TO_DEVICE); /* want free-device */
	dma_unmap_single(pdev->dev.parent, b, 64, DMA_TO_DEVICE);
	return 0;
}
