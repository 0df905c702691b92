package oracle

import (
	"maps"

	"dmafuzz/model"
)

// group is one IOMMU group, or what the last of its devices left of it.
type group struct {
	members       map[int]bool // the devices that are in it
	defaultDomain model.Domain
	attached      model.Attached
	ownerCount    int
	owned         bool
	walked        bool // the walk of the IOMMU that registers has it on its list
}

func (g *group) clone() *group {
	c := *g
	c.members = maps.Clone(g.members)
	return &c
}

// groupNumber is the number of the group that is, or would be, the device's.
func (w *World) groupNumber(d int) int {
	if w.bounds.SharedGroup {
		return 0
	}
	return d
}

func (w *World) group(d *device) *group { return w.groups[w.groupNumber(d.number)] }

// in tells whether the device is in its group.
func (w *World) in(d *device) bool { return w.group(d).members[d.number] }

// othersIn tells whether any other device is in the device's group.
func (w *World) othersIn(d *device) bool {
	for n := range w.group(d).members {
		if n != d.number {
			return true
		}
	}
	return false
}

// dmaAttached tells whether the default domain is attached and of type DMA.
func (g *group) dmaAttached() bool {
	return g.attached == model.AttachedDefault && g.defaultDomain == model.DomainDMA
}

// mappingAttached tells whether a mapping, the arch's or an own one, is attached.
func (g *group) mappingAttached() bool {
	return g.attached == model.AttachedArch || g.attached == model.AttachedOwn
}

func (g *group) translates() bool { return g.dmaAttached() || g.mappingAttached() }

// attachDefault goes back to the default domain, or to nothing if there is none.
func (g *group) attachDefault() {
	g.attached = model.AttachedNone
	if g.defaultDomain != model.DomainNone {
		g.attached = model.AttachedDefault
	}
}

// hasMapping tells whether a mapping is attached for the device.
//
// Reading: a mapping that another device of the group attached is not this
// device's as long as it is not in the group; the page says so for the test
// `mapping`, and it is taken to hold wherever "a mapping is attached" stands.
func (w *World) hasMapping(d *device) bool { return w.in(d) && w.group(d).mappingAttached() }
