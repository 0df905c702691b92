package extract

import (
	"maps"
	"slices"
	"strings"

	"dmafuzz/model"
)

// implied are tests that cannot differ from others, by docs/machine.md: if the
// first holds, so does the second.
var implied = [][2]string{{"fwspec", "param"}, {"domain_dma", "default_dma"}, {"default_dma", "default_domain"},
	{"default_domain", "group"}, {"mapping", "group"}, {"owned", "group"}, {"owner_count", "group"}, {"last_device", "group"},
	{"one_device", "group"}, {"group", "pinned"}, {"ready", "provider"}, {"bound", "driver"}, {"ops_iommu", "ops"},
	{"domain_dma", "not mapping"}, {"domain_dma", "not owned"}, {"mapping", "not owned"}, {"want_dma", "not want_identity"},
	{"want_dma", "not want_fq"}, {"want_fq", "not want_identity"}}

// learn adds an answer and what follows from it; false if that cannot be.
func learn(known map[string]bool, test string, v bool) (map[string]bool, bool) {
	more := maps.Clone(known)
	more[test] = v
	for again := true; again; {
		again = false
		set := func(name string, v bool) bool {
			if rest, not := strings.CutPrefix(name, "not "); not {
				name, v = rest, !v
			}
			old, ok := more[name]
			if !ok {
				more[name], again = v, true
			}
			return !ok || old == v
		}
		for _, im := range implied {
			if more[im[0]] && !set(im[1], true) {
				return nil, false
			}
			name, not := strings.CutPrefix(im[1], "not ")
			if v, ok := more[name]; ok && v == not {
				if !set(im[0], false) {
					return nil, false
				}
			}
		}
	}
	return more, true
}

// lasting are the tests that no call, callback or loop changes.
var lasting = []string{"described", "ranges", "timeout", "want_dma", "want_identity", "want_fq", "mask_covers", "ops_bypass",
	"provider", "ready", "bus host1x", "registered", "test_remove"}

// groupTests change with a group or its domain.
const groupTests = "group default_domain domain_dma default_dma mapping owned owner_count last_device one_device pinned"

// touches are the tests that a step changes, and "=" what is known behind it.
var touches = map[model.Op]string{
	model.OpSetDriver: "driver bound =driver", model.OpClearDriver: "driver bound", model.OpBound: "bound driver deferred =bound",
	model.OpDeferredAdd: "deferred", model.OpDeferredDel: "deferred", model.OpSetOps: "ops ops_iommu",
	model.OpSetDMAIOMMU: "dma_iommu", model.OpSetOpsSetup: "ops_setup", model.OpRangeMapSet: "range_map",
	model.OpRangeMapAdd: "range_map", model.OpRangeMapFree: "range_map", model.OpKill: "dead =dead",
	model.OpParamGet: "param =param", model.OpFwspecInit: "param fwspec =fwspec", model.OpParamFree: "param fwspec =not_param",
	model.OpGroupJoin: groupTests + " =group", model.OpGroupLeave: groupTests + " =not_group", model.OpDomainAlloc: groupTests + " =default_domain",
	model.OpDomainAttach: "domain_dma mapping owned", model.OpDomainDetach: "domain_dma mapping", model.OpDomainChange: groupTests,
	model.OpDomainFree: groupTests, model.OpMappingAttach: "domain_dma mapping owned =mapping", model.OpMappingDetach: "domain_dma mapping",
	model.OpOwnerInc: "owner_count", model.OpOwnerDec: "owner_count", model.OpOwnerClaim: groupTests, model.OpOwnerRelease: groupTests,
	model.OpProviderList: "provider ready =provider", model.OpProviderReady: "provider ready =ready",
	model.OpProviderUnlist: "provider ready", model.OpTestRemoveOff: "test_remove", model.OpRegistered: "registered",
	model.OpDeleted: "registered", model.OpDevresAdd: "devres", model.OpDevresRemove: "devres", model.OpUnlock: "",
	model.OpReadyToProbe: "ready_to_probe =ready_to_probe", model.OpFwspecFree: "fwspec =not_fwspec", model.OpProviderGoing: "", model.OpWalkAdd: "", model.OpWalkDel: "",
}

// forget drops what a step may change. Steps without a DMA meaning change
// nothing; a call, a callback or a loop may change everything, and so may the
// actor that a lock was waited for.
func forget(known map[string]bool, st model.Step) map[string]bool {
	what, ok := touches[st.Op]
	if !ok && !st.Op.HasDMAMeaning() && st.Op != model.OpDriverShutdown {
		return known
	}
	if st.Op == model.OpSetOps {
		what += map[bool]string{true: " =ops", false: " =not_ops"}[st.Arg != uint8(model.DMAOpsNull)]
	}
	after := maps.Clone(known)
	if !ok {
		maps.DeleteFunc(after, func(t string, _ bool) bool { return !slices.Contains(lasting, t) })
		return after
	}
	for _, t := range strings.Fields(what) {
		if name, set := strings.CutPrefix(t, "="); set {
			name, not := strings.CutPrefix(name, "not_")
			after, _ = learn(after, name, !not)
			continue
		}
		delete(after, t)
	}
	return after
}
