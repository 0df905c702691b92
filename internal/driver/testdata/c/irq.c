// SPDX-License-Identifier: GPL-2.0
// A shared devm interrupt must not outlive its data; one that remove frees first may.
#define IRQF_SHARED 0x80
struct solo { int x; };
struct quiet { int x; };

static int solo_probe(struct pci_dev *pdev)
{
	struct solo *s = kzalloc(sizeof(*s), GFP_KERNEL);

	return devm_request_irq(&pdev->dev, pdev->irq, solo_isr, IRQF_SHARED, "solo", s);
}

static void solo_remove(struct pci_dev *pdev)
{
	struct solo *s = pci_get_drvdata(pdev);

	kfree(s); /* want irq-outlives-data */
}

static int quiet_probe(struct pci_dev *pdev)
{
	struct quiet *q = kzalloc(sizeof(*q), GFP_KERNEL);

	return devm_request_irq(&pdev->dev, pdev->irq, quiet_isr, IRQF_SHARED, "quiet", q);
}

static void quiet_remove(struct pci_dev *pdev)
{
	struct quiet *q = pci_get_drvdata(pdev);

	devm_free_irq(&pdev->dev, pdev->irq, q);
	kfree(q);
}

static struct pci_driver solo = { .probe = solo_probe, .remove = solo_remove };
static struct pci_driver quiet = { .probe = quiet_probe, .remove = quiet_remove };
