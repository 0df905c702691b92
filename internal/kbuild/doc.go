// Package kbuild makes something of a kernel tree, as a Recipe says: a program
// with the driver core in it, or a whole kernel.
//
// The tree is never changed: it is compiled through a shadow of links, in which
// the files that a recipe adds, its lines of make and Kconfig and the files that
// the caller replaces are real. What was made is kept under a cache folder, by the
// content of what it was built from, and so are the object files; the folder may
// be deleted at any time. Builds of one tree by one recipe share their objects
// whatever is replaced, and are made one at a time, by a lock that a process which
// dies gives back.
//
// It is no make: how a kernel is compiled is the tree's own business, and what
// the Makefiles do, they do here. It is not a sandbox either: a build runs the
// code of the tree, with the rights of who asked for it. It neither runs what it
// made nor knows what that is for; for those who do, it has the few things about
// processes that depend on the system (OwnGroup, Killed, Noexec).
//
//	im, err := kbuild.Build(ctx, kbuild.Options{Tree: "/usr/src/linux"}, recipe)
//	fmt.Println(im.Path)
package kbuild
