package kernels

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// The tables of this file are those of the hooks below the driver core, typed
// off the reading of the sources like the rows of table_test.go: the DMA steps
// of a path in their order, without conditions.

const (
	upTo420 = "v4.9 v4.14.177 v4.19 v4.19.48 v4.20"
	upTo54  = "v5.0 v5.0.1 v5.1 v5.2.1 v5.4"
	upTo518 = "v5.9.2 v5.10.223 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5 v5.18"
	upTo68  = "v5.19 v6.1.176 v6.5 v6.6.22 v6.8.1"
	from612 = "v6.12 v6.12.107 v6.14 v6.17 v6.18.2 v6.19.9 v7.1.3 v7.2.13 v7.3-rc7"
	from617 = "v6.17 v6.18.2 v6.19.9 v7.1.3 v7.2.13 v7.3-rc7"
)

// hooks are the paths of arm64, but for those that say another arch.
var hooks = []struct {
	path model.PathKind
	arch string
	rows []row
}{
	{model.PathDMATeardown, "arm64", []row{
		{"v4.9", "domain_detach, set_ops null"},
		{"v4.14.177 v4.19 v4.19.48 v4.20 " + upTo54 + " " + upTo518 + " " + upTo68, "set_ops null"},
		{"v6.10 " + from612, ""},
	}},
	// From v4.14 on nothing unless dma_ops_setup. Detach sets ops of its own accord, later ones clear them again.
	{model.PathDMATeardown, "arm", []row{
		{"v4.9", "mapping_detach, set_ops null"},
		{"v4.14.177", "return, mapping_detach, set_ops null"},
		{"v4.19 v4.20", "return, mapping_detach, set_ops arm"},
		{"v4.19.48 v5.19 " + upTo54 + " " + upTo518, "return, mapping_detach, set_ops arm, set_ops null"},
		{"v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10 " + from612, "return, mapping_detach, set_ops null, set_ops null"},
	}},
	{model.PathDMASetup, "arm64", []row{
		{upTo420, "set_ops swiotlb, set_ops iommu"},
		{upTo54 + " " + upTo518 + " " + upTo68, "set_ops iommu"},
		{"v6.10 " + from612, ""},
	}},
	{model.PathDMASetup, "arm", []row{
		{"v4.9", ""}, // unknown
		{"v4.14.177 v4.19 v4.19.48 v4.20 v5.19 " + upTo54 + " " + upTo518,
			"return, mapping_attach, set_ops arm-iommu, ignore_error, set_ops arm, set_ops_setup on"},
		{"v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10 " + from612,
			"return, mapping_attach, set_ops arm-iommu, ignore_error, set_ops_setup on"},
	}},
	{model.PathIOMMUFinalize, "arm64", []row{
		{upTo420 + " " + upTo54 + " " + upTo518 + " " + upTo68, ""},
		{"v6.10", "set_ops iommu, set_ops null"},
		{from612, "set_dma_iommu on, set_dma_iommu off"},
	}},
	{model.PathIOMMURelease, "arm64", []row{
		{upTo420 + " " + upTo54, ""},
		{"v5.9.2 v5.11 v5.12.9 v5.14.2 v5.15.16", "goto out, unlink, release_device, domain_detach, lock group, group_leave, unlock group, module_put, fwspec_free, param_free"},
		{"v5.10.223 v5.17-rc5 v5.18 v5.19 v6.1.176", "goto out, unlink, release_device, domain_detach, lock group, group_leave, unlock group, module_put, param_free"},
		{"v6.5", "goto out, unlink, lock group, domain_free, group_leave, release_device, domain_detach, unlock group, module_put, param_free"},
		{"v6.6.22 v6.8.1", "goto out, lock group, goto left, unlink, release_device, domain_detach, domain_free, group_leave, module_put, param_free, unlock group, param_free"},
		{"v6.10 v6.12 v6.14", "goto out, lock group, goto left, unlink, domain_detach, release_device, domain_free, group_leave, module_put, param_free, unlock group, param_free"},
		{"v6.12.107 " + from617, "goto out, lock group, goto left, unlink, domain_detach, release_device, domain_free, group_leave, module_put, param_free, set_dma_iommu off, unlock group, param_free"},
	}},
	{model.PathOwnerUse, "arm64", []row{
		{upTo420 + " " + upTo54 + " " + upTo518, ""},
		{upTo68 + " v6.10 v6.12 v6.14", "return, lock group, refuse error, refuse error, owner_inc, unlock group"},
		{"v6.12.107 " + from617, "return, lock group, refuse defer, refuse error, refuse error, owner_inc, unlock group"},
	}},
	{model.PathDMAFree, "arm64", []row{
		{upTo420, "take pool, take ops"},
		{upTo54, "take pool, take direct, take ops"},
		{"v6.10 " + upTo518 + " " + upTo68, "take pool, take direct, take direct, take ops"},
		{from612, "take pool, take direct, take direct, take iommu, take ops"},
	}},
	{model.PathDMAFree, "arm", []row{
		{"v5.19 " + upTo420 + " " + upTo54 + " " + upTo518, "take pool, take ops"},
		{"v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10", "take pool, take direct, take direct, take ops"},
		{from612, "take pool, take direct, take direct, take iommu, take ops"},
	}},
	{model.PathDmamFree, "arm64", []row{
		{"v5.19 v6.5 v6.6.22 v6.8.1 v6.10 " + upTo420 + " " + upTo54 + " " + upTo518, "call dma_free, devres_remove"},
		{"v6.1.176 " + from612, "devres_remove, call dma_free"},
	}},
	{model.PathIOMMUFinalize, "x86-amd", []row{{"v5.10.223 v5.11", "set_ops iommu"}}},
	{model.PathIOMMUFinalize, "x86-intel", []row{
		{"v5.10.223", "set_ops vendor, set_ops null"},
		{"v5.11", "set_ops iommu, set_ops null"},
	}},
	{model.PathIOMMUFinalize, "x86", []row{
		{"v5.12.9 v5.14.2 v5.15.16 v5.17-rc5 v5.18 " + upTo68, "set_ops null, set_ops iommu"},
		{"v6.10", "set_ops iommu, set_ops null"},
		{from612, "set_dma_iommu on, set_dma_iommu off"},
	}},
}

func TestHookRows(t *testing.T) {
	for _, h := range hooks {
		checked := 0
		for _, k := range Shipped() {
			if k.Arch != h.arch {
				continue
			}
			checked++
			var got []string
			for _, s := range k.Path(h.path).Steps {
				if s.Op != model.OpLabel && !(s.Op == model.OpGoto && s.Label == "empty") && !(s.Op == model.OpReturn && s.When == nil) {
					got = append(got, head(s))
				}
			}
			if diff := cmp.Diff(of(t, h.rows, k.Name), strings.Join(got, ", ")); diff != "" {
				t.Errorf("%s: %s (-row +file):\n%s", k.FullName(), h.path, diff)
			}
		}
		if checked == 0 {
			t.Errorf("no kernel for %s", h.arch)
		}
	}
}

// TestFactRows compares what NULL ops mean and what a new default domain is.
func TestFactRows(t *testing.T) {
	nullOps := map[string][]row{
		"arm64": {{upTo420, "dummy"}, {upTo54 + " " + upTo518 + " " + upTo68 + " v6.10 " + from612, "direct"}},
		"arm": {
			{"v5.19 " + upTo420 + " " + upTo54 + " " + upTo518, "arm"},
			{"v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10 " + from612, "direct"},
		},
	}
	for _, k := range Shipped() {
		want := "direct"
		if rows := nullOps[k.Arch]; rows != nil {
			want = of(t, rows, k.Name)
		}
		if got := k.Fact(model.FactNullOps); got != want {
			t.Errorf("%s: NULL ops mean %s, want %s", k.FullName(), got, want)
		}
		domain := k.Fact(model.FactDefaultDomain)
		if isARM := k.Arch == "arm"; isARM == (domain == "dma") {
			t.Errorf("%s: default domain %s", k.FullName(), domain)
		}
		registers := "any-time"
		if strings.HasPrefix(k.Arch, "x86") {
			registers = "before-drivers"
		}
		if got := k.Fact(model.FactRegisters); got != registers {
			t.Errorf("%s: the IOMMU registers %s", k.FullName(), got)
		}
	}
}

// TestDeferral checks who puts a deferred device on the list: really_probe
// itself up to v5.12, then the bus, and no longer the sysfs file bind.
func TestDeferral(t *testing.T) {
	self := strings.Fields(upTo420 + " " + upTo54 + " v5.9.2 v5.10.223 v5.11 v5.12.9")
	for name, k := range arm64(t) {
		inBind := false
		for _, s := range self {
			inBind = inBind || s == name
		}
		for path, want := range map[model.PathKind]bool{model.PathBind: inBind, model.PathAttach: !inBind, model.PathBindStore: false} {
			got := false
			for _, s := range k.Path(path).Steps {
				got = got || s.Op == model.OpDeferredAdd
			}
			if got != want {
				t.Errorf("%s: path %s queues: %v", name, path, got)
			}
		}
	}
}
