package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"dmafuzz/internal/atomicfile"
	"dmafuzz/internal/check"
	"dmafuzz/internal/diff"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/extract"
	"dmafuzz/internal/patch"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// patchCmd judges a patch series: `git format-patch --stdout A..B | dmafuzz patch .`.
type patchCmd struct {
	Tree string `arg:"" help:"The top of the Linux source tree that the series is for. It stays as it is."`
	Mbox string `arg:"" optional:"" help:"The series: a file as git format-patch --stdout or git diff writes it, or a mailbox; standard input if not given."`
	boundFlags
	outputFlags
	treeFlags
	searchFlags
	Known string `help:"File of known findings: KEY  # why, a line each; a patch may bring them." placeholder:"FILE"`
	Save  string `help:"Write the trace of each finding that is introduced into this folder." placeholder:"DIR"`
}

func (c *patchCmd) run(a *app) error {
	plan, err := c.plan(model.DefaultBounds())
	if err != nil {
		return err
	}
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	known, err := a.known(c.Known)
	if err != nil {
		return err
	}
	if c.Mbox == "" {
		c.Mbox = "-"
	}
	if slices.Contains(c.Patch, "-") && c.Mbox == "-" {
		return errors.New("--patch -: standard input is the series to be judged")
	}
	a.trees.options.Depends = true
	a.subject = c.Tree
	text, series, err := a.series(c.Mbox)
	if err != nil {
		return err
	}
	stages, err := c.apply(a, series)
	if err != nil {
		return err
	}
	c.printMissing(a, stages)
	if err := c.searchAll(a, stages, plan, c.options(c.Symmetry, known)); err != nil {
		return err
	}
	s, code, err := c.report(stages)
	if err != nil {
		return err
	}
	r := &report.Report{Tool: "dmafuzz", Command: strings.Join(a.args, " "), Series: s}
	if err := c.finish(a, r, text); err != nil {
		return err
	}
	return end(code)
}

// stage is the tree after one of the patches; the first one is before them all.
type stage struct {
	patch   *patch.Patch // nil for the first
	read    []string     // its files that the kernel is read from
	others  int          // and the number of the rest
	result  *extract.Result
	verdict *check.Verdict
	shown   report.Kernel
}

func (s *stage) touched() bool { return len(s.read) > 0 }

// apply reads the tree as it is, and after each patch. If a patch has files
// read that were not read before, it starts anew with these patched, too.
func (c *patchCmd) apply(a *app, series []*patch.Patch) ([]*stage, error) {
	base, err := a.patched(c.Tree)
	if err != nil {
		return nil, err
	}
	names := &patch.Recorder{}
	first := &stage{}
	if first.result, err = a.extractFS(c.Tree, names.Watch(base)); err != nil {
		return nil, err
	}
	for {
		matters := names.Matters(series)
		stages, notes, err := c.stages(a, base, first, series, names)
		if err != nil {
			return nil, err
		}
		if same(series, matters, names.Matters(series)) {
			for _, n := range notes {
				fmt.Fprintln(a.stderr, n)
			}
			return stages, nil
		}
	}
}

func (c *patchCmd) stages(a *app, base fs.FS, first *stage, series []*patch.Patch, names *patch.Recorder) (stages []*stage, notes []patch.Note, err error) {
	stages = []*stage{first}
	tree, matters := patch.NewTree(base), names.Matters(series)
	for _, p := range series {
		if len(p.Changes) == 0 {
			notes = append(notes, patch.Note{Pos: p.Pos, Text: fmt.Sprintf("no patch in the mail %q: passed over", p.Subject)})
			continue
		}
		next, more, err := tree.Apply(p, matters)
		if err != nil {
			return nil, nil, err
		}
		tree, notes = next, append(notes, more...)
		s := &stage{patch: p, result: stages[len(stages)-1].result}
		s.read, s.others = filesOf(p, matters)
		if s.touched() {
			if s.result, err = a.extractFS(c.Tree, names.Watch(tree)); err != nil {
				return nil, nil, fmt.Errorf("%s: with this patch in: %w", p.Pos, err)
			}
		}
		stages = append(stages, s)
	}
	return stages, notes, nil
}

// filesOf are the files of a patch that matter, each once, and the number of
// the others.
func filesOf(p *patch.Patch, matters func(string) bool) (read []string, others int) {
	for _, ch := range p.Changes {
		some := false
		for _, name := range []string{ch.Old, ch.New} {
			if name == "" || !matters(name) {
				continue
			}
			some = true
			if !slices.Contains(read, name) {
				read = append(read, name)
			}
		}
		if !some {
			others++
		}
	}
	slices.Sort(read)
	return read, others
}

// printMissing prints what could not be read: of the tree as it is once, of the
// patches what is new.
func (c *patchCmd) printMissing(a *app, stages []*stage) {
	a.printMissing(stages[0].result)
	for _, n := range stages[0].result.Notes {
		if n.Call {
			fmt.Fprintln(a.stderr, n)
		}
	}
	for i, s := range stages[1:] {
		for _, n := range s.result.Notes {
			if matters(n) && !slices.ContainsFunc(stages[i].result.Notes, func(o extract.Note) bool { return o.Text == n.Text }) {
				fmt.Fprintf(a.stderr, "%s: with this patch in: %s\n", s.patch.Pos, n)
			}
		}
		for _, m := range s.result.Missing {
			if !slices.ContainsFunc(stages[i].result.Missing, func(o extract.Missing) bool { return o.What == m.What }) {
				fmt.Fprintf(a.stderr, "%s: with this patch in: %s\n", s.patch.Pos, m)
			}
		}
	}
}

// searchAll searches each stage whose kernel is another than that before it.
func (c *patchCmd) searchAll(a *app, stages []*stage, plan check.Plan, o check.Options) error {
	line := a.progress()
	defer line.done()
	words := append(a.trees.flags.words(), "--patch", c.file())
	for i, s := range stages {
		t := target{arg: c.Tree, kernel: s.result.Kernel, flags: words}
		if i == 0 {
			t.flags = a.trees.flags.words()
		}
		o.Progress = func(pass, of int, c explore.Certificate) {
			line.say("%s, %d of %d patches: pass %d of %d, %d states, depth %d", t.arg, i, len(stages)-1, pass, of, c.States, c.Depth)
		}
		var err error
		if i > 0 && diff.Kernels(stages[i-1].result.Kernel, t.kernel).Equal() {
			s.verdict, err = stages[i-1].verdict.On(t.kernel) // the lines may have moved
		} else {
			s.verdict, err = t.run(a.ctx, plan, o)
		}
		if err != nil {
			return err
		}
		s.shown = report.New(s.verdict, t.source())
	}
	return nil
}

// file is the series as the commands of a report name it.
func (c *patchCmd) file() string {
	switch {
	case c.Mbox != "-":
		return c.Mbox
	case c.Save != "":
		return filepath.Join(c.Save, "series.mbox")
	}
	return "series.mbox"
}

// finish saves the traces, then writes the report. The commands of the report
// read the series again, so it is saved, too, if it has no file.
func (c *patchCmd) finish(a *app, r *report.Report, series []byte) error {
	introduced := r.Series.Introduced
	if err := saveInto(c.Save, r.Series.Name, introduced); err != nil {
		return err
	}
	switch piped := c.Mbox == "-" && len(introduced) > 0; {
	case piped && c.Save != "":
		if err := atomicfile.Write(c.file(), series); err != nil {
			return err
		}
	case piped:
		fmt.Fprintf(a.stderr, "dmafuzz: note: the commands that follow want the series in a file, %s; --save DIR writes it\n", c.file())
	}
	return c.write(a, r)
}
