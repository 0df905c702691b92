// Package order makes kernels that differ from a given one by the order of
// two neighbouring steps, and says what the exhaustive search makes of each.
//
// It answers how much of an order matters: a swap that gains a finding is an
// order that the machine guards; one that changes nothing is either free or
// outside of the bounds, and is listed as such. It is not a fuzzer of kernels:
// no step is added, dropped or changed.
package order

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// Mutant is a kernel with two neighbouring steps of one path swapped.
type Mutant struct {
	Path   model.PathKind
	Index  int // of the first of the two steps in the original
	Kernel *model.Kernel
	words  [2]string
}

// String names the swap: "unbind: devres_release <-> call dma_teardown".
func (m Mutant) String() string {
	return fmt.Sprintf("%s: %s <-> %s", m.Path, m.words[0], m.words[1])
}

// Swaps returns a mutant for every two neighbouring steps, at least one of them
// with a DMA meaning, that are neither equal nor a label, a jump, a lock or a
// callback. A step with an else label counts as a jump. The order is that of
// the paths' declaration and of their steps.
func Swaps(k *model.Kernel) []Mutant {
	var all []Mutant
	whole := k.Resolve()
	for at, p := range whole.Paths {
		for i := 0; i+1 < len(p.Steps); i++ {
			a, b := p.Steps[i], p.Steps[i+1]
			if !movable(a) || !movable(b) || !a.Op.HasDMAMeaning() && !b.Op.HasDMAMeaning() || sameStep(a, b) {
				continue
			}
			m := Mutant{Path: p.Kind, Index: i, Kernel: swapped(whole, at, i)}
			m.words[0], _ = whole.Describe(model.StepRef{Path: p.Kind, Step: uint16(i)})
			m.words[1], _ = whole.Describe(model.StepRef{Path: p.Kind, Step: uint16(i + 1)})
			all = append(all, m)
		}
	}
	return all
}

func sameStep(a, b model.Step) bool {
	return a.Op == b.Op && a.Arg == b.Arg && slices.Equal(a.When, b.When)
}

// movable tells whether a step may change places with its neighbour.
func movable(s model.Step) bool {
	switch s.Op {
	case model.OpLabel, model.OpGoto, model.OpReturn, model.OpRefuse, model.OpTake,
		model.OpLock, model.OpUnlock, model.OpForEach, model.OpEnd,
		model.OpDriverProbe, model.OpDriverRemove, model.OpDriverShutdown:
		return false
	}
	return s.Else == ""
}

func swapped(k *model.Kernel, path, i int) *model.Kernel {
	m := *k
	m.Name = k.Name + "-swapped"
	m.Paths = slices.Clone(k.Paths)
	steps := slices.Clone(k.Paths[path].Steps)
	steps[i], steps[i+1] = steps[i+1], steps[i]
	m.Paths[path].Steps = steps
	return &m
}

// Verdict is how a mutant's findings differ from the original's.
type Verdict struct {
	Mutant Mutant
	Gained []model.Key
	Lost   []model.Key
	Closed bool
}

// Judge searches the original and each mutant within the bounds.
func Judge(ctx context.Context, k *model.Kernel, b model.Bounds, mutants []Mutant) ([]Verdict, error) {
	base, _, err := keys(ctx, k, b)
	if err != nil {
		return nil, err
	}
	var all []Verdict
	for _, m := range mutants {
		got, closed, err := keys(ctx, m.Kernel, b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m, err)
		}
		all = append(all, Verdict{Mutant: m, Gained: without(got, base), Lost: without(base, got), Closed: closed})
	}
	return all, nil
}

func keys(ctx context.Context, k *model.Kernel, b model.Bounds) ([]model.Key, bool, error) {
	m, err := model.NewMachine(k, b)
	if err != nil {
		return nil, false, err
	}
	r := explore.Exhaustive(ctx, m, explore.Options{})
	var all []model.Key
	for _, f := range r.Findings {
		all = append(all, f.Key())
	}
	slices.SortFunc(all, explore.CompareKeys)
	return all, r.Closed, nil
}

// without returns the keys of a that b lacks.
func without(a, b []model.Key) []model.Key {
	var d []model.Key
	for _, k := range a {
		if !slices.Contains(b, k) {
			d = append(d, k)
		}
	}
	return d
}

// Text prints verdicts one below the other: the swap, then each key gained (+)
// and lost (-), or "no change within these bounds".
func Text(verdicts []Verdict) string {
	var b strings.Builder
	for _, v := range verdicts {
		fmt.Fprintf(&b, "%s\n", v.Mutant)
		if !v.Closed {
			b.WriteString("    not closed\n")
		}
		for _, k := range v.Gained {
			fmt.Fprintf(&b, "    + %s\n", k)
		}
		for _, k := range v.Lost {
			fmt.Fprintf(&b, "    - %s\n", k)
		}
		if len(v.Gained)+len(v.Lost) == 0 {
			b.WriteString("    no change within these bounds\n")
		}
	}
	return b.String()
}
