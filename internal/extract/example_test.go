package extract_test

import (
	"dmafuzz/model/text"
	"fmt"
	"os"
	"strings"

	"dmafuzz/internal/extract"
)

// A small tree of our own: its unbind is read; the IOMMU core is not there, and
// what needs it is named.
func ExampleTree() {
	res, err := extract.Tree(os.DirFS("testdata/tree"), extract.Options{Arch: "arm64", Name: "small"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range strings.Split(text.FormatKernel(res.Kernel), "\n\n") {
		if strings.HasPrefix(p, "path unbind") {
			fmt.Printf("%s\n\n", p)
		}
	}
	for _, m := range res.Missing {
		if m.What == "path iommu_probe" {
			fmt.Println(m)
		}
	}
	// Output:
	// path unbind                          drivers/base/dd.c:73
	//   lock device                        drivers/base/dd.c:75
	//   goto l3  when not driver           drivers/base/dd.c:76
	//   sysfs_remove                       drivers/base/dd.c:78
	//   driver_remove                      drivers/base/dd.c:79
	//   call dma_cleanup                   drivers/base/dd.c:81
	//   call unbind_cleanup                drivers/base/dd.c:82
	// l3:
	//   unlock device                      drivers/base/dd.c:82
	//
	// path unbind_cleanup                  drivers/base/dd.c:5
	//   devres_release                     drivers/base/dd.c:7
	//   call dma_teardown                  drivers/base/dd.c:8
	//   range_map_free                     drivers/base/dd.c:9
	//   clear_driver                       drivers/base/dd.c:11
	//
	// drivers/iommu/iommu.c: path iommu_probe: expected the function iommu_probe_device; state it with --assume 'path iommu_probe=STEP; STEP'
}
