package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"dmafuzz/internal/patch"
)

// git runs git in a folder and returns what it prints.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	return c.Output()
}

// goodCommits are the commits that a bisection under way has called good, without
// those that have another one among their ancestors: the ones it began with. There
// are none where no bisection is under way.
func goodCommits(ctx context.Context, dir string) []string {
	file, err := git(ctx, dir, "rev-parse", "--git-path", "BISECT_TERMS") // git bisect itself runs at the top only
	if err != nil {
		return nil
	}
	name := strings.TrimSpace(string(file))
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	terms, err := os.ReadFile(name) // the words for bad and for good
	words := strings.Fields(string(terms))
	if err != nil || len(words) != 2 {
		return nil
	}
	out, err := git(ctx, dir, "for-each-ref", "--format=%(objectname)", "refs/bisect/"+words[1]+"-*")
	if err != nil {
		return nil
	}
	all := strings.Fields(string(out))
	var first []string
	for _, c := range all {
		old := true
		for _, d := range all {
			if _, err := git(ctx, dir, "merge-base", "--is-ancestor", d, c); c != d && err == nil {
				old = false
			}
		}
		if old {
			first = append(first, c)
		}
	}
	return first
}

// commitFS is the tree of a commit. Files are read one by one, as they are asked for.
type commitFS struct {
	ctx         context.Context
	dir, commit string
	prefix      string // of the folder within its repository
	mu          sync.Mutex
	files       map[string][]byte
}

func newCommitFS(ctx context.Context, dir, commit string) (*commitFS, error) {
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	return &commitFS{ctx: ctx, dir: dir, commit: commit, prefix: strings.TrimSuffix(string(prefix), "\n"), files: map[string][]byte{}}, err
}

// Open implements fs.FS.
func (c *commitFS) Open(name string) (fs.File, error) {
	text, err := c.read(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return patch.File(name, text), nil
}

func (c *commitFS) read(name string) ([]byte, error) {
	c.mu.Lock()
	text, ok := c.files[name]
	c.mu.Unlock()
	if !ok {
		var err error
		if text, err = git(c.ctx, c.dir, "cat-file", "blob", c.commit+":"+c.prefix+name); err != nil {
			text = nil
			if c.ctx.Err() != nil { // git was ended; the file may well be there
				return nil, c.ctx.Err()
			}
			if e := (*exec.ExitError)(nil); !errors.As(err, &e) {
				return nil, err
			}
		} else if text == nil {
			text = []byte{}
		}
		c.mu.Lock()
		c.files[name] = text
		c.mu.Unlock()
	}
	if text == nil {
		return nil, fs.ErrNotExist
	}
	return text, nil
}

// ReadDir implements fs.ReadDirFS.
func (c *commitFS) ReadDir(name string) ([]fs.DirEntry, error) {
	out, err := git(c.ctx, c.dir, "ls-tree", "-z", "--name-only", c.commit+":"+c.prefix+name)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for file := range bytes.SplitSeq(bytes.TrimRight(out, "\x00"), []byte{0}) {
		info, err := patch.File(string(file), nil).Stat()
		if err != nil {
			return nil, err
		}
		list = append(list, fs.FileInfoToDirEntry(info))
	}
	return list, nil
}
