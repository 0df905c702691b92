package main

import (
	"dmafuzz/model/text"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/internal/shrink"
)

// A shortened trace is replayed under the bounds of the long one: two actors stay
// two, a shared group shared, a supplier a supplier.
func TestShortenedKeepsTheBounds(t *testing.T) {
	actors, suppliers := 0, 0
	for _, f := range corpus.Files() {
		long, err := text.ParseTrace(f.Name, []byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		short := shortened(long, &shrink.Result{Raw: len(long.Events), Reduced: long.Events})
		if short.Bounds() != long.Bounds() {
			t.Errorf("%s: bounds %v, want %v", f.Name, short.Bounds(), long.Bounds())
		}
		if long.Actors > 1 {
			actors++
		}
		if long.Bounds().Linked() {
			suppliers++
		}
	}
	if actors == 0 || suppliers == 0 {
		t.Errorf("%d traces of two actors and %d with a supplier, want some of each", actors, suppliers)
	}
}
