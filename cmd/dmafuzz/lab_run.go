package main

import (
	"bytes"
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"io"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/uml"
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
	worst := check.Clean
	for _, file := range c.Traces {
		name, src, trace, err := a.traceText(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s on %s\n\n", file, what)
		got, err := uml.PlayTrace(a.ctx, k, t.variant, p, trace)
		switch {
		case errors.Is(err, uml.ErrUnplayable):
			fmt.Fprintf(a.stdout, "  not playable: %s%v\n", where(name, src, err), err)
			worst = min(worst, check.Vacuous)
		case err != nil:
			return fmt.Errorf("%s: %w", file, err)
		default:
			printPlayed(a.stdout, got, len(trace.Events))
			worst = min(worst, playedStatus(got))
		}
	}
	return end(exitOf(worst))
}

// playedStatus is what playing a trace on kernel and machine comes to. A trace of
// which not every event happened shows nothing if nothing breaks.
func playedStatus(got *uml.Played) check.Status {
	switch {
	case got.Kind != uml.KindInvalid || len(got.Kernel) > 0 || len(got.Rules) > 0:
		return check.Found
	case got.Skipped > 0:
		return check.Vacuous
	}
	return check.Clean
}

// printPlayed writes both columns, what broke, and the verdict in a sentence.
func printPlayed(w io.Writer, got *uml.Played, events int) {
	columns(w, got.Rows, got.First)
	fmt.Fprintf(w, "\n  kernel   %s\n  machine  %s\n", broke(got.Kernel), broke(got.Machine))
	for _, note := range got.Notes {
		fmt.Fprintf(w, "  note     %s\n", note)
	}
	if len(got.Rules) > 0 {
		fmt.Fprintf(w, "  breaks   %s, by the machine\n", strings.Join(got.Rules, ", "))
	}
	fmt.Fprintf(w, "\n%s\n", playedSentence(got, events))
}

func playedSentence(got *uml.Played, events int) string {
	body := "machine and kernel agree: "
	switch {
	case got.Kind != uml.KindInvalid:
		body = fmt.Sprintf("machine and kernel disagree: %s", got.Kind)
	case len(got.Kernel) > 0 || len(got.Rules) > 0:
		body += "rules break"
	case got.Skipped > 0:
		body = "inconclusive: nothing breaks, but the trace did not happen as it is written"
	default:
		body += "nothing breaks"
	}
	if got.Skipped > 0 {
		body += fmt.Sprintf(" (%d of %d events skipped: not possible when their turn came)", got.Skipped, events)
	}
	return body
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
		if t, err := text.ParseTrace(name, src[:end]); err == nil && len(t.Events) > at.Index {
			return fmt.Sprintf("%s:%d: ", name, bytes.Count(src[:end-1], []byte("\n"))+1)
		}
	}
	return ""
}
