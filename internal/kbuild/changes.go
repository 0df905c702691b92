package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// changes is all that a shadow differs in from its tree: what the caller
// replaces, the recipe's folder, and the lines that make the build go there.
func (r *Recipe) changes(tree string, replace map[string][]byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, content := range replace {
		if err := local(name); err != nil {
			return nil, err
		}
		files[name] = content
	}
	for name, content := range r.Files {
		files[r.Folder+name] = content
	}
	read := func(name string) ([]byte, error) {
		if content, ok := files[name]; ok {
			return content, nil
		}
		return os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
	}
	for _, l := range r.Lines {
		content, err := read(l.File)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrShadow, err)
		}
		files[l.File], err = l.apply(content)
		if err != nil {
			return nil, err
		}
	}
	// Every Kconfig names it, but Documentation is often left out of a tree.
	if _, err := read("Documentation/Kconfig"); errors.Is(err, fs.ErrNotExist) {
		files["Documentation/Kconfig"] = nil
	}
	return files, nil
}

// apply adds the line to the content of its file.
func (l Line) apply(content []byte) ([]byte, error) {
	if l.Before == "" {
		return append(bytes.Clone(content), "\n"+l.Text+"\n"...), nil
	}
	at := bytes.Index(content, []byte("\n"+l.Before))
	if at < 0 {
		return nil, fmt.Errorf("%w: %s: want a line that begins with %s", ErrShadow, l.File, l.Before)
	}
	out := append([]byte(nil), content[:at+1]...)
	out = append(out, l.Text+"\n"...)
	return append(out, content[at+1:]...), nil
}
