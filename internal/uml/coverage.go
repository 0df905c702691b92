package uml

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
	{Group, "type dma for a group whose default domain is DMA, and dma-fq for one whose is DMA-FQ. The kernel keeps the one, and makes another " +
		"domain or refuses for the other; the machine does not tell DMA from DMA-FQ: for dma it makes another domain, for dma-fq it keeps it"},
	{VariantInvalid, "drivers any, in a devm action: an allocation or a mapping after managed memory that devres_release_all is about to free was freed by hand. The kernel then gives " +
		"addresses away again, the machine slots"},
}

// withoutKnown takes the events of known disagreements out of a set.
func (t *teller) withoutKnown(set *model.EventSet) {
	stale := t.waits() && t.stale()
	for id := range set.All() {
		e, _ := id.Event()
		switch {
		case e.Kind == model.EventType && t.variant == Group && e.Arg != model.TypeIdentity && t.flushes[e.Device] == (e.Arg == model.TypeFQ) &&
			t.state.Groups[t.groupOf(e.Device)].Default == model.DomainDMA,
			stale && (e.Kind == model.EventAlloc || e.Kind == model.EventMap):
			set.Remove(id)
		}
	}
}

// stale tells whether a release that is under way has an entry of memory that
// was freed by hand.
func (t *teller) stale() bool {
	taken := int(t.state.Actors[0].Frames[0].Taken) - 1
	for _, entry := range t.state.Devices[t.at(0)].Devres[:max(0, taken)] {
		if entry != model.DevresAction && t.state.Memory[entry-1].Alloc == model.AllocNone {
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
		if e.Kind == model.EventContinue || e.Kind == model.EventContinueHost {
			continue // of two actors
		}
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
	s.Unplayed = append(s.Unplayed, "two actors: one thread plays all events; lab run plays traces of two")
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
