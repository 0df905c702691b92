package oracle

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"dmafuzz/model"
)

// Summary puts a state of the machine into the words of [World.Describe]. It
// reads the state's fields only, so that it can name what the machine got wrong.
func Summary(st model.State) map[string]string {
	s := summary{}
	s.flag("halted", st.Halted)
	s.flag("identity", st.Identity)
	s.flag("timeout", st.Timeout)
	s.flag("hotplug", st.Hotplug)
	s.flag("turned", st.Turned)
	s.word("link", st.Link == model.LinkNone, st.Link.String())
	s.word("provider", st.Provider == model.ProviderAbsent, st.Provider.String())
	s.count("preemptions", int(st.Preempts))
	for n, a := range st.Actors {
		summarizeActor(s, actorNames[n], a)
	}
	for n, d := range st.Devices {
		summarizeDevice(s, deviceNames[n], d)
	}
	for slot, m := range st.Memory {
		if m != (model.MemoryState{}) {
			summarizeMemory(s, memoryNames[slot], m)
		}
	}
	for n, g := range st.Groups {
		name := "group" + strconv.Itoa(n)
		s.word(name+".default", g.Default == model.DomainNone, g.Default.String())
		s.word(name+".attached", g.Attached == model.AttachedNone, g.Attached.String())
		s.count(name+".owner_count", int(g.OwnerCount))
		s.flag(name+".owned", g.Owned)
		s.flag(name+".listed", g.Listed)
	}
	return s
}

func summarizeActor(s summary, name string, a model.ActorState) {
	s.count(name+".locks", bits.OnesCount8(a.Locks))
	for n, f := range a.Frames {
		if f.PC == 0 {
			continue
		}
		frame := name + frameNames[n]
		s[frame] = nameOf(deviceNames[:], f.Device)
		s.word(frame+".error", f.Err == model.ErrNone, f.Err.String())
		if f.Caller != model.WhereInvalid && f.Caller != model.WhereMapping {
			s[frame+".memory"] = nameOf(memoryNames[:], f.Memory)
			s[frame+".caller"] = f.Caller.String()
		}
	}
}

func summarizeDevice(s summary, name string, d model.DeviceState) {
	s.word(name+".life", d.Life == model.LifeAbsent, d.Life.String())
	s.word(name+".described", d.Described == model.AddPlain, describedName(d.Described))
	s.flag(name+".ready", d.Ready)
	s.flag(name+".dead", d.Dead)
	s.flag(name+".driver", d.Driver)
	s.flag(name+".bound", d.Bound)
	s.flag(name+".deferred", d.Deferred)
	s.word(name+".ops", d.Ops == model.DMAOpsNull, d.Ops.String())
	s.flag(name+".dma_iommu", d.DMAIOMMU)
	s.flag(name+".bypass", d.Bypass)
	s.flag(name+".wide", d.Wide)
	s.word(name+".range_map", d.RangeMap == model.RangeNone, rangeMapName(d.RangeMap))
	s.flag(name+".pool", d.Pool)
	s.flag(name+".param", d.Param)
	s.flag(name+".fwspec", d.Fwspec)
	s.flag(name+".dangling", d.Dangling)
	s.flag(name+".group", d.Group)
	s.flag(name+".ops_setup", d.OpsSetup)
	s.flag(name+".own_mapping", d.OwnMapping)
	s.flag(name+".others", d.Others)
	s.flag(name+".unmapped", d.Unmapped)
	s.flag(name+".quit", d.Quit)
	s.flag(name+".relies", d.Relies)
	s.word(name+".links", d.Links == model.LinksNoDriver, d.Links.String())
	s.count(name+".uses", int(d.Uses))
	s.word(name+".devres", d.NumDevres == 0, devresNames(d))
}

// devresNames lists the entries; one beyond the count, or of no slot, is named
// as the defect that it is.
func devresNames(d model.DeviceState) string {
	var list []string
	for i, entry := range d.Devres {
		switch {
		case i >= int(d.NumDevres) && entry != 0:
			list = append(list, fmt.Sprintf("left over %d", entry))
		case i >= int(d.NumDevres):
		case entry == model.DevresAction:
			list = append(list, "action")
		default:
			list = append(list, nameOf(memoryNames[:], uint8(entry)-1))
		}
	}
	return strings.Join(list, ",")
}

func summarizeMemory(s summary, name string, m model.MemoryState) {
	s[name+".kind"] = m.Alloc.String()
	s[name+".device"] = nameOf(deviceNames[:], m.Device)
	s[name+".way"] = m.Path.String()
	s.flag(name+".wide", m.Wide)
	s.flag(name+".bypass", m.Bypass)
	s.word(name+".range_map", m.RangeMap == model.RangeNone, rangeMapName(m.RangeMap))
	s.flag(name+".pool_gone", m.PoolGone)
	s.flag(name+".domain_gone", m.DomainGone)
	s.flag(name+".group_gone", m.GroupGone)
}

func nameOf(names []string, n uint8) string {
	if int(n) < len(names) {
		return names[n]
	}
	return fmt.Sprintf("number %d", n)
}
