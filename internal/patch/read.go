package patch

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

const (
	// MaxSize is how large a series may be, in bytes.
	MaxSize = 16 << 20
	// MaxPatches is how many mails a series may have.
	MaxPatches = 1000
	// MaxHunks is how many hunks of one file are applied.
	MaxHunks = 2000
)

// Patch is one commit's worth of changes.
type Patch struct {
	Subject string // without [PATCH 1/2]; empty for the output of git diff
	Pos     Pos
	Changes []Change
}

// Change is what a patch does to one file.
type Change struct {
	// Old and New are the file's names before and after, from the top of the
	// tree; Old is empty for a file that is created, New for one that is removed.
	Old, New string
	Copy     bool // Old stays
	Plain    bool // it is, and becomes, neither a symbolic link nor a submodule
	Binary   bool
	Pos      Pos
	Hunks    []Hunk
}

// Hunk is one group of changed lines with the lines around them.
type Hunk struct {
	Number int // in its file, from 1
	Pos    Pos
	*gitdiff.TextFragment
}

// Read takes a series apart. file is its name in errors. Mails without a patch
// (a cover letter, an answer) have no changes in them. The error wraps
// ErrFormat.
func Read(file string, text []byte) ([]*Patch, error) {
	start := Pos{File: file, Line: 1}
	if len(text) > MaxSize {
		return nil, malformed(start, "more than %d bytes; expected a patch series", MaxSize)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, malformed(start, "binary data; expected a patch, as git format-patch --stdout or git diff prints it")
	}
	mails, err := messages(file, text)
	if err != nil {
		return nil, err
	}
	var list []*Patch
	some := false
	for _, m := range mails {
		p, err := m.patch()
		if err != nil {
			return nil, err
		}
		list, some = append(list, p), some || len(p.Changes) > 0
	}
	if !some {
		return nil, malformed(start, "no patch in it; expected a line that starts with \"diff --git\" or \"--- \"")
	}
	return list, nil
}

// patch reads the changes of a mail.
func (m *message) patch() (*Patch, error) {
	p := &Patch{Subject: m.subject, Pos: m.pos}
	skip, diff := afterText(m.body)
	files, _, err := gitdiff.Parse(bytes.NewReader(diff))
	if err != nil {
		return nil, m.malformed(err, skip)
	}
	places := places(diff, files)
	for i, f := range files {
		c := Change{Copy: f.IsCopy, Binary: f.IsBinary, Plain: plain(f.OldMode) && plain(f.NewMode), Pos: m.at(skip + places[i].line)}
		for j, frag := range f.TextFragments {
			c.Hunks = append(c.Hunks, Hunk{j + 1, m.at(skip + places[i].hunks[j]), frag})
			if frag.OldPosition < 0 || frag.NewPosition < 0 || frag.OldLines < 0 || frag.NewLines < 0 {
				return nil, m.named(malformed(c.Hunks[j].Pos, "expected line numbers from 0 on in %q", frag.Header()))
			}
		}
		if c.Old, c.New, err = names(f, places[i].git); err != nil {
			return nil, m.named(malformed(c.Pos, "%v", err))
		}
		if c.Old == c.New && len(c.Hunks) == 0 && !c.Binary && f.NewMode == 0 {
			return nil, m.named(malformed(c.Pos, "expected hunks of %s, found none", c.New))
		}
		p.Changes = append(p.Changes, c)
	}
	return p, nil
}

func (m *message) named(err error) error {
	if e, ok := err.(*Error); ok {
		e.Subject = m.subject
	}
	return err
}

var libraryError = regexp.MustCompile(`^gitdiff: line (\d+): (.*)$`)

// malformed turns the library's error, with a line of its own, into one with
// the series' line.
func (m *message) malformed(err error, skip int) error {
	line, text := 1, err.Error()
	if f := libraryError.FindStringSubmatch(text); f != nil {
		if n, err := strconv.Atoi(f[1]); err == nil {
			line, text = n, f[2]
		}
	}
	return m.named(malformed(m.at(skip+line), "expected a patch: %s", text))
}

// afterText returns the part of a mail's text that git am takes for the patch,
// and the number of lines before it.
func afterText(text []byte) (skip int, diff []byte) {
	at := 0
	for line := range bytes.Lines(text) {
		l := string(line)
		if strings.HasPrefix(l, "diff -") || strings.HasPrefix(l, "Index: ") || strings.HasPrefix(l, "--- ") && strings.TrimSpace(l[4:]) != "" ||
			strings.HasPrefix(l, "---") && strings.TrimSpace(l[3:]) == "" {
			return skip, text[at:]
		}
		at += len(line)
		skip++
	}
	return skip, nil
}

// place is where a file's header and hunks stand.
type place struct {
	line  int
	git   bool // it has a "diff --git" line
	hunks []int
}

// places finds the lines of what the library has read: it does not say them.
// Hunks come in order, and the lines of each are counted, so that nothing in
// them can be taken for a header.
func places(diff []byte, files []*gitdiff.File) []place {
	lines := strings.SplitAfter(string(diff), "\n")
	list := make([]place, len(files))
	at := 0
	for i, f := range files {
		p := &list[i]
		for ; at < len(lines); at++ {
			p.git = strings.HasPrefix(lines[at], "diff --git ")
			if p.git || at+2 < len(lines) && strings.HasPrefix(lines[at], "--- ") &&
				strings.HasPrefix(lines[at+1], "+++ ") && strings.HasPrefix(lines[at+2], "@@ -") {
				break
			}
		}
		p.line = at + 1
		at++
		for _, frag := range f.TextFragments {
			for at < len(lines) && !strings.HasPrefix(lines[at], "@@ -") {
				at++
			}
			p.hunks = append(p.hunks, at+1)
			at++
			for n := 0; n < len(frag.Lines) && at < len(lines); at++ {
				if !strings.HasPrefix(lines[at], `\`) {
					n++
				}
			}
		}
	}
	return list
}

// plain tells whether a mode, 0 if it is not said, is a plain file's.
func plain(mode fs.FileMode) bool {
	const kind, symlink, gitlink = 0o170000, 0o120000, 0o160000
	return mode&kind != symlink && mode&kind != gitlink
}

// names are the old and the new name of a file, from the top of the tree.
func names(f *gitdiff.File, git bool) (before, after string, err error) {
	for _, n := range []struct {
		to   *string
		name string
		none bool
	}{{&before, f.OldName, f.IsNew}, {&after, f.NewName, f.IsDelete}} {
		if n.none {
			continue
		}
		name := n.name
		if !git { // the library strips a/ and b/ only from git's own headers
			_, rest, ok := strings.Cut(name, "/")
			if ok && !path.IsAbs(name) {
				name = rest
			}
		}
		top, _, _ := strings.Cut(name, "/")
		if !fs.ValidPath(name) || name == "." || strings.EqualFold(top, ".git") || strings.ContainsFunc(name, unicode.IsControl) {
			return "", "", fmt.Errorf("expected a file's name inside of the tree, got %q", n.name)
		}
		*n.to = name
	}
	return before, after, nil
}
