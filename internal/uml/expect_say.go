package uml

import (
	"strconv"

	"dmafuzz/model"
)

// say writes the line of a step that ran, if it has one. after is the state
// after it; the state before is t.last.
func (t *teller) say(m meaning, ref model.StepRef, device uint8, after *model.State, failed bool) {
	switch m.word {
	case wordNone:
	case wordTake:
		t.took(m, ref.Path, device, after)
	case wordDevres:
		t.devres(device, after)
	case wordUse:
		t.using = int(device)
	case wordRemove:
		// A remove that waits for its driver's thread has not begun.
		if t.removes = t.race != nil && !after.Devices[device].Quit; !t.removes {
			t.op(m.text, device, "")
		}
	case wordNotify:
		t.op("notify", device, m.text)
	case wordLink:
		if after.Link.Managed() && !t.last.Link.Managed() {
			t.line(linkLine(t.machine.Bounds()))
		}
		if after.Link == model.LinkConsumerProbe && t.last.Link == model.LinkAvailable {
			t.op("supplied", device, "")
		}
	case wordRanges:
		st := t.machine.Kernel().Path(ref.Path).Steps[ref.Step]
		if st.Op == model.OpRangeMapAdd && after.Devices[device].Described != model.AddMap {
			break // with two actors there may be firmware's by now
		}
		t.ranges(m, device, after)
	case wordAttach, wordClaim, wordRelease, wordDetach, wordInit, wordGone, wordFirmware:
		t.group(m.word, device, after, failed)
	default:
		t.op(m.text, device, "")
	}
}

// ranges writes what became of a range map: it is freed, or another takes its
// place, or its device goes.
func (t *teller) ranges(m meaning, device uint8, after *model.State) {
	was := t.last.Devices[device].RangeMap != model.RangeNone
	is := after.Devices[device].RangeMap != model.RangeNone
	switch {
	case was && m.text != "":
		t.op("ranges", device, m.text)
	case was:
		t.op("lost", device, "ranges")
	}
	if is {
		t.op("ranges", device, "set")
	}
}

// took writes which way an allocation or a free went, by what became of the
// memory.
func (t *teller) took(m meaning, path model.PathKind, device uint8, after *model.State) {
	for i := range after.Memory {
		was, is := &t.last.Memory[i], &after.Memory[i]
		switch {
		case was.Alloc == is.Alloc:
		case path == model.PathDMAMap:
			t.memory("map", i, is.Path.String())
		case path == model.PathDMAAlloc:
			t.memory("alloc", i, is.Path.String())
		case path == model.PathDMAUnmap:
			t.memory("unmap", i, freeWay(m, &t.last.Devices[device]))
		case path == model.PathDMAFree:
			t.memory("free", i, freeWay(m, &t.last.Devices[device]))
		}
	}
}

// freeWay is the way that a take step goes; `take ops` asks the device.
func freeWay(m meaning, d *model.DeviceState) string {
	switch {
	case m.way != model.DMAPathInvalid:
		return m.way.String()
	case d.Ops == model.DMAOpsIOMMU:
		return model.DMAPathIOMMU.String()
	}
	return model.DMAPathDirect.String()
}

// devres writes that devres_release_all begins, or what it releases. The step
// is seen once for each entry, and once more when the list is empty.
func (t *teller) devres(device uint8, after *model.State) {
	if !t.release[device] {
		t.release[device] = true
		t.op("devres", device, "")
	}
	was, is := &t.last.Devices[device], &after.Devices[device]
	if was.NumDevres == is.NumDevres {
		t.release[device] = false
		return
	}
	last := int(was.NumDevres)
	if taken := t.last.Actors[t.act].Frames[0].Taken; taken > 0 {
		last = int(taken) - 1 // what a devm action has added stands behind
	}
	switch entry := was.Devres[last-1]; {
	case entry == model.DevresAction:
		t.op("action", device, "")
	case t.last.Memory[entry-1].Alloc == model.AllocNone:
		t.buf = append(t.buf, freedTwice...)
	}
}

// freedTwice is the player's line for a free of what is free already.
const freedTwice = "o oops free twice\n"

// halted writes what the step did that stopped the machine's kernel, which is
// not seen. The player heals what would have stopped the real one, and goes on.
func (t *teller) halted(e model.Event, out *model.Outcome) {
	list := out.Violations()
	if len(list) == 0 {
		return
	}
	v := list[len(list)-1]
	if t.marking {
		t.marks = append(t.marks, mark{len(t.buf), v.Step})
	}
	way := v.Key.To
	switch v.Step.Path {
	case model.PathDMAFree:
		t.memory("free", int(v.Memory), way.String())
	case model.PathDMAUnmap:
		if t.variant != Group || way != model.DMAPathIOMMU { // else its line comes after the oops
			t.memory("unmap", int(v.Memory), way.String())
		}
	default:
		way = v.Key.From
	}
	switch v.Key.Invariant {
	case model.SameOps, model.NoUseAfterTeardown, model.PathReachesDevice, model.SameParameters:
		// In perbind the IOMMU's functions are the player's, and need no group.
		t.oops = t.variant == Group && way == model.DMAPathIOMMU || way == model.DMAPathDirect && v.Key.Invariant == model.SameParameters
	}
}

// states writes the state of each device that there is.
func (t *teller) states() {
	for i := range t.state.Devices {
		if t.state.Devices[i].Life != model.LifeAbsent {
			t.deviceState(uint8(i))
		}
	}
	if t.variant == Group {
		t.groupStates()
	}
}

// deviceState writes the state of a device.
func (t *teller) deviceState(n uint8) {
	d := &t.state.Devices[n]
	t.buf = append(append(t.buf, "s "...), deviceWords[n]...)
	t.flag(" drv=", d.Driver)
	t.flag(" bound=", d.Bound)
	t.flag(" dead=", d.Dead)
	t.flag(" def=", d.Deferred)
	ops := " ops=null"
	if d.Ops == model.DMAOpsIOMMU || d.DMAIOMMU {
		ops = " ops=iommu"
	}
	t.buf = append(t.buf, ops...)
	t.flag(" grp=", d.Group)
	t.flag(" own=", d.Group && t.state.Groups[t.groupOf(n)].Owned)
	switch {
	case d.Fwspec:
		t.buf = append(t.buf, " iommu=fwspec"...)
	case d.Param:
		t.buf = append(t.buf, " iommu=param"...)
	default:
		t.buf = append(t.buf, " iommu=none"...)
	}
	t.flag(" map=", d.RangeMap != model.RangeNone)
	t.flag(" pool=", d.Pool)
	entries := d.NumDevres
	for i := range t.state.Actors {
		if f := &t.state.Actors[i].Frames[0]; f.Taken > 0 && t.at(i) == n {
			entries -= f.Taken - 1 // off the list, and not released yet
		}
	}
	t.buf = strconv.AppendUint(append(t.buf, " res="...), uint64(entries), 10)
	if t.machine.Bounds().Linked() {
		t.buf = append(append(append(t.buf, " links="...), d.Links.String()...), " link="...)
		t.buf = append(t.buf, t.link()...)
	}
	t.buf = append(t.buf, '\n')
}

// link is the state of the device link as the player sees it.
func (t *teller) link() string {
	if !t.state.Link.Managed() {
		return model.LinkNone.String()
	}
	return t.state.Link.String()
}

func (t *teller) flag(name string, on bool) {
	c := byte('0')
	if on {
		c = '1'
	}
	t.buf = append(append(t.buf, name...), c)
}

func (t *teller) groupOf(device uint8) uint8 {
	if t.machine.Bounds().SharedGroup {
		return 0
	}
	return device
}
