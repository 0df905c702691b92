package model

import "fmt"

// Kernel is the lifecycle of one kernel release on one architecture. It is
// made by ParseKernel of model/text and is read-only afterwards.
type Kernel struct {
	Name     string   // a git tag, or a name of its own for a derived kernel: "v5.0"
	Arch     string   // "arm64", "arm", "x86", "x86-amd", "lab-group", ...
	Base     string   // full name of the kernel that this one is written as a change of; empty if none
	Derived  bool     // the change to Base never was a release: a test's or a patch's kernel
	Source   []string // provenance, one line each: the tree the steps were read in
	Bus      Bus      // the bus of its devices where a trace names none
	Firmware Firmware // the firmware of its devices where a trace names none
	Facts    []Fact   // in the order of the file, own facts only
	Paths    []Path   // in the order of the file, own paths only

	base *Kernel
}

// BaseKernel is the kernel that this one is written as a change of; nil if it
// stands alone.
func (k *Kernel) BaseKernel() *Kernel { return k.base }

// SetBase makes the kernel a change of another one: what it does not say itself
// is taken from there. Base and Derived are for the caller to set.
func (k *Kernel) SetBase(base *Kernel) { k.base = base }

// FullName is the name by which a kernel is asked for: "v5.0/arm64".
func (k *Kernel) FullName() string { return k.Name + "/" + k.Arch }

// Fact is what no order of steps says.
type Fact struct {
	Kind  FactKind
	Value string // one of the values that FactKind allows
	Pos   string // where the tree says so: "kernel/dma/mapping.c:254"; may be empty
}

// Path is an ordered list of steps that one thread of the kernel carries out.
type Path struct {
	Kind    PathKind
	Status  PathStatus
	Steps   []Step
	Pos     string // position of the kernel function, may be empty
	Comment string // free text after '#', may be empty
}

// PathStatus tells a known path from one that does not exist or is not known.
type PathStatus uint8

const (
	PathInvalid PathStatus = iota
	// PathKnown has its steps listed; the list may be empty (an empty stub).
	PathKnown
	// PathNone does not exist in this kernel: nothing can start or call it.
	PathNone
	// PathUnknown exists or may exist, but its steps are not known: events
	// that need it are disabled and every verdict is partial.
	PathUnknown
)

// Step is one line of a path.
type Step struct {
	Op    Op     // what it does
	Arg   uint8  // operand, its meaning given by Op: a PathKind, Lock, OpsValue, ...
	Label string // OpLabel: its name; OpGoto: the target
	When  []Cond // all must hold, else the step is passed over
	Else  string // label to jump to when the step or the called path fails; "" if none
	Pos   string // "drivers/base/dd.c:974", may be empty
}

// Cond is one test of a step's condition.
type Cond struct {
	Test Test
	Not  bool
	Arg  uint8 // TestBus: a Bus; TestFirmware: a Firmware
}

// Path returns the kernel's path of that kind, its own or its base's. A path
// that stands in neither is unknown.
func (k *Kernel) Path(kind PathKind) Path {
	for c := k; c != nil; c = c.base {
		for _, p := range c.Paths {
			if p.Kind == kind {
				return p
			}
		}
	}
	return Path{Kind: kind, Status: PathUnknown}
}

// Fact returns the value of a fact, the kernel's own or its base's, and "" if
// neither states it.
func (k *Kernel) Fact(kind FactKind) string {
	for c := k; c != nil; c = c.base {
		for _, f := range c.Facts {
			if f.Kind == kind {
				return f.Value
			}
		}
	}
	return ""
}

// Resolve returns the kernel with everything that it takes from its base
// written out: equal in meaning, and readable without the base.
func (k *Kernel) Resolve() *Kernel {
	r := *k
	r.Base, r.base, r.Derived = "", nil, false
	r.Bus, r.Firmware = k.DefaultBus(), k.DefaultFirmware()
	r.Facts, r.Paths = nil, nil
	for f := FactKind(1); f < numFacts; f++ {
		for c := k; c != nil; c = c.base {
			if i := indexFact(c.Facts, f); i >= 0 {
				r.Facts = append(r.Facts, c.Facts[i])
				break
			}
		}
	}
	for p := PathKind(1); p < numPaths; p++ {
		r.Paths = append(r.Paths, k.Path(p))
	}
	return &r
}

func indexFact(facts []Fact, kind FactKind) int {
	for i, f := range facts {
		if f.Kind == kind {
			return i
		}
	}
	return -1
}

// Unknown lists the paths whose steps are not known, in declaration order.
func (k *Kernel) Unknown() []PathKind {
	var u []PathKind
	for p := PathKind(1); p < numPaths; p++ {
		if k.Path(p).Status == PathUnknown {
			u = append(u, p)
		}
	}
	return u
}

// FactKind names a fact.
type FactKind uint8

const (
	FactInvalid FactKind = iota
	// FactNullOps is what the DMA API uses for a device whose dma_ops are
	// NULL: get_arch_dma_ops of the architecture.
	FactNullOps
	// FactDefaultDomain is the type that the IOMMU core gives a new default
	// domain where the command line says nothing.
	FactDefaultDomain
	// FactBypass tells whether anything on this architecture sets
	// dev->dma_ops_bypass.
	FactBypass
	// FactRegisters tells when the IOMMU registers: at boot before any driver
	// binds, as on x86, or at any time.
	FactRegisters
	numFacts
)

var factTable = [numFacts]struct {
	name   string
	values []string
	doc    string
}{
	FactNullOps: {"null-ops", []string{"dummy", "direct", "arm"},
		"what the DMA API uses for a device whose dma_ops are NULL"},
	FactDefaultDomain: {"default-domain", []string{"dma", "identity", "none"},
		"the type of a new default domain where the command line says nothing"},
	FactBypass: {"bypass", []string{"never", "arch"},
		"whether the architecture ever sets dev->dma_ops_bypass"},
	FactRegisters: {"iommu-registers", []string{"any-time", "before-drivers"},
		"when the IOMMU registers: at any time, or at boot before any driver binds or other code allocates"},
}

func (f FactKind) String() string {
	if f == FactInvalid || f >= numFacts {
		return fmt.Sprintf("FactKind(%d)", uint8(f))
	}
	return factTable[f].name
}

// DefaultBus is the bus of the kernel's devices where a trace names none: its
// own, else its base's, else platform.
func (k *Kernel) DefaultBus() Bus {
	for c := k; c != nil; c = c.base {
		if c.Bus != BusInvalid {
			return c.Bus
		}
	}
	return BusPlatform
}

// DefaultFirmware is what describes the kernel's devices where a trace says
// nothing: its own, else its base's, else a device tree.
func (k *Kernel) DefaultFirmware() Firmware {
	for c := k; c != nil; c = c.base {
		if c.Firmware != FirmwareInvalid {
			return c.Firmware
		}
	}
	return FirmwareOF
}

var statusNames = [...]string{"", "known", "none", "unknown"}

func (s PathStatus) String() string { return enumName(statusNames[:], uint8(s), "PathStatus") }
