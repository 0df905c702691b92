package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// diffCmd compares two kernels: `dmafuzz diff v5.0/arm64 v5.0.1/arm64`.
type diffCmd struct {
	Before string `arg:"" help:"A shipped release, a .kernel file or a kernel source tree."`
	After  string `arg:"" help:"Another one."`
	boundFlags
	treeFlags
	MaxStates uint64 `help:"Stop a search at so many states." placeholder:"N"`
	Jobs      int    `help:"Threads; as many as there are processors if not given." placeholder:"N"`
	Steps     bool   `help:"Compare the descriptions only, without a search."`
}

func (c *diffCmd) run(a *app) error {
	passes, err := c.passes(model.DefaultBounds())
	if err != nil {
		return err
	}
	if len(c.Patch) > 0 {
		return errors.New("--patch: diff compares two kernels as they are; dmafuzz patch TREE MBOX compares a tree before and after")
	}
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	list, err := a.targets([]string{c.Before, c.After})
	if err != nil {
		return err
	}
	before, after := list[0].kernel, list[1].kernel
	p := &printer{w: a.stdout}
	p.line("--- %s", before.FullName())
	p.line("+++ %s", after.FullName())
	printResult(p, diff.Kernels(before, after), a.painter())
	if c.Steps {
		return p.err
	}
	var found [2][]explore.Finding
	closed := true
	for i, t := range list {
		f, ok, err := c.search(a, t, passes)
		if err != nil {
			return err
		}
		found[i], closed = f, closed && ok
	}
	changes, kept := diff.Findings(found[0], found[1])
	c.printFindings(p, changes, kept, closed)
	switch {
	case p.err != nil:
		return p.err
	case worse(changes):
		return end(exitFound)
	case !closed:
		return end(exitInconclusive)
	}
	return nil
}

// worse tells whether the second kernel has a finding that the first has not,
// or one with a worse consequence.
func worse(changes []diff.Change) bool {
	for _, c := range changes {
		if c.Mark() == diff.New || c.Mark() == diff.Came && c.After < c.Before {
			return true
		}
	}
	return false
}

// search returns the shortest finding of each key over all passes.
func (c *diffCmd) search(a *app, t target, passes []model.Bounds) (all []explore.Finding, closed bool, err error) {
	a.subject = t.arg
	line := a.progress()
	defer line.done()
	closed = true
	for _, b := range passes {
		m, err := model.NewMachine(t.kernel, b)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", t.arg, err)
		}
		r := explore.Exhaustive(a.ctx, m, explore.Options{Workers: c.Jobs, MaxStates: c.MaxStates, Symmetry: c.Symmetry,
			Progress: func(c explore.Certificate) { line.say("%s: %d states", t.arg, c.States) }})
		closed = closed && r.Closed
		for _, f := range r.Findings {
			all = shorter(all, f)
		}
	}
	return all, closed, nil
}

func shorter(list []explore.Finding, f explore.Finding) []explore.Finding {
	for i := range list {
		if list[i].Key() == f.Key() {
			if len(f.Trace) < len(list[i].Trace) {
				list[i] = f
			}
			return list
		}
	}
	return append(list, f)
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// printResult writes the differences of two descriptions: a path that differs
// is shown whole, with + for new steps, - for those that are gone, < and > for
// the old and the new place of those that moved.
func printResult(p *printer, r *diff.Result, paint func(report.Style, string) string) {
	if r.Equal() {
		p.line("")
		p.line("no difference in facts and paths")
		return
	}
	if len(r.Facts) > 0 {
		p.line("")
	}
	for _, f := range r.Facts {
		p.line("fact %s: %s -> %s", f.Kind, orNone(f.A), orNone(f.B))
	}
	for _, path := range r.Paths {
		p.line("")
		p.line("path %s%s", path.Kind, statusChange(path))
		for _, l := range path.Lines {
			text := fmt.Sprintf("%c   %-34s  %s", l.Mark, l.Text, l.Pos)
			if paint != nil && l.Mark != diff.Same {
				style := report.Good
				if l.Mark == diff.Gone || l.Mark == diff.Left {
					style = report.Bad
				}
				text = paint(style, text)
			}
			p.line("%s", text)
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return "(not stated)"
	}
	return s
}

func statusChange(p diff.Path) string {
	if p.A == p.B {
		return ""
	}
	return fmt.Sprintf(": %s -> %s", p.A, p.B)
}

func (c *diffCmd) printFindings(p *printer, changes []diff.Change, kept int, closed bool) {
	p.line("")
	if len(changes) == 0 {
		p.line("findings: the same %d", kept)
	} else {
		p.line("findings: %d in common", kept)
	}
	for _, f := range changes {
		what := f.After.String()
		switch f.Mark() {
		case diff.Gone:
			what = f.Before.String()
		case diff.Came:
			what = fmt.Sprintf("%s -> %s", f.Before, f.After)
		}
		p.line("%c  %s: %s", f.Mark(), what, f.Key)
		var words []string
		for _, e := range f.Trace {
			words = append(words, e.String())
		}
		p.line("     %s", strings.Join(words, "; "))
	}
	if !closed {
		p.line("not closed: there may be more")
	}
}
