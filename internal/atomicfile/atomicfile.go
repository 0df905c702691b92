// Package atomicfile puts a file in place as a whole: it is written beside and
// renamed, so that a reader sees the old content or the new, and nothing
// half-written is left by an error.
//
// What stands there already is replaced if it is a plain file, which keeps its
// permissions. A device or a pipe, also where a link leads to one, is written to;
// a folder, a socket and a link to a plain file are left alone, with an error. It
// does not outlast a loss of power: nothing is forced to the disk. A process that
// is killed can leave the file beside, named .dmafuzz-*.part.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotPlain is beneath the error for a name under which something stands that
// is not replaced.
var ErrNotPlain = errors.New("not a plain file")

// Write puts content into a file.
func Write(file string, content []byte) error { return Copy(file, bytes.NewReader(content), 0o666) }

// Copy puts what r reads into a file. A new one has the permissions of perm that
// the umask lets through.
func Copy(file string, r io.Reader, perm fs.FileMode) error {
	there, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(file, r, perm, nil)
	case err != nil:
		return err
	case there.Mode().IsRegular():
		return replace(file, r, perm, there)
	}
	to, err := os.Stat(file) // through links
	if err != nil {
		return fmt.Errorf("%w: a link that leads nowhere: %w", ErrNotPlain, err)
	}
	if to.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) == 0 {
		return fmt.Errorf("%s: %w, it is left as it is: %s", file, ErrNotPlain, kind(there.Mode()))
	}
	return through(file, r)
}

// kind names what is no plain file.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return mode.Type().String()
}

// through writes to a device or a pipe. A pipe that nobody reads is an error, not
// a wait.
func through(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// replace writes the file beside and renames it. What was there hands on its
// permissions.
func replace(file string, r io.Reader, perm fs.FileMode, was fs.FileInfo) (err error) {
	part, err := beside(file, perm)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			part.Close() // twice does no harm
			os.Remove(part.Name())
		}
	}()
	if _, err = io.Copy(part, r); err != nil {
		return err
	}
	if was != nil {
		if err = part.Chmod(was.Mode().Perm()); err != nil {
			return err
		}
	}
	if err = part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), file)
}

// beside makes a new file in the folder of another. In contrast to
// os.CreateTemp the umask has its say.
func beside(file string, perm fs.FileMode) (*os.File, error) {
	for tries := 0; ; tries++ {
		name := filepath.Join(filepath.Dir(file), fmt.Sprintf(".dmafuzz-%016x.part", rand.Uint64()))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
		if !errors.Is(err, fs.ErrExist) || tries == 100 {
			return f, err
		}
	}
}
