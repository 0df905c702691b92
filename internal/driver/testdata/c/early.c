// SPDX-License-Identifier: GPL-2.0
// Rings are freed after the network device is unregistered, for its close walks them.
struct nic { struct desc *ring; dma_addr_t ring_dma; void *other; dma_addr_t other_dma; };

static int nic_close(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);
	int i;

	for (i = 0; i < 8; i++)
		drop(nic->ring[i].skb);
	return 0;
}

static void nic_remove(struct pci_dev *pdev)
{
	struct net_device *dev = pci_get_drvdata(pdev);
	struct nic *nic = netdev_priv(dev);

	dma_free_coherent(&pdev->dev, 64, nic->ring, nic->ring_dma); /* want freed-before-unregister */
	dma_free_coherent(&pdev->dev, 64, nic->other, nic->other_dma);
	unregister_netdev(dev);
}

static void mended_remove(struct pci_dev *pdev)
{
	struct net_device *dev = pci_get_drvdata(pdev);
	struct nic *nic = netdev_priv(dev);

	unregister_netdev(dev);
	dma_free_coherent(&pdev->dev, 64, nic->ring, nic->ring_dma);
}

static const struct net_device_ops nic_ops = { .ndo_stop = nic_close };
static struct pci_driver nic = { .remove = nic_remove };
static struct pci_driver mended = { .remove = mended_remove };
