package uml

import (
	"fmt"
	"io/fs"

	"dmafuzz/internal/mutate/source"
)

// controls are the mutants of package source that a judgement must catch
// before it counts: an order that is known to be wrong, and that the variant
// shows.
var controls = map[Variant]string{
	PerBind: "teardown-before-devres",
	Group:   "no-devres-device-del",
}

// Control is a change to a tree that puts a known wrong order into it.
type Control struct {
	Name, Doc string
	Replace   map[string][]byte // the changed files, for kbuild.Options
}

// ControlOf makes the control of a tree.
func ControlOf(tree fs.FS, v Variant) (Control, error) { return MutantOf(tree, controls[v]) }

// MutantOf makes a mutant of a tree by its name.
func MutantOf(tree fs.FS, name string) (Control, error) {
	m, ok := source.Find(name)
	if !ok {
		return Control{}, fmt.Errorf("no mutant %q", name)
	}
	files, err := m.Edit(tree)
	if err != nil {
		return Control{}, fmt.Errorf("%s: %w", name, err)
	}
	return Control{m.Name, m.Doc, files}, nil
}
