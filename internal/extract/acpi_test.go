package extract

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"dmafuzz/model"
)

// TestACPI reads arm64 as ACPI describes it: IORT names the IOMMU. Up to v6.14
// it comes to the same findings as a device tree; since then only the device
// tree's path probes the IOMMU of a device that is bound. In v5.10 the way
// through IORT is another one, which is not read and said to be missing.
func TestACPI(t *testing.T) {
	if _, err := Tree(fstest.MapFS{}, Options{Arch: "arm", Firmware: "acpi"}); err == nil || !strings.Contains(err.Error(), "acpi for arm64") {
		t.Errorf("arm with ACPI: %v", err)
	}
	for _, c := range []struct {
		dir           string
		missing       string
		probes, equal bool
	}{{"7.2", "", false, false}, {"6.12", "", true, true}, {"6.1", "", true, true}, {"5.10", "path dma_configure", false, false}} {
		tree := os.DirFS(realTree(t, c.dir))
		res, err := Tree(tree, Options{Arch: "arm64", Firmware: "acpi"})
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Kernel.DefaultFirmware(); got != model.FirmwareACPI {
			t.Errorf("%s: firmware %s", c.dir, got)
		}
		if c.missing != "" {
			if len(res.Missing) == 0 || res.Missing[0].What != c.missing {
				t.Errorf("%s: %v, want %s", c.dir, res.Missing, c.missing)
			}
			continue
		}
		if len(res.Missing) > 0 {
			t.Fatalf("%s: %v", c.dir, res.Missing)
		}
		probes := false
		for _, st := range res.Kernel.Path(model.PathIOMMUConfigure).Steps {
			probes = probes || st.Op == model.OpCall && model.PathKind(st.Arg) == model.PathIOMMUProbe
		}
		if probes != c.probes {
			t.Errorf("%s: it probes the IOMMU: %v", c.dir, probes)
		}
		none := func(string, map[string]bool) bool { return false }
		d := compareSets(findings(t, res.Kernel, model.DefaultBounds()), findings(t, kernelOf(t, tree, "arm64"), model.DefaultBounds()), none)
		if (len(d) == 0) != c.equal {
			t.Errorf("%s: against a device tree: %v", c.dir, d)
		}
		t.Logf("%s: %d other findings than with a device tree", c.dir, len(d))
	}
}
