package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/internal/shrink"
	"dmafuzz/model"
)

// defaultEvents is the budget of a random search that is given none. It is
// counted in events, not in time, so that a seed gives the same bytes on every
// machine.
const defaultEvents = 300_000

// fuzzCmd searches at random: `dmafuzz fuzz v5.0/arm64 --seed 1`.
type fuzzCmd struct {
	Kernel string `arg:"" help:"A shipped release (v5.0/arm64), a .kernel file or a kernel source tree."`
	boundFlags
	outputFlags
	treeFlags
	Seed   uint64        `help:"Same seed, same result." default:"1"`
	Events uint64        `help:"Stop soon after so many events (300000 if --time is not given either)." placeholder:"N"`
	Time   time.Duration `help:"Stop after this time." placeholder:"1m"`
	Swarm  bool          `help:"Each run leaves some kinds of event out." default:"true" negatable:""`
	Known  string        `help:"File of known findings: KEY  # why, a line each." placeholder:"FILE"`
	Jobs   int           `help:"Threads; as many as there are processors if not given." placeholder:"N"`
	Save   string        `help:"Write each finding's raw trace, then its minimized one, into this folder." placeholder:"DIR"`
	PCT    string        `name:"pct" help:"Play the two threads of this trace in random orders, and say how likely an order meets a bug; - is standard input." placeholder:"TRACE"`
	Depth  int           `help:"With --pct: a bug that takes one switch at the right place has depth 2, one of two switches depth 3." default:"2"`
	Orders uint64        `help:"With --pct: so many orders, of seeds from --seed on." default:"1000"`
}

func (c *fuzzCmd) run(a *app) error {
	if c.PCT != "" {
		if c.Depth < 2 || c.Depth > 5 || c.Orders == 0 {
			return fmt.Errorf("--pct: got --depth %d, --orders %d; want a depth from 2 to 5, and some orders", c.Depth, c.Orders)
		}
		c.Actors = 2 // of the trace, whose bounds count
	}
	if len(c.Families) == 0 {
		c.Families = []string{model.AllFamilies.String()}
	}
	plan, err := c.plan(model.MaxBounds()) // wider than what check closes
	if err != nil {
		return err
	}
	if len(plan.Passes) != 1 {
		return fmt.Errorf("--families: fuzz makes one pass, got %d", len(plan.Passes))
	}
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	list, err := a.targets([]string{c.Kernel})
	if err != nil {
		return err
	}
	if k := list[0].kernel; k.Resolve().Path(model.PathAdd).Status == model.PathUnknown {
		return fmt.Errorf("%s: path add is unknown: there is never a device, and nothing to search", list[0].arg)
	}
	known, err := a.known(c.Known)
	if err != nil {
		return err
	}
	search := c.search
	if c.PCT != "" {
		search = c.searchOrders
	}
	v, err := search(a, list[0], plan.Passes[0], known)
	if err != nil {
		return err
	}
	r := &report.Report{Tool: "dmafuzz", Command: strings.Join(a.args, " "), Kernels: []report.Kernel{report.New(v, list[0].source())}}
	if err := saveStories(c.Save, r); err != nil {
		return err
	}
	if err := c.write(a, r); err != nil {
		return err
	}
	return end(exitOf(v.Status())) // a list may name what this search did not meet
}

// search runs the random search and minimizes what it finds.
func (c *fuzzCmd) search(a *app, t target, b model.Bounds, known check.Known) (*check.Verdict, error) {
	m, err := model.NewMachine(t.kernel, b)
	if err != nil {
		return nil, err
	}
	found := c.roam(a, t, m)
	if errors.Is(found.Stopped, explore.ErrIdle) {
		return nil, fmt.Errorf("%s: %w", t.arg, found.Stopped)
	}
	v := check.Random(t.kernel, m, c.certificate(found, a.ctx.Err() != nil), found.Goals, found.Cover)
	return v, c.minimized(v, m, found.Findings, c.distances(a, t, b, len(found.Findings) > 0), known)
}

// minimized adds findings to a verdict, each as short as it can be made.
func (c *fuzzCmd) minimized(v *check.Verdict, m *model.Machine, found []explore.Finding, shortest *explore.Result, known check.Known) error {
	b := m.Bounds()
	for _, f := range found {
		if err := saveRaw(c.Save, v.Kernel, f.Key(), b.Trace(f.Trace)); err != nil {
			return err
		}
	}
	for _, f := range found {
		s, _ := shortest.Shortest(f.Key())
		r, err := shrink.Minimize(m, f.Trace, f.Key(), shrink.Options{Shortest: s.Trace})
		if err != nil {
			return defect{fmt.Errorf("seed %d: %s: %w", c.Seed, f.Key(), err)}
		}
		if err := v.Add(r.Violation, b.Trace(r.Events()), r.Raw, proven(r), known); err != nil {
			return defect{fmt.Errorf("seed %d: %w", c.Seed, err)}
		}
	}
	return nil
}

func (c *fuzzCmd) roam(a *app, t target, m *model.Machine) *explore.RandomResult {
	ctx, events := a.ctx, c.Events
	if c.Time > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.Time)
		defer stop()
	} else if events == 0 {
		events = defaultEvents
	}
	line := a.progress()
	defer line.done()
	return explore.Random(ctx, m, explore.RandomOptions{Seed: c.Seed, Events: events, Swarm: c.Swarm, Cover: true, Workers: c.Jobs,
		Progress: func(r explore.RandomResult) {
			line.say("%s: %d events, %d findings", t.arg, r.Events, len(r.Findings))
		}})
}

// distances searches the default bounds to their end, if something is to be
// compared with them: the shortest trace of each key that they have.
func (c *fuzzCmd) distances(a *app, t target, b model.Bounds, wanted bool) *explore.Result {
	small := model.DefaultBounds()
	small.Drivers, small.Families = b.Drivers, b.Families
	m, err := model.NewMachine(t.kernel, small)
	if err != nil || !wanted || b.SharedGroup { // a group of two has other lengths
		return &explore.Result{}
	}
	return explore.Exhaustive(a.ctx, m, explore.Options{Workers: c.Jobs})
}

func proven(r *shrink.Result) check.Length {
	switch {
	case r.Shortest != nil:
		return check.Shortest
	case !r.Complete:
		return check.Limited
	}
	return check.OneMinimal
}

func (c *fuzzCmd) certificate(r *explore.RandomResult, interrupted bool) string {
	text := fmt.Sprintf("random: seed %d, %d events in %d runs", c.Seed, r.Events, r.Runs)
	if c.Swarm {
		text += ", swarm"
	}
	if interrupted {
		text += " (interrupted)"
	}
	return text
}
