package main

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// errOneThread is for a trace in which nobody comes in.
var errOneThread = errors.New("the trace has one thread; want two actors, and one of them made to stop (until)")

// searchOrders plays the two threads of a trace in random orders, by PCT, and
// minimizes what they meet.
func (c *fuzzCmd) searchOrders(a *app, t target, _ model.Bounds, known knownList) (report.Kernel, error) {
	trace, err := a.trace(c.PCT)
	if err != nil {
		return report.Kernel{}, err
	}
	if trace.Actors < 2 || !slices.ContainsFunc(trace.Events, func(e model.Event) bool { return e.Until != model.Point{} }) {
		return report.Kernel{}, fmt.Errorf("%s: %w", c.PCT, errOneThread)
	}
	b := trace.Bounds()
	m, err := model.NewMachine(t.kernel, b)
	if err != nil {
		return report.Kernel{}, err
	}
	th := explore.TakeApart(m, trace.Events)
	found, orders := c.orders(a, m, th)
	in := report.Input{Kernel: t.kernel, Argument: t.arg, Flags: t.flags, Known: known.reasons(), Unknown: m.UnknownPaths()}
	text := fmt.Sprintf("PCT: %d orders of seeds from %d on, of two threads with %d steps together; an order meets a bug of depth %d with a probability of at least %.2g",
		orders, c.Seed, th.Steps(), c.Depth, th.Bound(c.Depth))
	if orders < c.Orders {
		text += " (interrupted)"
	}
	in.Passes = []report.Pass{{Bounds: b.String(), Certificate: text, Random: true}}
	return c.minimized(in, m, found, &explore.Result{})
}

// orders plays order after order. Of each key it keeps the first trace.
func (c *fuzzCmd) orders(a *app, m *model.Machine, th *explore.Threads) (found []explore.Finding, n uint64) {
	line := a.progress()
	defer line.done()
	p := explore.NewPlayer(m)
	for ; n < c.Orders && a.ctx.Err() == nil; n++ {
		order := th.PCT(c.Seed+n, c.Depth)
		p.Play(order, model.Key{})
		for _, h := range p.Hits {
			if !slices.ContainsFunc(found, func(f explore.Finding) bool { return f.Key() == h.Violation.Key }) {
				found = append(found, explore.Finding{Violation: h.Violation, Trace: slices.Clone(order[:h.At+1])})
			}
		}
		if n%1000 == 0 {
			line.say("%d orders, %d findings", n, len(found))
		}
	}
	return found, n
}
