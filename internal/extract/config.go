package extract

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"dmafuzz/internal/csource"
)

// archInfo says which files and symbols an architecture has.
type archInfo struct {
	files    []string
	kconfigs []string
	symbols  map[string]bool // what is set there in every kernel that boots on common machines
	bus      string
	firmware string
	bustype  string // the variable that is its bus
	limits   bool   // something installs range maps when a device is added
	// registers are the files among which its IOMMUs come up
	registers []string
}

var arches = map[string]archInfo{
	"arm64": {
		files:     []string{"arch/arm64/mm/dma-mapping.c", "arch/arm64/include/asm/dma-mapping.h", smmuFiles[0], smmuFiles[1]},
		registers: smmuFiles,
		kconfigs:  []string{"arch/arm64/Kconfig"},
		symbols:   map[string]bool{"ARM64": true, "64BIT": true, "OF": true, "ACPI": true},
		bus:       "platform", firmware: "of", bustype: "platform_bus_type", limits: true,
	},
	"arm": {
		files: []string{"arch/arm/mm/dma-mapping.c", "arch/arm/include/asm/dma-mapping.h", smmuFiles[0],
			"arch/arm/mach-keystone/keystone.c"},
		registers: smmuFiles[:1],
		kconfigs:  []string{"arch/arm/Kconfig", "arch/arm/mm/Kconfig"},
		symbols:   map[string]bool{"ARM": true, "OF": true, "ARM_DMA_USE_IOMMU": true, "MMU": true},
		bus:       "platform", firmware: "of", bustype: "platform_bus_type", limits: true,
	},
	"riscv": {
		files:    []string{"arch/riscv/mm/dma-noncoherent.c", "arch/riscv/include/asm/dma-mapping.h", "drivers/iommu/riscv/iommu.c", "drivers/iommu/riscv/iommu-platform.c"},
		kconfigs: []string{"arch/riscv/Kconfig", "drivers/iommu/riscv/Kconfig"},
		symbols:  map[string]bool{"RISCV": true, "64BIT": true, "OF": true, "ACPI": true},
		bus:      "platform", firmware: "of", bustype: "platform_bus_type", limits: true,
		registers: []string{"drivers/iommu/riscv/iommu-platform.c"},
	},
	"x86":         x86,
	"x86-amd":     x86,
	"x86-intel":   x86,
	"lab-perbind": lab,
	"lab-group":   lab,
}

var x86 = archInfo{
	files: []string{"drivers/iommu/amd/iommu.c", "drivers/iommu/intel/iommu.c", "arch/x86/include/asm/dma-mapping.h",
		"arch/x86/kernel/pci-dma.c"},
	registers: []string{"arch/x86/kernel/pci-dma.c"},
	kconfigs:  []string{"arch/x86/Kconfig", "drivers/iommu/amd/Kconfig", "drivers/iommu/intel/Kconfig"},
	symbols:   map[string]bool{"X86": true, "X86_64": true, "64BIT": true, "ACPI": true, "INTEL_IOMMU": true, "AMD_IOMMU": true},
	bus:       "pci", firmware: "acpi", bustype: "pci_bus_type",
}

func archNames() string {
	var names []string
	for n := range arches {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// commonSymbols are set wherever the question of this package makes sense: a
// kernel with an IOMMU and its API. The DMA debug options are not.
var commonSymbols = map[string]bool{"HAS_DMA": true, "IOMMU_API": true, "IOMMU_SUPPORT": true, "PCI": true, "SYSFS": true,
	"SMP": true, "PM": true, "PM_SLEEP": true, "OF_IOMMU": true, "OF_ADDRESS": true, "DMA_DECLARE_COHERENT": true}

// settings answers what a CONFIG symbol is: by what the caller says, by the
// architecture, else by the Kconfig files, else n.
type settings struct {
	mu      sync.Mutex
	given   map[string]string
	arch    archInfo
	kconfig []*csource.Kconfig
	memo    map[string]csource.Value
	busy    map[string]bool
	asked   map[string]bool // answered by a default, where somebody may choose otherwise
}

func newSettings(fsys fs.FS, opt Options, arch archInfo) (*settings, error) {
	c := &settings{given: opt.Config, arch: arch, memo: map[string]csource.Value{}, busy: map[string]bool{}, asked: map[string]bool{}}
	for _, name := range append([]string{"drivers/iommu/Kconfig", "kernel/dma/Kconfig"}, arch.kconfigs...) {
		src, err := readAtMost(fsys, name, csource.MaxSize)
		if err != nil {
			continue // its symbols are n then
		}
		k, err := csource.ParseKconfig(name, src)
		if err != nil {
			return nil, err
		}
		c.kconfig = append(c.kconfig, k)
	}
	return c, nil
}

func (c *settings) ask(symbol string) csource.Value {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value(symbol)
}

func (c *settings) value(symbol string) csource.Value {
	name, ok := strings.CutPrefix(symbol, "CONFIG_")
	if !ok {
		return csource.Unknown
	}
	if v, ok := c.memo[name]; ok {
		return v
	}
	v := c.find(name)
	c.memo[name] = v
	return v
}

func (c *settings) find(name string) csource.Value {
	for _, key := range []string{"CONFIG_" + name, name} {
		switch c.given[key] {
		case "y", "m":
			return csource.Yes
		case "n":
			return csource.No
		}
	}
	if c.arch.symbols[name] || commonSymbols[name] {
		return csource.Yes
	}
	for other := range arches {
		for s := range arches[other].symbols {
			if s == name && !c.arch.symbols[name] {
				return csource.No
			}
		}
	}
	if c.busy[name] {
		return csource.No
	}
	c.busy[name] = true
	defer delete(c.busy, name)
	ask := func(s string) csource.Value { return c.value("CONFIG_" + strings.TrimPrefix(s, "CONFIG_")) }
	for _, k := range c.kconfig {
		for _, s := range k.Symbols { // selected by a symbol that is set
			for _, sel := range s.Selects {
				if sel.Value == name && c.on(s.Name, ask) && csource.EvalKconfig(sel.If, ask) == csource.Yes {
					return csource.Yes
				}
			}
		}
		for _, s := range k.Symbol(name) {
			for _, d := range s.Defaults {
				if csource.EvalKconfig(d.If, ask) == csource.Yes && csource.EvalKconfig(d.Value, ask) == csource.Yes {
					c.asked[name] = c.open(name)
					return csource.Yes
				}
			}
		}
	}
	c.asked[name] = c.open(name)
	return csource.No
}

// otherArches are the symbols of architectures that cannot be read: they are n.
var otherArches = map[string]bool{"ALPHA": true, "ARC": true, "CSKY": true, "HEXAGON": true, "IA64": true, "LOONGARCH": true, "M68K": true,
	"MICROBLAZE": true, "MIPS": true, "NIOS2": true, "OPENRISC": true, "PARISC": true, "PPC": true, "PPC32": true, "PPC64": true, "S390": true,
	"SPARC": true, "SPARC64": true, "SUPERH": true, "UML": true, "XTENSA": true}

// open tells whether somebody may choose the value of a symbol, as far as the
// Kconfig files that were read say: one without a prompt has what they make of it.
func (c *settings) open(name string) bool {
	if otherArches[name] {
		return false
	}
	declared := false
	for _, k := range c.kconfig {
		for _, s := range k.Symbol(name) {
			if declared = true; s.Prompt {
				return true
			}
		}
	}
	return !declared
}

// where is the line of Kconfig that declares a symbol.
func (c *settings) where(name string) string {
	for _, k := range c.kconfig {
		for _, s := range k.Symbol(name) {
			return fmt.Sprintf("%s:%d", k.Name, s.Line)
		}
	}
	return ""
}

// on tells whether a symbol that selects others is set.
func (c *settings) on(name string, ask csource.Config) bool {
	if c.arch.symbols[name] || commonSymbols[name] {
		return true
	}
	if c.busy[name] {
		return false
	}
	return ask(name) == csource.Yes
}
