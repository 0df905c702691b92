package main

import (
	"strings"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// checkCmd explores kernels to the end: `dmafuzz check v5.0/arm64`.
type checkCmd struct {
	Kernels []string `arg:"" optional:"" name:"kernel" help:"A shipped release (v5.0/arm64), a .kernel file or a kernel source tree."`
	boundFlags
	outputFlags
	treeFlags
	Known     string `help:"File of known findings: KEY  # why, a line each." placeholder:"FILE"`
	MaxStates uint64 `help:"Stop a search at so many states." placeholder:"N"`
	Jobs      int    `help:"Threads; as many as there are processors if not given." placeholder:"N"`
	Save      string `help:"Write the trace of each finding into this folder." placeholder:"DIR"`
	bisectFlags
}

func (c *checkCmd) run(a *app) error {
	if c.Bisect || len(c.Key) > 0 {
		return c.bisect(a)
	}
	passes, err := c.passes(model.DefaultBounds())
	if err != nil {
		return err
	}
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	a.trees.options.Depends = true
	if len(c.Kernels) == 0 && c.given() {
		return errNoTree
	}
	known, err := a.known(c.Known)
	if err != nil {
		return err
	}
	o := searchOptions{passes: passes, maxStates: c.MaxStates, jobs: c.Jobs, symmetry: c.Symmetry, known: known.reasons()}
	r := &report.Report{Tool: "dmafuzz", Command: strings.Join(a.args, " ")}
	table := len(c.Kernels) == 0
	o.cover = !table || c.Format == "json" // the table does not show it
	if table {
		err = c.all(a, r, o)
	} else {
		err = c.each(a, r, o)
	}
	if err != nil {
		return err
	}
	r.Gone = known.gone(r)
	if err := c.finish(a, r, table); err != nil {
		return err
	}
	return end(checkCode(a, r))
}

// all is the table over the shipped kernels.
func (c *checkCmd) all(a *app, r *report.Report, o searchOptions) error {
	var list []target
	for _, k := range kernels.Shipped() {
		if o.passes[0].Linked() && !k.MakesLinks() {
			continue
		}
		list = append(list, target{k.FullName(), k, nil})
	}
	var err error
	r.Kernels, err = a.searchAll(list, o)
	return err
}

// each searches the named kernels one after the other, with all threads.
func (c *checkCmd) each(a *app, r *report.Report, o searchOptions) error {
	list, err := a.targets(c.Kernels)
	if err != nil {
		return err
	}
	line := a.progress()
	defer line.done()
	for _, t := range list {
		a.subject = t.arg
		o.progress = func(c explore.Certificate) { line.say("%s: %d states, depth %d", t.arg, c.States, c.Depth) }
		k, err := t.search(a.ctx, o)
		if err != nil {
			return err
		}
		r.Kernels = append(r.Kernels, k)
		if a.ctx.Err() != nil {
			break
		}
	}
	return nil
}

// finish saves the traces, then writes the report, so that its commands can
// name the files.
func (c *checkCmd) finish(a *app, r *report.Report, table bool) error {
	if err := saveStories(c.Save, r); err != nil {
		return err
	}
	if table && c.Format == "text" {
		return report.Table(a.stdout, r, c.text(a))
	}
	return c.write(a, r)
}

// checkCode is the exit code of a report: found before inconclusive before
// clean.
func checkCode(a *app, r *report.Report) int {
	code := exitClean
	if a.ctx.Err() != nil {
		code = exitInconclusive
	}
	for i := range r.Kernels {
		switch r.Kernels[i].Verdict {
		case report.Found:
			return exitFound
		case report.NotClosed, report.Vacuous, report.Partial:
			code = exitInconclusive
		}
	}
	if len(r.Gone) > 0 {
		return exitFound
	}
	return code
}
