package uml

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// fault is a rule that a sequence broke, as it can be told from a log alone.
type fault struct {
	event    int
	rule     model.Invariant
	what     string // a device, for the others
	from, to string // ways, for same-ops
}

// noEvent stands for an event that a log does not tell.
const noEvent = -1

func (f fault) String() string {
	s := f.rule.String()
	if f.event != noEvent {
		s += fmt.Sprintf(" at event %d", f.event+1)
	}
	if f.what != "" {
		s += ": " + f.what
	}
	if f.from != "" {
		s += ": " + f.from + ">" + f.to
	}
	return s
}

// judged are the rules that a log shows; notJudged those that it does not, with
// the reason.
var judged = []model.Invariant{model.SameOps, model.SameParameters, model.NoLeak, model.NoDoubleFree, model.OwnerBalanced, model.SupplierOutlivesConsumer}

var notJudged = []struct {
	rule   model.Invariant
	reason string
}{
	{model.SameParameters, "judged where a direct free meets another range map; not for mappings, and not for an IOMMU domain that was replaced"},
	{model.NoLeak, "judged for memory and range maps; a group or domain is lost only between two actors"},
	{model.PathReachesDevice, "there is no device that does DMA; the path taken and the attached domain are compared"},
	{model.ParametersAsDescribed, "the same; map=, pool= and own= are compared"},
	{model.NoUseAfterTeardown, "the player prevents the crash; the path taken is compared"},
	{model.NoDoubleFree, "judged where devres frees what was freed by hand"},
	{model.NoDetachUnderMapping, "there is no device that does DMA; attach is compared"},
	{model.OpsStableUnderMapping, "ops= is compared after each event and in each callback, not at each step"},
	{model.SupplierOutlivesConsumer, "judged for a device link; the IOMMU's own life is not in the log"},
	{model.NoDeadlock, "User-Mode Linux is built without a lock checker; a hang ends the judgement"},
}

// class is the fault without where it happened: "same-ops iommu>direct".
func (f fault) class() string {
	if f.from == "" {
		return f.rule.String()
	}
	return f.rule.String() + " " + f.from + ">" + f.to
}

// Judged are the rules whose breaking a log shows.
func Judged() []model.Invariant { return slices.Clone(judged) }

// NotJudged says which rules a log does not show, and why.
func NotJudged(Variant) []string {
	var list []string
	for _, n := range notJudged {
		list = append(list, fmt.Sprintf("rule %s: %s", n.rule, n.reason))
	}
	return list
}

// auditor reads a sequence's log and says which rules broke, knowing nothing of
// the machine.
type auditor struct {
	event   int
	line    string               // of the script
	putting string               // the device whose last reference is being put; a devm action may choose meanwhile
	slots   map[string]slotOwner // live memory
	uses    map[string]int       // ownership taken, by device
	group   map[string]bool      // devices that were in a group when their state was last told
	off     map[string][]int     // events in which a device's ownership went out of balance, since its last state
	faults  []fault

	consumer, supplier string // of the device link, once it is made
	bound              bool   // a bind of the consumer has succeeded since it was supplied
	relies             bool   // the consumer has found its supplier there, and has not been told to be without a driver since
}

type slotOwner struct{ device, way string }

// audit returns the faults of one sequence. lines are its events.
func audit(log []byte, events []model.Event) []fault {
	a := auditor{event: -1, slots: map[string]slotOwner{}, uses: map[string]int{}, group: map[string]bool{}, off: map[string][]int{}}
	for len(log) > 0 {
		line := log
		if i := bytes.IndexByte(log, '\n'); i >= 0 {
			line, log = log[:i], log[i+1:]
		} else {
			log = nil
		}
		if len(line) < 2 {
			continue
		}
		switch line[0] {
		case 'E':
			if a.event++; a.event < len(events) {
				a.line = eventLines[events[a.event].ID()]
				if events[a.event].Kind == model.EventPut {
					a.putting = a.device()
				}
			}
		case 'o':
			a.op(strings.Fields(string(line[2:])))
		case 's':
			a.state(strings.Fields(string(line[2:])))
		}
	}
	return a.faults
}

func (a *auditor) fault(f fault) {
	if !slices.Contains(a.faults, f) {
		a.faults = append(a.faults, f)
	}
}

func (a *auditor) op(w []string) {
	if len(w) < 2 {
		return
	}
	switch w[0] {
	case "alloc", "map":
		if len(w) == 3 && w[2] != "fail" {
			a.slots[w[1]] = slotOwner{a.device(), w[2]}
		}
	case "free", "unmap":
		o, live := a.slots[w[1]]
		if delete(a.slots, w[1]); live && len(w) == 3 && o.way != w[2] {
			a.fault(fault{event: a.event, rule: model.SameOps, from: o.way, to: w[2]})
		}
	case "oops":
		switch strings.Join(w[2:], " ") {
		case "by another range map":
			a.fault(fault{event: a.event, rule: model.SameParameters})
		case "twice":
			a.fault(fault{event: a.event, rule: model.NoDoubleFree})
		}
	case "link":
		a.consumer, a.supplier = w[1], strings.Join(w[2:], "")
	case "supplied":
		if w[1] == a.consumer {
			a.relies, a.bound = true, false
		}
	case "remove":
		if a.relies && w[1] == a.supplier {
			a.fault(fault{event: a.event, rule: model.SupplierOutlivesConsumer, what: a.consumer})
		}
	case "notify":
		if len(w) == 3 && w[1] == a.consumer {
			a.relies = a.relies && w[2] != "unbound"
			a.bound = a.bound || w[2] == "bound"
		}
	case "lost":
		a.fault(fault{event: a.event, rule: model.NoLeak, what: w[1] + " ranges"})
	case "init":
		if !a.group[w[1]] { // what was taken before in this event was nothing: there was no group
			a.uses[w[1]], a.off[w[1]] = 0, nil
		}
	case "use":
		if len(w) == 3 && w[2] == "ok" {
			a.unbalanced(w[1], a.uses[w[1]] > 0)
			a.uses[w[1]] = 1
		}
	case "unuse":
		a.unbalanced(w[1], a.uses[w[1]] == 0)
		a.uses[w[1]] = 0
	case "result":
		if w[1] != "0" && a.consumer != "" && a.device() == a.consumer && !a.bound {
			a.relies = false // the bind has failed
		}
		if a.putting != "" && a.putting == a.device() {
			a.put(a.putting)
			a.putting = ""
		}
	}
}

// device is the one that the event is about: nobody else allocates meanwhile.
func (a *auditor) device() string {
	if f := strings.Fields(a.line); len(f) > 1 {
		return f[1]
	}
	return ""
}

// put: the last reference is gone, and with it all memory that is still live.
func (a *auditor) put(device string) {
	for _, slot := range memoryWords {
		if o, ok := a.slots[slot]; ok && o.device == device {
			delete(a.slots, slot)
			a.fault(fault{event: a.event, rule: model.NoLeak, what: device})
		}
	}
	a.uses[device] = 0
}

// state: a device without a driver has given its ownership back. Without a
// group there is none: taking it and giving it back do nothing then.
func (a *auditor) state(w []string) {
	if len(w) < 2 {
		return
	}
	if w[1] == "drv=0" {
		a.relies = a.relies && w[0] != a.consumer
		a.unbalanced(w[0], a.uses[w[0]] > 0)
		a.uses[w[0]] = 0
	}
	group := slices.Contains(w, "grp=1")
	for _, event := range a.off[w[0]] {
		if group || a.group[w[0]] {
			a.fault(fault{event: event, rule: model.OwnerBalanced, what: w[0]})
		}
	}
	a.group[w[0]], a.off[w[0]] = group, nil
}

func (a *auditor) unbalanced(device string, is bool) {
	if is {
		a.off[device] = append(a.off[device], a.event)
	}
}

// faultsOf are the machine's violations of the rules that a log shows.
func faultsOf(list []broken) []fault {
	var faults []fault
	for _, b := range list {
		f := fault{event: b.event, rule: b.Key.Invariant}
		switch b.Key.Invariant {
		case model.SameOps:
			f.from, f.to = b.Key.From.String(), b.Key.To.String()
		case model.NoLeak:
			f.what = deviceWords[b.Device]
			switch step := b.Key.Site.Step; {
			case b.Key.Alloc != model.AllocNone:
			case step == model.OpRangeMapSet, step == model.OpGone:
				f.what += " ranges"
			default:
				continue // a group or a domain
			}
		case model.NoDoubleFree:
			if b.Key.Alloc != model.AllocDmam || b.Consequence != model.BadPage {
				continue // the address is in use again, or no memory
			}
		case model.OwnerBalanced:
			f.what = deviceWords[b.Device]
		case model.SupplierOutlivesConsumer:
			if b.Key.Site.Step != model.OpDriverRemove {
				continue // an IOMMU
			}
			f.what = deviceWords[b.Device]
		case model.SameParameters:
			if b.Key.From != model.DMAPathDirect || b.Consequence != model.Oops {
				continue // not by the range map, or an unmap, which touches nothing
			}
		default:
			continue
		}
		if !slices.Contains(faults, f) {
			faults = append(faults, f)
		}
	}
	return faults
}

// sameFaults tells whether both lists have the same faults, in any order.
func sameFaults(a, b []fault) bool {
	if len(a) != len(b) {
		return false
	}
	for _, f := range a {
		if !slices.Contains(b, f) {
			return false
		}
	}
	return true
}
