// SPDX-License-Identifier: GPL-2.0
// What devm took is not given back by hand, unless it was taken once more.
struct priv { struct clk *once, *again; int irq; void *mem; struct mbox mbox; };

static int probe(struct device *dev, struct priv *p)
{
	p->once = devm_clk_get_enabled(dev, "once");
	p->again = devm_clk_get_enabled(dev, "again");
	p->mem = devm_kzalloc(dev, 64, GFP_KERNEL);
	if (devm_request_irq(dev, p->irq, handler, 0, "x", p))
		goto err;
	devm_mbox_controller_register(dev, &p->mbox);
	return 0;
err:
	clk_disable_unprepare(p->once); /* want devm-freed-by-hand */
	return -EIO;
}

static void suspend(struct priv *p)
{
	clk_disable_unprepare(p->again);
}

static void resume(struct priv *p)
{
	clk_prepare_enable(p->again);
}

static void remove(struct priv *p)
{
	kfree(p->mem); /* want devm-freed-by-hand */
	free_irq(p->irq, p); /* want devm-freed-by-hand */
	mbox_controller_unregister(&p->mbox); /* want devm-freed-by-hand */
}
