package patch

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Open implements fs.FS.
func (t *Tree) Open(name string) (fs.File, error) {
	text, here := t.files[name]
	switch {
	case !here:
		return t.base.Open(name)
	case text == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return File(name, text), nil
}

// File is an open file in memory.
func File(name string, text []byte) fs.File {
	return &file{bytes.NewReader(text), info{path.Base(name), int64(len(text))}}
}

// ReadDir implements fs.ReadDirFS.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(t.base, name)
	list = slices.DeleteFunc(list, func(e fs.DirEntry) bool {
		_, here := t.files[path.Join(name, e.Name())]
		return here
	})
	for file, text := range t.files {
		if text != nil && path.Dir(file) == name {
			list, err = append(list, fs.FileInfoToDirEntry(info{path.Base(file), int64(len(text))})), nil
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}

// file is an open file of a patched tree.
type file struct {
	io.Reader
	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

// Recorder remembers which names were asked for, whether they were there or
// not. The zero value has none.
type Recorder struct {
	mu      sync.Mutex
	names   map[string]bool
	folders map[string]bool // that were listed
}

// Watch returns the files of fsys; what is asked of them is remembered.
func (r *Recorder) Watch(fsys fs.FS) fs.FS { return watched{fsys, r} }

type watched struct {
	fs.FS
	by *Recorder
}

func (w watched) Open(name string) (fs.File, error) {
	w.by.mu.Lock()
	if w.by.names == nil {
		w.by.names = map[string]bool{}
	}
	w.by.names[name] = true
	w.by.mu.Unlock()
	return w.FS.Open(name)
}

// ReadDir implements fs.ReadDirFS.
func (w watched) ReadDir(name string) ([]fs.DirEntry, error) {
	w.by.mu.Lock()
	if w.by.folders == nil {
		w.by.folders = map[string]bool{}
	}
	w.by.folders[name] = true
	w.by.mu.Unlock()
	return fs.ReadDir(w.FS, name)
}

// Matters tells for [Tree.Apply] which files of a series matter to whoever has
// read the recorded ones: these, those of a folder that was listed, and those
// that become one of them by a rename or a copy.
func (r *Recorder) Matters(series []*Patch) func(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]bool{}
	for name := range r.names {
		all[name] = true
	}
	for _, p := range series {
		for _, c := range p.Changes {
			for _, name := range []string{c.Old, c.New} {
				if name != "" && r.folders[path.Dir(name)] {
					all[name] = true
				}
			}
		}
	}
	for more := true; more; {
		more = false
		for _, p := range series {
			for _, c := range p.Changes {
				if all[c.New] && c.Old != "" && !all[c.Old] {
					all[c.Old], more = true, true
				}
			}
		}
	}
	return func(name string) bool { return all[name] }
}

// Names are the files that were asked for, sorted.
func (r *Recorder) Names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for name := range r.names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
