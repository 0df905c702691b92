// Package uml compiles the real driver core of a kernel tree into a program,
// plays sequences of events on it, and compares what it does with the machine.
//
// The program is User-Mode Linux with the player of package player in it:
// drivers/base and kernel/dma are the tree's own, and in the variant Group the
// IOMMU core is too. It needs no root, no virtual machine and no emulator; the
// player reads a script from one host file and writes a log to another, as
// player/PROTOCOL.md says.
//
// Package kbuild compiles it, out of a tree that is never changed, with the
// player's folder and the few lines of make and Kconfig that lead there. Programs
// and object files, 60 MB a tree and variant, are kept in its cache.
//
// It is not a test of drivers or of hardware: the devices, their driver, the
// firmware's description and the IOMMU's hardware are the player's. Nothing is
// left to chance either: there is one processor, and a window between two steps of
// the kernel is entered where the script says so.
//
//	p, err := uml.Build(ctx, uml.PerBind, kbuild.Options{Tree: "/usr/src/linux"})
//	err = p.Play(ctx, script, log)
package uml
