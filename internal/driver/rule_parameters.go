package driver

import (
	"fmt"
	"slices"
	"strings"
)

// parameter compares one parameter of a free with that of each allocation. Only where none of them can be
// meant is there a finding.
func (j *judge) parameter(rule string, c *call, at int, group []origin, of func(allocator) int) {
	if at < 0 {
		return
	}
	j.counts.Parameters++
	freed := j.u.alts(c.arg(at), c.fn, group[0].up)
	var shown alts
	for _, o := range group {
		i := of(o.site.how)
		if i < 0 {
			return
		}
		taken := j.u.alts(o.site.call.arg(i), o.site.call.fn, reversed(o.down))
		r := notKnown
		if rule == "free-direction" {
			r = directions(taken, freed)
		} else {
			r = j.u.compare(taken, freed)
		}
		if j.trace != nil {
			j.trace("%s: %s: %s against %s: %v %v / %v %v: %d", place(c.pos), c.name, rule, place(o.site.call.pos), taken.names, taken.values, freed.names, freed.values, r)
		}
		switch r {
		case same:
			return
		case notKnown:
			j.counts.Undecided++
			return
		}
		shown = taken
	}
	o := group[0]
	taken, gives := show(o.site.call.arg(of(o.site.how)), shown), show(c.arg(at), freed)
	j.report(&Finding{Rule: rule, Severity: Note, Text: fmt.Sprintf("%s%s gives back %s, allocated %s at %s", c.name, object(c), gives, taken, short(o.site.call.pos))}, c, group)
}

func reversed(calls []*call) []*call {
	out := slices.Clone(calls)
	slices.Reverse(out)
	return out
}

// show writes an argument as the source has it, and what it comes to if that says more.
func show(s set, a alts) string {
	var words []string
	for _, v := range s {
		words = append(words, v.String())
	}
	text := strings.Join(words, " or ")
	var more []string
	for _, p := range a.values {
		more = append(more, withoutFile(p.String()))
	}
	if a.complete && len(more) > 0 && len(more) < 4 && !allZero(a.values) {
		if m := strings.Join(more, " or "); m != text && !strings.Contains(text, "sizeof") {
			text += " (" + m + ")"
		}
	}
	return text
}

// object names what a free is of.
func object(c *call) string {
	how := freers[c.name]
	for _, i := range []int{how.handle, how.vaddr, how.object} {
		if i >= 0 && i+1 < len(c.node.Args) {
			return " of " + c.node.Args[i+1].String()
		}
	}
	return ""
}

// directionNames are the ways to write a direction.
var directionNames = map[string]string{
	"DMA_TO_DEVICE": "to", "PCI_DMA_TODEVICE": "to", "DMA_FROM_DEVICE": "from", "PCI_DMA_FROMDEVICE": "from",
	"DMA_BIDIRECTIONAL": "both", "PCI_DMA_BIDIRECTIONAL": "both",
}

func directionSet(a alts) ([]string, bool) {
	var list []string
	for _, p := range a.values {
		name := ""
		if len(p) == 1 {
			for k, n := range p {
				if n == 1 {
					name = directionNames[k]
				}
				if k == "" && n == 1 {
					name = "to"
				}
				if k == "" && n == 2 {
					name = "from"
				}
			}
		}
		if len(p) == 0 {
			name = "both"
		}
		if name == "" {
			return nil, false
		}
		list = append(list, name)
	}
	return list, a.complete && len(list) > 0
}

func directions(a, b alts) relation {
	x, okX := directionSet(a)
	y, okY := directionSet(b)
	for _, d := range x {
		if slices.Contains(y, d) {
			return same
		}
	}
	if !okX || !okY {
		return notKnown
	}
	return differ
}

// wrongFunction reports a free by a function that none of the allocations is for.
func (j *judge) wrongFunction(c *call, how freer, group []origin) {
	o := group[0]
	severity := Warning
	if o.site.how.managed {
		severity = Error // devres frees it again
	}
	j.report(&Finding{Rule: "free-function", Severity: severity, Text: fmt.Sprintf("%s%s, allocated by %s at %s", c.name, object(c), o.site.call.name, short(o.site.call.pos))}, c, group)
}

// device compares the devices. One device has too many names for more than two mistakes to be sure of: none at
// all, and the parent of the one that the memory was allocated for, or the other way round.
func (j *judge) device(c *call, how freer, group []origin) {
	if how.dev < 0 {
		return
	}
	freed := c.arg(how.dev)
	severity := Error
	for _, o := range group {
		if o.site.how.dev < 0 {
			return
		}
		taken := o.site.call.arg(o.site.how.dev)
		switch {
		case isNull(freed) != isNull(taken):
		case len(freed) == 1 && len(taken) == 1 && parentOf(freed[0], taken[0]):
			severity = Warning
		default:
			return
		}
	}
	o := group[0]
	j.report(&Finding{Rule: "free-device", Severity: severity, Text: fmt.Sprintf("%s%s is for the device %s, allocated for %s at %s", c.name, object(c), show(freed, alts{}), show(o.site.call.arg(o.site.how.dev), alts{}), short(o.site.call.pos))}, c, group)
}

// parentOf tells whether one of two values is the parent of the other, by how they are written.
func parentOf(a, b *value) bool {
	x, y := devicePath(a), devicePath(b)
	return x != "" && y != "" && (x == y+">parent" || y == x+">parent")
}

// devicePath writes a pointer to a device as members from the type of what it starts at; "" if it does not
// start at something of a known type.
func devicePath(v *value) string {
	switch v.kind {
	case vParam, vLocal, vCall, vAlloc, vGlobal:
		if v.typ.Ptr == 1 && strings.HasPrefix(v.typ.Base, "struct ") {
			return v.typ.Base
		}
	case vAddr: // of an embedded device: the members from there on are its own
		if o := v.args[0]; o.kind == vField {
			return devicePath(o)
		}
	case vField:
		b := v.args[0]
		if b.kind == vDeref {
			b = b.args[0]
		}
		if p := devicePath(b); p != "" {
			return p + ">" + v.text
		}
	}
	return ""
}

func isNull(s set) bool {
	return len(s) == 1 && (s[0].kind == vName && s[0].text == "NULL" || s[0].kind == vNum && s[0].num == 0)
}

// count looks for a count that dma_map_sg gave back.
func (j *judge) count(c *call, how freer, group []origin) {
	if how.count < 0 {
		return
	}
	for _, v := range c.arg(how.count) {
		if !j.mapped(v, c.fn, 0) {
			return
		}
	}
	o := group[0]
	j.report(&Finding{Rule: "free-count", Severity: Note, Text: fmt.Sprintf("%s%s is given the count that %s returned at %s, not the one that it was given", c.name, object(c), o.site.call.name, short(o.site.call.pos))}, c, group)
}

// mapped tells whether all that a value can be is a result of dma_map_sg.
func (j *judge) mapped(v *value, f *function, depth int) bool {
	switch v.kind {
	case vCall:
		a, ok := allocators[v.text]
		return ok && a.count >= 0
	case vAlloc:
		return v.site.how.count >= 0
	case vField, vGlobal:
		l, ok := j.u.loc(v, f)
		if !ok || depth > 3 {
			return false
		}
		found := false
		for _, s := range j.u.storesTo[l.base()] {
			if !j.u.related(f, s.fn) || !j.u.reaches(s, l) {
				continue
			}
			for _, x := range s.set {
				if x.kind == vNum && x.num == 0 {
					continue
				}
				if s.op != "=" || !j.mapped(x, s.fn, depth+1) {
					return false
				}
				found = true
			}
		}
		return found
	}
	return false
}

// report adds a finding with its story.
func (j *judge) report(f *Finding, c *call, group []origin) {
	f.Pos, f.Function, f.call = c.pos, c.fn.name, c
	for i, o := range group {
		if i == 4 {
			f.Story = append(f.Story, Step{o.site.call.pos, fmt.Sprintf("and %d more allocations, which it does not match either", len(group)-i)})
			break
		}
		f.Story = append(f.Story, Step{o.site.call.pos, "allocated: " + o.site.call.node.String()})
		for _, d := range o.down {
			f.Story = append(f.Story, Step{d.pos, "called from " + d.fn.name + ": " + d.node.String()})
		}
	}
	for i := len(group[0].up) - 1; i >= 0; i-- {
		u := group[0].up[i]
		f.Story = append(f.Story, Step{u.pos, u.fn.name + " calls " + u.node.String()})
	}
	f.Story = append(f.Story, Step{c.pos, "freed in " + c.fn.name + ": " + c.node.String()})
	f.Way = Anyhow
	j.findings = append(j.findings, f)
}
