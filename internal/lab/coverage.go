package lab

import (
	"fmt"
	"strings"

	"dmafuzz/model"
)

// coverage counts what was played: events by id, and the steps of the machine's
// kernel by path and number.
type coverage struct {
	events [model.NumEvents]uint64
	steps  [][]uint64
}

func newCoverage(k *model.Kernel) *coverage {
	c := &coverage{}
	for p := model.PathKind(0); p == 0 || !strings.HasPrefix(p.String(), "PathKind("); p++ {
		var list []uint64
		if p > 0 {
			list = make([]uint64, len(k.Path(p).Steps))
		}
		c.steps = append(c.steps, list)
	}
	return c
}

// merge adds what another one counted of the same kernel.
func (c *coverage) merge(o *coverage) {
	for i := range c.events {
		c.events[i] += o.events[i]
	}
	for p := range c.steps {
		for i := range c.steps[p] {
			c.steps[p][i] += o.steps[p][i]
		}
	}
}

// unplayed is a kind of event, or one with an argument, that the player has no
// counterpart for.
type unplayed struct {
	kind   model.EventKind
	arg    string  // empty for all
	in     Variant // VariantInvalid for both
	reason string
}

var unplayedEvents = []unplayed{
	{model.EventShutdown, "", VariantInvalid, "nothing comes after it, and it calls the drivers in another order of devices than the machine, which no rule asks about"},
	{model.EventHotplug, "", VariantInvalid, "User-Mode Linux has all of its memory from the start"},
	{model.EventBypass, "", VariantInvalid, "no code of the tree sets dma_ops_bypass there"},
	{model.EventMapping, "", VariantInvalid, "mappings of one's own are 32-bit ARM's"},
}

// plays is the set of events that the player can play, of those with which a
// machine is concerned.
func plays(v Variant) model.EventSet {
	var set model.EventSet
	for _, e := range model.AllEvents() {
		if whyNot(e, v) == "" {
			set.Add(e.ID())
		}
	}
	return set
}

// whyNot is the reason for which an event is not played, "" if it is.
func whyNot(e model.Event, v Variant) string {
	if e.FailStep() == model.OpMappingAttach {
		return "mappings are 32-bit ARM's"
	}
	for _, u := range unplayedEvents {
		if u.kind == e.Kind && (u.arg == "" || u.arg == e.ArgString()) && (u.in == VariantInvalid || u.in == v) {
			return u.reason
		}
	}
	return ""
}

// known are the disagreements that are understood and not mended in the machine:
// withoutKnown keeps the sequences from them.
var known = []struct {
	in   Variant // VariantInvalid for both
	text string
}{
	{Group, "sata is added after eth. The IOMMU core walks over the devices in the order in which they were added, the machine in that of their numbers"},
	{Group, "type dma for a group whose default domain is DMA, and dma-fq for one whose is DMA-FQ. The kernel keeps the one, and makes another " +
		"domain or refuses for the other; the machine does not tell DMA from DMA-FQ: for dma it makes another domain, for dma-fq it keeps it"},
	{Group, "release of a claimed group whose blocking domain was replaced, which takes a bug: the player tells a claim by that domain"},
	{VariantInvalid, "drivers any, in a devm action: devm calls. devres_release_all takes the whole list off the device before it releases anything, " +
		"so what is added meanwhile stays, and what is on its way cannot be freed by hand; the machine goes on until the list is empty"},
	{VariantInvalid, "drivers any: a pool released under its live memory. The player's next pool is the same pages, so the kernel takes the old memory for its own; " +
		"the machine's next pool lies elsewhere"},
}

// withoutKnown takes the events of known disagreements out of a set.
func (t *teller) withoutKnown(set *model.EventSet) {
	if t.variant == Group && t.state.Devices[1].Life != model.LifeAbsent {
		for id := range set.All() {
			if e, _ := id.Event(); e.Kind == model.EventAdd && e.Device == 0 {
				set.Remove(id)
			}
		}
	}
	if t.variant == Group {
		for id := range set.All() {
			e, _ := id.Event()
			if e.Kind == model.EventRelease && t.state.Groups[t.groupOf(e.Device)].Attached != model.AttachedBlocking {
				set.Remove(id)
			}
			if e.Kind == model.EventType && e.Arg != model.TypeIdentity && t.flushes[e.Device] == (e.Arg == model.TypeFQ) &&
				t.state.Groups[t.groupOf(e.Device)].Default == model.DomainDMA {
				set.Remove(id)
			}
		}
	}
	if t.machine.Bounds().Drivers != model.DriversAny {
		return
	}
	releasing := t.waits() && t.release[t.top.Device]
	for id := range set.All() {
		e, _ := id.Event()
		devm := e.Kind == model.EventAction || e.Kind == model.EventAlloc && e.Arg == model.AllocManaged ||
			e.Kind == model.EventFree && t.state.Memory[e.Memory].Alloc == model.AllocDmam
		if releasing && devm || e.Kind == model.EventPool && e.Arg == model.PoolRelease && t.poolLive(e.Device) {
			set.Remove(id)
		}
	}
}

// poolLive tells whether memory of a device's pool is live.
func (t *teller) poolLive(device uint8) bool {
	for i := range t.state.Memory {
		if m := &t.state.Memory[i]; m.Alloc != model.AllocNone && m.Device == device && m.Way == model.WayPool {
			return true
		}
	}
	return false
}

// Coverage is what a judgement has exercised, and what it could not.
type Coverage struct {
	Events, EventsOf int      // events that were played, of those that the machine allows
	Steps, StepsOf   int      // steps that ran, of those with a DMA meaning; gotos and returns do not count
	Idle             []string // steps that did not run
	Unplayed         []string // events and steps without a counterpart, with the reason
}

// summary says what was exercised on a machine.
func (c *coverage) summary(m *model.Machine, v Variant) Coverage {
	var s Coverage
	names := map[string]bool{}
	for _, e := range model.AllEvents() {
		words := e.Kind.String()
		if a := e.ArgString(); a != "" {
			words += " " + a
		}
		if names[words] {
			continue
		}
		names[words] = true
		n := uint64(0)
		for _, o := range model.AllEvents() {
			if o.Kind == e.Kind && o.Arg == e.Arg {
				n += c.events[o.ID()]
			}
		}
		reason := whyNot(e, v)
		switch {
		case reason != "":
			s.Unplayed = append(s.Unplayed, fmt.Sprintf("event %s: %s", words, reason))
			continue
		case n > 0:
			s.Events++
		default:
			s.Idle = append(s.Idle, "event "+words)
		}
		s.EventsOf++
	}
	for _, k := range known {
		if k.in == VariantInvalid || k.in == v {
			s.Unplayed = append(s.Unplayed, "kept from: "+k.text)
		}
	}
	all, _ := m.Steps(&model.Cover{})
	for _, ref := range all {
		switch m.Kernel().Path(ref.Path).Steps[ref.Step].Op {
		case model.OpGoto, model.OpReturn:
			continue // nobody is told of them
		}
		s.StepsOf++
		if c.steps[ref.Path][ref.Step] > 0 {
			s.Steps++
			continue
		}
		words, pos := m.Kernel().Describe(ref)
		s.Idle = append(s.Idle, fmt.Sprintf("step %s: %s %s", ref.Path, strings.Join(strings.Fields(words), " "), pos))
	}
	return s
}
