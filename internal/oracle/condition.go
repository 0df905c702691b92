package oracle

import (
	"slices"

	"dmafuzz/model"
)

// holdAll asks the conditions of the step at hand, up to the first that does not
// hold, and tells whether all do. To ask for a fwspec that is freed is a finding.
func (w *World) holdAll(r *run, conditions []model.Cond) bool {
	for _, c := range conditions {
		if d := w.devices[r.at().device]; c.Test == model.TestFwspec && d.dangling && w.races() {
			w.report(r.site(), finding{invariant: model.NoUseAfterTeardown, consequence: model.Silent, device: d.number})
		}
		if w.holds(r, c) == c.Not {
			return false
		}
	}
	return true
}

// wouldHold tells whether all conditions of a step hold, and asks nothing.
func (w *World) wouldHold(r *run, conditions []model.Cond) bool {
	return !slices.ContainsFunc(conditions, func(c model.Cond) bool { return w.holds(r, c) == c.Not })
}

// holds tells whether the test of a condition holds, its `not` left aside.
func (w *World) holds(r *run, c model.Cond) bool {
	d := w.devices[r.at().device]
	switch c.Test {
	case model.TestTestRemove:
		return r.testRemove
	case model.TestError:
		return r.err != model.ErrNone
	case model.TestDefer:
		return r.err == model.ErrDefer
	case model.TestWantDMA:
		return r.want() == model.TypeDMA
	case model.TestWantIdentity:
		return r.want() == model.TypeIdentity
	case model.TestWantFQ:
		return r.want() == model.TypeFQ
	case model.TestFromPool:
		return w.fromPool(r)
	case model.TestProvider:
		return w.provider != model.ProviderAbsent
	case model.TestReady:
		return w.provider == model.ProviderReady || w.provider == model.ProviderGoing
	case model.TestTimeout:
		return w.timeout
	case model.TestPinned:
		return w.pinned()
	}
	return w.deviceHolds(c, d)
}

// fromPool tells whether the memory at hand lies in a pool that is still there.
func (w *World) fromPool(r *run) bool {
	if r.dma == nil {
		return false
	}
	m := w.slots[r.dma.slot]
	return m != nil && m.fromPool() && !m.poolGone
}

func (w *World) deviceHolds(c model.Cond, d *device) bool {
	switch c.Test {
	case model.TestRegistered:
		return d.registered()
	case model.TestReadyToProbe:
		return d.ready
	case model.TestDead:
		return d.dead
	case model.TestDriver:
		return d.driver
	case model.TestBound:
		return d.bound
	case model.TestDescribed:
		return w.firmware(d.number) != model.FirmwareNone
	case model.TestRanges:
		return d.described == model.AddRanges
	case model.TestParam:
		return d.param
	case model.TestFwspec:
		return d.fwspec
	case model.TestOps:
		return d.ops != model.DMAOpsNull
	case model.TestOpsIOMMU:
		return d.ops == model.DMAOpsIOMMU
	case model.TestOpsBypass:
		return d.bypass
	case model.TestDMAIOMMU:
		return d.dmaIOMMU
	case model.TestOpsSetup:
		return d.opsSetup
	case model.TestRangeMap:
		return d.rangeMap != model.RangeNone
	case model.TestPool:
		return d.pool
	case model.TestDevres:
		return d.holdsDevres()
	case model.TestDeferred:
		return d.deferred
	case model.TestMaskCovers:
		return d.wide || !w.hotplug
	case model.TestBus:
		return w.bus(d.number) == model.Bus(c.Arg)
	case model.TestFirmware:
		return w.firmware(d.number) == model.Firmware(c.Arg)
	}
	return w.groupHolds(c, d)
}

// groupHolds are the tests that hold only for a device that is in its group.
func (w *World) groupHolds(c model.Cond, d *device) bool {
	g := w.group(d)
	if !w.in(d) {
		return false
	}
	switch c.Test {
	case model.TestGroup:
		return true
	case model.TestDefaultDomain:
		return g.defaultDomain != model.DomainNone
	case model.TestDomainDMA:
		return g.dmaAttached()
	case model.TestDefaultDMA:
		return g.defaultDomain == model.DomainDMA
	case model.TestMapping:
		return g.mappingAttached()
	case model.TestOwned:
		return g.owned
	case model.TestOwnerCount:
		return g.ownerCount > 0
	case model.TestLastDevice, model.TestOneDevice:
		return !w.othersIn(d)
	}
	return false
}
