package extract

import (
	"maps"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
)

// besideTable says what the body of a function that is itself a step, or nothing,
// may do beside it: NAME => WHAT, WHAT  # why, where WHAT is a call, ->MEMBER or
// a field that it sets. Anything else in its body would be lost, so it makes the
// path unknown.
const besideTable = `
device_add_attrs            => device_add_groups            # sysfs files
driver_sysfs_add            => bus_notify               # BIND_DRIVER, which means nothing to DMA
iommu_fwspec_init           => dev_iommu_get                # where the IOMMU driver is not there: what it made is thrown away
driver_deferred_probe_add_trigger => list_add_tail          # deferred_add
driver_bound                => driver_deferred_probe_del, bus_notify   # the step bound takes it off the list, and tells the bus
device_release_driver       => device_release_driver_internal   # path unbind
bus_probe_device            => driver_sysfs_add, driver_bound, device_set_driver, bus_notify, blocking_notifier_call_chain, ->driver   # path attach
bus_probe_device_deferred   => driver_sysfs_add, driver_bound, device_set_driver, bus_notify   # the same
fw_devlink_link_device      => device_add                   # of a link to a supplier, another device
device_links_unbind_consumers => device_release_driver_internal   # the step runs unbind for each consumer
device_links_purge          => device_del                   # the same
iommu_alloc_default_domain  => iommu_group_alloc_default_domain   # domain_alloc
probe_alloc_default_domain  => iommu_group_alloc_default_domain   # the same
__iommu_device_set_domain   => __iommu_attach_device        # domain_attach
iommu_group_do_probe_finalize => ->probe_finalize           # iommu_finalize
__iommu_attach_device       => ->attach_dev                 # the same
iommu_dma_alloc             => __iommu_attach_device        # one that was put off until the first mapping, in a kdump kernel
iommu_dma_map_page          => __iommu_attach_device        # the same
iommu_dma_map_phys          => __iommu_attach_device        # the same
dma_free_coherent           => dma_free_attrs               # path dma_free
devres_release_all          => ->release                    # of each entry
devres_destroy              => devres_remove                # the step
set_dma_ops                 => ->dma_ops                    # to what the rule says
iommu_setup_dma_ops         => ->dma_ops, ->dma_iommu, dev_clear_dma_iommu, dev_assign_dma_iommu   # path iommu_finalize
iommu_dma_init_domain       => ->free                       # of the domain's own memory
iommu_create_device_direct_mappings => ->free               # of a list of regions
iommu_domain_free           => ->free                       # the domain's own
iommu_group_get_for_dev     => ->device_group, ->iommu_group, __iommu_attach_device   # group_join, and what is done for the group's first device
__iommu_group_set_domain    => __iommu_group_set_domain_internal   # for each device of the group
__iommu_group_set_domain_nofail   => __iommu_group_set_domain_internal   # the same
__iommu_group_set_domain_internal => __iommu_device_set_domain           # the same
iommu_detach_device         => __iommu_group_set_domain     # back to the default domain
`

// beside returns what of interest the body of a call does that a rule stands
// for, without what the rule or besideTable covers. The body of a path's own function
// is read elsewhere.
func (t *tree) beside(name, file string) string {
	fn := t.function(name, file)
	if fn == nil || t.rules.entry[name] {
		return ""
	}
	what, ok := t.besides[fn]
	if !ok {
		found := map[string]bool{}
		t.collect(fn, 0, map[*csource.Function]bool{}, found)
		allowed := t.rules.beside[name]
		for _, w := range slices.Sorted(maps.Keys(found)) {
			if w != name && !allowed[w] {
				what = strings.TrimPrefix(what+", "+w, ", ")
			}
		}
		t.besides[fn] = what
	}
	return what
}

// collect finds the steps in a function's body, and in those of its helpers.
func (t *tree) collect(fn *csource.Function, depth int, seen map[*csource.Function]bool, found map[string]bool) {
	if depth > 8 || seen[fn] {
		return
	}
	seen[fn] = true
	csource.Walk(fn.Body, func(s csource.Stmt) bool {
		if e, ok := s.(*csource.ExprStmt); ok && strings.Contains(e.Expr.Text, "=") {
			if f := sets(strings.Join(tokens(e.Expr.Text), "")); f != "" {
				found[f] = true
			}
		}
		return true
	})
	for _, c := range csource.Calls(fn.Body) {
		if i := strings.LastIndex(c.Name, "->"); i >= 0 {
			if t.indirect()[c.Name[i+2:]] {
				found[c.Name[i:]] = true
			}
			continue
		}
		ru := t.anyRule(c.Name)
		switch {
		case t.rules.entry[c.Name]: // read as a path of its own
			found[c.Name] = true
		case ru != nil && doing[ru.verb], t.rules.does(c.Name) && t.rules.onDevice(c.Name), t.byArguments(c):
			found[c.Name] = true
		case ru == nil || into[ru.verb]:
			if f := t.function(c.Name, fn.File); f != nil {
				t.collect(f, depth+1, seen, found)
			} else if what := t.expands(c.Name); what != "" {
				found[what] = true
			}
		}
	}
}

// byArguments tells whether a call is a step by what it is given.
func (t *tree) byArguments(c csource.Call) bool {
	if !slices.ContainsFunc(t.rules.calls[c.Name], func(ru rule) bool { return !ru.any }) {
		return false
	}
	var args []*expr
	for _, a := range c.Args {
		args = append(args, parseExpr(a))
	}
	ru := t.rules.matchCall("", c.Name, args)
	return ru != nil && !ru.any && doing[ru.verb] && !ru.locks()
}

// onDevice tells whether a rule for a call of that name wants the device.
func (r *rules) onDevice(name string) bool {
	return slices.ContainsFunc(r.calls[name], func(ru rule) bool { return slices.Contains(ru.args, "dev") })
}

// into are the verbs of calls whose body is read in their place.
var into = map[string]bool{"follow": true, "followtry": true, "firmware": true, "as": true}

// owned are the fields of a device that a helper must not set unseen, by any
// name of the device.
var owned = []string{"->dma_ops", "->dma_range_map", "->iommu_group", "->dma_iommu", "->driver", "->dma_ops_setup"}

// sets is the field of a device that an assignment sets.
func sets(text string) string {
	left, right, ok := strings.Cut(text, "=")
	if !ok || strings.HasPrefix(right, "=") {
		return ""
	}
	for _, f := range owned {
		if strings.HasSuffix(left, f) {
			return f
		}
	}
	return ""
}

// readBeside reads besideTable.
func (r *rules) readBeside() {
	for line := range strings.SplitSeq(besideTable, "\n") {
		text, _, _ := strings.Cut(line, "  # ")
		name, list, ok := strings.Cut(strings.TrimSpace(text), "=>")
		if !ok {
			continue
		}
		name = strings.TrimSpace(name)
		r.beside[name] = map[string]bool{}
		for what := range strings.SplitSeq(list, ",") {
			r.beside[name][strings.TrimSpace(what)] = true
		}
	}
}
