package oracle

import (
	"slices"

	"dmafuzz/model"
)

// device is one struct device, or an empty place for one.
type device struct {
	number     int
	life       model.Life
	described  uint8 // model.AddPlain, AddRanges or AddMap
	ready      bool  // device_add has let it be probed
	dead       bool
	driver     bool
	bound      bool
	deferred   bool
	ops        model.DMAOps
	dmaIOMMU   bool
	bypass     bool
	wide       bool
	rangeMap   model.RangeMap
	pool       bool
	param      bool
	fwspec     bool
	dangling   bool // the fwspec is freed and still pointed to
	opsSetup   bool
	ownMapping bool
	others     bool // the own mapping is held by other code, not by the driver
	unmapped   bool // its driver runs without a mapping, and is known to
	relies     bool // its driver found its supplier there
	links      model.LinksStatus
	quit       bool // its driver's remove has begun: the driver does nothing more
	uses       int
	devres     []devresEntry // the last one was added last
}

// devresEntry is a devm action, or the dmam entry of a slot. The slot may have
// been freed, and taken again, since the entry was made.
type devresEntry struct {
	action bool
	slot   int
	taken  bool // off the list, for a release that is under way
}

func (d *device) clone() *device {
	c := *d
	c.devres = slices.Clone(d.devres)
	return &c
}

// driverHoldsMapping tells whether the driver has a mapping to detach.
func (d *device) driverHoldsMapping() bool { return d.ownMapping && !d.others }

func (d *device) registered() bool { return d.life == model.LifeRegistered }

// room tells whether the devres list takes one more entry.
func (d *device) room() bool { return len(d.devres) < model.MaxDevres }

func (d *device) actions() int {
	n := 0
	for _, entry := range d.devres {
		if entry.action {
			n++
		}
	}
	return n
}

// lastTaken drops the last entry that a release has taken off the list, and
// returns it; ok is false if there is none.
func (d *device) lastTaken() (entry devresEntry, ok bool) {
	for i := len(d.devres) - 1; i >= 0; i-- {
		if entry = d.devres[i]; entry.taken {
			d.devres = append(d.devres[:i], d.devres[i+1:]...)
			return entry, true
		}
	}
	return devresEntry{}, false
}

// holdsDevres tells whether an entry is on the list that no release has taken off.
func (d *device) holdsDevres() bool {
	return slices.ContainsFunc(d.devres, func(e devresEntry) bool { return !e.taken })
}

// removeDevres takes a slot's entry off the list without releasing it; nothing
// happens if there is none.
//
// Reading: of two entries for one slot it is the one added last, as
// devres_destroy searches from the end.
func (d *device) removeDevres(slot int) (found bool) {
	for i := len(d.devres) - 1; i >= 0; i-- {
		if entry := d.devres[i]; !entry.action && !entry.taken && entry.slot == slot {
			d.devres = append(d.devres[:i], d.devres[i+1:]...)
			return true
		}
	}
	return false
}

// describedMap is the range map that firmware or the bus describes.
func (d *device) describedMap() model.RangeMap {
	switch d.described {
	case model.AddRanges:
		return model.RangeFirmware
	case model.AddMap:
		return model.RangeAdded
	}
	return model.RangeNone
}

func (w *World) bus(d int) model.Bus {
	if b := w.bounds.Setup[d].Bus; b != model.BusInvalid {
		return b
	}
	return w.kernel.DefaultBus()
}

func (w *World) firmware(d int) model.Firmware {
	if f := w.bounds.Setup[d].Firmware; f != model.FirmwareInvalid {
		return f
	}
	return w.kernel.DefaultFirmware()
}

// opsWay is the way that ops lead to.
func (w *World) opsWay(o model.DMAOps) model.DMAPath {
	switch o {
	case model.DMAOpsSwiotlb:
		return model.DMAPathSwiotlb
	case model.DMAOpsIOMMU:
		return model.DMAPathIOMMU
	case model.DMAOpsArm:
		return model.DMAPathArm
	case model.DMAOpsArmIOMMU:
		return model.DMAPathArmIOMMU
	case model.DMAOpsVendor:
		return model.DMAPathVendor
	}
	switch w.kernel.Fact(model.FactNullOps) {
	case "dummy":
		return model.DMAPathDummy
	case "arm":
		return model.DMAPathArm
	}
	return model.DMAPathDirect
}
