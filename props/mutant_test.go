package props

import (
	"dmafuzz/model/text"
	"math/rand"
	"slices"
	"testing"

	"dmafuzz/internal/long"
	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// TestMutants leads machine and oracle over kernels whose steps have changed
// places: rules must not hold just because shipped kernels happen to keep them.
func TestMutants(t *testing.T) {
	mutants(t, 30**walks, someBounds, walk)
}

// TestRacingMutants is the same with two actors, and with kernels that leave a
// fwspec dangling.
func TestRacingMutants(t *testing.T) {
	var bounds []model.Bounds
	for i, b := range racingBounds {
		b.Preemptions = i%(model.MaxPreemptions+2) + model.NoLimit
		bounds = append(bounds, b)
	}
	mutants(t, 20**walks, bounds, racingWalk)
}

func mutants(t *testing.T, n int, bounds []model.Bounds, walk func(t *testing.T, s setting, seed uint64, length int)) {
	t.Helper()
	n = long.Size(t, 40, n)
	r := rand.New(rand.NewSource(1))
	ran := 0
	for seed := range n {
		s := setting{mutant(r), bounds[r.Intn(len(bounds))]}
		if s.bounds.Actors > 1 && seed%2 == 0 {
			s.kernel = dangling(s.kernel)
		}
		_, err := model.NewMachine(s.kernel, s.bounds)
		if _, other := oracle.New(s.kernel, s.bounds); (err == nil) != (other == nil) {
			t.Fatalf("%s: the machine says %v, the oracle %v\n%s", s, err, other, text.FormatKernel(s.kernel))
		}
		if err != nil {
			continue
		}
		ran++
		if walk(t, s, uint64(seed), 25); t.Failed() {
			return
		}
	}
	if ran < n/2 {
		t.Errorf("only %d of %d mutants could be run", ran, n)
	}
}

// dangling is a kernel that frees the fwspec before what points to it.
func dangling(k *model.Kernel) *model.Kernel {
	d := *k.Resolve()
	d.Name += "-dangling"
	d.Paths = slices.Clone(d.Paths)
	for i, p := range d.Paths {
		var steps []model.Step
		for _, s := range p.Steps {
			if s.Op == model.OpParamFree {
				steps = append(steps, model.Step{Op: model.OpFwspecFree, When: s.When})
			}
			steps = append(steps, s)
		}
		d.Paths[i].Steps = steps
	}
	return &d
}
