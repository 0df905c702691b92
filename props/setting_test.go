package props

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// setting is what a run takes place in.
type setting struct {
	kernel *model.Kernel
	bounds model.Bounds
}

func (s setting) String() string {
	b := s.bounds
	group := ""
	if b.SharedGroup {
		group = "-shared"
	}
	name := fmt.Sprintf("%s/%d-devices%s/%s", s.kernel.FullName(), b.Devices, group, b.Drivers)
	if d := b.Setup[0]; d != (model.DeviceSetup{}) {
		name += fmt.Sprintf("/%v-%v", d.Bus, d.Firmware)
	}
	if b.Linked() {
		name += "/linked"
	}
	if b.Actors > 1 {
		name += fmt.Sprintf("/%d-actors-%d", b.Actors, b.Preemptions)
	}
	return strings.ReplaceAll(name, " ", "_")
}

var machines sync.Map // setting -> *model.Machine

func (s setting) machine(tb testing.TB) *model.Machine {
	tb.Helper()
	if m, ok := machines.Load(s); ok {
		return m.(*model.Machine)
	}
	m, err := model.NewMachine(s.kernel, s.bounds)
	if err != nil {
		tb.Fatal(err)
	}
	machines.Store(s, m)
	return m
}

// someBounds has each contract, each number of devices and actions, both
// groupings, and devices that are not the kernel's default ones.
var someBounds = []model.Bounds{
	model.DefaultBounds(),
	{Devices: 1, Memory: 3, Actions: 2, Drivers: model.DriversLate, Families: model.AllFamilies},
	{Devices: 1, Memory: 2, Actions: 1, Drivers: model.DriversAny, Families: model.AllFamilies},
	{Devices: 2, Memory: 2, Actions: 1, Families: model.AllFamilies},
	{Devices: 2, Memory: 4, Actions: 2, SharedGroup: true, Families: model.AllFamilies},
	{Devices: 2, Memory: 3, Actions: 2, SharedGroup: true, Drivers: model.DriversAny, Families: model.AllFamilies},
	{Devices: 2, Memory: 2, Actions: 0, SharedGroup: true, Drivers: model.DriversLate, Families: model.AllFamilies,
		Setup: [model.MaxDevices]model.DeviceSetup{{Bus: model.BusPCI, Firmware: model.FirmwareACPI}, {Bus: model.BusHost1x, Firmware: model.FirmwareNone}}},
	{Devices: 1, Memory: 2, Actions: 1, Families: model.AllFamilies &^ model.FamilyRemoval,
		Setup: [model.MaxDevices]model.DeviceSetup{{Bus: model.BusAMBA}}},
	{Devices: 2, Memory: 2, Actions: 1, Families: linkFamilies, Setup: consumes},
	{Devices: 2, Memory: 2, Actions: 1, SharedGroup: true, Drivers: model.DriversAny, Families: linkFamilies,
		Setup: [model.MaxDevices]model.DeviceSetup{{}, {Supplier: 1}}},
}

// consumes makes the first device a consumer of the second.
var consumes = [model.MaxDevices]model.DeviceSetup{{Supplier: 2}}

// linkFamilies are what can matter to a device link.
const linkFamilies = model.FamilyCore | model.FamilyFailures | model.FamilyIOMMU | model.FamilyRemoval

// settings is every kernel under every bound.
func settings(tb testing.TB) []setting {
	tb.Helper()
	var all []setting
	for _, k := range kernels.All() {
		for _, b := range someBounds {
			if b.Linked() && !k.MakesLinks() {
				continue
			}
			all = append(all, setting{k, b})
		}
	}
	return all
}

// kernel returns a shipped kernel.
func kernel(tb testing.TB, name string) *model.Kernel {
	tb.Helper()
	k, err := kernels.Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}
