package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"dmafuzz/internal/uml"
	"dmafuzz/model"
)

// labRunCmd plays traces: `dmafuzz lab run ~/linux corpus/01-unbind.trace`.
type labRunCmd struct {
	Tree   string   `arg:"" help:"The top of a Linux source tree."`
	Traces []string `arg:"" name:"trace" help:"A .trace file; - is standard input."`
	Mutant string   `help:"Put this known bug into tree and machine." placeholder:"NAME"`
	labFlags
}

func (c *labRunCmd) run(a *app) error {
	t, err := a.labTree(c.Tree, c.labFlags)
	if err != nil {
		return err
	}
	m, err := t.mutant(c.Mutant)
	if err != nil {
		return err
	}
	k, err := t.kernel(m.Replace)
	if err != nil {
		return err
	}
	p, err := t.build(a, m.Replace)
	if err != nil {
		return err
	}
	what := k.FullName()
	if c.Mutant != "" {
		what += " with " + m.Name + " (" + m.Doc + ")"
	}
	code, unplayable := exitClean, false
	for _, file := range c.Traces {
		name, src, trace, err := a.traceText(file)
		if err != nil {
			return err
		}
		got, err := uml.PlayTrace(a.ctx, k, t.variant, p, trace)
		if errors.Is(err, uml.ErrUnplayable) {
			fmt.Fprintf(a.stdout, "%s on %s\n\n  not playable: %s%v\n", file, what, where(name, src, err), err)
			unplayable = true
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		fmt.Fprintf(a.stdout, "%s on %s\n\n", file, what)
		columns(a.stdout, got.Rows, got.First)
		fmt.Fprintf(a.stdout, "\n  kernel   %s\n  machine  %s\n", broke(got.Kernel), broke(got.Machine))
		if got.Skipped > 0 {
			fmt.Fprintf(a.stdout, "  skipped  %d of %d events: not possible when their turn came\n", got.Skipped, len(trace.Events))
		}
		for _, note := range got.Notes {
			fmt.Fprintf(a.stdout, "  note     %s\n", note)
		}
		if len(got.Rules) > 0 {
			fmt.Fprintf(a.stdout, "  breaks   %s, by the machine\n", strings.Join(got.Rules, ", "))
		}
		if got.Kind != uml.KindInvalid {
			fmt.Fprintf(a.stdout, "  they disagree: %s\n", got.Kind)
		}
		if got.Kind != uml.KindInvalid || len(got.Kernel) > 0 || len(got.Rules) > 0 {
			code = exitFound
		}
	}
	if code == exitClean && unplayable {
		code = exitInconclusive
	}
	return end(code)
}

// where is the file and line of the event that an error is about, "" for another
// error: a trace does not keep its lines.
func where(name string, src []byte, err error) string {
	var at *uml.EventError
	if !errors.As(err, &at) {
		return ""
	}
	end := 0
	for line := range bytes.Lines(src) {
		end += len(line)
		if t, err := model.ParseTrace(name, src[:end]); err == nil && len(t.Events) > at.Index {
			return fmt.Sprintf("%s:%d: ", name, bytes.Count(src[:end-1], []byte("\n"))+1)
		}
	}
	return ""
}
