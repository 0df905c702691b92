package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"dmafuzz/internal/atomicfile"
	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/qemu"
	"dmafuzz/internal/report"
)

// labConfirmCmd plays a trace on a whole kernel: `dmafuzz lab confirm ~/linux corpus/01-unbind.trace`.
type labConfirmCmd struct {
	Tree    string        `arg:"" help:"The top of a Linux source tree; an arm64 kernel is built of it."`
	Trace   string        `arg:"" help:"A .trace file; - is standard input."`
	Mutant  string        `help:"Put this known bug into the tree." placeholder:"NAME"`
	Out     string        `help:"Where the evidence goes; TRACE.confirm if not given." placeholder:"FILE"`
	Timeout time.Duration `help:"When the emulator is ended, whatever it does." default:"2m"`
	Cache   string        `help:"Where kernels are kept; a folder of the user's cache if not given." placeholder:"DIR"`
	Jobs    int           `help:"Compilers at a time." placeholder:"N"`
}

func (c *labConfirmCmd) run(a *app) error {
	if c.Timeout <= 0 {
		return fmt.Errorf("--timeout: got %v, want more than nothing", c.Timeout)
	}
	t, err := a.anyTree(c.Tree)
	if err != nil {
		return err
	}
	m, err := t.mutant(c.Mutant)
	if err != nil {
		return err
	}
	script, err := c.script(a)
	if err != nil {
		return err
	}
	out, err := c.out()
	if err != nil {
		return err
	}
	image, err := c.build(a, m.Replace)
	if err != nil {
		return err
	}
	run, err := qemu.Play(a.ctx, image, script, c.Timeout)
	if err != nil {
		return err
	}
	j := qemu.Judge(script, run)
	what := t.name + "/arm64"
	if c.Mutant != "" {
		what += " with " + m.Name + " (" + m.Doc + ")"
	}
	e, err := c.evidence(what, image, script, run, j)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(out, []byte(e)); err != nil {
		return err
	}
	c.print(a.stdout, what, out, script, j)
	return confirmed(j)
}

// confirmed is the exit code of a verdict.
func confirmed(j *qemu.Judgement) error {
	switch j.Verdict {
	case qemu.NotSeen:
		return nil
	case qemu.Wrong, qemu.Confirmed:
		return end(exitFound)
	case qemu.Undecided:
		return end(exitInconclusive)
	}
	return defect{errors.New(j.Why)}
}

// script reads the trace and translates it; an event that cannot be played is
// named with its line.
func (c *labConfirmCmd) script(a *app) (*qemu.Script, error) {
	name, src, trace, err := a.traceText(c.Trace)
	if err != nil {
		return nil, err
	}
	s, err := qemu.Translate(trace)
	var bad *qemu.EventError
	switch {
	case errors.As(err, &bad):
		return nil, fmt.Errorf("%s:%d: %w", name, qemu.EventLine(src, bad.Index), err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// out is where the evidence goes.
func (c *labConfirmCmd) out() (string, error) {
	if c.Out != "" {
		return c.Out, nil
	}
	if _, err := os.Stat(c.Trace); c.Trace == "-" || err != nil {
		return "", fmt.Errorf("%s: no file that the evidence could stand beside; --out FILE says where it goes", c.Trace)
	}
	return c.Trace + ".confirm", nil
}

func (c *labConfirmCmd) build(a *app, replace map[string][]byte) (*kbuild.Image, error) {
	p := a.progress()
	defer p.done()
	return qemu.Build(a.ctx, kbuild.Options{Tree: c.Tree, Replace: replace, Cache: c.Cache, Jobs: c.Jobs,
		Progress: func(s string) { p.say("%s", s) }})
}

// evidence is the text of the file: what was run on what, and all that came of it.
func (c *labConfirmCmd) evidence(what string, image *kbuild.Image, s *qemu.Script, run *qemu.Run, j *qemu.Judgement) (string, error) {
	config, err := os.ReadFile(image.Config)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(word, text string) { fmt.Fprintf(&b, "%-9s %s\n", word, text) }
	var command []string
	for _, w := range run.Command {
		command = append(command, report.ShellQuote(w))
	}
	line("verdict", j.Verdict.String()+": "+j.Why)
	line("trace", c.Trace)
	line("tree", what)
	line("kernel", j.Console.Kernel)
	line("built", image.Key)
	line("config", fmt.Sprintf("sha256 %x", sha256.Sum256(config)))
	line("qemu", run.Version)
	line("command", strings.Join(command, " "))
	line("exit", fmt.Sprint(run.Exit))
	fmt.Fprintf(&b, "\nscript\n\n%s\nconsole\n\n%s", s.Text, strings.ReplaceAll(string(run.Console), "\r", ""))
	return b.String(), nil
}

func (c *labConfirmCmd) print(w io.Writer, what, out string, s *qemu.Script, j *qemu.Judgement) {
	fmt.Fprintf(w, "%s on %s\n\n", c.Trace, what)
	for i, line := range j.Console.Lines {
		c.printFaults(w, j.Console, i)
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "E":
			_, event, _ := strings.Cut(rest, " ")
			fmt.Fprintf(w, "  %s\n", event)
		case "X":
			fmt.Fprintf(w, "    ! %s\n", rest)
		case "g":
			fmt.Fprintf(w, "      group of %s\n", rest)
		default:
			fmt.Fprintf(w, "      %s\n", rest)
		}
	}
	c.printFaults(w, j.Console, len(j.Console.Lines))
	fmt.Fprintln(w)
	for _, a := range s.Added {
		fmt.Fprintf(w, "  added     %s\n", a)
	}
	fmt.Fprintf(w, "  %-9s %s\n", "verdict", j.Verdict)
	fmt.Fprintf(w, "  %-9s %s\n", "why", j.Why)
	fmt.Fprintf(w, "  %-9s %s\n", "evidence", out)
}

// maxFrames is how much of a call trace is shown; all of it is in the evidence.
const maxFrames = 10

func (c *labConfirmCmd) printFaults(w io.Writer, console *qemu.Console, at int) {
	for _, f := range console.Faults {
		if f.At != at {
			continue
		}
		fmt.Fprintf(w, "    ! %s\n", f.Title)
		trace := f.Trace
		if f.Where != "" && (len(trace) == 0 || trace[0] != f.Where) {
			trace = append([]string{f.Where}, trace...)
		}
		if len(trace) > maxFrames {
			trace = append(trace[:maxFrames:maxFrames], "...")
		}
		if len(trace) > 0 {
			fmt.Fprintf(w, "      in %s\n", strings.Join(trace, " < "))
		}
	}
}
