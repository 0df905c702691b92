package qemu

import (
	"context"
	"fmt"

	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/qemu/player"
)

const playerDir = "drivers/dmafuzz/"

// recipe is how the kernel is made of a tree.
func recipe() kbuild.Recipe {
	return kbuild.Recipe{
		Name:     "confirm",
		Label:    "recipe confirm",
		Fits:     fits,
		Need:     []string{"arch/arm64/Makefile", "drivers/base/dd.c", "drivers/pci/pci-driver.c", "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"},
		Vars:     []string{"ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-"},
		Compiler: "aarch64-linux-gnu-gcc",
		Tools:    tools,
		Config:   player.Config(),
		Folder:   playerDir,
		Files:    player.Files(),
		Lines: []kbuild.Line{
			{File: "drivers/Kconfig", Text: `source "` + playerDir + `Kconfig"`},
			{File: "drivers/Makefile", Text: "obj-y += dmafuzz/"},
			{File: "arch/arm64/Makefile", Text: "include $(srctree)/" + playerDir + "wraps.mk"},
		},
		Keyed: []string{"Makefile", "arch/arm64", "drivers/base", "drivers/iommu", "drivers/of", "drivers/pci",
			"include/asm-generic", "include/linux", "init", "kernel", "lib", "mm"},
		Target: "Image",
		Output: "arch/arm64/boot/Image",

		KeepConfig: true,
	}
}

// fits tells why a tree of a version is not one that the player is written for.
func fits(of kbuild.Version) error {
	if !of.AtLeast(6, 1) {
		return fmt.Errorf("%s, want v6.1 or later", of)
	}
	return nil
}

var tools = []kbuild.Tool{
	{Name: "aarch64-linux-gnu-gcc", Debian: "gcc-aarch64-linux-gnu", Fedora: "gcc-aarch64-linux-gnu"},
	{Name: "aarch64-linux-gnu-ld", Debian: "binutils-aarch64-linux-gnu", Fedora: "binutils-aarch64-linux-gnu"},
	{Name: qemu, Debian: "qemu-system-arm", Fedora: "qemu-system-aarch64"},
}

// Tools tells whether everything is there that building and playing take.
func Tools(ctx context.Context) error { return kbuild.NeedTools(ctx, tools) }

// Build makes the kernel of a tree, with files replaced as opt says, or finds it
// in the cache. The first one of a tree takes minutes, another one after a change
// of one file seconds.
func Build(ctx context.Context, opt kbuild.Options) (*kbuild.Image, error) {
	return kbuild.Build(ctx, opt, recipe())
}
