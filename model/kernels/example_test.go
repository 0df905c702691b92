package kernels_test

import (
	"fmt"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// A file of one's own is a change of a shipped kernel: here the ops outlive the
// driver on the release with the wrong order.
func ExampleParse() {
	k, err := kernels.Parse("mine.kernel", []byte(`
kernel mine
arch   arm64
like   v5.0/arm64

path dma_teardown
  # Nothing: the ops stay.
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, base := range kernels.Bases(k) {
		fmt.Println("like", base.FullName())
	}
	fmt.Println(len(k.Path(model.PathDMATeardown).Steps), "steps in dma_teardown")
	fmt.Println("NULL ops mean", k.Fact(model.FactNullOps))
	// Output:
	// like v5.0/arm64
	// like v4.20/arm64
	// like v4.19/arm64
	// like v4.9/arm64
	// 0 steps in dma_teardown
	// NULL ops mean direct
}

// The file of a release holds what changed in it.
func ExampleLoad() {
	k, err := kernels.Load("v5.0.1/arm64")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(k.FullName(), "is like", k.Base)
	for _, p := range k.Paths {
		fmt.Println("but for path", p.Kind)
	}
	// Output:
	// v5.0.1/arm64 is like v5.0/arm64
	// but for path unbind
}
