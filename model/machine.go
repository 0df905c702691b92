package model

import (
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrBounds is returned for bounds outside of the maxima.
	ErrBounds = errors.New("bounds out of range")
	// ErrKernel is returned for a kernel that cannot be run: a jump without a
	// label, a call of a path that does not exist, a fact that is missing.
	ErrKernel = errors.New("kernel cannot be run")
	// ErrNoLinks is beneath an ErrKernel for bounds in which a device has a
	// supplier, where the kernel makes no device links ([Kernel.MakesLinks]).
	ErrNoLinks = errors.New("its device_add makes no device links (no step fw_devlink in path add)")
)

// Machine runs one kernel within bounds. It is read-only after NewMachine and
// may be shared by any number of goroutines.
type Machine struct {
	kernel   *Kernel
	bounds   Bounds
	prog     *program
	sets     eventSets
	layout   layout
	nullPath DMAPath // what the DMA API does for NULL ops
	domain   Domain
	races    bool // several actors
	early    bool // the IOMMU registers before any driver binds
	mirrors  bool // two devices that can trade places
	linked   bool // a device has a supplier:
	consumer uint8
	supplier uint8
	bus      [MaxDevices]Bus
	firmware [MaxDevices]Firmware
}

// NewMachine checks the kernel and the bounds and compiles the kernel's paths.
func NewMachine(k *Kernel, b Bounds) (*Machine, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if b.Linked() && !k.MakesLinks() {
		return nil, fmt.Errorf("%w: %s: a device has a supplier, but %w", ErrKernel, k.FullName(), ErrNoLinks)
	}
	p, err := compile(k, b.races(), b.Linked())
	if err != nil {
		return nil, err
	}
	m := &Machine{kernel: k, bounds: b, prog: p, races: b.races()}
	m.consumer, m.supplier, m.linked = b.link()
	m.early = k.Fact(FactRegisters) == "before-drivers"
	switch k.Fact(FactNullOps) {
	case "dummy":
		m.nullPath = DMAPathDummy
	case "arm":
		m.nullPath = DMAPathArm
	default:
		m.nullPath = DMAPathDirect
	}
	if d, ok := parseEnum(domainNames[:], k.Fact(FactDefaultDomain)); ok {
		m.domain = Domain(d)
	}
	for i := range m.bus {
		m.bus[i], m.firmware[i] = b.Setup[i].Bus, b.Setup[i].Firmware
		if m.bus[i] == BusInvalid {
			m.bus[i] = k.DefaultBus()
		}
		if m.firmware[i] == FirmwareInvalid {
			m.firmware[i] = k.DefaultFirmware()
		}
	}
	m.mirrors = m.symmetric()
	m.sets = m.makeSets()
	if m.layout, err = makeLayout(m); err != nil {
		return nil, err
	}
	return m, nil
}

// Kernel returns the kernel that the machine runs.
func (m *Machine) Kernel() *Kernel { return m.kernel }

// Bounds returns the machine's bounds.
func (m *Machine) Bounds() Bounds { return m.bounds }

// DeviceBus returns the bus of a device under the machine's bounds.
func (m *Machine) DeviceBus(device uint8) Bus { return m.bus[device] }

// With says how Apply carries an event out. The zero value asks for nothing.
type With struct {
	// Chosen: the caller has asked Enabled or Choices, and the event is among them;
	// Apply does not ask again.
	Chosen bool
	// See is called after each step that runs; nil for nobody.
	See Observer
	// Cover notes which steps run; nil for nobody. It belongs to one machine.
	Cover *Cover
}

// Observer is called after each step that a kernel's path executed, callbacks
// and steps without a DMA meaning included, with the state after it.
type Observer func(ref StepRef, device uint8, after *State)

// Apply carries out an event in place, as far as its Until. An event that is not
// enabled is skipped: the state stays as it is and Executed is false. At most one
// With is looked at.
func (m *Machine) Apply(s *State, e Event, with ...With) Outcome {
	r := runner{m: m, s: s}
	chosen := false
	if len(with) > 0 {
		w := &with[0]
		chosen, r.see = w.Chosen, w.See
		if w.Cover != nil {
			r.cover = w.Cover.steps(m)
		}
	}
	if !chosen {
		if enabled := m.Enabled(s); !e.Valid() || !enabled.Has(e.ID()) {
			return Outcome{}
		}
	}
	r.stopAt(e.Until)
	r.event(e)
	return r.out
}

// Step is Apply on a copy.
func (m *Machine) Step(s State, e Event) (State, Outcome) {
	o := m.Apply(&s, e)
	return s, o
}

// Cover collects which steps of a machine's kernel have run.
type Cover struct{ seen []uint64 }

// steps has a bit for each instruction of a machine's program.
func (c *Cover) steps(m *Machine) []uint64 {
	if c.seen == nil {
		c.seen = make([]uint64, (len(m.prog.code)+63)/64)
	}
	return c.seen
}

// Merge adds what another collector of the same machine has seen.
func (c *Cover) Merge(o *Cover) {
	if len(c.seen) < len(o.seen) {
		c.seen = append(c.seen, make([]uint64, len(o.seen)-len(c.seen))...)
	}
	for i, w := range o.seen {
		c.seen[i] |= w
	}
}

// Steps returns the steps with a DMA meaning that the machine could run and
// those of them that c has seen, each in order of path and step.
func (m *Machine) Steps(c *Cover) (all, seen []StepRef) {
	for pc, in := range m.prog.code {
		if in.ref.Path == PathKindInvalid || in.op >= opIdle && in.op != opTakeAlloc && in.op != opTakeFree && in.op != opPop ||
			in.op < opIdle && !opTable[in.op].dma {
			continue
		}
		all = append(all, in.ref)
		if c.seen != nil && c.seen[pc/64]&(1<<(pc%64)) != 0 {
			seen = append(seen, in.ref)
		}
	}
	return sortRefs(all), sortRefs(seen)
}

func sortRefs(refs []StepRef) []StepRef {
	slices.SortFunc(refs, func(a, b StepRef) int {
		if a.Path != b.Path {
			return int(a.Path) - int(b.Path)
		}
		return int(a.Step) - int(b.Step)
	})
	return slices.Compact(refs)
}

// Describe names a step: its words in the kernel file and its position, which
// falls back to the position of its path.
func (k *Kernel) Describe(ref StepRef) (words, pos string) {
	p := k.Path(ref.Path)
	if int(ref.Step) >= len(p.Steps) {
		return ref.Path.String(), p.Pos
	}
	st := p.Steps[ref.Step]
	pos = st.Pos
	if pos == "" {
		pos = p.Pos
	}
	return st.String(), pos
}

// UnknownPaths lists the unknown paths that some event of the bounds would
// need, in declaration order.
func (m *Machine) UnknownPaths() []PathKind {
	var set uint64
	for _, e := range AllEvents() {
		if !m.within(e) {
			continue
		}
		set |= m.prog.unknown[e.Path()]
		for _, call := range e.calls() {
			set |= m.prog.unknown[call]
		}
	}
	var u []PathKind
	for p := PathKind(1); p < numPaths; p++ {
		if set&(1<<p) != 0 {
			u = append(u, p)
		}
	}
	return u
}

// Reachable lists the `sometimes` goals that the kernel and the bounds allow.
func (m *Machine) Reachable() Goals {
	has := func(op Op, paths ...PathKind) bool {
		return slices.ContainsFunc(m.prog.code, func(in instr) bool {
			return in.op == op && (len(paths) == 0 || slices.Contains(paths, in.entry))
		})
	}
	f := m.bounds.Families
	var g Goals
	set := func(goal Goals, ok bool) {
		if ok {
			g |= goal
		}
	}
	binds := f&FamilyCore != 0 && m.sets.startable(EventAttach)
	iommu := binds && f&FamilyIOMMU != 0 && m.sets.startable(EventIOMMURegister) && m.described()
	set(GoalDirectAllocated|GoalDirectFreed, binds)
	set(GoalIOMMUAllocated|GoalIOMMUFreedOnUnbind, iommu)
	set(GoalFailedWithMemory, binds && f&FamilyFailures != 0)
	set(GoalDeferredThenBound, binds && f&FamilyFailures != 0 && m.sets.startable(EventRetry) && has(OpDeferredAdd))
	set(GoalGroupLeft, iommu && f&FamilyRemoval != 0 && has(OpGroupLeave, PathDel))
	set(GoalTypeChanged, iommu && f&FamilyOwnership != 0 && m.domain == DomainDMA && m.sets.startable(EventType))
	set(GoalClaimed, iommu && f&FamilyOwnership != 0 && m.sets.startable(EventClaim))
	set(GoalMapDescribed, binds && f&FamilyRanges != 0 && has(OpRangeMapSet, PathAttach))
	return g
}

func (m *Machine) described() bool {
	for d := range m.bounds.Devices {
		if m.firmware[d] != FirmwareNone {
			return true
		}
	}
	return false
}

func (m *Machine) group(device uint8) uint8 {
	if m.bounds.SharedGroup {
		return 0
	}
	return device
}

// mustDefect panics for a state of affairs that only a defect of this package
// can bring about.
func mustDefect(format string, args ...any) {
	panic("model: defect: " + fmt.Sprintf(format, args...))
}
