package uml

import (
	"os"
	"testing"

	"dmafuzz/model"
)

// The kernel of the lab reads in full, and is the tree's own but for the
// player's paths.
func TestKernel(t *testing.T) {
	for _, c := range []struct {
		tree string
		v    Variant
	}{{"6.1", PerBind}, {"6.12", Group}, {"7.2", Group}} {
		k, err := Kernel(os.DirFS(realTree(t, c.tree)), c.tree, c.v)
		if err != nil {
			t.Errorf("%s: %v", c.tree, err)
			continue
		}
		if u := k.Unknown(); len(u) > 0 {
			t.Errorf("%s: unknown: %v", c.tree, u)
		}
		if p := k.Path(model.PathDMAConfigure); p.Status != model.PathKnown || len(p.Steps) == 0 || p.Steps[0].Pos != "" {
			t.Errorf("%s: dma_configure is not the player's: %+v", c.tree, p)
		}
		if p := k.Path(model.PathBind); p.Pos == "" {
			t.Errorf("%s: bind is not the tree's: %+v", c.tree, p)
		}
	}
}

// A fragment is cut into one statement a path.
func TestFragmentPaths(t *testing.T) {
	got := fragmentPaths("# c\n\npath a  x.c\n  s1   # why\nl:\n  call b  else l\n\npath b none\n\npath c x.c\n")
	for path, want := range map[string]string{"path a": "s1; l:; call b else l", "path b": "none", "path c": ""} {
		if s, ok := got[path]; !ok || s != want {
			t.Errorf("%s: got %q, want %q", path, s, want)
		}
	}
	if len(got) != 3 {
		t.Errorf("got %v", got)
	}
}
