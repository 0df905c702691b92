package extract

import (
	"strings"

	"dmafuzz/internal/csource"
)

// entry says which function a path is, and how it is entered.
type entry struct {
	path string
	fn   string
	file string             // where it stands, as a hint between functions of one name
	args []string           // what its parameters are
	keep bool               // an error may stay set when the function says success
	null bool               // NULL says that it failed
	last func(*tree) string // a step at its successful end that stands nowhere in the C
	then func(*tree) string // a function that runs behind it, which the C calls by a pointer
	pre  func(*tree) string // the same at its beginning
	// exists tells whether this kernel has the path, or what it expected.
	exists func(*tree) (bool, string)
	// find returns the function, or no name and the position of an empty path.
	find func(*tree) (fn, file string)
}

const (
	ddFile      = "drivers/base/dd.c"
	coreFile    = "drivers/base/core.c"
	busFile     = "drivers/base/bus.c"
	iommuFile   = "drivers/iommu/iommu.c"
	mappingFile = "kernel/dma/mapping.c"
)

// coreFiles are read for every architecture, if they are there.
var coreFiles = []string{ddFile, coreFile, busFile, "drivers/base/platform.c", devresFile, "drivers/pci/pci-driver.c",
	"drivers/of/device.c", "drivers/iommu/of_iommu.c", iommuFile, "drivers/iommu/dma-iommu.c", mappingFile,
	"include/linux/dma-map-ops.h", "include/linux/dma-mapping.h", "include/linux/iommu.h", "include/linux/of_device.h",
	"include/asm-generic/dma-mapping.h", "include/linux/of_iommu.h", "drivers/iommu/iommu-priv.h",
	"drivers/iommu/dma-iommu.h", "include/linux/dma-iommu.h",
	"drivers/soc/sunxi/sunxi_mbus.c", "include/linux/device.h", "drivers/amba/bus.c", "drivers/bus/fsl-mc/fsl-mc-bus.c",
	"drivers/cdx/cdx.c", "drivers/gpu/host1x/bus.c"}

// ownArgs are the parameters of functions that stand for a path instead of
// the usual one.
var ownArgs = map[string][]string{"acpi_dma_configure_id": {"dev", "attr", "NULL"}, "acpi_iommu_configure_id": {"dev", "id"}}

// acpiFiles are read where ACPI describes devices.
var acpiFiles = []string{"drivers/acpi/scan.c", "drivers/acpi/arm64/dma.c", "drivers/acpi/arm64/iort.c"}

// builtBy are the files that the Makefile beside them builds by a symbol, where
// another file has stubs for what they define.
var builtBy = map[string]string{"drivers/iommu/dma-iommu.c": "CONFIG_IOMMU_DMA"}

// entries are all paths, in the order of the result.
var entries = []entry{
	{path: "add", fn: "device_add", file: coreFile, args: []string{"dev"}},
	{path: "attach", fn: "__driver_attach", file: ddFile, args: []string{"dev", "drv"}},
	{path: "bind_store", fn: "bind_store", file: busFile, args: []string{"drv", "buf", "count"}},
	{path: "retry", fn: "deferred_probe_work_func", file: ddFile, args: []string{"work"}},
	{path: "bind", fn: "really_probe", file: ddFile, args: []string{"dev", "drv"}},
	{path: "unbind", fn: "device_release_driver_internal", file: ddFile, args: []string{"dev", "NULL", "parent"}},
	{path: "unbind_cleanup", fn: "device_unbind_cleanup", file: ddFile, args: []string{"dev"}, exists: cleansUp},
	{path: "del", fn: "device_del", file: coreFile, args: []string{"dev"}},
	{path: "put", fn: "device_release", file: coreFile, args: []string{"kobj"}},
	{path: "shutdown", fn: "device_shutdown", file: coreFile, then: unregistered},

	{path: "dma_configure", file: "drivers/base/platform.c", args: []string{"dev"}, find: busHook("dma_configure")},
	{path: "dma_cleanup", file: "drivers/base/platform.c", args: []string{"dev"}, exists: cleans, find: busHook("dma_cleanup")},
	{path: "firmware", fn: "of_dma_configure_id", file: "drivers/of/device.c", args: []string{"dev", "np", "true", "NULL"},
		exists: has("firmware", iommuFile), find: firmwarePath},
	{path: "iommu_configure", fn: "of_iommu_configure", file: "drivers/iommu/of_iommu.c", args: []string{"dev", "np", "id"}, find: configurePath},
	{path: "dma_setup", fn: "arch_setup_dma_ops", file: "include/linux/dma-map-ops.h", args: []string{"dev"}},
	{path: "dma_teardown", fn: "arch_teardown_dma_ops", file: "include/linux/dma-map-ops.h", args: []string{"dev"}},
	{path: "mapping_attach", fn: "arm_iommu_attach_device", file: "arch/arm/mm/dma-mapping.c", args: []string{"dev", "mapping"}, exists: armOnly},
	{path: "mapping_detach", fn: "arm_iommu_detach_device", file: "arch/arm/mm/dma-mapping.c", args: []string{"dev"}, exists: armOnly},

	{path: "owner_use", fn: "iommu_device_use_default_domain", file: iommuFile, args: []string{"dev"}, exists: has("owner_use", iommuFile)},
	{path: "owner_unuse", fn: "iommu_device_unuse_default_domain", file: iommuFile, args: []string{"dev"}, exists: has("owner_use", iommuFile)},
	{path: "owner_claim", fn: "iommu_group_claim_dma_owner", file: iommuFile, args: []string{"dev->iommu_group", "true"}, exists: has("owner_use", iommuFile)},
	{path: "owner_release", fn: "iommu_group_release_dma_owner", file: iommuFile, args: []string{"dev->iommu_group"}, exists: has("owner_use", iommuFile)},
	{path: "iommu_probe", fn: "iommu_probe_device", file: iommuFile, args: []string{"dev"}},
	{path: "iommu_finalize", file: iommuFile, args: []string{"dev", "dev->iommu_group->default_domain"}, find: finalizePath},
	{path: "iommu_release", fn: "iommu_release_device", file: iommuFile, args: []string{"dev"}},
	{path: "iommu_register", file: iommuFile, args: []string{"iommu", "ops", "hwdev"}, last: ready, pre: listed, find: registerPath},
	{path: "iommu_unregister", fn: "iommu_device_unregister", file: iommuFile, args: []string{"iommu"}, exists: modular, pre: going},
	{path: "type_store", fn: "iommu_group_store_type", file: iommuFile, args: []string{"dev->iommu_group", "buf", "true"}, exists: has("type_store", iommuFile)},

	{path: "dma_alloc", fn: "dma_alloc_attrs", file: mappingFile, args: []string{"dev", "size", "handle", "flag", "attrs"}},
	{path: "dma_free", fn: "dma_free_attrs", file: mappingFile, args: []string{"dev", "size", "true", "handle", "attrs"}},
	{path: "dma_map", fn: "dma_map_page_attrs", file: mappingFile, args: []string{"dev", "page", "offset", "size", "dir", "attrs"}},
	{path: "dma_unmap", fn: "dma_unmap_page_attrs", file: mappingFile, args: []string{"dev", "addr", "size", "dir", "attrs"}},
	{path: "dmam_alloc", fn: "dmam_alloc_attrs", file: mappingFile, args: []string{"dev", "size", "handle", "gfp", "attrs"}, null: true},
	{path: "dmam_free", fn: "dmam_free_coherent", file: mappingFile, args: []string{"dev", "size", "vaddr", "handle"}},
}

// has asks whether a kernel has a path, which only its file can tell.
func has(path, file string) func(*tree) (bool, string) {
	return func(t *tree) (bool, string) {
		if t.files[file] == nil {
			return false, "the file " + file
		}
		return t.hasPath[path], ""
	}
}

// cleansUp asks whether the clean-up behind a driver is a function of its own,
// which is not read if nothing defines it.
func cleansUp(t *tree) (bool, string) {
	if !t.hasPath["unbind_cleanup"] && t.calls("device_unbind_cleanup", "really_probe", "__device_release_driver") {
		return false, "the function device_unbind_cleanup"
	}
	return t.hasPath["unbind_cleanup"], ""
}

// cleans asks the bus whether it has a dma_cleanup.
func cleans(t *tree) (bool, string) {
	if name := arches[t.arch].bustype; len(t.inits[name]) == 0 {
		return false, "the initialiser of " + name
	}
	return t.hasPath["dma_cleanup"], ""
}

func armOnly(t *tree) (bool, string) { return t.arch == "arm", "" }

// modular: where the IOMMU is up before any driver, its driver is built in and
// never goes.
func modular(t *tree) (bool, string) { return t.registers != "before-drivers", "" }

// smmuFiles are the IOMMU drivers of ARM whose own shutdown matters; the second is
// of arm64 alone.
var smmuFiles = []string{"drivers/iommu/arm/arm-smmu/arm-smmu.c", "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"}

// unregistered: an IOMMU driver whose shutdown comes to iommu_device_unregister
// does what that does in this tree, after the drivers of its masters have shut
// down.
func unregistered(t *tree) string {
	if t.registers == "before-drivers" {
		return ""
	}
	for _, name := range arches[t.arch].registers {
		f := t.files[name]
		if f == nil {
			t.note(name, "not there: whether its shutdown unregisters the IOMMU is not read")
			continue
		}
		for _, in := range f.Inits {
			if s := in.Field("shutdown"); s != nil && in.Type == "struct platform_driver" && t.reaches(f, s.Value, "iommu_device_unregister", 0) {
				return "iommu_device_unregister"
			}
		}
	}
	return ""
}

// reaches tells whether a function of the file calls another, through others
// that were read.
func (t *tree) reaches(f *csource.File, from, to string, depth int) bool {
	fn := t.function(from, f.Name)
	if fn == nil || depth > 4 || t.files[fn.File] == nil {
		return false
	}
	for _, c := range csource.Calls(fn.Body) {
		if c.Name == to || t.reaches(t.files[fn.File], c.Name, to, depth+1) {
			return true
		}
	}
	return false
}

// ready: where no flag says that the registration is over, it is at the end.
func ready(t *tree) string {
	if t.hasPath["ready"] {
		return ""
	}
	return "provider_ready"
}

// registerPath: up to v5.19, iommu_device_register only lists the IOMMU, and
// its driver walks over the devices by bus_set_iommu behind it.
func registerPath(t *tree) (string, string) {
	if t.hasPath["bus_set"] {
		return "iommu_bus_init", iommuFile
	}
	return "iommu_device_register", iommuFile
}

func listed(t *tree) string {
	if t.hasPath["bus_set"] {
		return "provider_list"
	}
	return ""
}

// going: a driver's module that a device holds by try_module_get cannot go, and
// one that goes gets no further device.
func going(t *tree) string {
	if t.calls("try_module_get", "iommu_init_device", "__iommu_probe_device", "iommu_probe_device") {
		return "provider_going"
	}
	return ""
}

// calls tells whether one of the functions, of whatever file, calls what.
func (t *tree) calls(what string, in ...string) bool {
	for _, name := range in {
		if f := t.function(name, ""); f != nil {
			for _, c := range csource.Calls(f.Body) {
				if c.Member() == what {
					return true
				}
			}
		}
	}
	return false
}

// findPaths says which of the paths that not every kernel has are there.
func (t *tree) findPaths() {
	t.hasPath["unbind_cleanup"] = t.calls("device_unbind_cleanup", "really_probe", "__device_release_driver") &&
		t.find("device_unbind_cleanup", ddFile) != nil
	t.hasPath["owner_use"] = t.function("iommu_device_use_default_domain", iommuFile) != nil
	t.hasPath["type_store"] = t.function("iommu_group_store_type", iommuFile) != nil
	fn, _ := busHook("dma_cleanup")(t)
	t.hasPath["dma_cleanup"] = fn != ""
	t.hasPath["firmware"] = t.calls("dma_configure", "iommu_init_device", "__iommu_probe_device")
	t.hasPath["release_domain"] = t.calls("attach_dev", "iommu_deinit_device", "iommu_release_device")
	t.hasPath["core_finalize"] = t.calls("iommu_setup_dma_ops", "iommu_init_device", "__iommu_probe_device", "iommu_probe_device")
	t.hasPath["bus_set"] = !t.calls("bus_iommu_probe", "iommu_device_register") && t.function("iommu_bus_init", iommuFile) != nil
	t.hasPath["no_vendor_release"] = t.arch != "x86-intel" || !t.calls("set_dma_ops", "intel_iommu_release_device")
	t.hasPath["ready"] = t.calls("WRITE_ONCE", "iommu_device_register")
}

// busHook reads a member of the bus's initialiser.
func busHook(member string) func(*tree) (string, string) {
	return func(t *tree) (string, string) { return t.busMember(arches[t.arch].bustype, member) }
}

// namesIOMMU tells whether firmware names the IOMMU of a device. On x86 it does
// not: the IOMMU driver knows its devices, and the path does nothing.
func (t *tree) namesIOMMU() bool { return arches[t.arch].firmware == "of" }

func firmwarePath(t *tree) (string, string) {
	switch {
	case !t.namesIOMMU():
		return "", "drivers/acpi/scan.c"
	case t.firmware == "acpi":
		return "acpi_dma_configure_id", "drivers/acpi/scan.c"
	}
	return "of_dma_configure_id", "drivers/of/device.c"
}

func configurePath(t *tree) (string, string) {
	switch {
	case !t.namesIOMMU():
		return "", "drivers/acpi/scan.c"
	case t.firmware == "acpi":
		return "acpi_iommu_configure_id", "drivers/acpi/scan.c"
	}
	return "of_iommu_configure", "drivers/iommu/of_iommu.c"
}

// finalizePath: since v6.10 the IOMMU core sets a device's ops itself. Before,
// a driver's probe_finalize does so on x86; on ARM none of them does.
func finalizePath(t *tree) (string, string) {
	fn := t.function("iommu_setup_dma_ops", "drivers/iommu/dma-iommu.c")
	switch {
	case t.hasPath["core_finalize"] && fn == nil:
		return "iommu_setup_dma_ops", "drivers/iommu/dma-iommu.c"
	case t.hasPath["core_finalize"] && strings.HasSuffix(fn.File, ".h"): // the stub without IOMMU_DMA
		return "", fn.File
	case t.hasPath["core_finalize"]:
		return fn.Name, fn.File
	case arches[t.arch].firmware == "of":
		return "", iommuFile
	case t.arch == "x86-intel":
		if t.function("intel_iommu_probe_finalize", "") != nil {
			return "intel_iommu_probe_finalize", "drivers/iommu/intel/iommu.c"
		}
	}
	return "amd_iommu_probe_finalize", "drivers/iommu/amd/iommu.c"
}
