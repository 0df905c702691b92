// SPDX-License-Identifier: GPL-2.0
// Two objects of one type: each free has the size of one of them.
struct ring { void *va; dma_addr_t pa; int n; };
struct nic { struct ring *rx, *tx; };

static void fill(struct device *dev, struct nic *nic)
{
	nic->rx->va = dma_alloc_coherent(dev, 128, &nic->rx->pa, GFP_KERNEL);
	nic->tx->va = dma_alloc_coherent(dev, 256, &nic->tx->pa, GFP_KERNEL);
}

static void empty_one(struct device *dev, struct ring *r)
{
	dma_free_coherent(dev, 256, r->va, r->pa);
}
