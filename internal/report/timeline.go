package report

import (
	"fmt"
	"strings"

	"dmafuzz/model"
)

// timeline draws the ops of each device over time against the life of each
// buffer:
//
//	              1     3     4     6
//	ops           null  iommu ----- null  direct
//	buf                       [iommu ----- !direct
//
// A column is a moment at which something of it changed, under the number of
// its event.
func (p *play) timeline() []string {
	lanes := p.lanes()
	var keep []int // moments that change a lane
	for n := range p.moments {
		for _, l := range lanes {
			if n == 0 || l.cells[n] != "" {
				keep = append(keep, n)
				break
			}
		}
	}
	if len(keep) == 0 {
		return nil
	}
	return p.draw(lanes, keep)
}

// lane is one line of the picture: what to write at each moment, "" where
// nothing changes, and what fills the time up to the next.
type lane struct {
	name  string
	cells []string
	fill  []bool
}

func (p *play) lanes() []lane {
	var lanes []lane
	many := p.manyDevices()
	for d := range model.MaxDevices {
		if !p.usesDevice(uint8(d)) {
			continue
		}
		who := ""
		if many {
			who = p.trace.DeviceName(uint8(d)) + " "
		}
		g := p.group(uint8(d))
		lanes = append(lanes, p.lane(who+"ops", true, func(s *model.State) string { return opsWord(&s.Devices[d]) }))
		lanes = append(lanes, p.lane(who+"domain", false, func(s *model.State) string {
			if !s.Devices[d].Group {
				return "none"
			}
			return domainWord(&s.Groups[g])
		}))
		lanes = append(lanes, p.lane(who+"range map", false, func(s *model.State) string { return rangeWord(s.Devices[d].RangeMap) }))
	}
	for m := range model.MaxMemory {
		lanes = append(lanes, p.memoryLane(uint8(m)))
	}
	used := lanes[:0]
	for _, l := range lanes {
		if l.name != "" {
			used = append(used, l)
		}
	}
	return used
}

func (p *play) usesDevice(d uint8) bool {
	for n := range p.moments {
		if p.moments[n].after.Devices[d] != (model.DeviceState{}) {
			return true
		}
	}
	return false
}

func opsWord(d *model.DeviceState) string {
	if d.DMAIOMMU {
		return "dma-iommu"
	}
	return d.Ops.String()
}

func domainWord(g *model.GroupState) string {
	switch g.Attached {
	case model.AttachedDefault:
		return g.Default.String()
	case model.AttachedArch, model.AttachedOwn:
		return "mapping"
	}
	return g.Attached.String()
}

// lane draws a value that is always there; one that never changes is left out
// unless always is set.
func (p *play) lane(name string, always bool, value func(*model.State) string) lane {
	l := lane{name, make([]string, len(p.moments)), make([]bool, len(p.moments))}
	changed := always
	for n := range p.moments {
		m := &p.moments[n]
		was, is := value(&m.before), value(&m.after)
		l.fill[n] = !m.after.Halted
		if n == 0 {
			l.cells[n] = was
		}
		if is != was && !m.after.Halted {
			l.cells[n], changed = is, true
		}
	}
	if !changed {
		return lane{}
	}
	return l
}

// memoryLane draws the life of a buffer: "[iommu" where it is taken, "]" where
// it is freed the way it came, "!direct" where a free breaks a rule, "?" where
// it is lost.
func (p *play) memoryLane(slot uint8) lane {
	l := lane{"", make([]string, len(p.moments)), make([]bool, len(p.moments))}
	live := false
	for n := range p.moments {
		m := &p.moments[n]
		before, after := &m.before.Memory[slot], &m.after.Memory[slot]
		switch {
		case before.Alloc == model.AllocNone && after.Alloc != model.AllocNone:
			l.name = p.trace.MemoryName(slot)
			l.cells[n], live = "["+after.Path.String(), true
		case live && (after.Alloc == model.AllocNone):
			l.cells[n], live = p.freed(n, slot, m.after.Halted), false
		}
		l.fill[n] = live
	}
	return l
}

func (p *play) freed(n int, slot uint8, halted bool) string {
	for _, h := range p.events[p.moments[n].event].hits {
		if h.moment != n || h.Memory != slot || h.Key.Alloc == model.AllocNone {
			continue
		}
		switch {
		case h.Key.Invariant == model.NoLeak:
			return "? lost"
		case h.Key.To == model.DMAPathInvalid:
			return "!"
		}
		return "!" + h.Key.To.String()
	}
	if halted {
		return "" // the kernel stopped over something else
	}
	return "]"
}

// draw puts the lanes under the numbers of the events.
func (p *play) draw(lanes []lane, keep []int) []string {
	label := 0
	for _, l := range lanes {
		label = max(label, len(l.name))
	}
	widths := make([]int, len(keep))
	for i, n := range keep {
		widths[i] = 4
		for _, l := range lanes {
			widths[i] = max(widths[i], len(l.cells[n])+4)
		}
	}
	head := strings.Repeat(" ", label+2)
	last := -1
	for i, n := range keep {
		number := ""
		if e := p.moments[n].event; e != last {
			number, last = p.eventNumber(e), e
		}
		head += pad(number, widths[i])
	}
	out := []string{strings.TrimRight(head, " ")}
	for _, l := range lanes {
		line := pad(l.name, label+2)
		for i, n := range keep {
			ends := i+1 < len(keep) && l.cells[keep[i+1]] != ""
			line += span(l.cells[n], l.fill[n], ends, widths[i])
		}
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

// eventNumber is the number of an event, with its actor if there are two.
func (p *play) eventNumber(i int) string {
	number := fmt.Sprint(i + 1)
	if e := &p.events[i]; p.two() && e.actor != nobody {
		number += letter(e.actor)
	}
	return number
}

// span is one moment of a lane: what it says, then the time up to the next;
// ends tells whether the next one says something else.
func span(cell string, filled, ends bool, width int) string {
	if !filled {
		return cell + strings.Repeat(" ", width-len(cell))
	}
	if cell != "" {
		cell += " "
	}
	line := cell + strings.Repeat("-", width-len(cell))
	if ends {
		line = line[:width-1] + " "
	}
	return line
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len(s))) }
