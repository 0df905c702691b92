package main

import (
	"dmafuzz/model/text"
	"fmt"
	"io"
	"os"
	"strings"

	"dmafuzz/internal/uml"
	"dmafuzz/model"
)

// labJudgeCmd judges the machine: `dmafuzz lab judge ~/linux -n 1000000`.
type labJudgeCmd struct {
	Tree      string `arg:"" help:"The top of a Linux source tree."`
	Sequences uint64 `short:"n" help:"Random sequences." default:"100000"`
	Seed      uint64 `help:"The same seed makes the same sequences." default:"1"`
	Length    int    `help:"Events of a sequence." default:"24"`
	Link      bool   `help:"Make one device a consumer of the other, with a device link."`
	Mutant    string `help:"Judge the tree with this known bug put in, against a machine that is read from it." placeholder:"NAME"`
	Against   string `help:"The machine's kernel: tree (with the mutant in it), or untouched." enum:"tree,untouched" default:"tree"`
	Idle      bool   `help:"List the events and steps that did not occur." default:"true" negatable:""`
	Kernel    bool   `help:"Print the .kernel that was judged below the verdict." default:"true" negatable:""`
	labFlags
}

func (c *labJudgeCmd) run(a *app) error {
	if err := labCounts(c.Length, c.Sequences); err != nil {
		return err
	}
	t, err := a.labTree(c.Tree, c.labFlags)
	if err != nil {
		return err
	}
	m, err := t.mutant(c.Mutant)
	if err != nil {
		return err
	}
	read := m.Replace
	if c.Against == "untouched" {
		read = nil
	}
	k, err := t.kernel(read)
	if err != nil {
		return err
	}
	o := c.options()
	if o.ControlKernel, err = t.kernel(nil); err != nil {
		return err
	}
	v, control, err := t.judge(a, k, m.Replace, o)
	if err != nil {
		return err
	}
	c.print(a.stdout, k, t.variant, control, v)
	switch {
	case v.Disagreement != nil:
		return end(exitFound)
	case !v.Agrees():
		return end(exitInconclusive)
	}
	return nil
}

func labCounts(events int, sequences uint64) error {
	switch {
	case events < 1:
		return fmt.Errorf("--length: got %d, want at least one event a sequence", events)
	case sequences < 1:
		return fmt.Errorf("-n: got %d, want at least one sequence", sequences)
	}
	return nil
}

func (c *labJudgeCmd) options() uml.JudgeOptions {
	return uml.JudgeOptions{Sequences: c.Sequences, Seed: c.Seed, Length: c.Length, Link: c.Link}
}

// judge builds the program and the control, and judges. A tree that is changed
// itself has the control's change on top of its own.
func (t *labTree) judge(a *app, k *model.Kernel, replace map[string][]byte, o uml.JudgeOptions) (*uml.Verdict, uml.Control, error) {
	control, err := uml.ControlOf(os.DirFS(t.dir), t.variant)
	if err != nil {
		return nil, control, fmt.Errorf("%s: the control: %w", t.dir, err)
	}
	p, err := t.build(a, replace)
	if err != nil {
		return nil, control, err
	}
	wrong, err := t.build(a, control.Replace)
	if err != nil {
		return nil, control, fmt.Errorf("the control: %w", err)
	}
	bar := a.longProgress()
	defer bar.done()
	o.Kernel, o.Variant, o.Program, o.Control = k, t.variant, p, wrong
	o.Progress = func(done uint64) { bar.say("%d of %d sequences", done, o.Sequences) }
	v, err := uml.Judge(a.ctx, o)
	return v, control, err
}

func (c *labJudgeCmd) print(w io.Writer, k *model.Kernel, variant uml.Variant, control uml.Control, v *uml.Verdict) {
	line := func(word, format string, args ...any) {
		fmt.Fprintf(w, "  %-9s%s\n", word, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "%s: %s\n", k.FullName(), labWords(v))
	if v.Control == nil {
		line("control", "%s: not caught in %d sequences", control.Name, v.ControlTried)
	} else {
		line("control", "%s: caught by sequence %d, minimized %d -> %d events", control.Name, v.Control.Sequence, v.Control.Raw, len(v.Control.Events))
	}
	line("seed", "%d, %d events a sequence", c.Seed, c.Length)
	if v.Sequences > 0 {
		line("played", "%d sequences, %d events, %d lines of log, every one compared", v.Sequences, v.Events, v.Lines)
		line("speed", "%.0f sequences/s", float64(v.Sequences)/v.Elapsed.Seconds())
		line("verdicts", "%d broken rules (%s), the same by both; %d sequences ended in a crash", v.Faults, ruleNames(), v.Halted)
		line("events", "%d of %d kinds occurred", v.Coverage.Events, v.Coverage.EventsOf)
		line("steps", "%d of %d steps with a DMA meaning ran", v.Coverage.Steps, v.Coverage.StepsOf)
	}
	if d := v.Disagreement; d != nil {
		if d.Alone {
			fmt.Fprintf(w, "\nsequence %d: %s; played alone it agrees: the player did not go back to boot\n", d.Sequence, d.Kind)
		}
		fmt.Fprintf(w, "\nsequence %d, drivers %s: %s; minimized %d -> %d events\n\n", d.Sequence, d.Drivers, d.Kind, d.Raw, len(d.Events))
		columns(w, d.Rows, d.First)
		fmt.Fprintf(w, "\n  kernel   %s\n  machine  %s\n", broke(d.Kernel), broke(d.Machine))
	}
	if c.Idle && v.Sequences > 0 {
		printList(w, "did not occur", v.Coverage.Idle)
	}
	printList(w, "not judged", append(uml.NotJudged(variant), v.Coverage.Unplayed...))
	if c.Kernel {
		fmt.Fprintf(w, "\nwhat was judged\n\n%s", text.FormatKernel(k))
	}
}

func printList(w io.Writer, head string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", head)
	for _, s := range list {
		fmt.Fprintf(w, "  %s\n", s)
	}
}

func ruleNames() string {
	var names []string
	for _, r := range uml.Judged() {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

func labWords(v *uml.Verdict) string {
	switch {
	case v.Disagreement != nil:
		return "machine and kernel disagree"
	case v.Stopped != nil:
		return "no verdict: interrupted"
	case v.Control == nil:
		return "no verdict: the control was not caught"
	case v.Sequences == 0:
		return "no verdict: nothing was played"
	}
	return "machine and kernel agree"
}
