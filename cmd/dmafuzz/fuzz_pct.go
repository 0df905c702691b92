package main

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// errOneThread is for a trace in which nobody preempts anybody.
var errOneThread = errors.New("the trace has one thread; want two actors, and one of them made to stop (until)")

// searchOrders plays the two threads of a trace in random orders, by PCT, and
// minimizes what they meet.
func (c *fuzzCmd) searchOrders(a *app, t target, _ model.Bounds, known check.Known) (*check.Verdict, error) {
	trace, err := a.trace(c.PCT)
	if err != nil {
		return nil, err
	}
	if trace.Actors < 2 || check.Stops(trace.Events) == 0 {
		return nil, fmt.Errorf("%s: %w", c.PCT, errOneThread)
	}
	b := trace.Bounds()
	m, err := model.NewMachine(t.kernel, b)
	if err != nil {
		return nil, err
	}
	th := explore.TakeApart(m, trace.Events)
	found, met, orders := c.orders(a, m, th)
	text := fmt.Sprintf("PCT: %d orders of seeds from %d on, of two threads with %d steps together; an order meets a bug of depth %d with a probability of at least %.2g",
		orders, c.Seed, th.Steps(), c.Depth, th.Bound(c.Depth))
	if orders < c.Orders {
		text += " (interrupted)"
	}
	v := check.Random(t.kernel, m, text, met, nil)
	return v, c.minimized(v, m, found, &explore.Result{}, known)
}

// orders plays order after order. Of each key it keeps the first trace.
func (c *fuzzCmd) orders(a *app, m *model.Machine, th *explore.Threads) (found []explore.Finding, met model.Goals, n uint64) {
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
	return found, p.Goals(), n
}
