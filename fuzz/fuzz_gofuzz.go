//go:build gofuzz

package fuzz

import "dmafuzz/model"

// The kernel is chosen when the target starts, so that one build serves all.
var gofuzz = func() *target {
	k, known, err := shipped()
	if err != nil {
		panic(err)
	}
	t, err := newTarget(k, model.DriversWell, known)
	if err != nil {
		panic(err)
	}
	return t
}()

// reached has the buckets that this process has seen.
var reached [buckets]bool

// Fuzz is the entry point of go-fuzz, libFuzzer and OSS-Fuzz: -1 keeps an
// input out of the corpus, 1 asks for more of its kind.
func Fuzz(data []byte) int {
	if len(data) > maxLen {
		return -1
	}
	r := gofuzz.run(data)
	switch {
	case r.found:
		panic(gofuzz.report(data, r.violation))
	case r.steps > 0 && !reached[r.bucket]:
		reached[r.bucket] = true
		return 1
	}
	return 0
}
