// SPDX-License-Identifier: GPL-2.0
// One value under two names: a field that holds a constant, a mask, a chain of assignments.
#define N 32
struct desc { u64 a, b; };
struct ring { struct desc *va; dma_addr_t pa; int n, mask, size; };
struct chain { void *va; dma_addr_t pa; int a, b; };

static int fill(struct device *dev, struct ring *r, struct chain *c)
{
	r->n = N;
	r->va = dma_alloc_coherent(dev, N * sizeof(struct desc), &r->pa, GFP_KERNEL);
	c->a = c->b = 4096;
	c->va = dma_alloc_coherent(dev, 4096, &c->pa, GFP_KERNEL);
	return 0;
}

static void empty(struct device *dev, struct ring *r, struct chain *c)
{
	dma_free_coherent(dev, r->n * sizeof(*r->va), r->va, r->pa);
	dma_free_coherent(dev, c->a, c->va, c->pa);
}
