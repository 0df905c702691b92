package model_test

import (
	"fmt"

	"dmafuzz/model"
	"dmafuzz/model/text"
)

// An IOMMU registers while a driver holds memory that dma-direct gave it.
func Example() {
	k, err := text.ParseKernel("pair.kernel", []byte(pair), nil)
	if err != nil {
		panic(err)
	}
	m, err := model.NewMachine(k, model.DefaultBounds())
	if err != nil {
		panic(err)
	}
	var s model.State
	for _, line := range []string{"add sata", "attach sata", "alloc sata buf managed", "probe sata ok", "iommu register"} {
		e, err := text.ParseEvent(line)
		if err != nil {
			panic(err)
		}
		out := m.Apply(&s, e)
		for _, v := range out.Violations() {
			fmt.Printf("%s: %s (%s)\n", e, v.Key, v.Consequence)
		}
	}
	// Output:
	// iommu register: no-detach-under-mapping:dmam_alloc:iommu-register.domain_attach:direct>-:platform (silent corruption)
}
