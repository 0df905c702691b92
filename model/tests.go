package model

// holds tells whether all conditions of a step hold.
func (r *runner) holds(at uint16, n uint8, depth uint8) bool {
	if n == 0 {
		return true
	}
	for _, c := range r.m.prog.conds[at : at+uint16(n)] {
		if r.test(c, r.device(depth)) == c.Not {
			return false
		}
	}
	return true
}

// test asks one condition. The tests of a group hold only for a device that is
// in its group.
func (r *runner) test(c Cond, device uint8) bool {
	d := &r.s.Devices[device]
	switch c.Test {
	case TestRegistered:
		return d.Life == LifeRegistered
	case TestReadyToProbe:
		return d.Ready
	case TestDead:
		return d.Dead
	case TestDriver:
		return d.Driver
	case TestBound:
		return d.Bound
	case TestDescribed:
		return r.m.firmware[device] != FirmwareNone
	case TestRanges:
		return d.Described == AddRanges
	case TestParam:
		return d.Param
	case TestFwspec:
		return d.Fwspec
	case TestGroup:
		return d.Group
	case TestOps:
		return d.Ops != DMAOpsNull
	case TestOpsIOMMU:
		return d.Ops == DMAOpsIOMMU
	case TestOpsBypass:
		return d.Bypass
	case TestDMAIOMMU:
		return d.DMAIOMMU
	case TestOpsSetup:
		return d.OpsSetup
	case TestRangeMap:
		return d.RangeMap != RangeNone
	case TestPool:
		return d.Pool
	case TestDevres:
		return int(d.NumDevres) > r.taken(device)
	case TestDeferred:
		return d.Deferred
	case TestMaskCovers:
		return d.Wide || !r.s.Hotplug
	case TestBus:
		return r.m.bus[device] == Bus(c.Arg)
	case TestFirmware:
		return r.m.firmware[device] == Firmware(c.Arg)
	case TestDefaultDomain, TestDomainDMA, TestDefaultDMA, TestMapping, TestOwned, TestOwnerCount, TestLastDevice, TestOneDevice:
		return d.Group && r.testGroup(c.Test, device)
	}
	return r.testElse(c.Test)
}

func (r *runner) testGroup(t Test, device uint8) bool {
	g := &r.s.Groups[r.m.group(device)]
	switch t {
	case TestDefaultDomain:
		return g.Default != DomainNone
	case TestDomainDMA:
		return g.Default == DomainDMA && g.Attached == AttachedDefault
	case TestDefaultDMA:
		return g.Default == DomainDMA
	case TestMapping:
		return g.mapped()
	case TestOwned:
		return g.Owned
	case TestOwnerCount:
		return g.OwnerCount != 0
	}
	return r.m.alone(r.s, device) // last_device, one_device
}

// testElse asks what does not depend on a device.
func (r *runner) testElse(t Test) bool {
	switch t {
	case TestProvider:
		return r.s.Provider != ProviderAbsent
	case TestReady:
		return r.s.Provider >= ProviderReady
	case TestPinned:
		for i := range r.s.Devices {
			if r.s.Devices[i].Group {
				return true
			}
		}
		return false
	case TestTimeout:
		return r.s.Timeout
	case TestTestRemove:
		return r.f.Test
	case TestError:
		return r.f.Err != ErrNone
	case TestDefer:
		return r.f.Err == ErrDefer
	case TestWantDMA:
		return r.f.Want == TypeDMA
	case TestWantIdentity:
		return r.f.Want == TypeIdentity
	case TestWantFQ:
		return r.f.Want == TypeFQ
	case TestFromPool:
		mem := &r.s.Memory[r.f.Memory]
		return r.hasMemory() && mem.Path == DMAPathPool && !mem.PoolGone
	}
	mustDefect("unknown test %d", t)
	return false
}
