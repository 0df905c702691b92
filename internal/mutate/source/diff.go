package source

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
)

// Patch is the mutant of a tree as a mail with a unified diff in it, as git
// format-patch writes it.
func (m Mutant) Patch(fsys fs.FS) ([]byte, error) { return m.mail(fsys, false) }

// Reverse is the patch that takes the mutant out of a tree that has it. The
// argument is the tree without it.
func (m Mutant) Reverse(fsys fs.FS) ([]byte, error) { return m.mail(fsys, true) }

func (m Mutant) mail(fsys fs.FS, reverse bool) ([]byte, error) {
	files, err := m.Edit(fsys)
	if err != nil {
		return nil, err
	}
	subject := m.Name
	if reverse {
		subject = "Revert \"" + m.Name + "\""
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: Mutant <mutant@example.org>\n"+
		"Date: Thu, 1 Jan 1970 00:00:00 +0000\nSubject: [PATCH] %s\n\n%s\n---\n", subject, m.Doc)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		old, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		a, z := old, files[name]
		if reverse {
			a, z = z, a
		}
		text := diff.Diff("a/"+name, a, "b/"+name, z)
		_, hunks, _ := bytes.Cut(text, []byte("\n")) // the head that git writes stands in its place
		fmt.Fprintf(&b, "diff --git a/%s b/%s\n%s", name, name, hunks)
	}
	b.WriteString("-- \n0\n\n")
	return b.Bytes(), nil
}
