// Package fuzz drives a [model.Machine] from bytes, for coverage-guided engines.
//
// A kernel can be fuzzed from any package's tests:
//
//	func FuzzMyKernel(f *testing.F) {
//		fuzz.Lifecycle(f, kernel, fuzz.Known(keys...))
//	}
//
// go test -fuzz=FuzzMyKernel then looks for an order of events that breaks a
// rule, and prints the shortened trace when it finds one. With the build tag
// gofuzz the package has the entry point of go-fuzz, libFuzzer and OSS-Fuzz:
//
//	go tool go-fuzz-build -o lifecycle.zip ./fuzz
//	go tool go-fuzz -bin=lifecycle.zip -workdir=work
//
// A byte is an event, whatever stands before and behind it: codec.go has the
// table. An event that is not enabled is skipped, so every input means
// something, and no input is an error. Bytes are for engines only; what is
// worth keeping is kept as a trace.
//
// Environment, read when a target starts:
//
//	DMAFUZZ_KERNEL   full name of the shipped kernel for the targets of this
//	                 package, v5.0/arm64; the newest one by default
//	DMAFUZZ_SEEDS    none: start from nothing instead of from the corpus. A
//	                 corpus bug that the kernel has stops the engine at once
package fuzz
