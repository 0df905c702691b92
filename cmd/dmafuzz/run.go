package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes, as DESIGN.md has them.
const (
	exitClean        = 0 // closed and clean; fuzz: the budget is spent, nothing found
	exitFound        = 1
	exitUsage        = 2 // or bad input
	exitInconclusive = 3 // bound not closed, goal missed, interrupted
	exitDefect       = 4 // of our own
)

// A result is what a verb ends with where nothing went wrong: an exit code and
// no words, for they have been said.
type result int

func (r result) Error() string { return fmt.Sprintf("exit %d", int(r)) }

// end makes the error of an exit code, nil for a clean end.
func end(code int) error {
	if code == exitClean {
		return nil
	}
	return result(code)
}

// defect is an error that only a mistake of ours can bring about.
type defect struct{ error }

type commands struct {
	Check    checkCmd    `cmd:"" help:"Explore a kernel: prove it, or show the shortest order of events that breaks it. Without a kernel: one table over all shipped ones."`
	Fuzz     fuzzCmd     `cmd:"" help:"Random search past the bounds that check closes."`
	Replay   replayCmd   `cmd:"" help:"Run a trace, and show each state change."`
	Minimize minimizeCmd `cmd:"" help:"Shorten a failing trace."`
	Patch    patchCmd    `cmd:"" help:"Say what a patch series does to a source tree: introduces findings, fixes them, moves steps, or nothing. The tree stays as it is."`
	Regress  regressCmd  `cmd:"" help:"Run the corpus against its expectations; with --on, look for its bugs in one kernel."`
	Diff     diffCmd     `cmd:"" help:"Compare two kernels: steps, facts, findings."`
	Extract  extractCmd  `cmd:"" help:"Read a kernel source tree, and print the .kernel file that says what it does."`
	Driver   driverCmd   `cmd:"" help:"Read drivers out of a source tree, and say where a free does not match its allocation."`
	Lab      labCmd      `cmd:"" help:"Ask the real driver core: compile it out of a source tree into a program, and play events on it."`
	List     listCmd     `cmd:"" help:"List kernels, events, invariants, steps, tests, paths, goals, families, consequences, effects or verbs."`
	Explain  explainCmd  `cmd:"" help:"Say what a name means: an event, invariant, step, test, path, goal, consequence, effect, verb, kernel or a finding's key."`
}

// verb is a command that can be run.
type verb interface{ run(a *app) error }

// app is what a verb works with.
type app struct {
	ctx     context.Context
	args    []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	trees   trees
	bisect  bool   // exit codes are git bisect's
	subject string // what was being worked on, for the report of a defect
}

// run carries out one command line and returns its exit code. Ctrl-C ends the
// search that is under way, and the programs that it has started; what it found
// is still reported. So does SIGTERM, which CI and timeout send.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{ctx: ctx, args: args, stdin: stdin, stdout: stdout, stderr: stderr, bisect: bisecting(args)}
	return a.guard(func() int {
		v, err := a.parse()
		if err != nil {
			fmt.Fprintf(stderr, "dmafuzz: %v\nTry: dmafuzz --help\n", err)
			return a.usage()
		}
		return a.code(v.run(a))
	})
}

// bisecting tells whether git bisect runs it, which takes 2 for a bad commit:
// that must be known before the command line is understood.
func bisecting(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "--bisect" || strings.HasPrefix(arg, "--bisect=") })
}

// guard never panics: a panic of ours is exit 4, with a request to report it.
func (a *app) guard(f func() int) (code int) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case kongExit: // --help has been printed
			code = int(p)
		default:
			code = a.defect(fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	return f()
}

// code maps what a verb ended with to an exit code, and says what has not been
// said.
func (a *app) code(err error) int {
	var r result
	var d defect
	switch {
	case err == nil && a.trees.guessed:
		return exitInconclusive
	case err == nil:
		return exitClean
	case errors.As(err, &r):
		return int(r)
	case errors.As(err, &d):
		return a.defect(err)
	}
	if a.ctx.Err() != nil && errors.Is(err, a.ctx.Err()) && !a.bisect {
		fmt.Fprintf(a.stderr, "dmafuzz: interrupted: %v\n", err)
		return exitInconclusive
	}
	fmt.Fprintf(a.stderr, "dmafuzz: %v\n", err)
	return a.usage()
}

// usage is the exit code of a wrong command line or input.
func (a *app) usage() int {
	if a.bisect {
		return bisectUsage
	}
	return exitUsage
}

func (a *app) defect(err error) int {
	fmt.Fprintf(a.stderr, "dmafuzz: a defect of dmafuzz itself, not of the kernel: %v\n", err)
	fmt.Fprintf(a.stderr, "Please report it, with this command and its input: dmafuzz %s\n", strings.Join(a.args, " "))
	if a.subject != "" {
		fmt.Fprintf(a.stderr, "It was working on %s.\n", a.subject)
	}
	if a.bisect { // to git bisect, 4 is a bad commit
		return bisectSkip
	}
	return exitDefect
}

// kongExit carries kong's own exit out of its parser.
type kongExit int

func (a *app) parse() (verb, error) {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("dmafuzz"),
		kong.Description("Is there an order of lifecycle events in which a DMA buffer is freed through other ops than those that allocated it?"),
		kong.Writers(a.stdout, a.stderr), kong.Exit(func(code int) { panic(kongExit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return nil, err
	}
	ctx, err := parser.Parse(a.args)
	if err != nil {
		return nil, err
	}
	return ctx.Selected().Target.Addr().Interface().(verb), nil
}
