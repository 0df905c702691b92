package uml

import (
	"context"

	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/uml/player"
)

// Program is the driver core of a tree with the player in it.
type Program struct {
	Path    string // the executable
	Release string // the tree's version, "6.1.176"
	Variant string
	Key     string // SHA-256 of what it was built from, in hex
}

// Build returns the program of a tree, with files replaced as opt says, from the
// cache if it is there.
func Build(ctx context.Context, v Variant, opt kbuild.Options) (*Program, error) {
	im, err := kbuild.Build(ctx, opt, recipe(v))
	if err != nil {
		return nil, err
	}
	return &Program{Path: im.Path, Release: im.Release, Variant: v.String(), Key: im.Key}, nil
}

// playerDir is where the player stands in the tree that is compiled.
const playerDir = "drivers/labdma/"

// recipe is how the program of a variant is made of a tree.
func recipe(v Variant) kbuild.Recipe {
	r := kbuild.Recipe{
		Name:     v.String(),
		Label:    "variant " + v.String(),
		Fits:     v.misfit,
		Need:     []string{"arch/um/Makefile", "drivers/base/dd.c", "kernel/dma/mapping.c"},
		Vars:     []string{"ARCH=um"},
		Compiler: "gcc",
		Config:   player.GroupConfig(),
		Folder:   playerDir,
		Files:    player.Files(),
		Lines: []kbuild.Line{
			{File: "arch/um/Kconfig", Text: `source "` + playerDir + `Kconfig"`},
			// Linking is done with KBUILD_LDFLAGS as they are at this line.
			{File: "arch/um/Makefile", Text: "include $(srctree)/" + playerDir + "wraps.mk", Before: "LD_FLAGS_CMDLINE"},
			{File: "drivers/Makefile", Text: "obj-$(CONFIG_LAB_DMA) += labdma/"},
		},
		Keyed:  keyed,
		Target: "linux",
		Output: "linux",
	}
	switch v {
	case PerBind:
		r.Config = player.PerBindConfig()
	case Group:
		// The IOMMU core looks for devices on buses that it names itself: the
		// player's take the places of the first and of one that no PC has.
		r.Lines = append(r.Lines, kbuild.Line{File: "drivers/iommu/Makefile", Text: "CFLAGS_iommu.o += -Dplatform_bus_type=lab_bus_type" +
			" -DCONFIG_TEGRA_HOST1X_CONTEXT_BUS=1 -Dhost1x_context_device_bus_type=lab_second_bus_type"})
	}
	return r
}

// keyed is what of a tree a program's key is made of: what is in the program
// and can matter to the order of its steps. Other files of the tree (say fs or
// a script of the build) are taken to go with its Makefile's version.
var keyed = []string{
	"Makefile",
	"arch/um",
	"arch/x86/um",
	"drivers/base",
	"drivers/iommu",
	"include/asm-generic",
	"include/linux",
	"kernel",
	"lib",
	"mm",
}
