// Package extract reads a kernel of package model out of the C source of a
// Linux tree: the steps of every path, with file and line, and the facts.
//
// It follows the functions of the driver core, the buses, the IOMMU core, the
// architecture and kernel/dma as csource reads them. What a call, a condition
// or an assignment means stands in the tables of table_*.go and nowhere else;
// the C around them (branches, gotos, early returns, error codes, helpers,
// loops, locks) is carried out on symbols, and becomes the list of steps.
// What a test has said is forgotten behind a lock and an unlock, where another
// actor may have preempted this one.
//
// It is not a C front end and not a guess: it does not look at versions, line
// numbers or hashes, and code that no rule knows makes the path unknown, with
// an entry in Result.Missing, unless both ways through it do the same.
// So is a path without a step that every kernel takes there. A call that neither
// a rule nor a file that was read explains is passed over, with an entry in
// Result.Notes; a bus whose dma_configure goes another way than the default
// bus's is noted, too. Facts are read of closed lists of patterns.
//
//	res, err := extract.Tree(os.DirFS("/usr/src/linux"), extract.Options{Arch: "arm64"})
//	os.Stdout.WriteString(text.FormatKernel(res.Kernel))
package extract
