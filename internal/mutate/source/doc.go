// Package source puts known bugs into a kernel source tree: each Mutant
// undoes a fix, or breaks an order, in a copy of the files that it touches.
//
// It asks whether a bug in C is seen all the way from the source to the
// verdict: package order swaps steps of a kernel that was read already. A
// mutant finds functions, statements and calls by what they are, never by line
// or by whole text, so that it can be made in every release that has the code;
// where the code is not there, that is ErrNotApplicable with the reason. It
// does not build or run anything, and never writes to the tree.
//
//	m, _ := source.Find("teardown-before-devres")
//	tree, err := m.Apply(os.DirFS("/usr/src/linux"))
//	res, err := extract.Tree(tree, extract.Options{Arch: "arm"})
//
// Cases are the table of trees, architectures and mutants with the verdict
// that was written down before it was run.
package source
