package oracle

import (
	"slices"
	"strconv"
	"strings"

	"dmafuzz/model"
)

// Names in a summary.
var (
	actorNames  = [model.MaxActors]string{"thread", "second thread"}
	frameNames  = [2]string{"", ".call"}
	deviceNames = [model.MaxDevices]string{"sata", "eth"}
	memoryNames = [model.MaxMemory]string{"buf", "ring", "page", "skb"}
)

// summary puts a state into words, "sata.ops" -> "iommu". What is as at boot is
// left out.
type summary map[string]string

func (s summary) flag(key string, on bool) {
	if on {
		s[key] = "yes"
	}
}

func (s summary) count(key string, n int) {
	if n > 0 {
		s[key] = strconv.Itoa(n)
	}
}

// word notes a value by its name, unless it is the zero one.
func (s summary) word(key string, zero bool, name string) {
	if !zero {
		s[key] = name
	}
}

func rangeMapName(m model.RangeMap) string {
	switch m {
	case model.RangeFirmware:
		return "firmware"
	case model.RangeAdded:
		return "added"
	}
	return "none"
}

func describedName(how uint8) string {
	switch how {
	case model.AddRanges:
		return "ranges"
	case model.AddMap:
		return "map"
	}
	return "plain"
}

// Describe puts the world into words: equal to [Summary] of the machine's state
// if and only if the two agree.
func (w *World) Describe() map[string]string {
	s := summary{}
	s.flag("halted", w.halted)
	s.flag("identity", w.identity)
	s.flag("timeout", w.timeout)
	s.flag("hotplug", w.hotplug)
	s.flag("turned", w.inLine()[0] != 0)
	s.word("link", w.link == model.LinkNone, w.link.String())
	s.word("provider", w.provider == model.ProviderAbsent, w.provider.String())
	s.count("preemptions", w.preempts)
	for n, a := range w.actors {
		describeActor(s, actorNames[n], a)
	}
	for n, d := range w.devices {
		w.describeDevice(s, deviceNames[n], d)
	}
	for slot, m := range w.slots {
		if m != nil {
			describeMemory(s, memoryNames[slot], m)
		}
	}
	for n, g := range w.groups {
		name := "group" + strconv.Itoa(n)
		s.word(name+".default", g.defaultDomain == model.DomainNone, g.defaultDomain.String())
		s.word(name+".attached", g.attached == model.AttachedNone, g.attached.String())
		s.count(name+".owner_count", g.ownerCount)
		s.flag(name+".owned", g.owned)
		s.flag(name+".listed", g.walked)
	}
	return s
}

func describeActor(s summary, name string, a *actor) {
	s.count(name+".locks", len(a.held))
	for n, r := range slices.DeleteFunc(slices.Clone(a.runs), func(r *run) bool { return r.release }) {
		frame := name + frameNames[n]
		s[frame] = deviceNames[r.event.Device]
		s.word(frame+".error", r.err == model.ErrNone, r.err.String())
		if r.dma != nil {
			s[frame+".memory"] = memoryNames[r.dma.slot]
			s[frame+".caller"] = r.who.String()
		}
	}
}

func (w *World) describeDevice(s summary, name string, d *device) {
	s.word(name+".life", d.life == model.LifeAbsent, d.life.String())
	s.word(name+".described", d.described == model.AddPlain, describedName(d.described))
	s.flag(name+".ready", d.ready)
	s.flag(name+".dead", d.dead)
	s.flag(name+".driver", d.driver)
	s.flag(name+".bound", d.bound)
	s.flag(name+".deferred", d.deferred)
	s.word(name+".ops", d.ops == model.DMAOpsNull, d.ops.String())
	s.flag(name+".dma_iommu", d.dmaIOMMU)
	s.flag(name+".bypass", d.bypass)
	s.flag(name+".wide", d.wide)
	s.word(name+".range_map", d.rangeMap == model.RangeNone, rangeMapName(d.rangeMap))
	s.flag(name+".pool", d.pool)
	s.flag(name+".param", d.param)
	s.flag(name+".fwspec", d.fwspec)
	s.flag(name+".dangling", d.dangling)
	s.flag(name+".group", w.in(d))
	s.flag(name+".ops_setup", d.opsSetup)
	s.flag(name+".own_mapping", d.ownMapping)
	s.flag(name+".others", d.others)
	s.flag(name+".unmapped", d.unmapped)
	s.flag(name+".quit", d.quit)
	s.flag(name+".relies", d.relies)
	s.word(name+".links", d.links == model.LinksNoDriver, d.links.String())
	s.count(name+".uses", d.uses)
	var list []string
	for _, entry := range d.devres {
		if entry.action {
			list = append(list, "action")
		} else {
			list = append(list, memoryNames[entry.slot])
		}
	}
	s.word(name+".devres", len(list) == 0, strings.Join(list, ","))
}

func describeMemory(s summary, name string, m *allocation) {
	s[name+".kind"] = m.kind.String()
	s[name+".device"] = deviceNames[m.device]
	s[name+".way"] = m.way.String()
	s.flag(name+".wide", m.wide)
	s.flag(name+".bypass", m.bypass)
	s.word(name+".range_map", m.rangeMap == model.RangeNone, rangeMapName(m.rangeMap))
	s.flag(name+".pool_gone", m.poolGone)
	s.flag(name+".domain_gone", m.domainGone)
	s.flag(name+".group_gone", m.groupGone)
}
