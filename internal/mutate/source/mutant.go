package source

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

var (
	// ErrNotApplicable is wrapped where a tree does not have what the mutant
	// changes; the text says what.
	ErrNotApplicable = errors.New("not applicable")
	// ErrShape is wrapped where a tree has it, in a form that the mutant does not
	// know.
	ErrShape = errors.New("not in a form that is known")
)

// Mutant is one change to a tree.
type Mutant struct {
	Name string
	Doc  string // what it breaks, and the commit that it undoes
	// Edit returns the files that it changes, with their new text. It does not
	// change the tree, and does the same each time.
	Edit func(fs.FS) (map[string][]byte, error)
}

// List returns all mutants, in a fixed order.
func List() []Mutant {
	return slices.Concat(orderMutants, coreMutants, iommuMutants, archMutants)
}

// Find returns the mutant of that name.
func Find(name string) (Mutant, bool) {
	all := List()
	i := slices.IndexFunc(all, func(m Mutant) bool { return m.Name == name })
	if i < 0 {
		return Mutant{}, false
	}
	return all[i], true
}

// Apply returns the tree with the mutant in it.
func (m Mutant) Apply(fsys fs.FS) (fs.FS, error) {
	files, err := m.Edit(fsys)
	if err != nil {
		return nil, err
	}
	return Overlay(fsys, files), nil
}

// editor is a tree under change.
type editor struct {
	fsys  fs.FS
	files map[string]*source
}

// editing makes an Edit out of a change to an editor.
func editing(change func(*editor) error) func(fs.FS) (map[string][]byte, error) {
	return func(fsys fs.FS) (map[string][]byte, error) {
		e := &editor{fsys: fsys, files: map[string]*source{}}
		if err := change(e); err != nil {
			return nil, err
		}
		changed := map[string][]byte{}
		for name, s := range e.files {
			if !bytes.Equal(s.text, s.before) {
				changed[name] = s.text
			}
		}
		if len(changed) == 0 {
			return nil, fmt.Errorf("%w: the change is none", ErrShape)
		}
		return changed, nil
	}
}

// open returns a file of the tree as it is by now.
func (e *editor) open(name string) (*source, error) {
	if s, ok := e.files[name]; ok {
		return s, nil
	}
	text, err := fs.ReadFile(e.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notApplicable("no %s", name)
	}
	if err != nil {
		return nil, err
	}
	s := &source{name: name, before: text}
	if err := s.set(text); err != nil {
		return nil, err
	}
	e.files[name] = s
	return s, nil
}

func notApplicable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNotApplicable, fmt.Sprintf(format, args...))
}
