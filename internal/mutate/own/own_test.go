package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each break of the list can be made in the files as they are.
func TestBreaksApply(t *testing.T) {
	if os.Getenv(inside) != "" {
		t.Skip("a break has been made")
	}
	list, err := parse("breaks.txt", breaks)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 60 {
		t.Errorf("%d breaks, want 60 at least", len(list))
	}
	for _, b := range list {
		text, err := os.ReadFile(filepath.Join("../../..", b.File))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.apply(string(text)); err != nil {
			t.Error(err)
		}
	}
}

func TestParse(t *testing.T) {
	list, err := parse("l", "# why\n\none\na/b.go\n-x\n-\ty\n+z\n\ntwo\nc.go\npackage: d\n-x\n+\n")
	if err != nil || len(list) != 2 {
		t.Fatalf("got %v, %v", list, err)
	}
	if want := (Break{"one", "a/b.go", "a", "x\n\ty", "z"}); list[0] != want {
		t.Errorf("got %+v, want %+v", list[0], want)
	}
	if list[1].Package != "d" {
		t.Errorf("got %+v, want the package d", list[1])
	}
	for _, text := range []string{"a\nf\n-x\n+x\n", "a\n", "a\nf\n-x\n+y\n\na\nf\n-x\n+y\n", "a\nf\n?\n"} {
		if _, err := parse("l", text); err == nil {
			t.Errorf("%q is no error", text)
		}
	}
	for text, ok := range map[string]bool{"x": true, "xx": false, "": false} {
		if _, err := (Break{Old: "x", New: "y"}).apply(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	if !strings.Contains(breaks, "\n\n") {
		t.Error("the list is empty")
	}
}
