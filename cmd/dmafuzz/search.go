package main

import (
	"context"
	"errors"
	"fmt"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// target is a kernel as the command line names it.
type target struct {
	arg    string
	kernel *model.Kernel
	flags  []string // how it is read from a tree, if it is one
}

func (t target) source() report.Source { return report.Source{Argument: t.arg, Flags: t.flags} }

func (a *app) targets(args []string) ([]target, error) {
	var list []target
	for _, arg := range args {
		k, err := a.kernel(arg)
		if err != nil {
			return nil, err
		}
		list = append(list, target{arg, k, a.treeWords(arg)})
	}
	if a.trees.flags.given() && len(a.trees.known) == 0 {
		return nil, errNoTree
	}
	return list, nil
}

// treeWords are the flags with which a kernel was read, if it is a source tree.
func (a *app) treeWords(arg string) []string {
	if _, ok := a.trees.known[arg]; !ok {
		return nil
	}
	return a.trees.flags.words()
}

// searchFlags are how far a search goes, and with what.
type searchFlags struct {
	MaxStates uint64 `help:"Stop a search at so many states." placeholder:"N"`
	Jobs      int    `help:"Threads; as many as there are processors if not given." placeholder:"N"`
}

// options are those of a check with these flags.
func (f searchFlags) options(symmetry bool, known check.Known) check.Options {
	return check.Options{Workers: f.Jobs, MaxStates: f.MaxStates, Symmetry: symmetry, Known: known}
}

// check searches one kernel, with progress.
func (a *app) check(t target, plan check.Plan, o check.Options) (*check.Verdict, error) {
	a.subject = t.arg
	line := a.progress()
	defer line.done()
	o.Progress = func(pass, of int, c explore.Certificate) {
		line.say("%s: pass %d of %d, %d states, depth %d", t.arg, pass, of, c.States, c.Depth)
	}
	return t.run(a.ctx, plan, o)
}

// run searches the kernel.
func (t target) run(ctx context.Context, plan check.Plan, o check.Options) (*check.Verdict, error) {
	v, err := check.Run(ctx, t.kernel, plan, o)
	switch {
	case errors.Is(err, check.ErrDefect):
		return nil, defect{err}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", t.arg, err)
	}
	return v, nil
}

// known reads a file of known findings; "" names none.
func (a *app) known(file string) (check.Known, error) {
	if file == "" {
		return nil, nil
	}
	src, err := a.readAtMost(file, check.MaxKnownSize+1)
	if err != nil {
		return nil, err
	}
	return check.ParseKnown(file, src)
}

// goneLines are the known findings that are gone, for a report.
func goneLines(known check.Known, list ...*check.Verdict) []report.Known {
	var gone []report.Known
	for _, k := range known.Gone(list...) {
		gone = append(gone, report.Known{Key: k.Pattern.String(), Reason: k.Reason})
	}
	return gone
}

// exitOf is the exit code of a status: nothing looked at is never success.
func exitOf(s check.Status) int {
	switch {
	case s == check.Found || s == check.Gone:
		return exitFound
	case s.Success():
		return exitClean
	}
	return exitInconclusive
}

// exitOver is the exit code of the verdicts on all that a run was to look at.
func (a *app) exitOver(known check.Known, list ...*check.Verdict) int {
	code := exitOf(check.Overall(known, list...))
	if code == exitClean && a.ctx.Err() != nil {
		return exitInconclusive
	}
	return code
}
