package props_test

import (
	"fmt"
	"testing"

	"dmafuzz/model"
	"dmafuzz/props"
)

// A kernel of one's own is checked like this from any test. This one is as
// small as a kernel can be: devices that nothing ever drives.
func ExampleCheck() {
	const text = `
kernel mine
arch   arm64
fact null-ops        direct
fact default-domain  dma
path add
  registered
path attach none
path bind_store none
path retry none
`
	k, err := model.ParseKernel("mine.kernel", []byte(text), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = func(t *testing.T) { // func TestMyKernel(t *testing.T)
		props.Check(t, k)
		props.Check(t, k, props.Bounds(model.Bounds{Devices: 2, Memory: 1, Families: model.FamilyCore}))
	}
	fmt.Println(k.FullName())
	// Output: mine/arm64
}
