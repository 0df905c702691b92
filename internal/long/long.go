// Package long is the one switch between the tests of every change and all
// tests: DMAFUZZ_LONG=1 in the environment.
package long

import (
	"os"
	"testing"
)

// Switch is the environment variable; 1 switches on what takes long.
const Switch = "DMAFUZZ_LONG"

// On tells whether the switch is set.
func On() bool { return os.Getenv(Switch) == "1" }

// Only leaves a test out unless the switch is set, and says what it adds.
func Only(tb testing.TB, adds string) {
	tb.Helper()
	if !On() {
		tb.Skipf("left out without %s=1, which adds %s", Switch, adds)
	}
}

// Size is how many of something a test takes: all of them with the switch, some
// without it; then the log says so.
func Size(tb testing.TB, some, all int) int {
	tb.Helper()
	if On() {
		return all
	}
	tb.Logf("takes %d, and %d with %s=1", some, all, Switch)
	return some
}

// Part is the part of a list that a test goes through: all of it with the
// switch, one of every few without it; then the log says so.
func Part[T any](tb testing.TB, every int, list []T) []T {
	tb.Helper()
	if On() {
		return list
	}
	var some []T
	for i := 0; i < len(list); i += every {
		some = append(some, list[i])
	}
	tb.Logf("takes %d of %d, and all with %s=1", len(some), len(list), Switch)
	return some
}
