package props_test

import (
	"fmt"
	"strings"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
	"dmafuzz/props"
)

// printer is a testing.TB that prints what a test would log.
type printer struct{ testing.TB }

func (printer) Helper()                      {}
func (printer) Logf(format string, a ...any) { fmt.Println("log:", first(fmt.Sprintf(format, a...))) }
func (printer) Errorf(format string, a ...any) {
	fmt.Println("error:", first(fmt.Sprintf(format, a...)))
}
func (printer) Fatal(a ...any) { fmt.Println("fatal:", fmt.Sprint(a...)) }

func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// In a test of one's own this is
//
//	func TestMyKernel(t *testing.T) { props.Check(t, k) }
//
// for a kernel k that is read from a file, or for one that is shipped.
func ExampleCheck() {
	var t printer
	for _, name := range []string{"v7.3-rc7/x86", "v5.0.1/arm64"} {
		k, err := kernels.Load(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		props.Check(t, k, props.Unknown(model.PathIOMMURelease, model.PathIOMMUUnregister))
	}
	// Output:
	// log: v7.3-rc7/x86: clean
	// log: v5.0.1/arm64: found
	// error: v5.0.1/arm64 breaks same-ops: Oops
	// error: v5.0.1/arm64 breaks same-ops: Oops
	// error: v5.0.1/arm64 breaks same-ops: silent corruption
	// error: v5.0.1/arm64 breaks ops-stable-under-mapping: latent
	// error: v5.0.1/arm64 breaks ops-stable-under-mapping: latent
	// error: v5.0.1/arm64 breaks ops-stable-under-mapping: latent
}
