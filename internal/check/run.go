package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// Options are how a check runs. None of them changes what it finds before it
// stops.
type Options struct {
	Workers   int    // as many as there are processors if not positive
	MaxStates uint64 // stop a pass when more are known; 0 for no limit but 2^31
	Symmetry  bool   // take states in which two devices that are alike have traded places for one
	Cover     bool   // collect which steps run
	Known     Known
	Accept    []model.PathKind // unknown paths that do not make the verdict partial
	Progress  func(pass, of int, c explore.Certificate)
}

// Run makes the passes of a plan over one kernel. The error is one of
// [model.NewMachine]: the kernel cannot be run within the bounds, or the plan
// has none. A context that ends leaves the verdict not closed.
func Run(ctx context.Context, k *model.Kernel, plan Plan, o Options) (*Verdict, error) {
	v := &Verdict{Kernel: k, Accepted: o.Accept}
	var met, reachable model.Goals
	for i, b := range plan.Passes {
		m, err := model.NewMachine(k, b)
		if plan.LinksMayLack && errors.Is(err, model.ErrNoLinks) {
			continue
		}
		if err != nil {
			return nil, err
		}
		eo := explore.Options{Workers: o.Workers, MaxStates: o.MaxStates, Cover: o.Cover, Symmetry: o.Symmetry}
		if o.Progress != nil {
			eo.Progress = func(c explore.Certificate) { o.Progress(i+1, len(plan.Passes), c) }
		}
		r := explore.Exhaustive(ctx, m, eo)
		met, reachable = met|r.Goals, reachable|m.Reachable()
		v.Passes = append(v.Passes, Pass{Bounds: b, Certificate: r.Certificate, Stopped: r.Stopped})
		v.leaveOut(m)
		if o.Cover {
			v.count(m, r.Cover)
		}
		for _, f := range r.Findings {
			if err := v.add(Finding{Violation: f.Violation, Length: Shortest}, b.Trace(f.Trace), o.Known); err != nil {
				return nil, err
			}
		}
	}
	v.Missed = missed(met, reachable)
	sortFindings(v.Findings)
	return v, nil
}

// ErrNotClosed is why a check that must prove something proves nothing.
var ErrNotClosed = errors.New("not closed: what was not reached is not proven")

// Keys makes the passes of a plan and returns the keys of all findings, the
// worst first. It returns [ErrNotClosed] if a pass was not closed.
func Keys(ctx context.Context, k *model.Kernel, plan Plan, o Options) ([]model.Key, error) {
	v, err := Run(ctx, k, plan, o)
	if err == nil && v.Open() {
		err = fmt.Errorf("%s: %w", k.FullName(), ErrNotClosed)
	}
	if err != nil {
		return nil, err
	}
	return v.Keys(), nil
}

// missed are the goals that were not met. A search that took no memory, or gave
// none back, has looked at nothing, whatever its bounds could reach.
func missed(met, reachable model.Goals) model.Goals {
	const took, gave = model.GoalDirectAllocated | model.GoalIOMMUAllocated, model.GoalDirectFreed | model.GoalIOMMUFreedOnUnbind
	if met&took == 0 {
		reachable |= model.GoalDirectAllocated
	}
	if met&gave == 0 {
		reachable |= model.GoalDirectFreed
	}
	return reachable &^ met
}

// leaveOut notes the unknown paths of a pass.
func (v *Verdict) leaveOut(m *model.Machine) {
	for _, p := range m.UnknownPaths() {
		if !slices.Contains(v.Unknown, p) {
			v.Unknown = append(v.Unknown, p)
		}
	}
}

// count notes which steps a pass has run.
func (v *Verdict) count(m *model.Machine, c *model.Cover) {
	if v.Steps == nil {
		v.Steps = &Steps{}
	}
	all, ran := m.Steps(c)
	v.Steps.All, v.Steps.Ran = union(v.Steps.All, all), union(v.Steps.Ran, ran)
}

func union(a, b []model.StepRef) []model.StepRef {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
	}
	return a
}

// add plays the trace of a finding, and keeps one finding for each key: the
// passes come in order of their preemptions, so the first one has the fewest;
// of those with as many the one with the fewest events.
func (v *Verdict) add(f Finding, t *model.Trace, known Known) error {
	i := slices.IndexFunc(v.Findings, func(o Finding) bool { return o.Key() == f.Key() })
	if i >= 0 && !shorter(t, v.Findings[i].Trace()) {
		return nil
	}
	p, err := NewPlay(v.Kernel, t)
	if err != nil {
		return err
	}
	if _, _, ok := p.Find(f.Key()); !ok {
		return fmt.Errorf("%w: the trace of %s does not break it on %s", ErrDefect, f.Key(), v.Kernel.FullName())
	}
	t.Expect = []model.Expectation{p.expectation()}
	f.Play, f.Known = p, known.Reason(f.Key())
	if i < 0 {
		v.Findings = append(v.Findings, f)
	} else {
		v.Findings[i] = f
	}
	return nil
}

// ErrDefect is beneath errors that only a mistake of ours can bring about.
var ErrDefect = errors.New("a defect of dmafuzz")

// shorter tells whether of two traces of a key the first is the better witness:
// as many actors, no more stops, and fewer events.
func shorter(a, b *model.Trace) bool {
	return a.Actors == b.Actors && len(a.Events) < len(b.Events) && Stops(a.Events) <= Stops(b.Events)
}

// Stops counts the events at which an actor is made to wait.
func Stops(events []model.Event) int {
	n := 0
	for _, e := range events {
		if e.Until != (model.Point{}) {
			n++
		}
	}
	return n
}

// sortFindings puts the worst consequence first, then goes by declaration.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Violation.Consequence, b.Violation.Consequence), explore.CompareKeys(a.Key(), b.Key()))
	})
}

// RunAll runs many kernels at once, each with one worker, and returns their
// verdicts in order; those that an ended context left out are nil. done is
// called after each, from one goroutine at a time.
func RunAll(ctx context.Context, list []*model.Kernel, plan Plan, o Options, done func(n int, v *Verdict)) ([]*Verdict, error) {
	jobs := o.Workers
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	o.Workers = 1
	verdicts := make([]*Verdict, len(list))
	var g errgroup.Group
	g.SetLimit(jobs)
	var mu sync.Mutex // guards n
	n := 0
	for i, k := range list {
		g.Go(func() (err error) {
			if ctx.Err() != nil {
				return nil
			}
			if verdicts[i], err = Run(ctx, k, plan, o); err != nil {
				return fmt.Errorf("%s: %w", k.FullName(), err)
			}
			mu.Lock()
			defer mu.Unlock()
			if n++; done != nil {
				done(n, verdicts[i])
			}
			return nil
		})
	}
	return verdicts, g.Wait()
}

// Random makes a verdict of a search by chance that met some goals. It need not
// have met them all, but it has looked at nothing without an allocation and a
// free. Findings are added one by one.
func Random(k *model.Kernel, m *model.Machine, certificate string, met model.Goals, c *model.Cover) *Verdict {
	v := &Verdict{Kernel: k, Passes: []Pass{{Bounds: m.Bounds(), Random: certificate}}, Missed: missed(met, 0)}
	v.leaveOut(m)
	if c != nil {
		v.count(m, c)
	}
	return v
}

// Add adds a finding of a search by chance with its trace; raw is the number of
// its events before it was minimized.
func (v *Verdict) Add(violation model.Violation, t *model.Trace, raw int, length Length, known Known) error {
	if err := v.add(Finding{Violation: violation, Raw: raw, Length: length}, t, known); err != nil {
		return err
	}
	sortFindings(v.Findings)
	return nil
}
