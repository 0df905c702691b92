package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	Actors   int      `help:"Threads of the kernel: 1, or 2 to let another come in at every step." placeholder:"N"`
	Preempt  string   `name:"preemptions" help:"How often one of two actors is made to wait: 0 to 3, or none for no limit. By default 1." placeholder:"N"`
	Wide     bool     `help:"Two devices in one group; two actors, two preemptions."`
	Link     bool     `help:"Two devices, the first a consumer of the second, with a device link."`
	Symmetry bool     `help:"Take states in which two devices that are alike have traded places for one." default:"true" negatable:""`
}

// passes returns the bounds of each pass.
func (f *boundFlags) passes(b model.Bounds) ([]model.Bounds, error) {
	if f.Wide && f.Devices == 1 {
		return nil, errors.New("--wide: it is for two devices; leave --devices out")
	}
	if f.Wide {
		b.Devices, b.SharedGroup, b.Actors, b.Preemptions = 2, true, 2, 2
	}
	if f.Link && f.Devices == 1 {
		return nil, errors.New("--link: it is for two devices; leave --devices out")
	}
	if f.Link {
		b = linked(b)
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
		return nil, err
	}
	drivers, ok := model.ParseDrivers(f.Drivers)
	if !ok {
		return nil, fmt.Errorf("--drivers: got %q, want well-behaved, late or any", f.Drivers)
	}
	b.Drivers = drivers
	switch {
	case len(f.Families) > 0:
	case f.Link:
		return linkPasses(b), nil
	case f.Wide:
		return append(defaultPasses(b), raced(linkPasses(linked(b)))...), nil
	default:
		return defaultPasses(b), nil
	}
	var passes []model.Bounds
	for _, words := range f.Families {
		families, ok := model.ParseFamilies(strings.ReplaceAll(words, ",", "+"))
		if !ok {
			return nil, fmt.Errorf("--families: got %q, want names of families joined by + (dmafuzz list families)", words)
		}
		b.Families = families
		passes = append(passes, b)
	}
	return passes, nil
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

// defaultPasses are the passes of one actor, then those of several, if there are
// several: so a trace with fewer preemptions comes first.
func defaultPasses(b model.Bounds) []model.Bounds {
	var passes []model.Bounds
	one := b
	one.Actors, one.Preemptions = 0, 0
	for _, one.Families = range model.DefaultPasses(b.Devices) {
		passes = append(passes, one)
	}
	if b.Actors < 2 {
		return passes
	}
	for _, p := range model.RacePasses(b) {
		b.Families, b.Preemptions = p.Families, p.Preemptions
		passes = append(passes, b)
	}
	return passes
}

// linked is bounds in which the first of two devices is a consumer of the second. To a
// device link it does not matter what memory there is.
func linked(b model.Bounds) model.Bounds {
	b.Devices, b.Memory, b.Actions, b.Setup[0].Supplier = 2, 1, 0, 2
	return b
}

// linkPasses are the passes over a device link, of one actor first.
func linkPasses(b model.Bounds) []model.Bounds {
	var passes []model.Bounds
	one := b
	one.Actors, one.Preemptions = 0, 0
	one.Families = model.FamilyCore | model.FamilyFailures | model.FamilyIOMMU | model.FamilyRemoval
	passes = append(passes, one)
	if b.Actors < 2 {
		return passes
	}
	for _, b.Families = range model.LinkFamilies() {
		passes = append(passes, b)
	}
	return passes
}

// raced are those of the passes that have two actors, with one preemption.
func raced(passes []model.Bounds) []model.Bounds {
	passes = slices.DeleteFunc(passes, func(b model.Bounds) bool { return b.Actors < 2 })
	for i := range passes {
		passes[i].Preemptions = min(passes[i].Preemptions, 1)
	}
	return passes
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
