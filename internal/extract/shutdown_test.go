package extract

import (
	"dmafuzz/model/text"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var whereWritten = regexp.MustCompile(` +\S+:\d+\n`)

// TestShutdownUnregisters: an IOMMU driver whose shutdown comes to
// iommu_device_unregister does there what that does in this tree.
func TestShutdownUnregisters(t *testing.T) {
	const walk = "static int remove_iommu_group(struct device *dev, void *data)\n{\n" +
		"\tif (dev->iommu && dev->iommu->iommu_dev == data)\n\t\tiommu_release_device(dev);\n\treturn 0;\n}\n"
	const shutdown = "\nvoid device_shutdown(void)\n{\n\twhile (!list_empty(&devices_kset->list)) {\n" +
		"\t\tdev = list_entry(devices_kset->list.prev, struct device, kobj.entry);\n\t\tdev->bus->shutdown(dev);\n\t}\n}\n"
	driver := "void smmu_remove(struct smmu *s) { iommu_device_unregister(&s->iommu); }\n" +
		"static void smmu_shutdown(struct platform_device *p) { smmu_remove(p->smmu); }\n" +
		"static struct platform_driver d = { .shutdown = smmu_shutdown };\n"
	masters := "path shutdown\n  for each device\n    driver_shutdown\n  end\n"
	for _, c := range []struct{ name, file, driver, body, want string }{
		{"it lets every master go", smmuFiles[0], driver, "\tbus_for_each_dev(bus, NULL, iommu, remove_iommu_group);\n\tlist_del(&iommu->list);\n",
			masters + "  for each device\n    call iommu_release  when param, group\n  end\n  provider_unlist\n"},
		{"SMMU v3 does", smmuFiles[1], driver, "\tlist_del(&iommu->list);\n", masters + "  provider_unlist\n"},
		{"it only leaves the list", smmuFiles[0], driver, "\tlist_del(&iommu->list);\n", masters + "  provider_unlist\n"},
		{"its shutdown does not unregister it", smmuFiles[0], strings.ReplaceAll(driver, "smmu_remove(p->smmu)", "smmu_off(p->smmu)"), "\tlist_del(&iommu->list);\n", masters},
	} {
		small := smallTree(t)
		res, err := Tree(with(t, map[string]string{c.file: c.driver, coreFile: string(small[coreFile].Data) + shutdown,
			iommuFile: string(small[iommuFile].Data) + walk + "void iommu_device_unregister(struct iommu_device *iommu)\n{\n" + c.body + "}\n"}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range strings.Split(text.FormatKernel(res.Kernel), "\n\n") {
			if strings.HasPrefix(p, "path shutdown") {
				got = whereWritten.ReplaceAllString(p+"\n", "\n")
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
