package uml

import (
	"slices"
	"testing"

	"dmafuzz/internal/kbuild"
)

// TestRecipe: the IOMMU core's buses are the player's where that core is the
// tree's, and only there.
func TestRecipe(t *testing.T) {
	iommu := func(l kbuild.Line) bool { return l.File == "drivers/iommu/Makefile" }
	if slices.ContainsFunc(recipe(PerBind).Lines, iommu) {
		t.Error("perbind changes the IOMMU's Makefile")
	}
	if !slices.ContainsFunc(recipe(Group).Lines, iommu) {
		t.Error("group does not change the IOMMU's Makefile")
	}
	for _, v := range []Variant{PerBind, Group} {
		r := recipe(v)
		if r.Files["labmain.c"] == nil {
			t.Errorf("%s: the player is not there", v)
		}
		if len(r.Config) == 0 {
			t.Errorf("%s: no configuration", v)
		}
		// The key that a program's folder is named after; another one builds all again.
		if want := "variant " + v.String(); r.Label != want {
			t.Errorf("%s: label %q, want %q", v, r.Label, want)
		}
	}
}
