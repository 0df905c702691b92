package main

import (
	"cmp"
	"dmafuzz/model/text"
	"fmt"
	"io"
	"slices"

	"dmafuzz/internal/atomicfile"
	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/shrink"
	"dmafuzz/model"
)

// minimizeCmd shortens a trace: `dmafuzz minimize long.trace -o short.trace`.
type minimizeCmd struct {
	Trace  string `arg:"" help:"A .trace file; - is standard input."`
	On     string `help:"The kernel; the first on line with a violation if not given." placeholder:"KERNEL"`
	Key    string `help:"The finding to keep, by its key; the worst of the trace if not given." placeholder:"KEY"`
	Output string `short:"o" help:"Write the trace into this file instead of standard output." placeholder:"FILE"`
	treeFlags
}

// distanceStates is how far the search goes that looks for a shorter trace; it
// stops at the finding's level, so that real kernels are far below.
const distanceStates = 20_000_000

func (c *minimizeCmd) run(a *app) error {
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	t, err := a.trace(c.Trace)
	if err != nil {
		return err
	}
	k, err := c.kernel(a, t)
	if err != nil {
		return err
	}
	m, err := model.NewMachine(k, t.Bounds())
	if err != nil {
		return err
	}
	key, err := c.key(m, t, k)
	if err != nil {
		return err
	}
	r, err := shrink.Minimize(m, t.Events, key, shrink.Options{})
	if err != nil {
		return defect{err}
	}
	c.compare(a, k, t, r)
	short := shortened(t, r)
	if err := a.expect(short, k, t); err != nil {
		return err
	}
	return c.write(a, short, r)
}

func (c *minimizeCmd) kernel(a *app, t *model.Trace) (*model.Kernel, error) {
	list, err := a.kernelsOf(t, c.Trace, c.On)
	if err != nil {
		return nil, err
	}
	if c.On == "" {
		for i, x := range t.Expect {
			if len(x.Violations) > 0 {
				return list[i].kernel, nil
			}
		}
	}
	return list[0].kernel, nil
}

// key is the finding to keep.
func (c *minimizeCmd) key(m *model.Machine, t *model.Trace, k *model.Kernel) (model.Key, error) {
	p := explore.NewPlayer(m)
	p.Play(t.Events, model.Key{})
	if len(p.Hits) == 0 {
		return model.Key{}, fmt.Errorf("%s: the trace does not fail on %s: nothing to minimize", c.Trace, k.FullName())
	}
	if c.Key == "" {
		worst := slices.MinFunc(p.Hits, func(a, b explore.Hit) int {
			return cmp.Or(cmp.Compare(a.Violation.Consequence, b.Violation.Consequence), explore.CompareKeys(a.Violation.Key, b.Violation.Key))
		})
		return worst.Violation.Key, nil
	}
	key, err := model.ParseKey(c.Key)
	if err != nil {
		return key, fmt.Errorf("--key: %q: %w", c.Key, err)
	}
	if !slices.ContainsFunc(p.Hits, func(h explore.Hit) bool { return h.Violation.Key == key }) {
		return key, fmt.Errorf("%s: the trace does not have that finding on %s; it has %s", c.Trace, k.FullName(), p.Hits[0].Violation.Key)
	}
	return key, nil
}

// compare looks for the shortest trace of the key within bounds that the
// reduced trace fits in, and takes it if there is one.
func (c *minimizeCmd) compare(a *app, k *model.Kernel, t *model.Trace, r *shrink.Result) {
	b := t.Bounds()
	b.Devices, b.Memory = 1, model.DefaultBounds().Memory
	for _, e := range r.Reduced {
		b.Devices, b.Memory = max(b.Devices, int(e.Device)+1), max(b.Memory, int(e.Memory)+1)
	}
	if n := actionsOf(r.Reduced); n <= model.DefaultBounds().Actions {
		b.Actions = model.DefaultBounds().Actions
	}
	m, err := model.NewMachine(k, b)
	if err != nil {
		return
	}
	line := a.progress()
	defer line.done()
	f, ok, _ := explore.Shortest(a.ctx, m, r.Violation.Key, explore.Options{MaxStates: distanceStates,
		Progress: func(c explore.Certificate) { line.say("looking for a shorter one: depth %d", c.Depth) }})
	if ok && len(f.Trace) <= len(r.Reduced) {
		r.Shortest = f.Trace
	}
}

func actionsOf(events []model.Event) int {
	n := 0
	for _, e := range events {
		if e.Kind == model.EventAction {
			n++
		}
	}
	return n
}

// shortened is the trace with the events that are left. Names go, for devices
// and slots may have changed places; what was said of the devices stays.
func shortened(t *model.Trace, r *shrink.Result) *model.Trace {
	short := &model.Trace{Drivers: t.Drivers, Actors: t.Actors, Group: t.Group, Events: r.Events()}
	short.Comments = append(append(short.Comments, t.Comments...), r.String())
	for _, d := range t.Devices {
		short.Devices = append(short.Devices, model.TraceDevice{Setup: d.Setup})
	}
	for len(short.Devices) > 0 && short.Devices[len(short.Devices)-1] == (model.TraceDevice{}) {
		short.Devices = short.Devices[:len(short.Devices)-1]
	}
	return short
}

// expect has the short trace say what it breaks, on the kernel and on those
// that the long one named.
func (a *app) expect(short *model.Trace, k *model.Kernel, long *model.Trace) error {
	list := []*model.Kernel{}
	for _, x := range long.Expect {
		if x.Kernel == k.FullName() {
			list = append(list, k)
		} else if other, err := a.kernel(x.Kernel); err == nil {
			list = append(list, other)
		}
	}
	if !slices.Contains(list, k) {
		list = append([]*model.Kernel{k}, list...)
	}
	for _, k := range list {
		x, err := check.Expect(k, short)
		if err != nil {
			return err
		}
		short.Expect = append(short.Expect, x)
	}
	return nil
}

// write puts the trace where it was asked for. On standard output it stands
// alone, so that it can be piped on: its comment says how short it is.
func (c *minimizeCmd) write(a *app, short *model.Trace, r *shrink.Result) error {
	if c.Output == "" || c.Output == "-" {
		_, err := io.WriteString(a.stdout, text.FormatTrace(short))
		return err
	}
	if err := atomicfile.Write(c.Output, []byte(text.FormatTrace(short))); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n", c.Output, r)
	return err
}
