package uml

import (
	"dmafuzz/model/text"
	"errors"
	"strings"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// Places of the player for points of a trace: before the step that writes a line,
// behind a line, at a lock, and none.
func TestPlanRace(t *testing.T) {
	k, err := kernels.Load("v7.2.13/arm64")
	if err != nil {
		t.Fatal(err)
	}
	const bound = "actors 2\niommu register\nadd sata\nattach sata\n  alloc sata buf managed\n  probe sata ok\n"
	for _, c := range []struct {
		reason, text string
		v            Variant
		want         []string // places, or what the error has
		refused      bool
	}{
		{"the line comes before its step", bound + "unbind sata until unbind_cleanup.devres_release\ntype sata identity\ncontinue sata\n", Group, []string{"devres sata"}, false},
		{"behind a line", "actors 2\nadd sata\niommu register until dma_configure.goto\ncontinue iommu\n", Group, []string{"configure sata"}, false},
		{"a lock, the second time", "actors 2\nadd sata\niommu register until iommu_register.lock_iommu_probe:2\ncontinue iommu\n", Group, []string{"lock iommu_probe x3"}, false},
		{"not come by", bound + "unbind sata until iommu_probe.param_get\n", Group, nil, false},
		{"the player's own code", "actors 2\nadd sata\niommu register until iommu_register.provider_ready\n", PerBind, []string{"player's own code in perbind"}, true},
		{"a shutdown beside a probe", bound + "add eth\nattach eth\nshutdown\nprobe eth ok\n", Group, []string{"shutdown: the player cannot play it: a shutdown is played alone"}, true},
		{"a bind beside a shutdown", bound + "add eth\nshutdown until shutdown.lock_device\nattach eth\ncontinue iommu\n", Group, []string{"attach eth: the player cannot play it: a shutdown is played alone"}, true},
		{"a shutdown alone", bound + "add eth\nattach eth\nprobe eth ok\nshutdown\n", Group, nil, false},
	} {
		trace, err := text.ParseTrace(c.reason, []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.reason, err)
		}
		b := judgeBounds(trace.Drivers)
		b.Actors = 2
		m, err := model.NewMachine(k, b)
		if err != nil {
			t.Fatal(err)
		}
		p, err := planRace(m, c.v, trace)
		if c.refused {
			if !errors.Is(err, ErrUnplayable) || !strings.Contains(err.Error(), c.want[0]) {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.want[0])
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		var got []string
		for _, u := range p.until {
			if u.name != "" {
				got = append(got, u.name)
			}
		}
		if strings.Join(got, ",") != strings.Join(c.want, ",") {
			t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
		}
		if len(c.want) == 0 && strings.Contains(c.text, " until ") && len(p.notes) == 0 {
			t.Errorf("%s: nobody says that the point is not there", c.reason)
		}
	}
}
