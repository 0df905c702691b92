package patch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
)

// Tree is a source tree with patches applied in memory. It is an fs.FS for
// reading files by their names, and lists folders.
type Tree struct {
	base  fs.FS
	files map[string][]byte // by name; nil for a file that is gone
}

// NewTree returns a tree without patches. Nothing of it writes to base.
func NewTree(base fs.FS) *Tree { return &Tree{base: base} }

// Note is something that Apply passed over, or did otherwise than the patch
// says.
type Note struct {
	Pos  Pos
	Text string
}

func (n Note) String() string { return n.Pos.String() + ": note: " + n.Text }

// All is for Apply: every file matters.
func All(string) bool { return true }

// Apply returns the tree with a patch in it; t stays as it is. Only changes of
// files that matter are carried out, by the old name or the new one; of the
// others not even the old text has to be there. The error wraps ErrApply, or is
// the base's.
func (t *Tree) Apply(p *Patch, matters func(name string) bool) (*Tree, []Note, error) {
	next := &Tree{base: t.base, files: map[string][]byte{}}
	maps.Copy(next.files, t.files)
	w := &work{before: t, after: next, leaves: map[string]bool{}, comes: map[string]bool{}}
	for _, c := range p.Changes {
		if c.Old != c.New && !c.Copy {
			w.leaves[c.Old] = true
		}
	}
	var notes []Note
	var absent []Change
	for _, c := range p.Changes {
		if !matters(c.Old) && !matters(c.New) {
			if c.Old != "" && !t.has(c.Old) {
				absent = append(absent, c)
			}
			continue
		}
		more, err := w.change(c)
		if err != nil {
			var e *Error
			if errors.As(err, &e) {
				e.Subject = p.Subject
			}
			return nil, nil, err
		}
		notes = append(notes, more...)
	}
	switch n := len(absent); {
	case n > 1:
		notes = append(notes, Note{absent[0].Pos, fmt.Sprintf("%s and %d more of its files are not in the tree, and not read: passed over", absent[0].Old, n-1)})
	case n == 1:
		notes = append(notes, Note{absent[0].Pos, fmt.Sprintf("%s is not in the tree, and not read: passed over", absent[0].Old)})
	}
	return next, notes, nil
}

// work is a patch being applied.
type work struct {
	before, after *Tree
	leaves        map[string]bool // names that the patch removes or renames
	comes         map[string]bool // names that it has given so far
}

// change carries out one change. A rename or a copy starts from the tree before
// the patch, for git's patches do not depend on their order; else a file that
// stands in the patch twice goes on from the first time.
func (w *work) change(c Change) ([]Note, error) {
	name, from := c.name(), w.after
	if c.Old != "" && c.New != "" && c.Old != c.New {
		from = w.before
	}
	switch {
	case !c.Plain:
		return nil, c.fail("%s: expected a plain file, the patch makes or takes away a symbolic link or submodule", name)
	case len(c.Hunks) > MaxHunks:
		return nil, c.fail("%s: expected at most %d hunks, found %d", name, MaxHunks, len(c.Hunks))
	case c.Binary:
		return nil, c.fail("%s: expected a patch of text, found one of binary data", name)
	case c.Old != c.New && c.New != "" && w.after.has(c.New) && (w.comes[c.New] || !w.leaves[c.New]):
		return nil, c.fail("%s does not apply: expected no file of that name, and there is one%s", c.New, w.after.already(c))
	}
	text, err := from.old(c)
	if err != nil {
		return nil, err
	}
	g := newImage(name, text)
	var notes []Note
	for _, h := range c.Hunks {
		offset, err := g.apply(h)
		if err != nil {
			var e *Error
			if errors.As(err, &e) && applied(name, text, c.Hunks) {
				e.Text += "; the reverse of the patch does: is it applied already?"
			}
			return nil, err
		}
		if offset != 0 {
			notes = append(notes, Note{h.Pos, fmt.Sprintf("hunk %d of %s applies %s", h.Number, name, moved(offset))})
		}
	}
	if c.New == "" && len(g.lines) > 0 {
		return nil, c.fail("%s does not apply: it removes the file, and leaves %d lines of it", c.Old, len(g.lines))
	}
	if c.Old != "" && c.Old != c.New && !c.Copy && !w.comes[c.Old] {
		w.after.files[c.Old] = nil
	}
	if c.New != "" {
		w.after.files[c.New], w.comes[c.New] = append([]byte{}, g.text()...), true
	}
	return notes, nil
}

// name is the file's name after the change, if it has one.
func (c Change) name() string {
	if c.New == "" {
		return c.Old
	}
	return c.New
}

func (c Change) fail(format string, args ...any) error {
	return &Error{Pos: c.Pos, Text: printable(fmt.Sprintf(format, args...)), Kind: ErrApply}
}

func moved(offset int) string {
	switch {
	case offset == 1:
		return "1 line further down"
	case offset == -1:
		return "1 line further up"
	case offset < 0:
		return fmt.Sprintf("%d lines further up", -offset)
	}
	return fmt.Sprintf("%d lines further down", offset)
}

// old is the text that a change starts from.
func (t *Tree) old(c Change) (string, error) {
	if c.Old == "" {
		return "", nil
	}
	if _, here := t.files[c.Old]; !here {
		info, err := fs.Lstat(t.base, c.Old)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", c.fail("%s does not apply: expected the file in the tree, it is not there%s", c.Old, t.already(c)+t.elsewhere(c))
		case err != nil:
			return "", err
		case !info.Mode().IsRegular():
			return "", c.fail("%s does not apply: expected a plain file in the tree, found %s", c.Old, kind(info.Mode()))
		case info.Size() > MaxSize:
			return "", c.fail("%s does not apply: expected at most %d bytes, found %d", c.Old, MaxSize, info.Size())
		}
	}
	text, err := fs.ReadFile(t, c.Old)
	if errors.Is(err, fs.ErrNotExist) {
		return "", c.fail("%s does not apply: expected the file in the tree, a patch before has removed it", c.Old)
	}
	return string(text), err
}

func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m.IsDir():
		return "a folder"
	}
	return "a device"
}

// already is a hint for a file that is there before it is created, or gone
// before it is removed or renamed.
func (t *Tree) already(c Change) string {
	const hint = "; is the patch applied already?"
	switch {
	case c.Old == "":
		if text, err := fs.ReadFile(t, c.New); err == nil && applied(c.New, string(text), c.Hunks) {
			return hint
		}
	case c.New == "", c.Old != c.New && t.has(c.New):
		return hint
	}
	return ""
}

// elsewhere is a hint for a patch whose names lack the a/ and b/, or have a
// folder too many before them.
func (t *Tree) elsewhere(c Change) string {
	for _, top := range []string{"drivers", "kernel", "include", "arch", "lib"} {
		if name := path.Join(top, c.Old); t.has(name) {
			return fmt.Sprintf("; %s is: expected a/ and b/ before the names, was the patch made with --no-prefix?", name)
		}
	}
	return ""
}

func (t *Tree) has(name string) bool {
	info, err := fs.Stat(t, name)
	return err == nil && !info.IsDir()
}
