package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"

	"dmafuzz/internal/report"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// painter colours text for a terminal that wants it: not if NO_COLOR is set,
// not in a file. It returns nil for no colour.
func (a *app) painter() func(report.Style, string) string {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !isTerminal(a.stdout) {
		return nil
	}
	styles := map[report.Style]*color.Color{
		report.Bad: color.New(color.FgRed, color.Bold), report.Good: color.New(color.FgGreen),
		report.Faint: color.New(color.Faint), report.Strong: color.New(color.Bold),
	}
	for _, c := range styles {
		c.EnableColor()
	}
	return func(s report.Style, text string) string { return styles[s].Sprint(text) }
}

// progress is one line on a terminal that is written over again and again, and
// nothing anywhere else, but for what takes minutes: then it is a line now and
// then.
type progress struct {
	w     io.Writer
	last  time.Time
	lines bool
}

// logged is how often something is said that is not on a terminal.
const logged = 15 * time.Second

func (a *app) progress() *progress {
	if !isTerminal(a.stderr) {
		return &progress{}
	}
	return &progress{w: a.stderr}
}

// longProgress is of something that takes minutes.
func (a *app) longProgress() *progress {
	if !isTerminal(a.stderr) {
		return &progress{w: a.stderr, last: time.Now(), lines: true}
	}
	return a.progress()
}

// say shows a line, unless one has been shown a moment ago.
func (p *progress) say(format string, args ...any) {
	switch {
	case p.w == nil:
	case p.lines && time.Since(p.last) >= logged:
		p.last = time.Now()
		fmt.Fprintf(p.w, format+"\n", args...)
	case !p.lines && time.Since(p.last) >= 100*time.Millisecond:
		p.last = time.Now()
		fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
	}
}

// done takes the line away.
func (p *progress) done() {
	if p.w != nil && !p.lines {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
