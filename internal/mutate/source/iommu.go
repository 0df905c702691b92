package source

import (
	"bytes"
	"errors"

	"dmafuzz/internal/csource"
)

const (
	iommuFile = "drivers/iommu/iommu.c"
	dmaFile   = "drivers/iommu/dma-iommu.c"
	amdFile   = "drivers/iommu/amd/iommu.c"
	smmuFile  = "drivers/iommu/arm/arm-smmu/arm-smmu.c"
)

var iommuMutants = []Mutant{
	{"dma-iommu-kept-release", "dma_iommu stays set when the IOMMU lets a device go: 280e5a301005 undone.", editing(keptRelease)},
	{"dma-iommu-kept-type", "A change of the domain's type never clears dma_iommu: what d6177a6556f8 repaired for AMD.", editing(keptType)},
	{"amd-ops-kept-type", "A change of the domain's type leaves AMD's ops: d6177a6556f8 undone.", editing(amdKept)},
	{"no-ready-check", "An IOMMU that is listed counts as ready: da33e87bd2bf undone.", editing(func(e *editor) error {
		return e.dropIf(iommuFile, "iommu_fwspec_init", "iommu->ready", "no ready flag")
	})},
	{"use-without-default-domain", "A group is used that has no default domain yet.", editing(func(e *editor) error {
		return e.dropIf(iommuFile, "iommu_device_use_default_domain", "!group->default_domain", "it does not ask for the default domain")
	})},
	{"type-while-bound", "The type of a group changes under a bound driver.", editing(func(e *editor) error {
		err := e.dropIf(iommuFile, "iommu_group_store_type", "device_is_bound", "")
		if errors.Is(err, ErrNotApplicable) { // since v6.5 it asks for users
			return e.dropIf(iommuFile, "iommu_group_store_type", "group->owner_cnt", "it does not ask for a driver")
		}
		return err
	})},
	{"probe-under-driver", "A registration also probes devices that have a driver.", editing(underDriver)},
	{"smmu-unregisters-at-shutdown", "The SMMU driver unregisters at shutdown: ce31e6ca68bd undone.", editing(smmuShutdown)},
}

// dropIf takes an if out of a function. A tree that lacks either does not have
// what the mutant changes.
func (e *editor) dropIf(file, name, cond, without string) error {
	s, err := e.open(file)
	if err != nil {
		return err
	}
	fn := s.function(name)
	if fn == nil {
		return notApplicable("no %s", name)
	}
	st, _ := deep(fn.Body, asks(cond))
	if st == nil {
		return notApplicable("%s", without)
	}
	if i := st.(*csource.If); i.Else != nil {
		return s.shape(i.Pos, "an if without else")
	}
	return s.drop(st)
}

func keptRelease(e *editor) error {
	s, err := e.open(iommuFile)
	if err != nil {
		return err
	}
	for _, name := range []string{"iommu_deinit_device", "iommu_release_device"} {
		if fn := s.function(name); fn != nil {
			clears := either(assigns("dev->dma_iommu", "false"), calls("dev_clear_dma_iommu", "dev"))
			if st, _ := deep(fn.Body, around(clears)); st != nil {
				return s.drop(st)
			}
		}
	}
	return notApplicable("a release clears no dma_iommu")
}

func keptType(e *editor) error {
	s, fn, err := e.function(dmaFile, "iommu_setup_dma_ops")
	if err != nil {
		return err
	}
	st := first(fn.Body, either(calls("dev_assign_dma_iommu", "dev"), assigns("dev->dma_iommu", "")))
	if st == nil {
		return notApplicable("no dma_iommu")
	}
	x := st.(*csource.ExprStmt).Expr
	is := ""
	if len(x.Assigns) > 0 {
		is = x.Assigns[0].RHS
	} else {
		is = x.Calls[len(x.Calls)-1].Args[1]
	}
	return s.insert(st, "if (!("+is+"))", "\treturn;")
}

func amdKept(e *editor) error {
	s, err := e.open(amdFile)
	if err != nil {
		return err
	}
	fn := s.function("amd_iommu_probe_finalize")
	if fn == nil {
		return notApplicable("no amd_iommu_probe_finalize")
	}
	st := first(fn.Body, calls("set_dma_ops", "dev", "NULL"))
	if st == nil {
		return notApplicable("%s clears nothing", fn.Name)
	}
	return s.drop(st)
}

// underDriver takes one test out of a condition.
func underDriver(e *editor) error {
	s, err := e.open(iommuFile)
	if err != nil {
		return err
	}
	fn := s.function("iommu_init_device")
	if fn == nil {
		return notApplicable("no iommu_init_device")
	}
	const test = "!dev->driver"
	st, _ := deep(fn.Body, asks(test+" && "))
	if st == nil {
		return notApplicable("it does not ask for a driver")
	}
	from := s.offset(st.(*csource.If).Cond.Pos)
	i := bytes.Index(s.text[from:], []byte(test)) // it is in the condition
	and := skip(s.text, from+i+len(test))
	return s.put(from+i, skip(s.text, and+len("&&")), "")
}

// smmuShutdown moves the call from remove to shutdown, which remove calls.
func smmuShutdown(e *editor) error {
	s, down, err := e.function(smmuFile, "arm_smmu_device_shutdown")
	if err != nil {
		return err
	}
	if st, _ := deep(down.Body, either(calls("iommu_device_unregister"), calls("arm_smmu_device_remove"))); st != nil {
		return notApplicable("its shutdown unregisters already")
	}
	remove := s.function("arm_smmu_device_remove")
	if remove == nil {
		return s.shape(down.Pos, "the function arm_smmu_device_remove in this file")
	}
	st := first(remove.Body, calls("iommu_device_unregister"))
	before := first(down.Body, calls("arm_smmu_rpm_get"))
	if st == nil || before == nil {
		return s.shape(remove.Pos, "iommu_device_unregister in remove, arm_smmu_rpm_get in shutdown")
	}
	return s.move([]csource.Stmt{st}, before)
}
