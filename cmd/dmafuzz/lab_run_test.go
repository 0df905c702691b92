package main

import (
	"errors"
	"fmt"
	"testing"

	"dmafuzz/internal/uml"
)

// What cannot be played is named by file and line.
func TestWhere(t *testing.T) {
	const text = "# Why.\n\nactors 2\nadd sata # first\n\nattach sata until dma_configure.goto\nshutdown"
	for index, want := range map[int]string{0: "x.trace:4: ", 1: "x.trace:6: ", 2: "x.trace:7: "} {
		err := fmt.Errorf("beneath: %w", &uml.EventError{Index: index})
		if got := where("x.trace", []byte(text), err); got != want {
			t.Errorf("event %d: got %q, want %q", index, got, want)
		}
	}
	if got := where("x.trace", []byte(text), errors.New("other")); got != "" {
		t.Errorf("an error about no event: got %q", got)
	}
}
