package main

import (
	"slices"
	"strings"

	"dmafuzz/internal/check"
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
	searchFlags
	Known string `help:"File of known findings: KEY  # why, a line each; * in a key stands for anything." placeholder:"FILE"`
	Save  string `help:"Write the trace of each finding into this folder." placeholder:"DIR"`
	bisectFlags
}

func (c *checkCmd) run(a *app) error {
	if c.Bisect || len(c.Key) > 0 {
		return c.bisect(a)
	}
	plan, err := c.plan(model.DefaultBounds())
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
	r := &report.Report{Tool: "dmafuzz", Command: strings.Join(a.args, " ")}
	table := len(c.Kernels) == 0
	o := c.options(c.Symmetry, known)
	o.Cover = !table || c.Format == "json" // the table does not show it
	each := c.each
	if table {
		each = c.all
	}
	verdicts, err := each(a, r, plan, o)
	if err != nil {
		return err
	}
	r.Gone = goneLines(known, verdicts...)
	if err := c.finish(a, r, table); err != nil {
		return err
	}
	return end(a.exitOver(known, verdicts...))
}

// all is the table over the shipped kernels.
func (c *checkCmd) all(a *app, r *report.Report, plan check.Plan, o check.Options) ([]*check.Verdict, error) {
	list := kernels.Shipped()
	if !plan.LinksMayLack && plan.Passes[0].Linked() {
		list = slices.DeleteFunc(list, func(k *model.Kernel) bool { return !k.MakesLinks() })
	}
	line := a.progress()
	defer line.done()
	verdicts, err := check.RunAll(a.ctx, list, plan, o, func(n int, v *check.Verdict) {
		line.say("%d of %d kernels: %s", n, len(list), v.Kernel.FullName())
	})
	verdicts = slices.DeleteFunc(verdicts, func(v *check.Verdict) bool { return v == nil }) // interrupted before
	for _, v := range verdicts {
		r.Kernels = append(r.Kernels, report.New(v, report.Source{Argument: v.Kernel.FullName()}))
	}
	return verdicts, err
}

// each searches the named kernels one after the other, with all threads.
func (c *checkCmd) each(a *app, r *report.Report, plan check.Plan, o check.Options) ([]*check.Verdict, error) {
	list, err := a.targets(c.Kernels)
	if err != nil {
		return nil, err
	}
	var verdicts []*check.Verdict
	for _, t := range list {
		v, err := a.check(t, plan, o)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
		r.Kernels = append(r.Kernels, report.New(v, t.source()))
		if a.ctx.Err() != nil {
			break
		}
	}
	return verdicts, nil
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
