package extract

import (
	"fmt"
	"strings"

	"dmafuzz/internal/csource"
)

// readBypass: mapping.c asks for dev->dma_ops_bypass only with DMA_OPS_BYPASS.
// Where that is set, some file of the architecture must set the flag.
func (t *tree) readBypass() (string, string) {
	if t.cfg.ask("CONFIG_DMA_OPS_BYPASS") != csource.Yes {
		return "never", t.cfg.where("DMA_OPS_BYPASS")
	}
	for _, name := range arches[t.arch].files {
		f := t.files[name]
		if f == nil {
			continue
		}
		for _, fn := range f.Functions {
			if line := assigns(fn, "->dma_ops_bypass="); line > 0 {
				return "arch", fmt.Sprintf("%s:%d", fn.File, line)
			}
			for _, c := range csource.Calls(fn.Body) {
				if c.Name == "dev_set_dma_ops_bypass" || c.Name == "dev_assign_dma_ops_bypass" {
					return "arch", fmt.Sprintf("%s:%d", fn.File, c.Line)
				}
			}
		}
	}
	return "", "arch/" + archFolder(t.arch)
}

// assigns is the line of an assignment that holds the text, 0 if there is none.
func assigns(fn *csource.Function, text string) int {
	line := 0
	csource.Walk(fn.Body, func(s csource.Stmt) bool {
		if e, ok := s.(*csource.ExprStmt); ok && strings.Contains(strings.Join(tokens(e.Expr.Text), ""), text) {
			line = e.Position().Line
		}
		return true
	})
	return line
}

// early are the initcalls that run before those of device drivers.
var early = map[string]bool{"pure_initcall": true, "core_initcall": true, "postcore_initcall": true, "arch_initcall": true,
	"subsys_initcall": true, "fs_initcall": true, "rootfs_initcall": true}

// readRegisters reads when the IOMMU registers: at any time, where a platform
// driver's probe does it, or before drivers, in an early initcall.
func (t *tree) readRegisters() (string, string) {
	info := arches[t.arch]
	if len(info.registers) == 0 { // a test's own IOMMU
		t.note("arch/"+archFolder(t.arch), "iommu-registers is stated, not read: no IOMMU driver of "+t.arch+" is known")
		return "any-time", ""
	}
	for _, name := range info.registers {
		f := t.files[name]
		if f == nil {
			continue
		}
		for _, m := range f.MacroCalls {
			if len(m.Args) == 0 {
				continue
			}
			switch {
			case m.Name == "module_platform_driver" || m.Name == "builtin_platform_driver":
				if t.probeRegisters(f, m.Args[0]) {
					return "any-time", fmt.Sprintf("%s:%d", name, m.Line)
				}
			case early[strings.TrimSuffix(m.Name, "_sync")]:
				if t.initRegisters(f, m.Args[0]) {
					return "before-drivers", fmt.Sprintf("%s:%d", name, m.Line)
				}
			}
		}
		for _, fn := range f.Functions {
			for _, c := range csource.Calls(fn.Body) {
				if c.Name == "platform_driver_register" && len(c.Args) > 0 && t.probeRegisters(f, strings.TrimPrefix(c.Args[0], "&")) {
					return "any-time", fmt.Sprintf("%s:%d", name, c.Line)
				}
			}
		}
	}
	return "", info.registers[0]
}

// probeRegisters tells whether a platform driver's probe registers an IOMMU.
func (t *tree) probeRegisters(f *csource.File, driver string) bool {
	for _, in := range f.Inits {
		if in.Name == strings.TrimSpace(driver) {
			if p := in.Field("probe"); p != nil {
				return t.reaches(f, p.Value, "iommu_device_register", 0)
			}
		}
	}
	return false
}

// initRegisters tells whether an initcall brings up IOMMUs: by registering one,
// or by the hook of x86 that their drivers fill.
func (t *tree) initRegisters(f *csource.File, fn string) bool {
	return t.reaches(f, fn, "iommu_device_register", 0) || t.reaches(f, fn, "x86_init.iommu.iommu_init", 0)
}

// rangeNotifier is where a notifier of the bus installs a range map when a
// device is added: its function is a notifier_call, asks for the event, and
// calls dma_direct_set_offset.
func (t *tree) rangeNotifier() string {
	for _, name := range t.order {
		f := t.files[name]
		for _, in := range f.Inits {
			call := in.Field("notifier_call")
			if call == nil {
				continue
			}
			for _, fn := range f.Function(call.Value) {
				asks := false
				csource.Walk(fn.Body, func(s csource.Stmt) bool {
					i, ok := s.(*csource.If)
					asks = asks || ok && strings.Contains(i.Cond.Text, "BUS_NOTIFY_ADD_DEVICE")
					return true
				})
				for _, c := range csource.Calls(fn.Body) {
					if asks && c.Name == "dma_direct_set_offset" {
						return fmt.Sprintf("%s:%d", name, c.Line)
					}
				}
			}
		}
	}
	return ""
}
