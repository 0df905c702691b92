// Package corpus holds the regressions: one trace a file, readable and editable
// by hand, each with what it breaks on kernels before and after its fix.
//
// Files named NN-... are bugs of the zoo by their number, open-... are findings
// on the newest kernels, quiet-... must not be reported at all. The package says
// nothing about kernels itself; model/kernels does.
package corpus

import (
	_ "embed"
	"slices"
	"strings"
)

// File is one trace of the corpus.
type File struct{ Name, Text string }

//go:embed 01-unbind-swiotlb.trace
var zoo01UnbindSwiotlb string

//go:embed 01-unbind-teardown-before-devres.trace
var zoo01UnbindTeardownBeforeDevres string

//go:embed 02-probe-defer-teardown-before-devres.trace
var zoo02ProbeDeferTeardownBeforeDevres string

//go:embed 02-probe-error-teardown-before-devres.trace
var zoo02ProbeErrorTeardownBeforeDevres string

//go:embed 03-range-map-kept-on-probe-failure.trace
var zoo03RangeMapKeptOnProbeFailure string

//go:embed 04-range-map-freed-before-devres.trace
var zoo04RangeMapFreedBeforeDevres string

//go:embed 05-range-map-leaked-on-test-remove.trace
var zoo05RangeMapLeakedOnTestRemove string

//go:embed 05-range-map-leaked-on-unbind.trace
var zoo05RangeMapLeakedOnUnbind string

//go:embed 07-test-remove-without-dma-cleanup.trace
var zoo07TestRemoveWithoutDmaCleanup string

//go:embed 09-devm-on-a-never-bound-device.trace
var zoo09DevmOnANeverBoundDevice string

//go:embed 10-dmam-free-drops-the-entry-last.trace
var zoo10DmamFreeDropsTheEntryLast string

//go:embed 13-bind-before-the-default-domain.trace
var zoo13BindBeforeTheDefaultDomain string

//go:embed 13-bind-before-the-ready-flag.trace
var zoo13BindBeforeTheReadyFlag string

//go:embed 14-fwspec-freed-by-the-register-walk.trace
var zoo14FwspecFreedByTheRegisterWalk string

//go:embed 14-fwspec-freed-under-of-iommu-configure.trace
var zoo14FwspecFreedUnderOfIommuConfigure string

//go:embed 15-default-domain-allocated-twice.trace
var zoo15DefaultDomainAllocatedTwice string

//go:embed 18-teardown-on-unbind-for-x86.trace
var zoo18TeardownOnUnbindForX86 string

//go:embed 18-type-change-leaves-stale-ops.trace
var zoo18TypeChangeLeavesStaleOps string

//go:embed 24-iommu-unbound-under-its-masters.trace
var zoo24IommuUnboundUnderItsMasters string

//go:embed 26-own-mapping-torn-down-at-unbind.trace
var zoo26OwnMappingTornDownAtUnbind string

//go:embed 26-rebind-keeps-arm-ops.trace
var zoo26RebindKeepsArmOps string

//go:embed 33-page-pool-unmaps-after-unbind.trace
var zoo33PagePoolUnmapsAfterUnbind string

//go:embed 33-page-pool-unmaps-during-unbind.trace
var zoo33PagePoolUnmapsDuringUnbind string

//go:embed 34-iommu-unregistered-at-shutdown.trace
var zoo34IommuUnregisteredAtShutdown string

//go:embed 35-range-map-overwritten.trace
var zoo35RangeMapOverwritten string

//go:embed bind-during-device-add.trace
var bindDuringDeviceAdd string

//go:embed claim-released-during-bind.trace
var claimReleasedDuringBind string

//go:embed device-joins-a-claimed-group.trace
var deviceJoinsAClaimedGroup string

//go:embed iommu-register-failure-leaves-ops.trace
var iommuRegisterFailureLeavesOps string

//go:embed iommu-unregister-during-bind.trace
var iommuUnregisterDuringBind string

//go:embed open-claim-before-devres-release.trace
var openClaimBeforeDevresRelease string

//go:embed open-device-goes-during-register-walk.trace
var openDeviceGoesDuringRegisterWalk string

//go:embed open-device-joins-during-register-walk.trace
var openDeviceJoinsDuringRegisterWalk string

//go:embed open-failed-probe-lets-its-supplier-go.trace
var openFailedProbeLetsItsSupplierGo string

//go:embed open-group-goes-during-register-walk.trace
var openGroupGoesDuringRegisterWalk string

//go:embed open-owner-counted-for-the-walk.trace
var openOwnerCountedForTheWalk string

//go:embed open-range-map-of-device-add-is-lost.trace
var openRangeMapOfDeviceAddIsLost string

//go:embed open-register-fails-under-a-bound-driver.trace
var openRegisterFailsUnderABoundDriver string

//go:embed open-register-walk-leaks-a-range-map.trace
var openRegisterWalkLeaksARangeMap string

//go:embed open-register-walk-lets-a-bind-by.trace
var openRegisterWalkLetsABindBy string

//go:embed open-two-unbinds-of-a-supplier.trace
var openTwoUnbindsOfASupplier string

//go:embed open-type-change-before-devres-release.trace
var openTypeChangeBeforeDevresRelease string

//go:embed quiet-10-dmam-free-drops-the-entry-first.trace
var quiet10DmamFreeDropsTheEntryFirst string

//go:embed quiet-13-bind-waits-for-the-default-domain.trace
var quiet13BindWaitsForTheDefaultDomain string

//go:embed quiet-13-bind-waits-for-the-ready-flag.trace
var quiet13BindWaitsForTheReadyFlag string

//go:embed quiet-33-page-pool-unmaps-in-time.trace
var quiet33PagePoolUnmapsInTime string

//go:embed quiet-bind-unbind-defer.trace
var quietBindUnbindDefer string

//go:embed quiet-no-range-map.trace
var quietNoRangeMap string

//go:embed quiet-supplier-unbinds-its-consumers-first.trace
var quietSupplierUnbindsItsConsumersFirst string

//go:embed quiet-supplier-waits-for-the-end-of-a-probe.trace
var quietSupplierWaitsForTheEndOfAProbe string

//go:embed quiet-type-change-while-bound.trace
var quietTypeChangeWhileBound string

//go:embed supplier-unbinds-before-consumer-devres.trace
var supplierUnbindsBeforeConsumerDevres string

//go:embed type-change-during-bind.trace
var typeChangeDuringBind string

//go:embed type-change-during-device-add.trace
var typeChangeDuringDeviceAdd string

// files names each trace; a test compares it with the folder. No patterns:
// go-fuzz-build copies embedded files by name only.
var files = []File{
	{"01-unbind-swiotlb.trace", zoo01UnbindSwiotlb},
	{"01-unbind-teardown-before-devres.trace", zoo01UnbindTeardownBeforeDevres},
	{"02-probe-defer-teardown-before-devres.trace", zoo02ProbeDeferTeardownBeforeDevres},
	{"02-probe-error-teardown-before-devres.trace", zoo02ProbeErrorTeardownBeforeDevres},
	{"03-range-map-kept-on-probe-failure.trace", zoo03RangeMapKeptOnProbeFailure},
	{"04-range-map-freed-before-devres.trace", zoo04RangeMapFreedBeforeDevres},
	{"05-range-map-leaked-on-test-remove.trace", zoo05RangeMapLeakedOnTestRemove},
	{"05-range-map-leaked-on-unbind.trace", zoo05RangeMapLeakedOnUnbind},
	{"07-test-remove-without-dma-cleanup.trace", zoo07TestRemoveWithoutDmaCleanup},
	{"09-devm-on-a-never-bound-device.trace", zoo09DevmOnANeverBoundDevice},
	{"10-dmam-free-drops-the-entry-last.trace", zoo10DmamFreeDropsTheEntryLast},
	{"13-bind-before-the-default-domain.trace", zoo13BindBeforeTheDefaultDomain},
	{"13-bind-before-the-ready-flag.trace", zoo13BindBeforeTheReadyFlag},
	{"14-fwspec-freed-by-the-register-walk.trace", zoo14FwspecFreedByTheRegisterWalk},
	{"14-fwspec-freed-under-of-iommu-configure.trace", zoo14FwspecFreedUnderOfIommuConfigure},
	{"15-default-domain-allocated-twice.trace", zoo15DefaultDomainAllocatedTwice},
	{"18-teardown-on-unbind-for-x86.trace", zoo18TeardownOnUnbindForX86},
	{"18-type-change-leaves-stale-ops.trace", zoo18TypeChangeLeavesStaleOps},
	{"24-iommu-unbound-under-its-masters.trace", zoo24IommuUnboundUnderItsMasters},
	{"26-own-mapping-torn-down-at-unbind.trace", zoo26OwnMappingTornDownAtUnbind},
	{"26-rebind-keeps-arm-ops.trace", zoo26RebindKeepsArmOps},
	{"33-page-pool-unmaps-after-unbind.trace", zoo33PagePoolUnmapsAfterUnbind},
	{"33-page-pool-unmaps-during-unbind.trace", zoo33PagePoolUnmapsDuringUnbind},
	{"34-iommu-unregistered-at-shutdown.trace", zoo34IommuUnregisteredAtShutdown},
	{"35-range-map-overwritten.trace", zoo35RangeMapOverwritten},
	{"bind-during-device-add.trace", bindDuringDeviceAdd},
	{"claim-released-during-bind.trace", claimReleasedDuringBind},
	{"device-joins-a-claimed-group.trace", deviceJoinsAClaimedGroup},
	{"iommu-register-failure-leaves-ops.trace", iommuRegisterFailureLeavesOps},
	{"iommu-unregister-during-bind.trace", iommuUnregisterDuringBind},
	{"open-claim-before-devres-release.trace", openClaimBeforeDevresRelease},
	{"open-device-goes-during-register-walk.trace", openDeviceGoesDuringRegisterWalk},
	{"open-device-joins-during-register-walk.trace", openDeviceJoinsDuringRegisterWalk},
	{"open-failed-probe-lets-its-supplier-go.trace", openFailedProbeLetsItsSupplierGo},
	{"open-group-goes-during-register-walk.trace", openGroupGoesDuringRegisterWalk},
	{"open-owner-counted-for-the-walk.trace", openOwnerCountedForTheWalk},
	{"open-range-map-of-device-add-is-lost.trace", openRangeMapOfDeviceAddIsLost},
	{"open-register-fails-under-a-bound-driver.trace", openRegisterFailsUnderABoundDriver},
	{"open-register-walk-leaks-a-range-map.trace", openRegisterWalkLeaksARangeMap},
	{"open-register-walk-lets-a-bind-by.trace", openRegisterWalkLetsABindBy},
	{"open-two-unbinds-of-a-supplier.trace", openTwoUnbindsOfASupplier},
	{"open-type-change-before-devres-release.trace", openTypeChangeBeforeDevresRelease},
	{"quiet-10-dmam-free-drops-the-entry-first.trace", quiet10DmamFreeDropsTheEntryFirst},
	{"quiet-13-bind-waits-for-the-default-domain.trace", quiet13BindWaitsForTheDefaultDomain},
	{"quiet-13-bind-waits-for-the-ready-flag.trace", quiet13BindWaitsForTheReadyFlag},
	{"quiet-33-page-pool-unmaps-in-time.trace", quiet33PagePoolUnmapsInTime},
	{"quiet-bind-unbind-defer.trace", quietBindUnbindDefer},
	{"quiet-no-range-map.trace", quietNoRangeMap},
	{"quiet-supplier-unbinds-its-consumers-first.trace", quietSupplierUnbindsItsConsumersFirst},
	{"quiet-supplier-waits-for-the-end-of-a-probe.trace", quietSupplierWaitsForTheEndOfAProbe},
	{"quiet-type-change-while-bound.trace", quietTypeChangeWhileBound},
	{"supplier-unbinds-before-consumer-devres.trace", supplierUnbindsBeforeConsumerDevres},
	{"type-change-during-bind.trace", typeChangeDuringBind},
	{"type-change-during-device-add.trace", typeChangeDuringDeviceAdd},
}

// Files returns the traces in order of name.
func Files() []File { return slices.Clone(files) }

// IsBug tells whether the trace shows a bug, rather than what must be quiet.
func (f File) IsBug() bool { return !strings.HasPrefix(f.Name, "quiet-") }
