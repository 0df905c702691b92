package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dmafuzz/internal/csource"
)

// whole tells what is wrong with a file without which there is no kernel: it
// is not there, or holds no C.
func whole(name string, f *csource.File) error {
	switch {
	case f == nil:
		return fmt.Errorf("%s: not there; expected the top of a Linux source tree", name)
	case len(f.Functions) == 0 && len(f.Diagnostics) > 0:
		return fmt.Errorf("no C source: expected functions in %s, found none: %w", name, f.Diagnostics[0])
	case len(f.Functions) == 0:
		return fmt.Errorf("%s: expected C functions, found none", name)
	}
	return nil
}

// cut tells whether a file stops in the middle: what would come behind must not be
// taken for absent.
func cut(f *csource.File) error {
	for _, d := range f.Diagnostics {
		if strings.HasSuffix(d.Msg, "found none") || strings.HasSuffix(d.Msg, "found end of file") {
			return fmt.Errorf("%w: the file is cut off", d)
		}
	}
	return nil
}

// readAtMost reads a plain file of a limited size.
func readAtMost(fsys fs.FS, name string, size int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: expected a file with C source, found a folder or a device", name)
	}
	if info.Size() > size {
		return nil, fmt.Errorf("%s: expected at most %d bytes, found %d", name, size, info.Size())
	}
	return fs.ReadFile(fsys, name)
}

// readSafely is readFile for a goroutine of its own, where nobody else could
// catch a mistake of ours.
func readSafely(fsys fs.FS, name string, cfg csource.Config) (f *csource.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%w: %s: %v", ErrDefect, name, p)
		}
	}()
	return readFile(fsys, name, cfg)
}

// readFile parses a file; one that is not there is nil without an error,
// because trees differ.
func readFile(fsys fs.FS, name string, cfg csource.Config) (*csource.File, error) {
	src, err := readAtMost(fsys, name, csource.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return csource.Parse(name, src, cfg)
}
