// SPDX-License-Identifier: GPL-2.0
// Plain memory given back by dmam_free_coherent (report 11), and the mended order.
int faulty(struct device *dev, struct msg *m)
{
	m->va = dma_alloc_coherent(dev, 64, &m->pa, GFP_KERNEL);
	if (receive(m)) {
		dmam_free_coherent(dev, 64, m->va, m->pa); /* want free-function */
		return -EIO;
	}
	return 0;
}

int mended(struct device *dev, struct other *m)
{
	m->va = dma_alloc_coherent(dev, 64, &m->pa, GFP_KERNEL);
	if (receive(m)) {
		dma_free_coherent(dev, 64, m->va, m->pa);
		return -EIO;
	}
	return 0;
}
