package report

import (
	"fmt"
	"strings"

	"dmafuzz/model"
)

// changes says in words what differs between two states.
type changes struct {
	trace *model.Trace
	many  bool // more than one device: say whose
	list  []string
}

// diffStates lists what a step changed, in the order of the state's fields.
// Positions and locks of the thread that runs are left out.
func diffStates(t *model.Trace, many bool, a, b *model.State) []string {
	c := changes{trace: t, many: many}
	if b.Halted {
		if !a.Halted {
			c.add("the kernel stops")
		}
		return c.list
	}
	c.word(a.Provider != b.Provider, "IOMMU "+b.Provider.String())
	c.word(a.Link != b.Link, fmt.Sprintf("link %s -> %s", a.Link, b.Link))
	c.word(a.Identity != b.Identity, "new default domains: "+pick(b.Identity, "identity", "DMA"))
	c.word(a.Timeout != b.Timeout, "deferred-probe timeout passed")
	c.word(a.Hotplug != b.Hotplug, "memory added")
	for i := range a.Devices {
		c.device(uint8(i), &a.Devices[i], &b.Devices[i])
	}
	for i := range a.Groups {
		c.group(uint8(i), &a.Groups[i], &b.Groups[i])
	}
	for i := range a.Memory {
		c.memory(uint8(i), &a.Memory[i], &b.Memory[i])
	}
	return c.list
}

func (c *changes) add(s string) { c.list = append(c.list, s) }

func (c *changes) word(changed bool, s string) {
	if changed {
		c.add(s)
	}
}

func pick(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

func (c *changes) device(n uint8, a, b *model.DeviceState) {
	if *a == *b {
		return
	}
	who := ""
	if c.many {
		who = c.trace.DeviceName(n) + " "
	}
	if a.Life != b.Life && b.Life == model.LifeAbsent {
		c.add(who + "struct device freed")
		return
	}
	flag := func(was, is bool, yes, no string) { c.word(was != is, who+pick(is, yes, no)) }
	c.word(a.Life != b.Life, who+b.Life.String())
	if c.trace.Actors > 1 {
		flag(a.Ready, b.Ready, "ready to probe", "no longer ready to probe")
	}
	flag(a.Dead, b.Dead, "dead", "no longer dead")
	flag(a.Driver, b.Driver, "driver set", "driver cleared")
	flag(a.Bound, b.Bound, "bound", "no longer bound")
	flag(a.Deferred, b.Deferred, "deferred", "off the deferred list")
	c.word(a.Ops != b.Ops, fmt.Sprintf("%sops %s -> %s", who, a.Ops, b.Ops))
	flag(a.DMAIOMMU, b.DMAIOMMU, "dma_iommu on", "dma_iommu off")
	flag(a.Bypass, b.Bypass, "bypass on", "bypass off")
	flag(a.Wide, b.Wide, "mask wide", "mask narrow")
	c.word(a.RangeMap != b.RangeMap, fmt.Sprintf("%srange map %s -> %s", who, rangeWord(a.RangeMap), rangeWord(b.RangeMap)))
	flag(a.Pool, b.Pool, "pool declared", "pool released")
	flag(a.Param, b.Param, "dev->iommu", "dev->iommu gone")
	flag(a.Fwspec, b.Fwspec, "fwspec", "fwspec gone")
	flag(a.Group, b.Group, "in its group", "out of its group")
	flag(a.OpsSetup, b.OpsSetup, "dma_ops_setup on", "dma_ops_setup off")
	flag(a.OwnMapping, b.OwnMapping, "own mapping held", "own mapping released")
	flag(a.Unmapped, b.Unmapped, "goes on without a mapping", "may have a mapping again")
	flag(a.Relies, b.Relies, "relies on its supplier", "no longer relies on its supplier")
	c.word(a.Uses != b.Uses, fmt.Sprintf("%sownership used %d", who, b.Uses))
	if a.Devres != b.Devres || a.NumDevres != b.NumDevres {
		c.add(who + "devres " + c.devres(b))
	}
}

// devres is the list as devres_release_all takes it: the last added first.
func (c *changes) devres(d *model.DeviceState) string {
	var names []string
	for i := int(d.NumDevres) - 1; i >= 0; i-- {
		switch e := d.Devres[i]; e {
		case model.DevresAction:
			names = append(names, "action")
		default:
			names = append(names, c.trace.MemoryName(uint8(e)-1))
		}
	}
	return "[" + strings.Join(names, " ") + "]"
}

func rangeWord(r model.RangeMap) string {
	switch r {
	case model.RangeFirmware:
		return "firmware"
	case model.RangeAdded:
		return "added"
	}
	return "none"
}

func (c *changes) group(n uint8, a, b *model.GroupState) {
	if *a == *b {
		return
	}
	who := ""
	if c.many && !c.trace.Group {
		who = "group of " + c.trace.DeviceName(n) + ": "
	}
	c.word(a.Default != b.Default, fmt.Sprintf("%sdefault domain %s -> %s", who, a.Default, b.Default))
	c.word(a.Attached != b.Attached, fmt.Sprintf("%sattached %s -> %s", who, a.Attached, b.Attached))
	c.word(a.Owned != b.Owned, who+pick(b.Owned, "claimed", "no longer claimed"))
	c.word(a.Listed != b.Listed, who+pick(b.Listed, "on the walk's list", "off the walk's list"))
	c.word(a.OwnerCount != b.OwnerCount, fmt.Sprintf("%sowner count %d", who, b.OwnerCount))
}

func (c *changes) memory(n uint8, a, b *model.MemoryState) {
	name := c.trace.MemoryName(n)
	switch {
	case *a == *b:
	case b.Alloc == model.AllocNone:
		c.add(name + " freed")
	case a.Alloc == model.AllocNone:
		c.add(fmt.Sprintf("%s taken (%s, %s)", name, b.Alloc, b.Path))
	default:
		c.word(b.PoolGone && !a.PoolGone, name+": its pool is gone")
		c.word(b.DomainGone && !a.DomainGone, name+": its domain is gone")
		c.word(b.GroupGone && !a.GroupGone, name+": its group is left")
	}
}
