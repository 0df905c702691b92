package fuzz_test

import (
	"testing"

	"dmafuzz/fuzz"
	"dmafuzz/model"
)

var kernel *model.Kernel // of text.ParseKernel, say

// A kernel is fuzzed from any package's tests:
//
//	go test -fuzz=FuzzMyKernel -fuzztime=1m
func ExampleLifecycle() {
	_ = func(f *testing.F) { // func FuzzMyKernel(f *testing.F)
		fuzz.Lifecycle(f, kernel, fuzz.Drivers(model.DriversLate), fuzz.Seeds(false))
	}
}
