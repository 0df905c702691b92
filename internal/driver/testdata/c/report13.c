// SPDX-License-Identifier: GPL-2.0
// Coherent memory of another device given back as a mapping (report 13).
struct dma { struct dma_chan *chan; u32 *tx_buf; dma_addr_t tx_phys; u32 *rx_buf; dma_addr_t rx_phys; };

static int request(struct dma *dma, struct device *dev, int size)
{
	dma->tx_buf = dma_alloc_coherent(dma->chan->device->dev, size, &dma->tx_phys, GFP_KERNEL);
	dma->rx_buf = dma_alloc_coherent(dma->chan->device->dev, size, &dma->rx_phys, GFP_KERNEL);
	return 0;
}

static void release(struct dma *dma, int size)
{
	dma_unmap_single(dma->chan->device->dev, dma->tx_phys, size, DMA_TO_DEVICE); /* want free-function */
	dma_free_coherent(dma->chan->device->dev, size, dma->rx_buf, dma->rx_phys);
}
