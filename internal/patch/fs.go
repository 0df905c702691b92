package patch

import (
	"bytes"
	"io"
	"io/fs"
	"path"
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
	return &file{bytes.NewReader(text), info{path.Base(name), int64(len(text))}}, nil
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
	mu    sync.Mutex
	names map[string]bool
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

// Matters tells for [Tree.Apply] which files of a series matter to whoever has
// read the recorded ones: these, and those that become one of them by a rename
// or a copy.
func (r *Recorder) Matters(series []*Patch) func(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]bool{}
	for name := range r.names {
		all[name] = true
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
