package report_test

import (
	"dmafuzz/model/text"
	"testing"

	"dmafuzz/internal/report"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

func run(t *testing.T, kernel, trace string) report.Run {
	t.Helper()
	k, err := kernels.Load(kernel)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := text.ParseTrace("test.trace", []byte(trace))
	if err != nil {
		t.Fatal(err)
	}
	r := replay(t, "test.trace", k, tr)
	if len(r.Skipped) != 0 {
		t.Fatalf("events %v of the trace are skipped on %s", r.Skipped, kernel)
	}
	return r
}

func TestBlame(t *testing.T) {
	for _, c := range []struct {
		reason, kernel, trace string
		rule                  string // the rule whose violation is looked at
		want                  model.Blame
	}{
		{"unbind takes the ops away before devres runs", "v5.0/arm64",
			"iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata ok\nunbind sata",
			"same-ops", model.BlameCore},
		{"the step that changed the ops stands in the arch's hook, but unbind called it", "v5.0/arm64",
			"iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata ok\nunbind sata",
			"ops-stable-under-mapping", model.BlameCore},
		{"a failed bind is the core's, too", "v5.1/arm64",
			"iommu register\nadd sata\nattach sata\nalloc sata buf managed\nprobe sata error",
			"same-ops", model.BlameCore},
		{"a bind clears the range map before devres runs", "v5.11/arm64",
			"iommu register identity\nadd sata ranges\nattach sata\nalloc sata buf managed\nprobe sata error",
			"same-parameters", model.BlameCore},
		{"a page pool unmaps late", "v6.8.1/arm64",
			"drivers late\niommu register\nadd sata\nattach sata\nmap sata page\nprobe sata ok\nunbind sata\nreturn sata\nfree sata page",
			"same-ops", model.BlameSubsystem},
		{"memory of other code, whatever takes its ops away", "v5.11/x86-amd",
			"iommu register\nadd sata\ndevm sata buf\ndel sata\nput sata",
			"", model.BlameSubsystem},
		{"the driver is let do anything, and does", "v5.0.1/arm64",
			"drivers any\niommu register\nadd sata\nattach sata\nalloc sata buf\nprobe sata ok\nunbind sata\nreturn sata",
			"ops-stable-under-mapping", model.BlameDriver},
		{"the type file left stale ops", "v5.11/x86-amd",
			"iommu register\nadd sata\ntype sata identity\nattach sata\nalloc sata buf",
			"path-reaches-device", model.BlameIOMMU},
		{"the IOMMU goes under a bound driver", "v5.9.2/arm64",
			"iommu register\nadd sata\nattach sata\nprobe sata ok\nshutdown",
			"supplier-outlives-consumer", model.BlameIOMMU},
		{"test_remove forgets the ownership", "v5.19/arm64",
			"iommu register\nadd sata\nattach sata test_remove\nprobe sata ok",
			"owner-balanced", model.BlameCore},
		{"unbind keeps the range map", "v5.11/arm64",
			"iommu register identity\nadd sata ranges\nattach sata\nprobe sata ok\nunbind sata\nattach sata",
			"no-leak", model.BlameCore},
		{"dma_configure of the bus overwrites the map", "v5.10-rangemap-overwrite/arm64",
			"iommu register identity\nadd sata map\nattach sata\nalloc sata buf",
			"parameters-as-described", model.BlameBus},
		{"memory was added, and dma_unmap asks the mask again: nothing of the device changed", "v5.9.2-bypass/powerpc",
			"add sata\nattach sata\nbypass sata on\nmap sata buf\nprobe sata ok\nhotplug\nfree sata buf",
			"same-ops", model.BlameDMA},
		{"a bind takes over a mapping of somebody else's", "v5.19/arm",
			"iommu register\nadd sata\nattach sata test_remove\nprobe sata ok\nmapping sata attach\nattach sata\nmapping sata detach",
			"no-double-free", model.BlameArch},
	} {
		r := run(t, c.kernel, c.trace)
		seen := false
		for _, f := range r.Findings {
			if c.rule != "" && f.Invariant != c.rule {
				continue
			}
			seen = true
			if f.Blame != c.want.String() {
				t.Errorf("%s: %s on %s: blame %s, want %s", c.reason, f.Key, c.kernel, f.Blame, c.want)
			}
		}
		if !seen {
			t.Errorf("%s: nothing to blame on %s: %v", c.reason, c.kernel, r.Broken)
		}
	}
}
