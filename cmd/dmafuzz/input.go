package main

import (
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"dmafuzz/corpus"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// kernel finds the kernel that an argument names: a shipped release, else a
// .kernel file or a source tree. No release has a name that starts with ./ or
// /, so these are files whatever is shipped.
func (a *app) kernel(arg string) (*model.Kernel, error) {
	a.subject = arg
	k, err := kernels.Load(arg)
	if !errors.Is(err, kernels.ErrUnknown) {
		return k, err
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil && !strings.HasSuffix(arg, ".kernel"):
		return nil, fmt.Errorf("%s: no shipped kernel and no file of that name%s (dmafuzz list kernels shows those that are shipped)", arg, likely(arg))
	case err != nil:
		return nil, err
	case info.IsDir():
		return a.tree(arg)
	}
	src, err := a.read(arg)
	if err != nil {
		return nil, err
	}
	return kernels.Parse(arg, src)
}

// likely names shipped kernels of the same release or architecture.
func likely(arg string) string {
	wanted, _, _ := strings.Cut(arg, "/")
	var near []string
	for _, name := range kernels.Names() {
		release, _, _ := strings.Cut(name, "/")
		if release == wanted || strings.TrimPrefix(release, "v") == strings.TrimPrefix(wanted, "v") {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// trace reads a trace file, or standard input for "-".
func (a *app) trace(arg string) (*model.Trace, error) {
	_, _, t, err := a.traceText(arg)
	return t, err
}

// traceText is trace, with the name for errors and the text of what was read.
func (a *app) traceText(arg string) (name string, src []byte, t *model.Trace, err error) {
	a.subject = arg
	src, err = a.read(arg)
	if errors.Is(err, fs.ErrNotExist) { // what regress names is built in
		if f, ok := builtin(arg); ok {
			src, err = []byte(f.Text), nil
		}
	}
	if err != nil {
		return arg, nil, nil, err
	}
	if arg == "-" {
		arg = "<stdin>"
	}
	t, err = text.ParseTrace(arg, src)
	if err != nil {
		return arg, nil, nil, err
	}
	if len(t.Events) == 0 {
		return arg, nil, nil, fmt.Errorf("%s: a trace without events", arg)
	}
	return arg, src, t, nil
}

// builtin finds a trace of the corpus by the name that regress gives it.
func builtin(arg string) (corpus.File, bool) {
	for _, f := range corpus.Files() {
		if corpusDir+f.Name == arg {
			return f, true
		}
	}
	return corpus.File{}, false
}

// corpusDir stands before the names of the corpus' traces.
const corpusDir = "corpus/"

// read reads a file of at most text.MaxFileSize bytes; one byte more is
// enough for the parsers to refuse it.
func (a *app) read(file string) ([]byte, error) { return a.readAtMost(file, text.MaxFileSize+1) }

// readAtMost reads up to so many bytes of a file, or of standard input for "-".
func (a *app) readAtMost(file string, most int64) ([]byte, error) {
	r := a.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, fmt.Errorf("%s: a folder, want a file", file)
		}
		r = f
	}
	return io.ReadAll(io.LimitReader(r, most))
}
