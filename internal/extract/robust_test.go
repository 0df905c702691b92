package extract

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"dmafuzz/model"
)

// An edit is a piece of a function's text and what stands there instead.
type edit struct{ file, fn, old, new string }

// refactorings are what somebody might do to a tree that we have not seen. Each
// says what must come of it: nothing else ("same"), the same with a note of
// that text ("note: "), other steps of which one line is named ("path P: "),
// a path that is missing, with what was expected ("missing P: "), or an error
// ("error "). Both are read again when assume states what was asked for.
var refactorings = []struct {
	name, tree string
	edits      []edit
	want       string
	assume     map[string]string
}{
	{"steps in a new helper", "7.2/arm", []edit{{ddFile, "device_unbind_cleanup",
		"static void device_unbind_cleanup(struct device *dev)\n{",
		"static void device_dma_release(struct device *dev)\n{\n\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n}\n\nstatic void device_unbind_cleanup(struct device *dev)\n{"},
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree", "\tdevice_dma_release(dev);\n\tkfree"}},
		"same", nil},
	{"a helper that may fail", "7.2/arm64", []edit{{ddFile, "really_probe",
		"static int really_probe(", "static int setup_dma(struct device *d)\n{\n\tif (!d->bus->dma_configure)\n\t\treturn 0;\n\treturn d->bus->dma_configure(d);\n}\n\nstatic int really_probe("},
		{ddFile, "really_probe", "\tif (dev->bus->dma_configure) {\n\t\tret = dev->bus->dma_configure(dev);\n\t\tif (ret)\n\t\t\tgoto pinctrl_bind_failed;\n\t}\n",
			"\tret = setup_dma(dev);\n\tif (ret)\n\t\tgoto pinctrl_bind_failed;\n"}},
		"same", nil},
	{"a helper with the wrong order", "7.2/arm", []edit{{ddFile, "device_unbind_cleanup",
		"static void device_unbind_cleanup(struct device *dev)\n{",
		"static void device_dma_release(struct device *dev)\n{\n\tarch_teardown_dma_ops(dev);\n\tdevres_release_all(dev);\n}\n\nstatic void device_unbind_cleanup(struct device *dev)\n{"},
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree", "\tdevice_dma_release(dev);\n\tkfree"}},
		"path unbind_cleanup: call dma_teardown <> devres_release", nil},
	{"an unknown call", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);", "\tdevres_release_all(dev);\n\tdevice_frobnicate(dev);"}},
		"note: call of device_frobnicate is not known; passed over", nil},
	{"an unknown call with a result", "7.2/arm64", []edit{{ddFile, "really_probe", "\tret = driver_sysfs_add(dev);", "\tret = device_frobnicate(dev);\n\tif (ret)\n\t\tgoto sysfs_failed;\n\n\tret = driver_sysfs_add(dev);"}},
		"missing bind: a condition that is known, not 'device_frobnicate(dev)'", map[string]string{"if device_frobnicate(dev)": "false"}},
	{"a condition around a step", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tarch_teardown_dma_ops(dev);", "\tif (dev->dma_frob == DMA_FROBBED)\n\t\tarch_teardown_dma_ops(dev);"}},
		"missing unbind_cleanup: a condition that is known, not 'dev->dma_frob==DMA_FROBBED'", map[string]string{"if dev->dma_frob": "=DMA_FROBBED=true"}},
	{"the same condition, stated as a test", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tarch_teardown_dma_ops(dev);", "\tif (frobbed(dev))\n\t\tarch_teardown_dma_ops(dev);"}},
		"missing unbind_cleanup: a condition that is known, not 'frobbed(dev)'", map[string]string{"path unbind_cleanup": "devres_release; call dma_teardown; range_map_free; clear_driver; clear_drvdata; pm_dismiss; pm_reinit; pm_flags"}},
	{"guard", "7.2/arm64", []edit{
		{iommuFile, "iommu_device_use_default_domain", "\tmutex_lock(&group->mutex);", "\tguard(mutex)(&group->mutex);"},
		{iommuFile, "iommu_device_use_default_domain", "\t\tret = -EPROBE_DEFER;\n\t\tgoto unlock_out;", "\t\treturn -EPROBE_DEFER;"},
		{iommuFile, "iommu_device_use_default_domain", "\t\t\tret = -EBUSY;\n\t\t\tgoto unlock_out;", "\t\t\treturn -EBUSY;"},
		{iommuFile, "iommu_device_use_default_domain", "unlock_out:\n\tmutex_unlock(&group->mutex);\n\treturn ret;", "\treturn 0;"}},
		"same", nil},
	{"scoped_guard", "7.2/arm64", []edit{
		{iommuFile, "iommu_device_unuse_default_domain", "\tmutex_lock(&group->mutex);\n", "\tscoped_guard(mutex, &group->mutex) {\n"},
		{iommuFile, "iommu_device_unuse_default_domain", "\tmutex_unlock(&group->mutex);\n", "\t}\n"}},
		"same", nil},
	{"__free", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);", "\tchar *buf __free(kfree) = kmalloc(8, GFP_KERNEL);\n\n\tdevres_release_all(dev);"}},
		"note: call of kmalloc is not known; passed over", nil},
	{"labels renamed", "7.2/arm64", []edit{
		{ddFile, "really_probe", "goto pinctrl_bind_failed;", "goto err_pins;"}, {ddFile, "really_probe", "pinctrl_bind_failed:", "err_pins:"},
		{ddFile, "really_probe", "goto sysfs_failed;", "goto err_sysfs;"}, {ddFile, "really_probe", "sysfs_failed:", "err_sysfs:"}},
		"same", nil},
	{"an early return", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);", "\tif (!dev->driver)\n\t\treturn;\n\n\tdevres_release_all(dev);"}},
		"path unbind_cleanup: end <> devres_release", nil},
	{"early returns turned round", "7.2/arm64", []edit{
		{iommuFile, "iommu_device_unuse_default_domain", "\tif (!group)\n\t\treturn;\n", "\tif (group) {\n"},
		{iommuFile, "iommu_device_unuse_default_domain", "\tmutex_unlock(&group->mutex);\n", "\tmutex_unlock(&group->mutex);\n\t}\n"}},
		"same", nil},
	{"a helper renamed", "7.2/arm64", []edit{{ddFile, "", "device_unbind_cleanup", "device_dma_unbind_cleanup"}},
		"path unbind_cleanup: none <> known", nil},
	{"an entry renamed", "7.2/arm64", []edit{{ddFile, "", "really_probe", "truly_probe"}},
		"error drivers/base/dd.c: expected the function really_probe, found none", map[string]string{"path bind": "set_driver; driver_probe; bound"}},
	{"a step renamed", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "devres_release_all(dev)", "devres_release_all_sync(dev)"}},
		"missing unbind_cleanup: a rule for the call of devres_release_all_sync, which does devres_release_all", nil},
	{"a step in a file that is not read", "7.2/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);", "\tdevice_drop_resources(dev);"}},
		"missing unbind: the step devres_release, which every kernel takes there", nil},
	{"the end of device_add elsewhere", "7.2/arm64", []edit{
		{coreFile, "device_add", "\tdevice_lock(dev);\n\tdev_set_ready_to_probe(dev);\n\tdevice_unlock(dev);", "\tdevice_announce(dev);"}},
		"missing add: the step ready_to_probe, which path attach asks for", map[string]string{"path add": "registered; call iommu_probe; ignore_error; ready_to_probe"}},
	{"the end of bus_add_device elsewhere", "7.2/arm64", []edit{
		{busFile, "bus_add_device", "\tklist_add_tail(&dev->p->knode_bus, &sp->klist_devices);", "\tbus_announce(dev, sp);"}},
		"missing add: the step registered, which every kernel takes there", map[string]string{"path add": "notify_add; call iommu_probe; ignore_error; registered; ready_to_probe"}},
	{"found on its bus at last", "7.2/arm64", []edit{
		{busFile, "bus_add_device", "\tklist_add_tail(&dev->p->knode_bus, &sp->klist_devices);", ""},
		{coreFile, "device_add", "\tbus_probe_device(dev);", "\tklist_add_tail(&dev->p->knode_bus, &sp->klist_devices);\n\tbus_probe_device(dev);"}},
		"path add: pm_add <> registered", nil},
	{"dev->iommu freed before it is cleared", "7.2/arm64", []edit{
		{iommuFile, "dev_iommu_free", "\tdev->iommu = NULL;\n", ""}, {iommuFile, "dev_iommu_free", "\tkfree(param);\n", "\tkfree(param);\n\tdev->iommu = NULL;\n"}},
		"path iommu_release: fwspec_free <> param_free", nil},
	{"steps in a file that is not read", "7.2/arm", []edit{
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n", "\tdevice_dma_release(dev);\n"},
		{"drivers/base/dma.c", "", "", "void device_dma_release(struct device *d)\n{\n\tdevres_release_all(d);\n\tarch_teardown_dma_ops(d);\n}\n"}},
		"same", nil},
	{"the same in the wrong order", "7.2/arm", []edit{
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n", "\tdevice_dma_release(dev);\n"},
		{"drivers/base/dma.c", "", "", "void device_dma_release(struct device *d)\n{\n\tarch_teardown_dma_ops(d);\n\tdevres_release_all(d);\n}\n"}},
		"path unbind_cleanup: call dma_teardown <> devres_release", nil},
	{"a helper of another file's own", "7.2/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n", "\tdevres_release_all(dev);\n\tdevice_dma_release(dev);\n"},
		{"drivers/base/dma.c", "", "", "static void device_dma_release(struct device *d)\n{\n\tarch_teardown_dma_ops(d);\n}\n"}},
		"note: call of device_dma_release is not known; passed over", nil},
	{"a macro of a header that is not read", "7.2/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch", "\tdrop_all(dev);\n\tarch"},
		{"drivers/base/drop.h", "", "", "#define drop_all(d) do { devres_release_all(d); } while (0)\n"}},
		"missing unbind_cleanup: a rule for the call of drop_all, which does devres_release_all", nil},
	{"the list of the walk filled elsewhere", "7.2/arm64", []edit{
		{iommuFile, "__iommu_probe_device", "list_add_tail(&group->entry, group_list)", "iommu_walk_later(group, group_list)"}},
		"missing iommu_register: the steps walk_add and walk_del beside for each listed", nil},
	{"a group taken off the list before the lock", "7.2/arm64", []edit{
		{iommuFile, "bus_iommu_probe", "\t\tlist_del_init(&group->entry);\n", ""},
		{iommuFile, "bus_iommu_probe", "\t\tmutex_lock(&group->mutex);\n", "\t\tlist_del_init(&group->entry);\n\t\tmutex_lock(&group->mutex);\n"}},
		"same", nil},
	{"a group left on the list", "6.1/arm64", []edit{
		{iommuFile, "bus_iommu_probe", "\t\tlist_del_init(&group->entry);\n", ""}},
		"missing iommu_register: the steps walk_add and walk_del beside for each listed", nil},
	{"the range map cleared early and freed late", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup",
		"\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree(dev->dma_range_map);\n\tdev->dma_range_map = NULL;\n",
		"\tconst void *map = dev->dma_range_map;\n\n\tdev->dma_range_map = NULL;\n\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree(map);\n"}},
		"path unbind_cleanup: range_map_free <> devres_release", nil},
	{"the range map left dangling", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdev->dma_range_map = NULL;\n", ""}},
		"missing unbind_cleanup: dev->dma_range_map to be cleared behind its kfree", nil},
	{"the range map forgotten", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tkfree(dev->dma_range_map);\n", ""}},
		"missing unbind_cleanup: kfree(dev->dma_range_map) where it is cleared", nil},
	{"a step as a devm action", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tarch_teardown_dma_ops(dev);\n",
		"\tdevm_add_action(dev, (void *)arch_teardown_dma_ops, dev);\n"}},
		"missing unbind_cleanup: a call of arch_teardown_dma_ops by its name", nil},
	{"a step by a pointer", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tarch_teardown_dma_ops(dev);\n",
		"\tvoid (*fn)(struct device *) = arch_teardown_dma_ops;\n\n\tfn(dev);\n"}},
		"missing unbind_cleanup: a call of arch_teardown_dma_ops by its name", nil},
	{"a step by another name", "6.1/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "static void device_unbind_cleanup(", "#define drop_ops arch_teardown_dma_ops\n\nstatic void device_unbind_cleanup("},
		{ddFile, "device_unbind_cleanup", "\tarch_teardown_dma_ops(dev);\n\tkfree", "\tdrop_ops(dev);\n\tkfree"}},
		"missing unbind_cleanup: a rule for the call of drop_ops, which does arch_teardown_dma_ops", nil},
	{"a step at the end of a scope", "6.1/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "static void device_unbind_cleanup(", "DEFINE_FREE(drop_ops, struct device *, arch_teardown_dma_ops(_T))\n\nstatic void device_unbind_cleanup("},
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree", "\tstruct device *d __free(drop_ops) = dev;\n\n\tdevres_release_all(dev);\n\tkfree"}},
		"missing unbind_cleanup: a rule for the call of drop_ops, which does arch_teardown_dma_ops", nil},
	{"devres goes first in, first out", "7.2/arm64", []edit{{devresFile, "release_nodes", "list_for_each_entry_safe_reverse(", "list_for_each_entry_safe("}},
		"missing unbind_cleanup: the last entry first", nil},
	{"guards of other things", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch",
		"\tguard(rcu)();\n\tscoped_guard(spinlock_irqsave, &dev->devres_lock)\n\t\tdevres_release_all(dev);\n\tarch"}},
		"same", nil},
	{"do while (0)", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n",
		"\tdo {\n\t\tdevres_release_all(dev);\n\t\tarch_teardown_dma_ops(dev);\n\t} while (0);\n"}},
		"same", nil},
	{"a jump out of do while (0)", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n\tkfree",
		"\tdo {\n\t\tdevres_release_all(dev);\n\t\tif (!dev->driver)\n\t\t\tcontinue;\n\t\tarch_teardown_dma_ops(dev);\n\t} while (0);\n\tkfree"}},
		"path unbind_cleanup: range_map_free <> call dma_teardown", nil},
	{"a step behind a macro", "7.2/arm64", []edit{
		{ddFile, "device_unbind_cleanup", "static void device_unbind_cleanup(", "#define drop_all(d) do { devres_release_all(d); } while (0)\n\nstatic void device_unbind_cleanup("},
		{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);\n\tarch", "\tdrop_all(dev);\n\tarch"}},
		"missing unbind_cleanup: a rule for the call of drop_all, which does devres_release_all", nil},
	{"another free", "7.2/arm64", []edit{{ddFile, "device_unbind_cleanup", "kfree(dev->dma_range_map)", "kvfree(dev->dma_range_map)"}},
		"missing unbind_cleanup: a rule for the call of kvfree, which is handed dev->dma_range_map", nil},
	{"ops set by an address", "6.1/arm64", []edit{{ddFile, "device_unbind_cleanup", "\tdevres_release_all(dev);", "\tops_swap(&dev->dma_ops);\n\tdevres_release_all(dev);"}},
		"missing unbind_cleanup: a rule for the call of ops_swap, which is handed &dev->dma_ops", nil},
	{"other ops", "6.1/arm64", []edit{{"arch/arm64/mm/dma-mapping.c", "arch_teardown_dma_ops", "dev->dma_ops = NULL", "dev->dma_ops = &dma_dummy_ops"}},
		"missing dma_teardown: an assignment to dev->dma_ops that is known, not of &dma_dummy_ops", nil},
	{"a member moved", "7.2/arm64", []edit{{ddFile, "really_probe", "dev->bus->dma_configure", "dev->bus->dma->dma_configure"}},
		"missing bind: a condition that is known, not 'dev->bus->dma->dma_configure'", nil},
	{"the attached domain is handed over", "7.2/arm64", []edit{
		{"drivers/iommu/dma-iommu.c", "iommu_setup_dma_ops", "\tbool dma_iommu;\n", "\tbool dma_iommu;\n\n\tdomain = iommu_get_domain_for_dev(dev);\n"}},
		"path iommu_finalize: set_dma_iommu off <> set_dma_iommu on", nil},
	{"a domain of no known origin is handed over", "7.2/arm64", []edit{
		{iommuFile, "__iommu_probe_device", "iommu_setup_dma_ops(dev, group->default_domain)", "iommu_setup_dma_ops(dev, group->frob_domain)"}},
		"missing iommu_probe: a rule for the call 'dev_assign_dma_iommu(dev,iommu_is_dma_domain(dev->iommu_group->frob_domain))'", nil},
	{"dma-iommu in another file", "7.2/arm64", []edit{{"drivers/iommu/dma-iommu.c", "", "iommu_setup_dma_ops", "iommu_setup_dma_ops_moved"}},
		"missing iommu_finalize: the function iommu_setup_dma_ops", nil},
	{"another initcall", "7.2/x86", []edit{{"arch/x86/kernel/pci-dma.c", "", "rootfs_initcall(", "late_initcall("}},
		"missing fact iommu-registers: a pattern that is known", map[string]string{"iommu-registers": "before-drivers"}},
	{"another default", "7.2/arm64", []edit{{iommuFile, "iommu_set_default_translated", "iommu_def_domain_type = IOMMU_DOMAIN_DMA;", "iommu_def_domain_type = frob_type();"}},
		"missing fact default-domain: a pattern that is known", map[string]string{"default-domain": "dma"}},
}

func TestRefactorings(t *testing.T) {
	base := map[string]*model.Kernel{}
	for _, c := range refactorings {
		t.Run(c.name, func(t *testing.T) {
			dir, arch, _ := strings.Cut(c.tree, "/")
			tree := os.DirFS(realTree(t, dir))
			if base[c.tree] == nil {
				base[c.tree] = kernelOf(t, tree, arch)
			}
			o := edited(t, tree, c.edits)
			res, err := Tree(o, Options{Arch: arch})
			if text, ok := strings.CutPrefix(c.want, "error "); ok {
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("%v, want %s", err, text)
				}
			} else if err != nil {
				t.Fatal(err)
			} else {
				judgeRefactoring(t, res, base[c.tree], c.want)
			}
			if c.assume == nil {
				return
			}
			if res, err = Tree(o, Options{Arch: arch, Assume: c.assume}); err != nil {
				t.Fatal(err)
			}
			if len(res.Missing) > 0 {
				t.Errorf("stated, and still missing: %v", res.Missing)
			}
		})
	}
}

// edited is the tree with the edits made, each in the named function or in the
// whole file; an edit that does not apply fails.
func edited(t *testing.T, tree fs.FS, edits []edit) fs.FS {
	t.Helper()
	o := overlay{tree, map[string]string{}}
	for _, e := range edits {
		if e.old == "" { // a new file
			o.files[e.file] = e.new
			continue
		}
		src, err := fs.ReadFile(o, e.file)
		if err != nil {
			t.Fatal(err)
		}
		text, found := string(src), false
		if e.fn == "" {
			found = strings.Contains(text, e.old)
			text = strings.ReplaceAll(text, e.old, e.new)
		} else {
			for more := true; more; { // all of them, but for those that the new text brings
				var next string
				if next, more = within(text, e.fn, e.old, e.new); more {
					text, found = next, true
				}
				more = more && !strings.Contains(e.new, e.old)
			}
		}
		if !found {
			t.Fatalf("%s: %q is not in %s", e.file, e.old, e.fn)
		}
		o.files[e.file] = text
	}
	return o
}

func judgeRefactoring(t *testing.T, res *Result, base *model.Kernel, want string) {
	t.Helper()
	kind, rest, _ := strings.Cut(want, " ")
	if kind == "missing" {
		what, expected, _ := strings.Cut(rest, ": ")
		for _, m := range res.Missing {
			if strings.HasSuffix(m.What, what) && strings.Contains(m.Expected, expected) && m.Pos != "" && m.Assume != "" {
				return
			}
		}
		t.Fatalf("want %s, got %v", want, res.Missing)
	}
	if len(res.Missing) > 0 {
		t.Fatalf("want %s, missing: %v", want, res.Missing)
	}
	path, first, _ := strings.Cut(rest, ": ")
	for p := model.PathKind(1); p <= model.PathMappingDetach; p++ {
		d := compareWays(res.Kernel, base, p, func(string, map[string]bool) bool { return false })
		switch {
		case kind == "path" && p.String() == path:
			if len(d) == 0 || !strings.HasPrefix(d[0], first) {
				t.Errorf("path %s: %v, want %s", p, d, first)
			}
		case len(d) > 0 && kind != "path":
			t.Errorf("path %s: %v", p, d)
		}
	}
	if kind != "note:" {
		return
	}
	for _, n := range res.Notes {
		if strings.Contains(n.Text, rest) && strings.Contains(n.Pos, ":") {
			return
		}
	}
	t.Errorf("no note: %s", rest)
}
