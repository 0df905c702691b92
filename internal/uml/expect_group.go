package uml

import (
	"slices"

	"dmafuzz/model"
)

// group writes what the driver of the IOMMU's hardware is told where the IOMMU
// core is the tree's own.
func (t *teller) group(w word, device uint8, after *model.State, failed bool) {
	g := &after.Groups[t.groupOf(device)]
	switch w {
	case wordInit:
		t.op("init", device, "")
		t.unjoined, t.flushes[device] = failed, false
		if t.race != nil && !failed {
			t.joins = device + 1
		}
	case wordGone:
		// One step stands for probe_device and device_group; the player fails the
		// first, which the core does not release.
		if !t.unjoined {
			t.op("gone", device, "")
		}
		t.unjoined = false
		if t.race != nil {
			t.race.joined = slices.DeleteFunc(t.race.joined, func(d uint8) bool { return d == device })
		}
	case wordAttach:
		was := &t.last.Groups[t.groupOf(device)]
		switch {
		case failed, g.Default == model.DomainNone:
		case was.Default == g.Default && was.Attached == g.Attached: // a device joins
			t.op("attach", device, g.Default.String())
		default:
			t.attachAll(device, g.Default.String())
		}
	case wordClaim:
		t.attachAll(device, "blocking")
	case wordRelease:
		// A type change under the claim, which is a bug, has attached it already.
		if g.Default != model.DomainNone && t.last.Groups[t.groupOf(device)].Attached != model.AttachedDefault {
			t.attachAll(device, g.Default.String())
		}
	case wordDetach:
		t.op("attach", device, "release")
	case wordFirmware:
		t.op("configure", device, "")
	}
}

// joined puts a device on the list of its group, which the kernel does behind the
// group's lock; a group that is claimed has its owner's domain, and so has the device.
func (t *teller) joined(after *model.State) {
	device := t.joins - 1
	t.joins = 0
	t.race.joined = append(t.race.joined, device)
	if after.Groups[t.groupOf(device)].Owned {
		t.op("attach", device, "blocking")
	}
}

// attachAll writes that all devices of a group are attached, in the order in
// which they have joined it.
func (t *teller) attachAll(device uint8, what string) {
	if t.race == nil {
		t.op("attach", device, what)
		return
	}
	for _, d := range t.race.joined {
		if t.groupOf(d) == t.groupOf(device) {
			t.op("attach", d, what)
		}
	}
}

// groupStates writes the state of the group of each device that is in one.
func (t *teller) groupStates() {
	for i := range t.state.Devices {
		if !t.state.Devices[i].Group {
			continue
		}
		g := &t.state.Groups[t.groupOf(uint8(i))]
		t.buf = append(append(t.buf, "g "...), deviceWords[i]...)
		t.buf = append(append(t.buf, " default="...), g.Default.String()...)
		t.buf = append(append(t.buf, " attached="...), g.Attached.String()...)
		t.flag(" used=", g.OwnerCount != 0)
		t.buf = append(t.buf, '\n')
	}
}
