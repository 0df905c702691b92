package text_test

import (
	"errors"
	"fmt"
	"os"

	"dmafuzz/model"
	"dmafuzz/model/text"
)

// A kernel file is read, and printed in columns.
func ExampleParseKernel() {
	k, err := text.ParseKernel("v5.0.kernel", []byte(`
kernel v5.0
arch arm64
fact null-ops direct kernel/dma/mapping.c:254
path unbind drivers/base/dd.c:945
  driver_remove
  call dma_teardown drivers/base/dd.c:972
  devres_release when devres drivers/base/dd.c:974
path dma_teardown   # sets the ops to NULL
  set_ops null
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(text.FormatKernel(k))
	// Output:
	// kernel v5.0
	// arch   arm64
	//
	// fact null-ops  direct                kernel/dma/mapping.c:254
	//
	// path unbind                          drivers/base/dd.c:945
	//   driver_remove
	//   call dma_teardown                  drivers/base/dd.c:972
	//   devres_release  when devres        drivers/base/dd.c:974
	//
	// path dma_teardown  # sets the ops to NULL
	//   set_ops null
}

// What is wrong is said with its place, and with the word that was meant.
func ExampleSyntaxError() {
	_, err := text.ParseKernel("mine.kernel", []byte("kernel mine\narch arm64\npath unbind\n  devres_relaese\n"), nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, text.ErrSyntax))
	// Output:
	// mine.kernel:4:3: got "devres_relaese", want a step (did you mean "devres_release"?)
	// true
}

// A resolver finds the kernels that others are written as a change of.
func ExampleResolver() {
	files := map[string]string{
		"v5.0/arm64":   "kernel v5.0\narch arm64\npath unbind\n  call dma_teardown\n  devres_release\n",
		"v5.0.1/arm64": "kernel v5.0.1\narch arm64\nlike v5.0/arm64\npath unbind\n  devres_release\n  call dma_teardown\n",
	}
	resolve := text.Resolver(func(name string) (string, []byte, error) {
		src, ok := files[name]
		if !ok {
			return "", nil, os.ErrNotExist
		}
		return name, []byte(src), nil
	})
	k, err := resolve("v5.0.1/arm64")
	fmt.Println(k.Path(model.PathUnbind).Steps, err)
	// Output: [devres_release call dma_teardown] <nil>
}

// A trace is read, and printed with the calls of a callback indented.
func ExampleParseTrace() {
	t, err := text.ParseTrace("dmam.trace", []byte(`
# Unbind frees IOMMU memory through the direct path.
on v5.0/arm64 violation same-ops, ops-stable-under-mapping
on v5.0.1/arm64 pass
iommu register
add disk
attach disk
alloc disk buf managed
probe disk ok
unbind disk
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(t.Events), t.Events[3])
	fmt.Print(text.FormatTrace(t))
	// Output:
	// 6 alloc sata buf managed
	// # Unbind frees IOMMU memory through the direct path.
	// on v5.0/arm64    violation same-ops, ops-stable-under-mapping
	// on v5.0.1/arm64  pass
	//
	// iommu register
	// add disk
	// attach disk
	//   alloc disk buf managed
	//   probe disk ok
	// unbind disk
}

// The text of an event is read back as the same event.
func ExampleParseEvent() {
	e, err := text.ParseEvent("attach sata fail sysfs_add")
	fmt.Println(e.Kind, e.Device, e.FailStep(), err)
	e, err = text.ParseEvent("unbind sata until unbind_cleanup.devres_release x2")
	fmt.Println(e.Kind, e.Until.Op, e.Until.Pass, err)
	// Output:
	// attach 0 sysfs_add <nil>
	// unbind devres_release 1 <nil>
}
