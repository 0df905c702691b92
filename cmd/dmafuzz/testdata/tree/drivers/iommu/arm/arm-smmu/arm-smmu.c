// SPDX-License-Identifier: MIT

static int arm_smmu_device_probe(struct platform_device *pdev)
{
	return iommu_device_register(&smmu, &arm_smmu_ops, &pdev->dev);
}

static void arm_smmu_device_shutdown(struct platform_device *pdev)
{
}

static struct platform_driver arm_smmu_driver = {
	.probe		= arm_smmu_device_probe,
	.shutdown	= arm_smmu_device_shutdown,
};
module_platform_driver(arm_smmu_driver);
