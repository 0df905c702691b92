package extract

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"dmafuzz/model"
)

// with is the small tree with more files.
func with(t *testing.T, files map[string]string) fs.FS {
	tree := maps.Clone(smallTree(t))
	for n, src := range files {
		tree[n] = &fstest.MapFile{Data: []byte(src)}
	}
	return tree
}

const (
	subsys = `int __init iommu_subsys_init(void)
{
	if (IS_ENABLED(CONFIG_IOMMU_DEFAULT_PASSTHROUGH))
		iommu_set_default_passthrough(false);
	else
		iommu_set_default_translated(false);
	return 0;
}
void iommu_set_default_passthrough(bool cmd_line) { iommu_def_domain_type = IOMMU_DOMAIN_IDENTITY; }
void iommu_set_default_translated(bool cmd_line) { iommu_def_domain_type = IOMMU_DOMAIN_DMA; }
`
	stub = "static inline int iommu_get_dma_cookie(struct iommu_domain *domain) { return -ENODEV; }\n"
	smmu = `static int probe(struct platform_device *pdev) { return iommu_device_register(&smmu->iommu, &ops, dev); }
static struct platform_driver driver = { .probe = probe };
`
)

// TestFacts: each fact is read of the pattern that says it, and of nothing else.
func TestFacts(t *testing.T) {
	smmuC, pciDMA := smmuFiles[0], "arch/x86/kernel/pci-dma.c"
	for _, c := range []struct {
		name, arch, fact string
		files, config    map[string]string
		want             string // "" if it must be missing
	}{
		{"dma by default", "arm64", "default-domain", map[string]string{iommuFile: subsys}, map[string]string{"CONFIG_IOMMU_DMA": "y"}, "dma"},
		{"passthrough by default", "arm64", "default-domain", map[string]string{iommuFile: subsys},
			map[string]string{"CONFIG_IOMMU_DMA": "y", "CONFIG_IOMMU_DEFAULT_PASSTHROUGH": "y"}, "identity"},
		{"no cookie, no domain", "arm64", "default-domain", map[string]string{iommuFile: subsys, "drivers/iommu/dma-iommu.h": stub},
			map[string]string{"CONFIG_IOMMU_DMA": "n"}, "none"},
		{"identity is forced", "arm", "default-domain", map[string]string{iommuFile: subsys +
			"int iommu_get_default_domain_type(void) { if (IS_ENABLED(CONFIG_ARM_DMA_USE_IOMMU)) driver_type = IOMMU_DOMAIN_IDENTITY; return 0; }"},
			map[string]string{"CONFIG_IOMMU_DMA": "n"}, "identity"},
		{"a type from elsewhere", "arm64", "default-domain", map[string]string{iommuFile: strings.ReplaceAll(subsys, "IOMMU_DOMAIN_DMA", "pick()")},
			map[string]string{"CONFIG_IOMMU_DMA": "y"}, ""},
		{"a platform driver", "arm64", "iommu-registers", map[string]string{smmuC: smmu + "module_platform_driver(driver);\n"}, nil, "any-time"},
		{"registered by hand", "arm64", "iommu-registers", map[string]string{smmuC: smmu +
			"static int __init start(void) { return platform_driver_register(&driver); }\nmodule_init(start);\n"}, nil, "any-time"},
		{"a driver that registers no IOMMU", "arm64", "iommu-registers", map[string]string{smmuC: strings.ReplaceAll(smmu, "iommu_device_register", "other") +
			"module_platform_driver(driver);\n"}, nil, ""},
		{"an early initcall", "x86", "iommu-registers", map[string]string{pciDMA: "static int __init start(void) { x86_init.iommu.iommu_init(); return 0; }\nrootfs_initcall(start);\n"},
			nil, "before-drivers"},
		{"a late initcall", "x86", "iommu-registers", map[string]string{pciDMA: "static int __init start(void) { x86_init.iommu.iommu_init(); return 0; }\nlate_initcall(start);\n"},
			nil, ""},
		{"no bypass", "arm64", "bypass", nil, nil, "never"},
		{"bypass set by the architecture", "arm64", "bypass", map[string]string{"arch/arm64/mm/dma-mapping.c": "void f(struct device *dev) { dev->dma_ops_bypass = true; }"},
			map[string]string{"CONFIG_DMA_OPS_BYPASS": "y"}, "arch"},
		{"bypass set by nobody", "arm64", "bypass", nil, map[string]string{"CONFIG_DMA_OPS_BYPASS": "y"}, ""},
		{"NULL", "arm64", "null-ops", nil, nil, "direct"},
		{"other ops", "arm64", "null-ops", map[string]string{"include/asm-generic/dma-mapping.h": "const struct dma_map_ops *get_arch_dma_ops(void) { return &other_ops; }"}, nil, ""},
	} {
		res, err := Tree(with(t, c.files), Options{Arch: c.arch, Config: c.config})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for f := model.FactNullOps; f <= model.FactRegisters; f++ {
			if f.String() == c.fact {
				got = res.Kernel.Fact(f)
			}
		}
		for _, m := range res.Missing {
			if m.What == "fact "+c.fact {
				got = ""
			}
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.fact, got, c.want)
		}
	}
}

// TestRangeNotifier: a notifier of the bus is found by what it does.
func TestRangeNotifier(t *testing.T) {
	const file, note = "drivers/soc/sunxi/sunxi_mbus.c", "this notifier installs a range map"
	src := `static int notify(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event != BUS_NOTIFY_ADD_DEVICE)
		return 0;
	return dma_direct_set_offset(data, 0, 0, 1);
}
static struct notifier_block nb = { .notifier_call = notify };
`
	more := "\nint iommu_bus_notifier(struct notifier_block *nb, unsigned long action, void *data) { return 0; }\n"
	for _, c := range []struct {
		src  string
		want bool
	}{{src, true}, {strings.ReplaceAll(src, "_ADD_", "_DEL_"), false}, {strings.ReplaceAll(src, ".notifier_call", ".other"), false}} {
		core := strings.ReplaceAll(string(smallTree(t)[coreFile].Data), "\tbus_probe_device(dev);", "\tbus_notify(dev, BUS_NOTIFY_ADD_DEVICE);\n\tbus_probe_device(dev);")
		iommu := string(smallTree(t)[iommuFile].Data) + more
		res, err := Tree(with(t, map[string]string{file: c.src, coreFile: core, iommuFile: iommu}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, n := range res.Notes {
			found = found || strings.Contains(n.Text, note) && strings.HasPrefix(n.Pos, file+":")
		}
		if found != c.want {
			t.Errorf("found %v, want %v of\n%s\n%v", found, c.want, c.src, res.Notes)
		}
	}
}

// TestRiscv: its hook touches no ops, and without dma-iommu there is identity
// alone. Before its IOMMU driver came, nothing says when an IOMMU registers.
func TestRiscv(t *testing.T) {
	res, err := Tree(os.DirFS(realTree(t, "7.2")), Options{Arch: "riscv"})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Missing) > 0 {
		t.Error(res.Missing)
	}
	if got := res.Kernel.Fact(model.FactDefaultDomain); got != "identity" {
		t.Errorf("default-domain %s", got)
	}
	if p := res.Kernel.Path(model.PathDMASetup); p.Status != model.PathKnown || len(p.Steps) > 0 {
		t.Errorf("dma_setup %v", p)
	}
	if res, err = Tree(os.DirFS(realTree(t, "6.1")), Options{Arch: "riscv"}); err != nil {
		t.Fatal(err)
	}
	if len(res.Missing) != 1 || res.Missing[0].What != "fact iommu-registers" {
		t.Errorf("6.1: %v", res.Missing)
	}
}
