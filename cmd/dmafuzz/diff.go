package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/diff"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// diffCmd compares two kernels: `dmafuzz diff v5.0/arm64 v5.0.1/arm64`.
type diffCmd struct {
	Before string `arg:"" help:"A shipped release, a .kernel file or a kernel source tree."`
	After  string `arg:"" help:"Another one."`
	boundFlags
	treeFlags
	searchFlags
	Steps bool `help:"Compare the descriptions only, without a search."`
}

func (c *diffCmd) run(a *app) error {
	plan, err := c.plan(model.DefaultBounds())
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
		return c.finish(p, nil, unread(before, after))
	}
	var verdicts [2]*check.Verdict
	for i, t := range list {
		if verdicts[i], err = a.check(t, plan, c.options(c.Symmetry, nil)); err != nil {
			return err
		}
	}
	changes, kept := diff.Findings(verdicts[0].Findings, verdicts[1].Findings)
	printFindings(p, changes, kept)
	return c.finish(p, changes, blindSides(verdicts[:]))
}

// finish says what could not be compared, and ends with the exit code.
func (c *diffCmd) finish(p *printer, changes []diff.Change, blind []string) error {
	for _, text := range blind {
		p.line("%s", text)
	}
	switch {
	case p.err != nil:
		return p.err
	case worse(changes):
		return end(exitFound)
	case len(blind) > 0:
		return end(exitInconclusive)
	}
	return nil
}

// unread says which paths of the two kernels could not be compared.
func unread(list ...*model.Kernel) []string {
	var blind []string
	for _, k := range list {
		for _, path := range k.Unknown() {
			blind = append(blind, fmt.Sprintf("not compared: path %s of %s is unknown", path, k.FullName()))
		}
	}
	return blind
}

// blindSides says what the searches have left out: there may be more findings.
func blindSides(list []*check.Verdict) []string {
	var blind []string
	for _, v := range list {
		name := v.Kernel.FullName()
		for _, path := range v.Unknown {
			blind = append(blind, fmt.Sprintf("partial: path %s of %s is unknown: there may be more", path, name))
		}
		for _, g := range v.Missed.List() {
			blind = append(blind, fmt.Sprintf("vacuous: %s never meets %s: %s", name, g, g.Doc()))
		}
		if v.Open() {
			blind = append(blind, "not closed: "+name+": there may be more")
		}
	}
	return blind
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

func printFindings(p *printer, changes []diff.Change, kept int) {
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
		for _, e := range f.Finding.Trace().Events {
			words = append(words, e.String())
		}
		p.line("     %s", strings.Join(words, "; "))
	}
}
