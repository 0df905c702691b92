// Package patch reads patch series as git format-patch and mailing lists have
// them, and applies them to a source tree in memory.
//
// A series is a mailbox, one mail, or the output of git diff. [Read] takes it
// apart; [Tree] is a tree with patches applied, as an fs.FS, over a base that
// is only ever read. A patch applies as git apply has it: a hunk may have moved
// by any number of lines, but its context must be there to the letter, and no
// hunk may touch what another one has changed.
//
// It is not git: there is no three-way merge, and nothing is guessed from blob ids.
//
//	patches, err := patch.Read("0001-x.patch", text)
//	tree := patch.NewTree(os.DirFS("linux"))
//	tree, _, err = tree.Apply(patches[0], patch.All)
//	text, err := fs.ReadFile(tree, "drivers/base/dd.c")
package patch
