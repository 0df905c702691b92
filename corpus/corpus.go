// Package corpus holds the regressions: one trace a file, readable and editable
// by hand, each with what it breaks on kernels before and after its fix.
//
// Files named NN-... are bugs of the zoo by their number, open-... are findings
// on the newest kernels, quiet-... must not be reported at all. The package says
// nothing about kernels itself; internal/kernels does.
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

//go:embed 18-teardown-on-unbind-for-x86.trace
var zoo18TeardownOnUnbindForX86 string

//go:embed 18-type-change-leaves-stale-ops.trace
var zoo18TypeChangeLeavesStaleOps string

//go:embed 26-own-mapping-torn-down-at-unbind.trace
var zoo26OwnMappingTornDownAtUnbind string

//go:embed 26-rebind-keeps-arm-ops.trace
var zoo26RebindKeepsArmOps string

//go:embed 33-page-pool-unmaps-after-unbind.trace
var zoo33PagePoolUnmapsAfterUnbind string

//go:embed 35-range-map-overwritten.trace
var zoo35RangeMapOverwritten string

//go:embed device-joins-a-claimed-group.trace
var deviceJoinsAClaimedGroup string

//go:embed iommu-register-failure-leaves-ops.trace
var iommuRegisterFailureLeavesOps string

//go:embed open-range-map-of-device-add-is-lost.trace
var openRangeMapOfDeviceAddIsLost string

//go:embed quiet-33-page-pool-unmaps-in-time.trace
var quiet33PagePoolUnmapsInTime string

//go:embed quiet-bind-unbind-defer.trace
var quietBindUnbindDefer string

//go:embed quiet-no-range-map.trace
var quietNoRangeMap string

//go:embed quiet-type-change-while-bound.trace
var quietTypeChangeWhileBound string

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
	{"18-teardown-on-unbind-for-x86.trace", zoo18TeardownOnUnbindForX86},
	{"18-type-change-leaves-stale-ops.trace", zoo18TypeChangeLeavesStaleOps},
	{"26-own-mapping-torn-down-at-unbind.trace", zoo26OwnMappingTornDownAtUnbind},
	{"26-rebind-keeps-arm-ops.trace", zoo26RebindKeepsArmOps},
	{"33-page-pool-unmaps-after-unbind.trace", zoo33PagePoolUnmapsAfterUnbind},
	{"35-range-map-overwritten.trace", zoo35RangeMapOverwritten},
	{"device-joins-a-claimed-group.trace", deviceJoinsAClaimedGroup},
	{"iommu-register-failure-leaves-ops.trace", iommuRegisterFailureLeavesOps},
	{"open-range-map-of-device-add-is-lost.trace", openRangeMapOfDeviceAddIsLost},
	{"quiet-33-page-pool-unmaps-in-time.trace", quiet33PagePoolUnmapsInTime},
	{"quiet-bind-unbind-defer.trace", quietBindUnbindDefer},
	{"quiet-no-range-map.trace", quietNoRangeMap},
	{"quiet-type-change-while-bound.trace", quietTypeChangeWhileBound},
}

// Files returns the traces in order of name.
func Files() []File { return slices.Clone(files) }

// IsBug tells whether the trace shows a bug, rather than what must be quiet.
func (f File) IsBug() bool { return !strings.HasPrefix(f.Name, "quiet-") }
