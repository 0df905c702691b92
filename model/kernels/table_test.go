package kernels

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// The rows below are the step lists of the releases in short, one word a call,
// typed off the reading of the sources and not off the files. A kernel file
// must spell out its row.
//
//	LS links_check - PB pinctrl_bind - CF dma_configure - SA sysfs_add - AC pm_activate - PV driver_probe
//	AG groups_add - AS synced_add - PI pinctrl_done - SY pm_sync - BOUND bound
//	RS synced_remove - RG groups_remove - RV driver_remove - SR sysfs_remove
//	NB notify_not_bound - UB notify_unbind - UD notify_unbound
//	DV devres_release - AT dma_teardown - RM range_map_free - DC dma_cleanup - UC unbind_cleanup
//	LN links_no_driver - LC links_cleanup - DN clear_driver - DD clear_drvdata
//	PX pm_detach - PD pm_dismiss - PR pm_reinit - PF pm_flags - RU post_unbind_rust - KL klist_remove - UE uevent
var words = map[string]string{
	"links_check": "LS", "pinctrl_bind": "PB", "call dma_configure": "CF", "sysfs_add": "SA", "pm_activate": "AC",
	"driver_probe": "PV", "groups_add": "AG", "synced_add": "AS", "pinctrl_done": "PI", "pm_sync": "SY", "bound": "BOUND",
	"synced_remove": "RS", "groups_remove": "RG", "driver_remove": "RV", "sysfs_remove": "SR",
	"notify_not_bound": "NB", "notify_unbind": "UB", "notify_unbound": "UD",
	"devres_release": "DV", "call dma_teardown": "AT", "range_map_free": "RM", "call dma_cleanup": "DC",
	"call unbind_cleanup": "UC", "links_no_driver": "LN", "links_cleanup": "LC", "clear_driver": "DN", "clear_drvdata": "DD",
	"pm_detach": "PX", "pm_dismiss": "PD", "pm_reinit": "PR", "pm_flags": "PF", "post_unbind_rust": "RU",
	"klist_remove": "KL", "uevent": "UE",
	"notify_del": "del", "bus_remove": "bus", "deferred_del": "deferred", "links_purge": "purge", "notify_removed": "removed",
	"kobject_del": "kobject", "kill": "kill", "device_free": "free", "override_free": "override", "call unbind": "unbind",
}

// row is what a group of releases shares.
type row struct {
	kernels string
	want    string
}

// of returns the row of a release.
func of(t *testing.T, rows []row, release string) string {
	t.Helper()
	for _, r := range rows {
		for _, k := range strings.Fields(r.kernels) {
			if k == release {
				return r.want
			}
		}
	}
	t.Fatalf("no row for %s", release)
	return ""
}

// newest are the releases that share most rows.
const newest = "v6.6.22 v6.8.1 v6.10 v6.12 v6.12.107 v6.14 v6.17 v6.18.2 v6.19.9 v7.1.3 v7.2.13 v7.3-rc7"

// success is the way through really_probe; ^ stands before the label that a
// failing step goes to.
var success = []row{
	{"v4.9", "PB^pinctrl SA^probe AC^probe PV^probe PI SY BOUND"},
	{"v4.14.177 v4.19.48 v5.2.1", "LS PB^pinctrl CF^probe SA^probe AC^probe PV^probe PI SY BOUND"},
	{"v4.19 v4.20 v5.0 v5.0.1 v5.1", "LS PB^pinctrl CF^dma SA^probe AC^probe PV^probe PI SY BOUND"},
	{"v5.4", "LS PB^pinctrl CF^probe SA^probe AC^probe PV^probe AG^groups PI SY BOUND"},
	{"v5.9.2 v5.10.223 v5.11 v5.12.9 v5.14.2 v5.15.16",
		"LS PB^pinctrl CF^probe SA^probe AC^probe PV^probe AG^groups AS^synced PI SY BOUND"},
	{"v5.17-rc5 v5.18 v5.19 v6.1.176 v6.5 " + newest,
		"LS PB^pinctrl CF^pinctrl SA^sysfs AC^probe PV^probe AG^groups AS^synced PI SY BOUND"},
}

var failure = []row{
	{"v4.9", "<probe> NB <pinctrl> DV SR DN DD PD PR"},
	{"v4.14.177", "<probe> NB <pinctrl> LN DV AT SR DN DD PD PR"},
	{"v4.19 v4.20 v5.0 v5.0.1 v5.1", "<probe> AT <dma> NB <pinctrl> LN DV SR DN DD PD PR PF"},
	{"v4.19.48 v5.2.1", "<probe> NB <pinctrl> LN DV AT SR DN DD PD PR PF"},
	{"v5.4", "<groups> RV <probe> NB <pinctrl> LN DV AT SR DN DD PD PR PF"},
	{"v5.9.2", "<synced> RG <groups> RV <probe> NB <pinctrl> LN DV AT SR DN DD PD PR PF"},
	{"v5.11 v5.12.9", "<synced> RG <groups> RV <probe> RM NB <pinctrl> LN DV AT SR DN DD PD PR PF"},
	{"v5.10.223 v5.14.2 v5.15.16", "<synced> RG <groups> RV <probe> NB <pinctrl> LN DV AT RM SR DN DD PD PR PF"},
	{"v5.17-rc5", "<synced> RG <groups> RV <probe> SR <sysfs> NB <pinctrl> LN DV AT RM DN DD PD PR PF"},
	{"v5.18", "<synced> <groups> RS RG RV <probe> SR <sysfs> NB <pinctrl> LN UC"},
	{"v5.19 v6.1.176 v6.5 " + newest, "<synced> <groups> RS RG RV <probe> SR <sysfs> NB DC <pinctrl> LN UC"},
}

var testRemove = []row{
	{"v4.9 v4.14.177 v4.19 v4.19.48 v4.20 v5.0 v5.0.1 v5.1 v5.2.1", "RV DV SR DN DD PD PR"},
	{"v5.4", "RG RV DV SR DN DD PD PR"},
	{"v5.9.2 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5", "RS RG RV DV SR DN DD PD PR"},
	{"v5.10.223", "RS RG RV DV AT RM SR DN DD PD PR"},
	{"v5.18 v5.19 v6.5", "RS RG RV SR UC"},
	{"v6.1.176 " + newest, "RS RG RV SR DC UC"},
}

var unbind = []row{
	{"v4.9", "SR UB RV DV DN DD PD PR KL UD"},
	{"v4.19 v4.20 v5.0", "SR UB RV LC AT DV DN DD PD PR PF KL UD UE"},
	{"v4.14.177", "SR UB RV LC DV AT DN DD PD PR KL UD UE"},
	{"v4.19.48 v5.0.1 v5.1 v5.2.1", "SR UB RV LC DV AT DN DD PD PR PF KL UD UE"},
	{"v5.4", "SR UB RG RV LC DV AT DN DD PD PR PF KL UD UE"},
	{"v5.9.2 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5", "SR UB RS RG RV LC DV AT DN DD PD PR PF KL UD UE"},
	{"v5.10.223", "SR UB RS RG RV DV AT RM DN DD PD PR PF LC KL UD UE"},
	{"v5.18", "SR UB RS RG RV LC UC KL UD UE"},
	{"v5.19 v6.5", "SR UB RS RG RV DC LC UC KL UD UE"},
	{"v6.1.176 " + newest, "SR UB RS RG RV DC UC LC KL UD UE"},
}

var unbindCleanup = []row{
	{"v4.9 v4.14.177 v4.19 v4.19.48 v4.20 v5.0 v5.0.1 v5.1 v5.2.1 v5.4 v5.9.2 v5.10.223 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5", ""},
	{"v5.18 v5.19 v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10 v6.12 v6.12.107 v6.14", "DV AT RM DN DD PD PR PF"},
	{"v6.17 v6.18.2", "DV AT RM DN DD PX PD PR PF"},
	{"v6.19.9 v7.1.3", "DV RU AT RM DN DD PX PD PR PF"},
	{"v7.2.13 v7.3-rc7", "RU DV AT RM DN DD PX PD PR PF"},
}

var del = []row{
	{"v4.9", "del bus unbind deferred removed kobject"},
	{"v4.14.177 v4.19 v4.19.48 v4.20 v5.0 v5.0.1 v5.1", "del bus unbind deferred purge removed kobject"},
	{"v5.2.1 v5.4 v5.9.2 v5.10.223 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5 v5.18 v5.19 v6.5",
		"kill del bus unbind deferred purge removed kobject"},
	{"v6.1.176 " + newest, "kill del bus unbind deferred purge DV removed kobject"},
}

var put = []row{
	{"v4.9 v4.14.177 v4.19 v4.19.48 v4.20 v5.0 v5.0.1 v5.1 v5.2.1 v5.4 v5.9.2", "DV free"},
	{"v5.10.223 v5.11 v5.12.9 v5.14.2 v5.15.16 v5.17-rc5 v5.18 v5.19 v6.1.176 v6.5 v6.6.22 v6.8.1 v6.10 v6.12 v6.14 v6.17 v6.18.2 v6.19.9",
		"DV RM free"},
	{"v6.12.107 v7.1.3 v7.2.13 v7.3-rc7", "DV RM override free"},
}

// arm64 returns the releases by name, on one arch.
func arm64(t *testing.T) map[string]*model.Kernel {
	t.Helper()
	all := map[string]*model.Kernel{}
	for _, k := range Shipped() {
		if k.Arch == "arm64" {
			all[k.Name] = k
		}
	}
	return all
}

func TestDriverCoreRows(t *testing.T) {
	tables := []struct {
		name string
		path model.PathKind
		rows []row
	}{
		{"unbind", model.PathUnbind, unbind},
		{"unbind_cleanup", model.PathUnbindCleanup, unbindCleanup},
		{"del", model.PathDel, del},
		{"put", model.PathPut, put},
	}
	for name, k := range arm64(t) {
		for _, table := range tables {
			want := of(t, table.rows, name)
			if diff := cmp.Diff(want, spell(k.Path(table.path).Steps)); diff != "" {
				t.Errorf("%s: %s (-row +file):\n%s", name, table.name, diff)
			}
		}
		bind := k.Path(model.PathBind).Steps
		for _, c := range []struct{ part, want, got string }{
			{"success", of(t, success, name), successOf(bind, of(t, failure, name))},
			{"test_remove", of(t, testRemove, name), spell(between(bind, "test_remove", "done"))},
			{"failure", labelless(of(t, failure, name)), spell(bind[index(bind, "done")+returned(bind):])},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s: bind, %s (-row +file):\n%s", name, c.part, diff)
			}
		}
	}
}

// TestSharedCore checks that the driver core of a release is one, whatever the
// arch: a file of an arch may be like the arch of the release before, and then
// repeats what changed in the core.
func TestSharedCore(t *testing.T) {
	core := []model.PathKind{
		model.PathAttach, model.PathBindStore, model.PathRetry, model.PathBind, model.PathUnbind,
		model.PathUnbindCleanup, model.PathDel, model.PathPut, model.PathDmamAlloc, model.PathDmamFree,
	}
	releases := arm64(t)
	compared := 0
	for _, k := range Shipped() {
		if k.Arch == "arm64" {
			continue
		}
		compared++
		for _, kind := range core {
			if diff := cmp.Diff(releases[k.Name].Path(kind), k.Path(kind)); diff != "" {
				t.Errorf("%s: path %s (-arm64 +%s):\n%s", k.FullName(), kind, k.Arch, diff)
			}
		}
	}
	if compared == 0 {
		t.Error("no arch but arm64")
	}
}

// spell writes steps as a row has them; steps that no row has are left out.
func spell(steps []model.Step) string {
	var out []string
	for _, s := range steps {
		if w := words[head(s)]; w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// head is the step without its conditions and its else.
func head(s model.Step) string {
	s.When, s.Else = nil, ""
	return s.String()
}

func index(steps []model.Step, label string) int {
	for i, s := range steps {
		if s.Op == model.OpLabel && s.Label == label {
			return i
		}
	}
	return len(steps)
}

func between(steps []model.Step, from, to string) []model.Step {
	return steps[index(steps, from):index(steps, to)]
}

// returned is how many steps there are from done to the return.
func returned(steps []model.Step) int {
	done := index(steps, "done")
	for i, s := range steps[done:] {
		if s.Op == model.OpReturn {
			return i + 1
		}
	}
	return 0
}

// successOf spells the way that a successful bind takes. A step that jumps is
// written with the row's label for what is then left of the failure path: the
// names of labels are the file's own affair.
func successOf(bind []model.Step, failure string) string {
	var out []string
	done := index(bind, "done")
	way := append(append([]model.Step{}, bind[:index(bind, "test_remove")]...), bind[done:done+returned(bind)]...)
	for _, s := range way {
		w := words[head(s)]
		if w == "" {
			continue
		}
		if s.Else != "" && w != "LS" {
			w += "^" + labelOf(failure, spell(bind[index(bind, s.Else):]), w)
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// labelOf finds the label of the row behind which the given steps are left.
// Two labels may stand at one place; then the step says which is meant.
func labelOf(failure, left, step string) string {
	fields := strings.Fields(failure)
	var found []string
	for i, f := range fields {
		if strings.HasPrefix(f, "<") && labelless(strings.Join(fields[i:], " ")) == left {
			found = append(found, strings.Trim(f, "<>"))
		}
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) == 2 && step == "AS":
		return found[0]
	case len(found) == 2:
		return found[1]
	}
	return fmt.Sprintf("?%v", found)
}

// labelless is a row without its labels.
func labelless(r string) string {
	var out []string
	for _, f := range strings.Fields(r) {
		if !strings.HasPrefix(f, "<") {
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}
