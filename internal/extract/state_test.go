package extract

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dmafuzz/model"
)

// Behind a lock, an unlock or a call another thread may have run: what a test said
// there is no longer known. A step that changes nothing keeps it.
func TestForget(t *testing.T) {
	for words, want := range map[string][]string{
		"lock device":                         nil,
		"unlock group":                        nil,
		"call bind":                           nil,
		"uevent; unlock group when not group": nil,
		"param_get":                           {"driver"},
		"uevent":                              {"driver", "not param"},
	} {
		s := &state{known: []string{"driver", "not param"}}
		s.forget(words)
		if !slices.Equal(s.known, want) {
			t.Errorf("%s: %q is known, want %q", words, s.known, want)
		}
	}
}

// A call that a rule says is done has done it: who asks is told so, and goes on.
func TestDoneIsTrue(t *testing.T) {
	path := func(call string) string {
		tree := smallTree(t)
		src := string(tree[coreFile].Data)
		if n := strings.Count(src, "\tkill_device(dev);\n"); n != 1 {
			t.Fatalf("%s calls kill_device %d times, want once", coreFile, n)
		}
		tree[coreFile] = &fstest.MapFile{Data: []byte(strings.Replace(src, "\tkill_device(dev);\n", call, 1))}
		res, err := Tree(tree, Options{Name: "small"})
		if err != nil {
			t.Fatal(err)
		}
		var steps []string
		for _, st := range res.Kernel.Path(model.PathDel).Steps {
			steps = append(steps, st.String())
		}
		return strings.Join(steps, "\n")
	}
	plain, asked := path("\tkill_device(dev);\n"), path("\tif (!kill_device(dev))\n\t\treturn;\n")
	if !strings.Contains(plain, "kill") || asked != plain {
		t.Errorf("with the result asked for:\n%s\nwithout:\n%s", asked, plain)
	}
}
