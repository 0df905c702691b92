package props

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/long"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// TestMirror: what a machine does with one of two devices that are alike it does
// with the other in the mirrored state, step for step.
func TestMirror(t *testing.T) {
	mirrored := 0
	forAll(t, 1500, races(t), func(c run) string {
		m := c.setting.machine(t)
		if !m.Symmetric() {
			return ""
		}
		var s model.State
		for i, e := range c.events {
			image := s
			m.Mirror(&image)
			twice := image
			if m.Mirror(&twice); twice != s {
				return fmt.Sprintf("at %d, the mirror's mirror is another state:\n%s", i, cmp.Diff(s, twice))
			}
			if a, b := m.PackAlike(&s), m.PackAlike(&image); a != b {
				return fmt.Sprintf("at %d, a state and its image have two keys", i)
			}
			if d := cmp.Diff(reflected(m.Enabled(&s)), reflected(m.Enabled(&image), true)); d != "" {
				return fmt.Sprintf("at %d, what is enabled (-state +image):\n%s", i, d)
			}
			out, other := m.Apply(&s, e), m.Apply(&image, e.Mirror())
			want := s
			if m.Mirror(&want); want != image {
				return fmt.Sprintf("at %d, %s (-mirrored after +mirrored before):\n%s", i, e, cmp.Diff(want, image))
			}
			if d := cmp.Diff(broken(&out), broken(&other)); d != "" {
				return fmt.Sprintf("at %d, %s, what breaks (-state +image):\n%s", i, e, d)
			}
			if s != image {
				mirrored++
			}
		}
		return ""
	})
	if want := long.Size(t, 200, 2000); mirrored < want {
		t.Errorf("%d states were not their own image: too few to tell", mirrored)
	}
}

func reflected(set model.EventSet, mirror ...bool) (words []string) {
	for id := range set.All() {
		e, _ := id.Event()
		if len(mirror) > 0 {
			e = e.Mirror()
		}
		words = append(words, e.String())
	}
	slices.Sort(words)
	return words
}

func broken(out *model.Outcome) (words []string) {
	for _, v := range out.Violations() {
		words = append(words, fmt.Sprint(v.Key, " ", v.Consequence))
	}
	slices.Sort(words)
	return words
}

// Every shipped kernel has the symmetry; devices on two buses have not.
func TestSymmetric(t *testing.T) {
	for _, k := range kernels.All() {
		for _, shared := range []bool{false, true} {
			b := model.DefaultBounds()
			b.Devices, b.SharedGroup, b.Actors, b.Preemptions = 2, shared, 2, 2
			m := setting{k, b}.machine(t)
			if !m.Symmetric() {
				t.Errorf("%s, shared group %v: not symmetric", k.FullName(), shared)
			}
			b.Setup[0].Bus, b.Setup[1].Bus = model.BusPlatform, model.BusPCI
			if (setting{k, b}).machine(t).Symmetric() {
				t.Errorf("%s: devices on two buses are taken for alike", k.FullName())
			}
		}
	}
}
