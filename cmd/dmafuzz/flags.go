package main

import (
	"fmt"
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
	Wide     bool     `help:"Two devices in one group (of actors there is one so far)."`
}

// passes returns the bounds of each pass.
func (f *boundFlags) passes(b model.Bounds) ([]model.Bounds, error) {
	if f.Wide {
		b.Devices, b.SharedGroup = 2, true
	}
	set := func(to *int, v int, given bool) {
		if given {
			*to = v
		}
	}
	set(&b.Devices, f.Devices, f.Devices != 0)
	set(&b.Memory, f.Allocs, f.Allocs != 0)
	set(&b.Actions, f.Actions, f.Actions >= 0)
	drivers, ok := model.ParseDrivers(f.Drivers)
	if !ok {
		return nil, fmt.Errorf("--drivers: got %q, want well-behaved, late or any", f.Drivers)
	}
	b.Drivers = drivers
	var passes []model.Bounds
	if len(f.Families) == 0 {
		for _, families := range model.DefaultPasses() {
			b.Families = families
			passes = append(passes, b)
		}
		return passes, nil
	}
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
