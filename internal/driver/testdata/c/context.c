// SPDX-License-Identifier: GPL-2.0
// Coherent memory is not freed with interrupts off.
static void drop(struct device *dev, struct q *q)
{
	dma_free_coherent(dev, 8, q->va, q->pa);
}

static void timeout(struct device *dev, struct q *q)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	drop(dev, q); /* want free-context */
	spin_unlock_irqrestore(&q->lock, flags);
	drop(dev, q);
}

static void opened(struct device *dev, struct q *q)
{
	spin_lock_irq(&q->lock);
	if (q->busy) {
		spin_unlock_irq(&q->lock);
		drop(dev, q);
		return;
	}
	spin_unlock_irq(&q->lock);
}

#define DUMP_IT_BACK 0

static void load(struct device *dev, struct q *q)
{
	spin_lock_irq(&q->lock);
#if DUMP_IT_BACK
	dma_free_coherent(dev, 8, q->va, q->pa);
#endif
	spin_unlock_irq(&q->lock);
}
