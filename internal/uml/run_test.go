package uml

import (
	"dmafuzz/model/text"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// TestSkipped: the events that are put in to end a probe do not make up for those
// of the trace that were not possible.
func TestSkipped(t *testing.T) {
	k, err := kernels.Load("v7.2.13/arm64")
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{
		"iommu register\nadd sata\nunbind sata\nattach sata\n  alloc sata buf\n":               1, // "probe sata ok" is put in
		"iommu register\nadd sata\nattach sata\n  alloc sata buf\n":                            0,
		"iommu register\nadd sata\nunbind sata\ndel sata\ndel sata\nattach sata\n":             3,
		"iommu register\nadd sata\nattach sata\n  alloc sata buf\n  probe sata ok\nput sata\n": 1,
	} {
		trace, err := text.ParseTrace("x.trace", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := PlayTrace(t.Context(), k, Group, &fake{kernel: k, variant: Group}, trace)
		if err != nil {
			t.Fatal(err)
		}
		if got.Skipped != want || got.Kind != KindInvalid {
			t.Errorf("%q: %d skipped, want %d (%s)", body, got.Skipped, want, got.Kind)
		}
		m, err := model.NewMachine(k, func() model.Bounds { b := judgeBounds(trace.Drivers); b.Actors = 2; return b }())
		if err != nil {
			t.Fatal(err)
		}
		trace.Actors = 2
		plan, err := planRace(m, Group, trace)
		if err != nil {
			t.Fatal(err)
		}
		tl := newTeller(m, Group)
		tl.race = &race{}
		if x := tl.playPlan(plan); x.skipped != want {
			t.Errorf("%q, two actors: %d skipped, want %d", body, x.skipped, want)
		}
	}
}
