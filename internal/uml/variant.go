package uml

import (
	"fmt"

	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/uml/player"
)

// Variant says which part of a tree the program holds, and by that what sets a
// device's DMA operations.
type Variant uint8

const (
	VariantInvalid Variant = iota
	// PerBind has them set at each bind: the architecture's hooks and the
	// IOMMU are the player's. For trees up to v6.9.
	PerBind
	// Group has them owned by the IOMMU group: the IOMMU core is the tree's,
	// only the hardware's driver is the player's. For trees from v6.12.
	Group
)

func (v Variant) String() string {
	switch v {
	case PerBind:
		return "perbind"
	case Group:
		return "group"
	}
	return "invalid"
}

// Fragment is the paths that the player stands for in a variant, as a kernel
// file has them: what to take in place of the tree's firmware and architecture.
func Fragment(v Variant) string {
	switch v {
	case PerBind:
		return player.PerBindPaths()
	case Group:
		return player.GroupPaths()
	}
	return ""
}

// VariantFor is the variant that fits a tree's version, or the one that is
// wanted if it does.
func VariantFor(tree string, want Variant) (Variant, error) {
	_, of, err := kbuild.ReadVersion(tree)
	if err != nil {
		return VariantInvalid, err
	}
	if want != VariantInvalid {
		if err := want.misfit(of); err != nil {
			return want, fmt.Errorf("%w: %s: %w", kbuild.ErrTree, tree, err)
		}
		return want, nil
	}
	for _, v := range []Variant{PerBind, Group} {
		if v.fits(of) {
			return v, nil
		}
	}
	return VariantInvalid, fmt.Errorf("%w: %s: want a tree %s (%s) or %s (%s), this one is %s", kbuild.ErrTree, tree,
		PerBind.releases(), PerBind, Group.releases(), Group, of)
}

// fits tells whether a variant is for trees of a version: the bus's dma_cleanup
// came with v5.19, the architecture's hooks went with v6.10, and the IOMMU core
// sets the operations itself since v6.12.
func (v Variant) fits(of kbuild.Version) bool {
	switch v {
	case PerBind:
		return of.AtLeast(5, 19) && !of.AtLeast(6, 10)
	case Group:
		return of.AtLeast(6, 12)
	}
	return false
}

// releases are those that a variant is for, in words.
func (v Variant) releases() string {
	switch v {
	case PerBind:
		return "from v5.19 to v6.9"
	case Group:
		return "from v6.12"
	}
	return "of no release"
}

// misfit is the error for a tree of a version that the variant is not for.
func (v Variant) misfit(of kbuild.Version) error {
	if v.fits(of) {
		return nil
	}
	return fmt.Errorf("variant %s is for trees %s, this one is %s", v, v.releases(), of)
}
