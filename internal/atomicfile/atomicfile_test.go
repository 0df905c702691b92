//go:build unix

package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// names are those in a folder: what is left beside shows there.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func want(t *testing.T, file, content string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil || string(got) != content {
		t.Errorf("%s: got %q, %v, want %q", file, got, err, content)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != mode {
		t.Errorf("%s: got mode %v, %v, want %v", file, info.Mode(), err, mode)
	}
}

func TestWrite(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	file := filepath.Join(dir, "a")
	if err := Write(file, []byte("one")); err != nil {
		t.Fatal(err)
	}
	want(t, file, "one", 0o640)
	if err := os.Chmod(file, 0o604); err != nil {
		t.Fatal(err)
	}
	open, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := Copy(file, strings.NewReader("two"), 0o777); err != nil {
		t.Fatal(err)
	}
	want(t, file, "two", 0o604)
	if old, err := io.ReadAll(open); err != nil || string(old) != "one" {
		t.Errorf("a reader sees %q, %v in place of the old content", old, err)
	}
	program := filepath.Join(dir, "program")
	if err := Copy(program, strings.NewReader("x"), 0o777); err != nil {
		t.Fatal(err)
	}
	want(t, program, "x", 0o750)
	if got := names(t, dir); got != "a program" {
		t.Errorf("in the folder: %s", got)
	}
}

// TestFails: the old content stays, and nothing beside it.
func TestFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a")
	if err := Write(file, []byte("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more")
	r := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))
	for _, name := range []string{file, filepath.Join(dir, "new")} {
		if err := Copy(name, r, 0o666); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
		r = iotest.ErrReader(broken)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "old" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := Write(filepath.Join(dir, "no", "folder"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: got %v", err)
	}
	if got := names(t, dir); got != "a" {
		t.Errorf("in the folder: %s", got)
	}
}

// TestNotPlain: what is no plain file is never replaced.
func TestNotPlain(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(at("folder"), 0o777), os.WriteFile(at("plain"), []byte("old"), 0o666), syscall.Mkfifo(at("pipe"), 0o666),
		os.Symlink("plain", at("link")), os.Symlink("nothing", at("loose")), os.Symlink(os.DevNull, at("null")), os.Symlink("pipe", at("piped"))); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	for _, name := range []string{"folder", "link", "loose"} {
		if err := Write(at(name), []byte("new")); !errors.Is(err, ErrNotPlain) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := Write(at("piped"), []byte("new")); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("a pipe that nobody reads: got %v", err)
	}
	if err := Write(at("null"), []byte("new")); err != nil {
		t.Error(err)
	}
	reader, err := os.OpenFile(at("pipe"), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Write(at("piped"), []byte("new")); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != "new" {
		t.Errorf("through the pipe: got %q, %v", got, err)
	}
	for name, mode := range map[string]fs.FileMode{"folder": fs.ModeDir, "link": fs.ModeSymlink, "loose": fs.ModeSymlink,
		"null": fs.ModeSymlink, "pipe": fs.ModeNamedPipe, "piped": fs.ModeSymlink, "plain": 0} {
		if info, err := os.Lstat(at(name)); err != nil || info.Mode().Type() != mode {
			t.Errorf("%s has become something else: %v, %v", name, info.Mode(), err)
		}
	}
	if got := names(t, dir); got != before {
		t.Errorf("in the folder: %s", got)
	}
}
