package extract

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"dmafuzz/internal/csource"
)

// maxFolder limits what is read of a folder to look for a function.
const maxFolder = 64 << 20

// find is function for a call that may go to a file which is not read as a rule:
// it looks for the definition beside the caller's file, too. What it reads is
// read from then on.
func (t *tree) find(name, file string) *csource.Function {
	if fn := t.function(name, file); fn != nil {
		return fn
	}
	t.readDefiner(name, file)
	return t.function(name, file)
}

// readDefiner reads the first file beside another that defines a function or a
// macro of that name for others to use.
func (t *tree) readDefiner(name, file string) {
	dir := path.Dir(file)
	if key := dir + " " + name; file == "" || t.sought[key] {
		return
	} else {
		t.sought[key] = true
	}
	for _, f := range t.folder(dir) {
		if t.files[f.name] != nil || !bytes.Contains(f.text, []byte(name+"(")) {
			continue
		}
		parsed, err := csource.Parse(f.name, f.text, t.cfg.ask)
		if err == nil && defines(parsed, name) {
			t.add(f.name, parsed)
			return
		}
	}
}

// defines tells whether a file has a function or a function-like macro that others
// can call.
func defines(f *csource.File, name string) bool {
	header := strings.HasSuffix(f.Name, ".h")
	for _, fn := range f.Function(name) {
		if header || !fn.Static {
			return true
		}
	}
	for _, m := range f.Macros {
		if header && m.Function && m.Name == name {
			return true
		}
	}
	return false
}

// A source is a file of a folder, unread.
type source struct {
	name string
	text []byte
}

// folder is the C of one folder, without what is below it.
func (t *tree) folder(dir string) []source {
	if list, ok := t.folders[dir]; ok {
		return list
	}
	var list []source
	entries, _ := fs.ReadDir(t.fsys, dir) // one that cannot be listed has nothing
	size := 0
	for _, e := range entries {
		if ext := path.Ext(e.Name()); ext != ".c" && ext != ".h" {
			continue
		}
		name := path.Join(dir, e.Name())
		text, err := readAtMost(t.fsys, name, csource.MaxSize)
		if err != nil {
			continue
		}
		if size += len(text); size > maxFolder {
			break
		}
		list = append(list, source{name, text})
	}
	t.folders[dir] = list
	return list
}

// add takes a file in.
func (t *tree) add(name string, f *csource.File) {
	t.files[name] = f
	t.order = append(t.order, name)
	for _, fn := range f.Functions {
		t.index[fn.Name] = append(t.index[fn.Name], fn)
	}
	for _, in := range f.Inits {
		t.inits[in.Name] = append(t.inits[in.Name], in)
	}
}
