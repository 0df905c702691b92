package driver

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is extracted, printed and parsed is the same driver.
func TestDriverText(t *testing.T) {
	files, _ := filepath.Glob("testdata/c/*.c")
	steps := 0
	for _, name := range files {
		list, err := Extract(caseTree(t, name), "drivers/x/"+filepath.Base(name), "a test")
		if err != nil || len(list) != 1 {
			t.Fatal(name, len(list), err)
		}
		text := list[0].Text()
		back, err := ParseDriver("x.driver", []byte(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if diff := cmp.Diff(list[0], back); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, text)
		}
		for _, p := range back.Paths {
			steps += len(p.Steps)
		}
	}
	if steps < 50 {
		t.Errorf("only %d steps in all", steps)
	}
}

func TestParseDriverErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "x.driver:1:1: got no driver line, want driver NAME: not a driver file",
		"path probe\n":               `x.driver:1:1: got "path", want driver NAME first: not a driver file`,
		"driver a\n  alloc b\n":      `x.driver:2:3: got "alloc", want entry, object or path: not a driver file`,
		"driver a\npath p\n  aloc b": `x.driver:3:3: got "aloc", want a step (alloc, free, call, irq, irq_free, register, unregister, goto, return) or a label: not a driver file`,
		"driver a\nentry b c\n":      `x.driver:2:7: got "b", want TABLE.MEMBER: not a driver file`,
	} {
		_, err := ParseDriver("x.driver", []byte(text))
		if !errors.Is(err, ErrDriver) || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func FuzzParseDriver(f *testing.F) {
	f.Add("driver a\nsource \"x\"\nentry t.m p\nobject o with f family \"g\" managed size \"1\"  a.c:1\npath p  a.c:2\nl:\n  free o with kfree when \"a && b\" else l  a.c:3\n  return ok\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDriver("x", []byte(text))
		if err != nil {
			return
		}
		back, err := ParseDriver("x", []byte(d.Text()))
		if err != nil {
			t.Fatalf("%v\n%s", err, d.Text())
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Error(diff)
		}
	})
}
