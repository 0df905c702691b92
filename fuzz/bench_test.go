package fuzz

import (
	"math/rand/v2"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// BenchmarkRun is what one 32-byte input costs without an engine around it.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"v5.2.1/arm64", kernels.Newest()} {
		b.Run(name, func(b *testing.B) {
			k, err := kernels.Load(name)
			if err != nil {
				b.Fatal(err)
			}
			known, err := knownKeys(name)
			if err != nil {
				b.Fatal(err)
			}
			t, err := newTarget(k, model.DriversWell, known)
			if err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 1))
			inputs := make([][]byte, 1024)
			for i := range inputs {
				inputs[i] = make([]byte, 32)
				for j := range inputs[i] {
					inputs[i][j] = byte(r.Uint32())
				}
			}
			executed := 0
			for i := 0; b.Loop(); i++ {
				executed += t.run(inputs[i%len(inputs)]).steps
			}
			b.ReportMetric(float64(executed)/float64(b.N), "events/op")
		})
	}
}
