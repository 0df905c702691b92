package lab

import "dmafuzz/model"

// group writes what the driver of the IOMMU's hardware is told where the IOMMU
// core is the tree's own.
func (t *teller) group(w word, device uint8, after *model.State, failed bool) {
	g := &after.Groups[t.groupOf(device)]
	switch w {
	case wordInit:
		t.op("init", device, "")
		t.unjoined, t.flushes[device] = failed, false
	case wordGone:
		// One step stands for probe_device and device_group; the player fails the
		// first, which the core does not release.
		if !t.unjoined {
			t.op("gone", device, "")
		}
		t.unjoined = false
	case wordAttach:
		if !failed && g.Default != model.DomainNone {
			t.op("attach", device, g.Default.String())
		}
	case wordClaim:
		t.op("attach", device, "blocking")
	case wordRelease:
		// A type change under the claim, which is a bug, has attached it already.
		if g.Default != model.DomainNone && t.last.Groups[t.groupOf(device)].Attached != model.AttachedDefault {
			t.op("attach", device, g.Default.String())
		}
	case wordDetach:
		t.op("attach", device, "release")
	case wordFirmware:
		t.op("configure", device, "")
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
