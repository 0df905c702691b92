package uml

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"dmafuzz/model"
)

// Player plays a script and writes its log; a Program is one.
type Player interface {
	Play(ctx context.Context, script io.Reader, log io.Writer) error
}

// JudgeOptions say what is judged, and how long. Two judgements with equal
// Seed, Sequences and Length play the same sequences.
type JudgeOptions struct {
	Kernel  *model.Kernel // what the machine runs: what extract reads of the tree, with Fragment's paths
	Variant Variant
	Program Player
	Control Player // a build of the same tree with a known wrong order
	// ControlKernel is the machine's for the control, that of the untouched tree;
	// Kernel if it is nil.
	ControlKernel *model.Kernel
	Link          bool            // one device is a consumer of the other
	Contracts     []model.Drivers // of the sequences in turn; all of them if empty
	Sequences     uint64
	Seed          uint64
	Length        int // events of a sequence, 24 if not positive
	Batch         int // sequences that a process plays, 10000 if not positive
	Workers       int // processes at a time, 2 if not positive
	Progress      func(done uint64)
}

// Verdict is what came of a judgement.
type Verdict struct {
	Control      *Disagreement // what the control was caught by; nil if it was not
	ControlTried uint64        // sequences that the control was given
	Sequences    uint64        // played and compared
	Events       uint64
	Lines        uint64   // of the log, compared
	Halted       uint64   // sequences that the machine ended by a crash
	Faults       uint64   // broken rules that both told of
	Broke        []string // the kinds of them: "same-ops iommu>direct"
	Disagreement *Disagreement
	Coverage     Coverage
	Elapsed      time.Duration
	Stopped      error // nil unless the context ended the judgement
}

// Agrees tells whether the verdict is that machine and kernel agree: something
// was played, nothing differed, and the control was caught.
func (v *Verdict) Agrees() bool {
	return v.Control != nil && v.Disagreement == nil && v.Stopped == nil && v.Sequences > 0
}

// controlSequences is how many sequences a control must be caught within.
const controlSequences = 5000

// Judge plays the control, then the sequences, and compares. The error is not
// nil if and only if machine or program cannot be run at all.
func Judge(ctx context.Context, o JudgeOptions) (*Verdict, error) {
	if o.Length <= 0 {
		o.Length = 24
	}
	if o.Batch <= 0 {
		o.Batch = 10000
	}
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if len(o.Contracts) == 0 {
		o.Contracts = contracts
	}
	v := &Verdict{}
	c := o
	c.Program, c.Sequences, c.Batch, c.Progress = o.Control, controlSequences, 1000, nil
	if o.ControlKernel != nil {
		c.Kernel = o.ControlKernel
	}
	// A control may really crash where drivers keep no promise.
	c.Contracts = []model.Drivers{model.DriversWell}
	run, err := newRun(c)
	if err != nil {
		return nil, err
	}
	if err := run.all(ctx); err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	v.ControlTried = run.played.Load()
	if v.Stopped = ctx.Err(); v.Stopped != nil || run.first == nil {
		return v, nil
	}
	if v.Control, err = run.explain(ctx, run.first); err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	if run, err = newRun(o); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := run.all(ctx); err != nil {
		return nil, err
	}
	run.report(v)
	v.Elapsed = time.Since(began)
	if v.Stopped = ctx.Err(); run.first != nil && v.Stopped == nil {
		v.Disagreement, err = run.explain(ctx, run.first)
	}
	return v, err
}

// run plays a range of sequences on one program.
type run struct {
	o        JudgeOptions
	machines []*model.Machine // by contract, as in contracts
	plays    model.EventSet

	taken, played, events, lines, halted, faults atomic.Uint64

	mu    sync.Mutex
	broke map[string]bool
	cover *coverage
	first *found // the disagreement of the least number
}

// found is a sequence that the program and the machine disagree about.
type found struct {
	kind Kind
	sequence
	log []byte // of the program
}

// contracts are what drivers promise, in turn from sequence to sequence: those
// that keep every promise, so that what breaks is the kernel's; and others, so
// that wrong ways, leaks and crashes are compared as well.
var contracts = []model.Drivers{model.DriversWell, model.DriversWell, model.DriversLate, model.DriversAny}

func newRun(o JudgeOptions) (*run, error) {
	r := &run{o: o, plays: plays(o.Variant), broke: map[string]bool{}, cover: newCoverage(o.Kernel)}
	for _, drivers := range o.Contracts {
		m, err := model.NewMachine(o.Kernel, o.bounds(drivers))
		if err != nil {
			return nil, err
		}
		r.machines = append(r.machines, m)
	}
	return r, nil
}

// bounds are the judgement's for a contract.
func (o *JudgeOptions) bounds(drivers model.Drivers) model.Bounds {
	b := judgeBounds(drivers)
	if o.Link {
		b.Setup[0].Supplier = 2
	}
	return b
}

// judgeBounds takes in all that the player can hold.
func judgeBounds(drivers model.Drivers) model.Bounds {
	b := model.MaxBounds()
	b.Drivers = drivers
	return b
}

// all plays every sequence, and stops soon after a disagreement, or at once where
// one cannot be played. Of those that disagree, the one of the least number is kept.
func (r *run) all(ctx context.Context) error {
	g, working := errgroup.WithContext(ctx)
	for range r.o.Workers {
		g.Go(func() error { return r.work(working) })
	}
	if err := g.Wait(); ctx.Err() == nil {
		return err
	}
	return nil // who asked to stop has the reason
}

// work plays batches until none is left.
func (r *run) work(ctx context.Context) error {
	d := &drawer{plays: r.plays, length: r.o.Length, seed: r.o.Seed}
	cover := newCoverage(r.o.Kernel)
	for _, m := range r.machines {
		t := newTeller(m, r.o.Variant)
		t.cover = cover
		d.tellers = append(d.tellers, t)
	}
	defer func() {
		r.mu.Lock()
		r.cover.merge(cover)
		r.mu.Unlock()
	}()
	for ctx.Err() == nil && !r.over() {
		hi := r.taken.Add(uint64(r.o.Batch))
		lo := hi - uint64(r.o.Batch)
		if lo >= r.o.Sequences {
			return nil
		}
		var list []expectation
		for _, t := range d.tellers {
			t.buf = t.buf[:0]
		}
		for n := lo; n < min(hi, r.o.Sequences); n++ {
			list = append(list, d.draw(n))
		}
		if err := r.batch(ctx, list); err != nil {
			return err
		}
		if r.o.Progress != nil {
			r.o.Progress(r.played.Load())
		}
	}
	return nil
}

func (r *run) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first != nil
}

// batch plays sequences in as few processes as the program lets it, and
// compares each.
func (r *run) batch(ctx context.Context, list []expectation) error {
	for len(list) > 0 && ctx.Err() == nil {
		n, bad, log, err := playList(ctx, r.o.Program, r.o.Variant, list, r.count)
		switch {
		case bad != KindInvalid:
			r.keep(&found{bad, list[n].sequence, log})
			return nil
		case err != nil:
			return err
		}
		list = list[n:]
	}
	return nil
}

// count notes a sequence that agrees.
func (r *run) count(x *expectation) {
	r.played.Add(1)
	r.events.Add(uint64(len(x.events)))
	r.lines.Add(uint64(bytes.Count(x.log, []byte("\n"))))
	r.faults.Add(uint64(len(x.faults)))
	if len(x.faults) > 0 {
		r.mu.Lock()
		for _, f := range x.faults {
			r.broke[f.class()] = true
		}
		r.mu.Unlock()
	}
	if x.halted {
		r.halted.Add(1)
	}
}

func (r *run) keep(f *found) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil || f.number < r.first.number {
		r.first = f
	}
}

func (r *run) report(v *Verdict) {
	v.Sequences, v.Events, v.Lines = r.played.Load(), r.events.Load(), r.lines.Load()
	v.Halted, v.Faults = r.halted.Load(), r.faults.Load()
	v.Broke = slices.Sorted(maps.Keys(r.broke))
	v.Coverage = r.cover.summary(r.machines[0], r.o.Variant)
}
