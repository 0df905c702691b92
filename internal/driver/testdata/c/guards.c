// SPDX-License-Identifier: GPL-2.0
// A flag that a caller decides, and two conditions that cannot both hold.
struct buf { void *va; dma_addr_t pa; bool pool; };

static void give(struct device *dev, struct buf *b, bool can_sleep)
{
	if (!can_sleep) {
		list_add(&b->node, &later);
		return;
	}
	dma_free_coherent(dev, 8, b->va, b->pa);
}

static void give_plain(struct device *dev, struct buf *b)
{
	if (b->pool)
		dma_pool_free(b->pool, b->va, b->pa);
	else
		dma_free_coherent(dev, 8, b->va, b->pa);
}

static void locked(struct device *dev, struct buf *b)
{
	spin_lock_irq(&lock);
	give(dev, b, false);
	if (b->pool)
		give_plain(dev, b);
	spin_unlock_irq(&lock);
	give(dev, b, true);
}
