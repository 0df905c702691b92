package extract

import (
	"dmafuzz/model/text"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"dmafuzz/internal/csource"
	"dmafuzz/model"
)

// parseSteps turns the words of a rule into steps, by the parser of kernel files.
func parseSteps(content string) ([]model.Step, error) {
	var b strings.Builder
	b.WriteString("kernel t\narch t\n\npath add\n")
	for _, s := range strings.Split(content, ";") {
		b.WriteString("  " + strings.TrimSpace(s) + "\n")
	}
	k, err := text.ParseKernel("rule", []byte(b.String()), nil)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", content, err)
	}
	return k.Paths[0].Steps, nil
}

// TestRules runs each rule that is a step on a call that it matches, in C, and
// each rule that is a condition or an assignment.
func TestRules(t *testing.T) {
	r := allRules()
	for name, list := range r.calls {
		for _, ru := range list {
			switch ru.verb {
			case "step", "done", "try", "tryfail", "trydefer", "tryptr", "trynull":
			default:
				continue
			}
			call := name + "(" + strings.ReplaceAll(strings.Join(ru.args, ", "), "*", "other") + ")"
			want, _, _ := strings.Cut(ru.rest, " -> ")
			if strings.HasSuffix(want, mapFreed) { // it wants to be forgotten behind that
				call += "; dev->dma_range_map = 0"
			}
			check(t, ru, call+";", want)
		}
	}
	for left, list := range r.assigns {
		for _, ru := range list {
			if ru.verb != "step" {
				continue
			}
			switch right := ru.args[0]; right {
			case "0":
				check(t, ru, "void *old = "+left+"; "+left+" = 0;", ru.rest)
			case "++", "--":
				check(t, ru, left+right+";", ru.rest)
			case "*":
				check(t, ru, left+" = other;", ru.rest)
			default:
				check(t, ru, left+" = "+right+";", ru.rest)
			}
		}
	}
	for content, list := range r.tests {
		for _, ru := range list {
			switch ru.words() {
			case "true", "false", "ignored", "iommu_known", "firmware_of":
				continue
			}
			if !strings.ContainsAny(content, "=>(") { // a condition that is no comparison
				check(t, ru, "if ("+content+") { devres_release_all(dev); } dpm_sysfs_remove(dev); arch_teardown_dma_ops(dev);", "devres_release when "+ru.words()+"; call dma_teardown")
			}
		}
	}
}

// check reads a body of one function and compares its steps.
func check(t *testing.T, ru rule, body, want string) {
	t.Helper()
	path := ru.path
	if path == "" {
		path = "unbind_cleanup"
	}
	var parts []string
	for _, w := range strings.Split(want, ";") {
		w, _, _ = strings.Cut(strings.TrimSpace(w), " unless ")
		if !isNote(w) {
			parts = append(parts, w)
		}
	}
	got := strings.Join(readBody(t, path, body), "; ")
	got = strings.TrimSuffix(got, "; ignore_error")
	got = strings.TrimSuffix(got, " else l2; l2:") // the failure of a call that nobody looks at
	got = strings.TrimPrefix(got, "test_remove:; ")
	if want = strings.Join(parts, "; "); got != want {
		t.Errorf("rule %q: %s\n got  %s\n want %s", ru.source, body, got, want)
	}
	if want == "" { // a note alone
		return
	}
	if _, err := parseSteps(strings.ReplaceAll(want, "  ", " ")); err != nil {
		t.Errorf("rule %q: %v", ru.source, err)
	}
}

// readBody returns the steps of a function with that body.
func readBody(t *testing.T, path, body string) []string {
	t.Helper()
	src := "static int f(struct device *dev)\n{\n" + body + "\n}\n"
	file, err := csource.Parse("f.c", []byte(src), nil)
	if err != nil || len(file.Functions) != 1 {
		t.Fatalf("%v %v: %s", err, file.Diagnostics, src)
	}
	tr := &tree{arch: "arm64", rules: allRules(), cfg: &settings{memo: map[string]csource.Value{}, busy: map[string]bool{}, asked: map[string]bool{}},
		codes: map[*csource.Function]*code{}, notes: map[Note]bool{}, hasPath: map[string]bool{}, hidden: map[string]string{}, nullOps: "direct",
		besides: map[*csource.Function]string{}, folders: map[string][]source{}, sought: map[string]bool{}, looked: map[string]bool{}, fsys: fstest.MapFS{},
		index: map[string][]*csource.Function{"f": file.Functions}, files: map[string]*csource.File{}}
	rn := &runner{t: tr, path: path, memo: map[string]int{}}
	s := &state{}
	rn.enter(s, file.Functions[0], []value{symbol(ident("dev"))}, "", false)
	rn.g.entry = rn.run(s)
	rn.g.tidy()
	content, hole := writePath(&rn.g, path, "f.c:1")
	if hole != nil {
		return []string{"missing: " + hole.Expected}
	}
	var steps []string
	for _, l := range strings.Split(strings.TrimSpace(content), "\n")[1:] {
		words := strings.Fields(l)
		if n := len(words); strings.HasPrefix(words[n-1], "f.c:") {
			words = words[:n-1]
		}
		steps = append(steps, strings.Join(words, " "))
	}
	return steps
}

// TestFlow is what C around the steps becomes.
func TestFlow(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"order", "devres_release_all(dev); arch_teardown_dma_ops(dev);", "devres_release; call dma_teardown"},
		{"order the other way", "arch_teardown_dma_ops(dev); devres_release_all(dev);", "call dma_teardown; devres_release"},
		{"condition", "if (dev->driver) devres_release_all(dev); arch_teardown_dma_ops(dev);", "devres_release when driver; call dma_teardown"},
		{"negated", "if (!dev->driver) devres_release_all(dev); arch_teardown_dma_ops(dev);", "devres_release when not driver; call dma_teardown"},
		{"and", "if (dev->driver && dev->iommu_group) devres_release_all(dev); arch_teardown_dma_ops(dev);", "devres_release when driver, group; call dma_teardown"},
		{"early return", "if (!dev->iommu_group) return 0; devres_release_all(dev);", "return when not group; devres_release"},
		{"error", "if (dev->driver) return -EBUSY; devres_release_all(dev); return 0;", "refuse error when driver; devres_release"},
		{"defer", "if (dev->driver) return -EPROBE_DEFER; return 0;", "refuse defer when driver"},
		{"goto ladder", "int ret; ret = pinctrl_bind_pins(dev); if (ret) goto a; ret = driver_sysfs_add(dev); if (ret) goto b; return 0; b: devres_release_all(dev); a: arch_teardown_dma_ops(dev); return ret;",
			"pinctrl_bind else a; sysfs_add else b; return; b:; devres_release; a:; call dma_teardown"},
		{"error forgotten", "pinctrl_bind_pins(dev); devres_release_all(dev); return 0;", "pinctrl_bind else l2; l2:; ignore_error; devres_release"},
		{"loop once, lock", "mutex_lock(&deferred_probe_mutex); mutex_unlock(&deferred_probe_mutex);", "lock deferred; unlock deferred"},
		{"guard", "guard(device)(dev); if (dev->driver) return 0; devres_release_all(dev); return 0;",
			"lock device; devres_release when not driver; unlock device"},
		{"scoped guard", "scoped_guard(device, dev) { devres_release_all(dev); } arch_teardown_dma_ops(dev);",
			"lock device; devres_release; unlock device; call dma_teardown"},
		{"alias", "struct iommu_group *g = dev->iommu_group; if (!g) return 0; mutex_lock(&g->mutex); mutex_unlock(&g->mutex);",
			"return when not group; lock group; unlock group"},
		{"bool keeps what it was", "bool was = dev->iommu; dev->iommu = NULL; if (was) devres_release_all(dev);",
			"goto l2 when not param; param_free; devres_release; return; l2:; param_free"},
		{"READ_ONCE keeps what it was", "struct device_driver *drv = READ_ONCE(dev->driver); device_lock(dev); if (drv) devres_release_all(dev); device_unlock(dev);",
			"goto l2 when not driver; lock device; devres_release; l5:; unlock device; return; l2:; lock device; goto l5"},
		{"another actor behind a lock", "if (!dev->driver) return 0; device_lock(dev); if (dev->driver) devres_release_all(dev); device_unlock(dev);",
			"return when not driver; lock device; devres_release when driver; unlock device"},
		{"a note", "if (dev->iommu_group) dev_set_can_match(dev); if (dev_can_match(dev)) devres_release_all(dev);", "return when not group; devres_release"},
		{"dev->iommu keeps its fwspec", "struct dev_iommu *param = dev->iommu; dev->iommu = NULL; if (param->fwspec) kfree(param->fwspec); kfree(param);", "param_free"},
		{"dev->iommu points to what is gone", "struct dev_iommu *param = dev->iommu; if (param->fwspec) kfree(param->fwspec); dev->iommu = NULL; kfree(param);",
			"fwspec_free when fwspec; param_free"},
		{"dev->iommu itself is gone", "iommu_fwspec_free(dev); kfree(dev->iommu); dev->iommu = NULL;", "fwspec_free; param_free"},
		{"unknown that does not matter", "if (whatever(dev)) pr_info(1); devres_release_all(dev);", "devres_release"},
		{"unknown that matters", "if (whatever(dev)) devres_release_all(dev);", "missing: a condition that is known, not 'whatever(dev)'"},
		{"unknown field value", "dev->dma_ops = &other_ops;", "missing: an assignment to dev->dma_ops that is known, not of &other_ops"},
		{"unknown hook", "dev->strange->dma_cleanup(dev);", "missing: a rule for the call of dev->strange->dma_cleanup, which does dma_cleanup"},
		{"an endless loop", "again: dev_dbg(dev); goto again;", "missing: a path of a size that can be followed"},
		{"switch", "int ret = dev->bus->probe(dev); switch (ret) { case 0: break; case -EPROBE_DEFER: list_add_tail(&dev->p->deferred_probe, &list); break; default: break; } return 0;",
			"driver_probe else l2; return; l2:; deferred_add when defer; ignore_error"},
	} {
		if got := strings.Join(readBody(t, "x", c.body), "; "); got != c.want {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.want)
		}
	}
}

// TestWalkList: the walk of bus_iommu_probe puts groups on a list, and takes them
// off behind the lock, wherever the C does so.
func TestWalkList(t *testing.T) {
	const (
		listed  = "for each listed; lock group; goto l4 when not group; walk_del; domain_attach; "
		release = "l4:; unlock group; end"
	)
	for _, c := range []struct{ name, body, want string }{
		{"on it", "struct iommu_group *group = dev->iommu_group; if (!group->default_domain && list_empty(&group->entry)) list_add_tail(&group->entry, data);",
			"return when default_domain; walk_add"},
		{"off behind the lock", walk("mutex_lock(&group->mutex); list_del_init(&group->entry);", ""), listed + release},
		{"off before the lock", walk("list_del_init(&group->entry); mutex_lock(&group->mutex);", ""), listed + release},
		{"not off", walk("mutex_lock(&group->mutex);", ""), "for each listed; lock group; domain_attach when group; unlock group; end"},
		{"the group's devices", walk("mutex_lock(&group->mutex); list_del_init(&group->entry);",
			"for_each_group_device(group, gdev) ignored(gdev); for_each_group_device(group, gdev) iommu_setup_dma_ops(dev);"),
			listed + "for each group; call iommu_finalize; end; " + release},
	} {
		if got := strings.Join(readBody(t, "iommu_register", c.body), "; "); got != c.want {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.want)
		}
	}
}

func walk(begin, more string) string {
	return "struct iommu_group *group, *next; list_for_each_entry_safe(group, next, &group_list, entry) { " +
		begin + " __iommu_group_dma_attach(group); " + more + " mutex_unlock(&group->mutex); }"
}
