package main

import (
	"dmafuzz/model/text"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dmafuzz/corpus"
	"dmafuzz/internal/check"
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
			t, err := text.ParseTrace(name, []byte(f.Text))
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
// break, and the events that are skipped, must be exactly those that it says.
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
			replayed, err := check.Replay(k.kernel, t.trace)
			if err != nil {
				return fmt.Errorf("%s: %w", t.file, err)
			}
			runs++
			r := report.NewRun(t.file, replayed)
			switch {
			case !r.Verdict.Success():
				failed++
				p.line("FAIL  %s on %s: %s", r.Trace, r.Kernel, r.Sentence())
				p.line("      %s", k.replay(t.file))
			case c.Verbose:
				p.line("ok    %s on %s: %s", r.Trace, r.Kernel, report.VerdictWords(r.Broken, r.Skipped))
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

// absent looks for the bugs of the corpus in one kernel.
func (c *regressCmd) absent(a *app, traces []corpusTrace) error {
	list, err := a.targets([]string{c.On})
	if err != nil {
		return err
	}
	h := hunt{on: list[0], verbose: c.Verbose, out: &printer{w: a.stdout}}
	for _, t := range traces {
		if err := h.look(t); err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
	}
	return h.end()
}

// hunt looks for bugs in a kernel. A bug is the set of rules that a trace
// breaks where it says so; it is present if any of them breaks. It is absent if
// the whole trace runs and none does, and if the kernel as it is known does not
// let an event of it happen.
type hunt struct {
	on      target
	verbose bool
	out     *printer

	bugs, present, unclear, ran int // ran: traces of which an event was carried out
}

func (h *hunt) look(t corpusTrace) error {
	bug, k := bugOf(t.trace), h.on.kernel
	if len(bug) == 0 {
		return nil
	}
	if t.trace.Bounds().Linked() && !k.MakesLinks() {
		h.say("absent %s (the kernel makes no device links)", t.file)
		return nil
	}
	h.bugs++
	r, err := check.Replay(k, t.trace)
	if err != nil {
		return err
	}
	var broken []string
	for _, rule := range r.Broken() {
		if slices.Contains(bug, rule) {
			broken = append(broken, rule.String())
		}
	}
	skipped := r.Skipped()
	if len(skipped) < len(r.Events) {
		h.ran++
	}
	switch {
	case len(broken) > 0:
		h.present++
		h.out.line("FOUND  %s on %s: %s", t.file, k.FullName(), strings.Join(broken, ", "))
		h.out.line("       %s", h.on.replay(t.file))
	case len(r.Blind()) > 0:
		h.unclear++
		e := r.Events[r.Blind()[0]-1].Event
		h.out.line("cannot tell: %s on %s: %q needs a path that is not known", t.file, k.FullName(), e.Format(t.trace))
	case len(skipped) > 0:
		h.say("absent %s (%d of %d events cannot happen there)", t.file, len(skipped), len(r.Events))
	default:
		h.say("absent %s", t.file)
	}
	return nil
}

func (h *hunt) say(format string, args ...any) {
	if h.verbose {
		h.out.line(format, args...)
	}
}

// end says what was found. A kernel on which no trace ran has not been looked at.
func (h *hunt) end() error {
	name, code := h.on.kernel.FullName(), exitClean
	switch {
	case h.present > 0:
		code = exitFound
	case h.unclear > 0 || h.ran == 0:
		code = exitInconclusive
	}
	body := fmt.Sprintf("%s: %d of %d corpus bugs present", name, h.present, h.bugs)
	if h.unclear > 0 {
		body += fmt.Sprintf(", %d cannot be told", h.unclear)
	}
	if h.ran == 0 {
		body += ", and none of their events happened: nothing was looked at"
	}
	h.out.line("%s", body)
	return firstOf(h.out.err, end(code))
}

// replay is the command that runs a trace on the kernel.
func (t target) replay(file string) string {
	words := append(append([]string{"--on", t.arg}, t.flags...), file)
	body := "dmafuzz replay"
	for _, w := range words {
		body += " " + report.ShellQuote(w)
	}
	return body
}

// bugOf is the set of rules that the trace is there for.
func bugOf(t *model.Trace) []model.Invariant {
	var rules []model.Invariant
	for _, x := range t.Expect {
		for _, i := range x.Violations {
			if !slices.Contains(rules, i) {
				rules = append(rules, i)
			}
		}
	}
	return rules
}
