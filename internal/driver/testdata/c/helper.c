// SPDX-License-Identifier: GPL-2.0
// A helper is followed, with what each caller gives it.
static void *get(struct device *dev, size_t size, dma_addr_t *pa)
{
	return dma_alloc_coherent(dev, size, pa, GFP_KERNEL);
}

struct two { void *a, *b; dma_addr_t pa, pb; };

static void fill(struct device *dev, struct two *t)
{
	t->a = get(dev, 100, &t->pa);
	t->b = get(dev, 200, &t->pb);
}

static void empty(struct device *dev, struct two *t)
{
	dma_free_coherent(dev, 100, t->a, t->pa);
	dma_free_coherent(dev, 100, t->b, t->pb); /* want free-size */
}
