package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dmafuzz/corpus"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// regressCmd runs the corpus: `dmafuzz regress`, `dmafuzz regress --on v7.2.13/arm64`.
type regressCmd struct {
	Dir     string `arg:"" optional:"" help:"A folder of .trace files instead of the built-in corpus."`
	On      string `help:"Look for the corpus' bugs in this kernel: each must be absent." placeholder:"KERNEL"`
	Verbose bool   `short:"v" help:"Name every trace, not only those that fail."`
	treeFlags
}

// corpusTrace is one trace with its file's name.
type corpusTrace struct {
	file  string
	trace *model.Trace
}

func (c *regressCmd) run(a *app) error {
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	traces, err := c.load(a)
	if err != nil {
		return err
	}
	if c.On != "" {
		return c.absent(a, traces)
	}
	return c.expectations(a, traces)
}

// load reads the traces in order of their names.
func (c *regressCmd) load(a *app) ([]corpusTrace, error) {
	var list []corpusTrace
	if c.Dir == "" {
		for _, f := range corpus.Files() {
			name := corpusDir + f.Name
			t, err := model.ParseTrace(name, []byte(f.Text))
			if err != nil {
				return nil, err
			}
			list = append(list, corpusTrace{name, t})
		}
		return list, nil
	}
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".trace" {
			continue
		}
		file := filepath.Join(c.Dir, e.Name())
		t, err := a.trace(file)
		if err != nil {
			return nil, err
		}
		list = append(list, corpusTrace{file, t})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no .trace file in it", c.Dir)
	}
	return list, nil
}

// expectations runs each trace on the kernels that it names: the rules that
// break must be exactly those that it says.
func (c *regressCmd) expectations(a *app, traces []corpusTrace) error {
	p := &printer{w: a.stdout}
	runs, failed := 0, 0
	for _, t := range traces {
		if len(t.trace.Expect) == 0 {
			return fmt.Errorf("%s: no on line: nothing is expected of it", t.file)
		}
		list, err := a.kernelsOf(t.trace, t.file, "")
		if err != nil {
			return err
		}
		for _, k := range list {
			r, err := report.NewRun(t.file, k.kernel, t.trace)
			if err != nil {
				return fmt.Errorf("%s: %w", t.file, err)
			}
			runs++
			switch {
			case !r.AsExpected():
				failed++
				p.line("FAIL  %s on %s: %s", r.Trace, r.Kernel, r.Difference())
				p.line("      %s", k.replay(t.file))
			case c.Verbose:
				p.line("ok    %s on %s: %s", r.Trace, r.Kernel, report.VerdictWords(r.Broken))
			}
		}
	}
	if failed > 0 {
		p.line("%d of %d expectations not met, in %d traces", failed, runs, len(traces))
		return firstOf(p.err, end(exitFound))
	}
	p.line("%d traces, %d expectations: all met", len(traces), runs)
	return p.err
}

func firstOf(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// absent looks for the bugs of the corpus in one kernel. A bug is the set of
// rules that its trace breaks where it says so; it is present if any of them
// breaks.
func (c *regressCmd) absent(a *app, traces []corpusTrace) error {
	list, err := a.targets([]string{c.On})
	if err != nil {
		return err
	}
	on := list[0]
	k := on.kernel
	p := &printer{w: a.stdout}
	bugs, present := 0, 0
	for _, t := range traces {
		bug := bugOf(t.trace)
		if len(bug) == 0 {
			continue
		}
		if t.trace.Bounds().Linked() && !k.MakesLinks() {
			if c.Verbose {
				p.line("absent %s (the kernel makes no device links)", t.file)
			}
			continue
		}
		bugs++
		r, err := report.NewRun(t.file, k, t.trace)
		if err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
		broken := slices.DeleteFunc(slices.Clone(r.Broken), func(rule string) bool { return !slices.Contains(bug, rule) })
		switch {
		case len(broken) > 0:
			present++
			p.line("FOUND  %s on %s: %s", r.Trace, r.Kernel, strings.Join(broken, ", "))
			p.line("       %s", on.replay(t.file))
		case c.Verbose && r.Skipped > 0:
			p.line("absent %s (%d of %d events cannot happen there)", r.Trace, r.Skipped, r.Events)
		case c.Verbose:
			p.line("absent %s", r.Trace)
		}
	}
	p.line("%s: %d of %d corpus bugs present", k.FullName(), present, bugs)
	if present > 0 {
		return firstOf(p.err, end(exitFound))
	}
	return p.err
}

// replay is the command that runs a trace on the kernel.
func (t target) replay(file string) string {
	words := append(append([]string{"--on", t.arg}, t.flags...), file)
	text := "dmafuzz replay"
	for _, w := range words {
		text += " " + report.ShellQuote(w)
	}
	return text
}

// bugOf is the set of rules that the trace is there for.
func bugOf(t *model.Trace) []string {
	var rules []string
	for _, x := range t.Expect {
		for _, i := range x.Violations {
			if !slices.Contains(rules, i.String()) {
				rules = append(rules, i.String())
			}
		}
	}
	return rules
}
