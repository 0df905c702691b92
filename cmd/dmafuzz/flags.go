package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// boundFlags are the bounds of a search; zero values stand for the verb's own.
type boundFlags struct {
	Devices  int      `help:"Devices." placeholder:"N"`
	Allocs   int      `help:"Live allocations." placeholder:"N"`
	Actions  int      `help:"Devm actions on a list." placeholder:"N" default:"-1"`
	Drivers  string   `help:"What drivers may do: well-behaved, late, any." default:"well-behaved"`
	Families []string `help:"Event families, joined by +; given again, a further pass." placeholder:"F+F" sep:"none"`
	Actors   int      `help:"Threads of the kernel: 1, or 2 to let another preempt it at every step." placeholder:"N"`
	Preempt  string   `name:"preemptions" help:"How often one of two actors is made to wait: 0 to 3, or none for no limit. By default 1." placeholder:"N"`
	Wide     bool     `help:"Two devices in one group; two actors, two preemptions."`
	Link     bool     `help:"Two devices, the first a consumer of the second, with a device link."`
	Symmetry bool     `help:"Take states in which two devices that are alike have traded places for one." default:"true" negatable:""`
}

// plan returns the passes that the flags ask for, around the verb's own bounds.
func (f *boundFlags) plan(b model.Bounds) (check.Plan, error) {
	b, err := f.bounds(b)
	if err != nil {
		return check.Plan{}, err
	}
	var families []model.Families
	for _, words := range f.Families {
		set, ok := model.ParseFamilies(strings.ReplaceAll(words, ",", "+"))
		if !ok {
			return check.Plan{}, fmt.Errorf("--families: got %q, want names of families joined by + (dmafuzz list families)", words)
		}
		families = append(families, set)
	}
	switch {
	case len(families) > 0:
		return check.FamiliesPlan(b, families...), nil
	case f.Link:
		return check.LinkPlan(b), nil
	case f.Wide:
		return check.WidePlan(b), nil
	}
	return check.DefaultPlan(b), nil
}

// bounds are those of the flags, but for the families.
func (f *boundFlags) bounds(b model.Bounds) (model.Bounds, error) {
	switch {
	case f.Wide && f.Devices == 1:
		return b, errors.New("--wide: it is for two devices; leave --devices out")
	case f.Link && f.Devices == 1:
		return b, errors.New("--link: it is for two devices; leave --devices out")
	}
	if f.Wide {
		b.Devices, b.SharedGroup, b.Actors, b.Preemptions = 2, true, 2, 2
	}
	if f.Link {
		b = check.Linked(b)
	}
	set := func(to *int, v int, given bool) {
		if given {
			*to = v
		}
	}
	set(&b.Devices, f.Devices, f.Devices != 0)
	set(&b.Memory, f.Allocs, f.Allocs != 0)
	set(&b.Actions, f.Actions, f.Actions >= 0)
	if err := f.actors(&b); err != nil {
		return b, err
	}
	drivers, ok := model.ParseDrivers(f.Drivers)
	if !ok {
		return b, fmt.Errorf("--drivers: got %q, want well-behaved, late or any", f.Drivers)
	}
	b.Drivers = drivers
	return b, nil
}

// actors sets how many actors there are, and how often they get in each other's way.
func (f *boundFlags) actors(b *model.Bounds) error {
	if f.Actors != 0 {
		b.Actors = f.Actors
		if f.Actors == 2 && !f.Wide {
			b.Preemptions = 1
		}
	}
	switch n, err := strconv.Atoi(f.Preempt); {
	case f.Preempt == "":
		return nil
	case b.Actors < 2:
		return errors.New("--preemptions: it takes two actors; want --actors 2 with it")
	case f.Preempt == "none":
		b.Preemptions = model.NoLimit
	case err != nil || n < 0 || n > model.MaxPreemptions:
		return fmt.Errorf("--preemptions: got %q, want 0 to %d, or none", f.Preempt, model.MaxPreemptions)
	default:
		b.Preemptions = n
	}
	return nil
}

// outputFlags say how a report is written.
type outputFlags struct {
	Format string `help:"text or json." enum:"text,json" default:"text"`
	All    bool   `help:"Every finding in full, not only the first."`
	Steps  string `help:"Steps of a trace to show: dma, or all." enum:"dma,all" default:"dma"`
	Never  bool   `help:"List the steps that never ran."`
}

func (o outputFlags) text(a *app) report.TextOptions {
	return report.TextOptions{All: o.All, AllSteps: o.Steps == "all", Never: o.Never, Paint: a.painter()}
}

// write writes a report in the form that was asked for.
func (o outputFlags) write(a *app, r *report.Report) error {
	if o.Format == "json" {
		return report.JSON(a.stdout, r)
	}
	return report.Text(a.stdout, r, o.text(a))
}
