package props

import (
	"math/rand"
	"testing"

	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// TestMutants leads machine and oracle over kernels whose steps have changed
// places: rules must not hold just because shipped kernels happen to keep them.
func TestMutants(t *testing.T) {
	n := 30 * *walks
	if testing.Short() {
		n = 40
	}
	r := rand.New(rand.NewSource(1))
	ran := 0
	for seed := range n {
		s := setting{mutant(r), someBounds[r.Intn(len(someBounds))]}
		_, err := model.NewMachine(s.kernel, s.bounds)
		if _, other := oracle.New(s.kernel, s.bounds); (err == nil) != (other == nil) {
			t.Fatalf("%s: the machine says %v, the oracle %v\n%s", s, err, other, s.kernel.Text())
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
