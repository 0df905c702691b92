// SPDX-License-Identifier: GPL-2.0
// A local that is used again for another object; memory of two kinds under one name.
struct x { void *p; };
static int probe(struct device *dev, struct x *x)
{
	dma_addr_t a;
	void *p;

	p = dma_alloc_coherent(dev, 10, &a, GFP_KERNEL);
	use(p);
	dma_free_coherent(dev, 10, p, a);
	p = dma_alloc_coherent(dev, 20, &a, GFP_KERNEL);
	use(p);
	dma_free_coherent(dev, 20, p, a);
	x->p = cond() ? devm_kzalloc(dev, 4, GFP_KERNEL) : kzalloc(4, GFP_KERNEL);
	kfree(x->p);
	return 0;
}
