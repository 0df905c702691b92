// Package kernels holds the kernels that dmafuzz ships: one .kernel file a
// release and architecture, embedded. A test names one of them, or writes one
// of its own as a change of it:
//
//	k, err := kernels.Load("v6.12/arm64")
//	k, err := kernels.Parse("mine.kernel", []byte("kernel mine\narch arm64\nlike v6.12/arm64\n..."))
//
// docs/machine.md says what a kernel means, and "dmafuzz explain v6.12/arm64"
// what one of them holds.
//
// # How a file is written
//
// Only v4.9/arm64 is written out in full. Each other release is like the one
// before it, so that its file is what changed in that release, and a comment
// above a path says why it changed, where a commit or a rule is known. A stable
// release with backports is like the release that it was cut from, and no later
// release is like it. An architecture is like arm64 of its release, or like
// itself in the release before, whichever leaves fewer lines. A derived kernel
// never was a release: it is one with a commit taken away, or with a patch.
// "dmafuzz explain KERNEL --full" prints a kernel with everything that it takes
// from its bases.
//
// # Where it is from
//
// The source lines of a file are all that is known of its origin, in this order:
//
//   - the tag that the file stands for, and the tree that was read for it:
//     a Debian source package, or a public copy of the release with its commit.
//     A copy can have changes of its own; none was compared with the tag.
//   - what the file was compared with. Each is compared with the step lists in
//     table_test.go and hooks_test.go, which were made from the trees and not
//     from the files. The Debian ones are compared with what the extract verb
//     reads in a package of the same series.
//   - what was inferred from other releases, and not read in that tree.
//
// A path whose order nobody has read is unknown, and never a guess.
package kernels
