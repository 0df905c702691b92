package source

import (
	"bytes"
	"io/fs"
	"path"
	"time"
)

// Overlay is a tree with the text of some of its files replaced, or with files
// more.
func Overlay(fsys fs.FS, files map[string][]byte) fs.FS { return overlay{fsys, files} }

type overlay struct {
	fs.FS
	files map[string][]byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if text, ok := o.files[name]; ok {
		return &file{Reader: bytes.NewReader(text), name: path.Base(name)}, nil
	}
	return o.FS.Open(name)
}

// file is a file of an overlay, and what is known about it.
type file struct {
	*bytes.Reader
	name string
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
