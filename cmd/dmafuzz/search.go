package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

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

// searchOptions say how far a search goes.
type searchOptions struct {
	passes    []model.Bounds
	maxStates uint64
	jobs      int
	cover     bool
	symmetry  bool
	known     map[model.Key]string
	progress  func(explore.Certificate)
}

// search makes every pass over one kernel, and a report of what they found.
func (t target) search(ctx context.Context, o searchOptions) (report.Kernel, error) {
	in, err := t.explore(ctx, o)
	if err != nil {
		return report.Kernel{}, err
	}
	return reportOf(in)
}

func reportOf(in report.Input) (report.Kernel, error) {
	k, err := report.New(in)
	if err != nil {
		return k, defect{err}
	}
	return k, nil
}

// explore makes every pass over one kernel.
func (t target) explore(ctx context.Context, o searchOptions) (report.Input, error) {
	in := report.Input{Kernel: t.kernel, Argument: t.arg, Flags: t.flags, Known: o.known}
	var met, reachable model.Goals
	for i, b := range o.passes {
		m, err := model.NewMachine(t.kernel, b)
		if i > 0 && errors.Is(err, model.ErrNoLinks) && !o.passes[0].Linked() {
			continue // of several passes, those over a device link need one
		}
		if err != nil {
			return in, fmt.Errorf("%s: %w", t.arg, err)
		}
		r := explore.Exhaustive(ctx, m, explore.Options{Workers: o.jobs, MaxStates: o.maxStates, Cover: o.cover, Symmetry: o.symmetry, Progress: o.progress})
		met, reachable = met|r.Goals, reachable|m.Reachable()
		in.Passes = append(in.Passes, pass(b, r))
		for _, p := range m.UnknownPaths() {
			if !slices.Contains(in.Unknown, p) {
				in.Unknown = append(in.Unknown, p)
			}
		}
		if o.cover {
			all, ran := m.Steps(r.Cover)
			in.All, in.Ran = union(in.All, all), union(in.Ran, ran)
		}
		for _, f := range r.Findings {
			in.Found = addShortest(in.Found, report.Discovery{Violation: f.Violation, Trace: b.Trace(f.Trace), Minimal: "shortest possible"})
		}
	}
	in.Missed = reachable &^ met
	return in, nil
}

func pass(b model.Bounds, r *explore.Result) report.Pass {
	p := report.Pass{Bounds: b.String(), Certificate: r.Certificate.String(), Closed: r.Closed, States: r.States}
	switch {
	case errors.Is(r.Stopped, explore.ErrStates):
		p.Certificate += " (limit of states reached)"
	case r.Stopped != nil:
		p.Certificate += " (interrupted)"
	}
	return p
}

// addShortest keeps one finding for each key, the shortest; of the passes' order
// the first one's preemptions are the fewest.
func addShortest(list []report.Discovery, d report.Discovery) []report.Discovery {
	i := slices.IndexFunc(list, func(o report.Discovery) bool { return o.Violation.Key == d.Violation.Key })
	switch {
	case i < 0:
		return append(list, d)
	case d.Trace.Actors == list[i].Trace.Actors && len(d.Trace.Events) < len(list[i].Trace.Events) && stops(d.Trace) <= stops(list[i].Trace):
		list[i] = d
	}
	return list
}

// stops counts the events at which an actor is made to wait.
func stops(t *model.Trace) int {
	n := 0
	for _, e := range t.Events {
		if e.Until != (model.Point{}) {
			n++
		}
	}
	return n
}

func union(a, b []model.StepRef) []model.StepRef {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
	}
	if a == nil {
		a = []model.StepRef{}
	}
	return a
}

// searchAll searches many kernels at once, each with one worker, and returns
// what it has, in order, when it is done or interrupted.
func (a *app) searchAll(list []target, o searchOptions) ([]report.Kernel, error) {
	jobs := o.jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	o.jobs = 1
	results := make([]report.Kernel, len(list))
	errs := make([]error, len(list))
	var next, done atomic.Int64
	var wait sync.WaitGroup
	var show sync.Mutex
	line := a.progress()
	defer line.done()
	for range min(jobs, len(list)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)) && a.ctx.Err() == nil; i = next.Add(1) - 1 {
				results[i], errs[i] = list[i].search(a.ctx, o)
				n := done.Add(1)
				show.Lock()
				line.say("%d of %d kernels: %s", n, len(list), list[i].arg)
				show.Unlock()
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(results, func(k report.Kernel) bool { return k.Name == "" }), nil
}
