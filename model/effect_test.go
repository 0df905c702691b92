package model

import (
	"strings"
	"testing"
)

// Every step of the vocabulary is known to the machine: it is passed over as one
// without a DMA meaning, or execute carries it out, or effect does. What nobody
// knows is a defect, never a step that does nothing.
func TestEveryStepHasAnEffect(t *testing.T) {
	// What compile turns into something else, or execute does not hand on.
	elsewhere := map[Op]bool{OpLabel: true, OpGoto: true, OpReturn: true, OpCall: true, OpLock: true, OpUnlock: true,
		OpForEach: true, OpEnd: true, OpRefuse: true, OpIgnoreError: true, OpTestRemoveOff: true, OpDriverProbe: true,
		OpDriverRemove: true, OpDevresRelease: true, OpTake: true, OpProviderGoing: true,
		OpLinksCheck: true, OpLinksBusy: true, OpUnbindConsumers: true}
	for o := Op(1); o < numOps; o++ {
		passed := !o.HasDMAMeaning() && !o.Fails() && !o.ForLinks()
		known, text := hasEffect(t, o)
		switch {
		case known && (passed || elsewhere[o]):
			t.Errorf("%s has an effect, and another place that carries it out", o)
		case !known && !passed && !elsewhere[o]:
			t.Errorf("%s has no effect, and nothing says that it needs none", o)
		case !known && !strings.Contains(text, o.String()):
			t.Errorf("%s: the defect does not name the step: %s", o, text)
		case noEffect[o] && (o.HasDMAMeaning() || !o.Fails()):
			t.Errorf("%s is declared to do nothing, and is no step that only fails", o)
		}
	}
}

// hasEffect runs a step's effect on a machine at boot.
func hasEffect(t *testing.T, o Op) (known bool, text string) {
	t.Helper()
	m := bareMachine(t, MaxBounds())
	var s State
	r := runner{m: m, s: &s, f: &s.Actors[0].Frames[0]}
	defer func() {
		if v := recover(); v != nil {
			known, text = false, v.(string)
		}
	}()
	r.effect(&instr{op: o, entry: PathAdd, ref: StepRef{Path: PathAdd}})
	return true, ""
}

// bareMachine runs a kernel without any path.
func bareMachine(t *testing.T, b Bounds) *Machine {
	t.Helper()
	k := &Kernel{Name: "bare", Arch: "arm64", Facts: []Fact{{Kind: FactNullOps, Value: "direct"}, {Kind: FactDefaultDomain, Value: "dma"}}}
	m, err := NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
