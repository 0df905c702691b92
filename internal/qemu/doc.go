// Package qemu plays one trace on a whole arm64 kernel of a tree under QEMU,
// and tells what the kernel really did: the ways that memory was taken and given
// back, and the Oops or the bad page if one came of it.
//
// The kernel is the tree's own: driver core, PCI, firmware and IOMMU core, the
// driver of the IOMMU (arm-smmu-v3), DMA API and page allocator. Only the PCI
// driver of the device (QEMU's edu) is the player's, in player/c; player/PROTOCOL.md
// says how it is told what to do, and what it says. In contrast to package uml
// nothing is mended and nothing is prevented: a wrong free is made, and the kernel
// lives with it or does not.
//
// It is no search and no comparison with the machine: one trace, one boot, one
// verdict. It does not play what has no counterpart on that machine; such an event
// is an error, never passed over. The emulator emulates: KVM is not used, as a host
// may have it and it may not work.
//
//	image, err := qemu.Build(ctx, kbuild.Options{Tree: "/usr/src/linux"})
//	script, err := qemu.Translate(trace)
//	run, err := qemu.Play(ctx, image, script, time.Minute)
//	verdict := qemu.Judge(script, run)
package qemu
