package model

import "slices"

// eventSets holds, for the machine's bounds and kernel, the events of each
// kind, device and slot that may ever be enabled.
type eventSets struct {
	kind   [numEvents][MaxDevices][MaxMemory]EventSet
	checks EventSet // events that may come upon an unknown path
	idle   EventSet // events that change only what no step asks about
}

// startable tells whether any event of the kind may ever be enabled.
func (e *eventSets) startable(k EventKind) bool {
	for d := range e.kind[k] {
		for s := range e.kind[k][d] {
			if !e.kind[k][d][s].Empty() {
				return true
			}
		}
	}
	return false
}

func (m *Machine) makeSets() eventSets {
	var sets eventSets
	for id, e := range AllEvents() {
		if !m.possible(e) {
			continue
		}
		sets.kind[e.Kind][e.Device][e.Memory].Add(EventID(id))
		if e.Kind == EventTimeout && !m.asks(TestTimeout) ||
			m.prog.sameFailure(e.Path(), e.FailStep()) ||
			e.Kind == EventIOMMURegister && e.ArgString() == "identity" && m.domain == DomainIdentity ||
			e.Kind == EventMask && !(m.asks(TestMaskCovers) && m.kernel.Fact(FactBypass) == "arch") {
			sets.idle.Add(EventID(id))
		}
		if m.mayMeetUnknown(e) {
			sets.checks.Add(EventID(id))
		}
	}
	return sets
}

// asks tells whether any step has the test among its conditions.
func (m *Machine) asks(t Test) bool {
	return slices.ContainsFunc(m.prog.conds, func(c Cond) bool { return c.Test == t })
}

// mayMeetUnknown tells whether the event's path, or for a callback's result any
// path that waits for one, contains an unknown path.
func (m *Machine) mayMeetUnknown(e Event) bool {
	switch e.Kind {
	case EventProbe, EventReturn, EventContinue, EventContinueHost:
	default:
		p := e.Path()
		return p != PathKindInvalid && m.prog.unknown[p] != 0
	}
	for _, p := range startPaths {
		if p < PathDMAAlloc && m.prog.unknown[p] != 0 {
			return true
		}
	}
	return false
}

// within tells whether the bounds leave room for the event.
func (m *Machine) within(e Event) bool {
	b := &m.bounds
	return int(e.Device) < b.Devices && int(e.Memory) < b.Memory && e.Family()&^b.Families == 0
}

// possible tells whether bounds and kernel leave room for the event at all.
func (m *Machine) possible(e Event) bool {
	if !m.within(e) {
		return false
	}
	p, path := m.prog, e.Path()
	if path != PathKindInvalid && p.entries[path] == 0 {
		return false
	}
	for _, call := range e.calls() {
		if p.entries[call] == 0 || p.unknown[call] != 0 {
			return false
		}
	}
	if fail := e.FailStep(); fail != OpInvalid && p.fails[path]&failBit(fail) == 0 {
		return false
	}
	if e.TestRemove() && !p.tests[path] {
		return false
	}
	switch e.Kind {
	case EventAdd:
		return p.ranges || e.Arg != AddRanges && e.Arg != AddMap
	case EventHotplug, EventBypass:
		return m.kernel.Fact(FactBypass) == "arch"
	}
	return true
}

// calls lists the calls of the DMA API that an allocation needs: its own, and
// those that will give the memory back.
func (e Event) calls() []PathKind {
	switch {
	case e.Kind == EventMap:
		return []PathKind{PathDMAMap, PathDMAUnmap}
	case e.Kind == EventDevm, e.Kind == EventAlloc && e.Arg == AllocManaged:
		return []PathKind{PathDmamAlloc, PathDmamFree, PathDMAFree}
	case e.Kind == EventAlloc:
		return []PathKind{PathDMAAlloc, PathDMAFree}
	}
	return nil
}

// Enabled returns the events that may come next.
func (m *Machine) Enabled(s *State) EventSet { return m.enabled(s, false) }

// Choices returns the events that a search must try: those that are enabled,
// without such as differ from another one only in the number of an unused
// memory slot, where the lowest stands for all, and without such as change only
// what no step of this kernel asks about (masks where nothing sets the bypass,
// the timeout where nothing waits for it, identity where that is the default), or
// fail a step where failing the one before it comes to the same. Leaving them out loses no finding.
func (m *Machine) Choices(s *State) EventSet {
	set := m.enabled(s, true)
	for i := range set {
		set[i] &^= m.sets.idle[i]
	}
	return set
}

// MeetsUnknown tells whether the event is not enabled in the state for the one
// reason that the kernel may then come upon a path that is not known.
func (m *Machine) MeetsUnknown(s *State, e Event) bool {
	if s.Halted || !e.Valid() || !m.within(e) {
		return false
	}
	for _, call := range e.calls() {
		if m.prog.unknown[call] != 0 {
			return true
		}
	}
	before := m.willing(s, false)
	after := before
	m.dropUnknown(s, &after)
	return before.Has(e.ID()) && !after.Has(e.ID())
}

func (m *Machine) enabled(s *State, lowest bool) EventSet {
	set := m.willing(s, lowest)
	if !m.sets.checks.Empty() {
		m.dropUnknown(s, &set)
	}
	return set
}

// willing is enabled with the events that would come upon an unknown path.
func (m *Machine) willing(s *State, lowest bool) EventSet {
	var set EventSet
	if s.Halted {
		return set
	}
	c := chooser{m: m, s: s, set: &set, lowest: lowest}
	if f := &s.Actors[0].Frames[0]; m.races {
		c.actors()
	} else if f.PC != 0 {
		in := &m.prog.code[f.PC]
		c.inCallback(f.device(in.depth), in.op)
	} else {
		c.environment()
		for d := range m.bounds.Devices {
			c.device(uint8(d))
		}
	}
	return set
}

// dropUnknown takes out the events that would come upon an unknown path, with
// callbacks that return at once.
func (m *Machine) dropUnknown(s *State, set *EventSet) {
	for id := range set.All() {
		if !m.sets.checks.Has(id) {
			continue
		}
		try := *s
		r := runner{m: m, s: &try, ahead: true}
		r.event(eventByID[id])
		if r.unknown {
			set.Remove(id)
		}
	}
}

// chooser collects the enabled events of one state.
type chooser struct {
	m      *Machine
	s      *State
	set    *EventSet
	lowest bool
	// With several actors: the paths that one of them runs, for each device and
	// for none.
	runs [MaxDevices]pathSet
	host pathSet
	busy bool // an actor is active
}

// all takes in every possible event of a kind, device and slot.
func (c *chooser) all(k EventKind, device, slot uint8) {
	src := &c.m.sets.kind[k][device][slot]
	for i := range c.set {
		c.set[i] |= src[i]
	}
}

// one takes in a single event, if it is possible.
func (c *chooser) one(k EventKind, device, slot, arg uint8) {
	id := Event{Kind: k, Device: device, Memory: slot, Arg: arg}.ID()
	if c.m.sets.kind[k][device][slot].Has(id) {
		c.set.Add(id)
	}
}

func (c *chooser) environment() {
	s := c.s
	if !c.host.has(PathShutdown) {
		c.all(EventShutdown, 0, 0)
	}
	if !s.Timeout {
		c.all(EventTimeout, 0, 0)
	}
	if !s.Hotplug {
		c.all(EventHotplug, 0, 0)
	}
	switch {
	case c.host.has(PathIOMMURegister), c.host.has(PathIOMMUUnregister):
	case s.Provider == ProviderAbsent:
		if !(c.m.early && (s.inUse() || c.binds())) && !c.othersKeep(0, true) {
			c.all(EventIOMMURegister, 0, 0)
		}
	case s.Provider == ProviderReady:
		c.all(EventIOMMUUnregister, 0, 0)
	}
}

// inUse tells whether any device has a driver or live memory.
func (s *State) inUse() bool {
	for i := range s.Devices {
		if s.Devices[i].Driver {
			return true
		}
	}
	for i := range s.Memory {
		if s.Memory[i].Alloc != AllocNone {
			return true
		}
	}
	return false
}

// device takes in what the environment, the bound driver and other code may do
// with a device while no callback waits.
func (c *chooser) device(n uint8) {
	d := &c.s.Devices[n]
	if c.runs[n].has(PathPut) {
		return
	}
	switch d.Life {
	case LifeAbsent:
		if !c.runs[n].has(PathAdd) {
			c.all(EventAdd, n, 0)
		}
		return
	case LifeDeleted:
		if c.busy && c.referenced(n) {
		} else if c.m.bounds.Drivers == DriversAny || !c.s.hasPlain(n) && !d.OwnMapping {
			c.all(EventPut, n, 0)
		}
	case LifeRegistered:
		c.registered(n, d)
	}
	if d.Group && !c.othersKeep(n, false) {
		c.all(EventType, n, 0)
		if c.s.Groups[c.m.group(n)].Owned {
			if !c.releasing(n) {
				c.all(EventRelease, n, 0)
			}
		} else if c.quiet(n) && !(c.m.early && c.host.has(PathIOMMURegister)) {
			c.all(EventClaim, n, 0)
		}
	}
	if !d.Driver || d.Quit && c.m.bounds.Drivers == DriversLate {
		c.withoutDriver(n, d)
	}
}

func (c *chooser) registered(n uint8, d *DeviceState) {
	if !c.runs[n].has(PathDel) && !c.runs[n].has(PathAdd) && !c.runs[n].has(PathOwnerClaim) && !c.runs[n].has(PathOwnerRelease) {
		c.all(EventDel, n, 0)
	}
	if d.Driver {
		c.all(EventUnbind, n, 0)
		if d.Bound && !d.Quit {
			c.driver(n, d)
		}
		return
	}
	if c.othersKeep(n, false) || c.m.early && c.host.has(PathIOMMURegister) {
		return
	}
	c.all(EventAttach, n, 0)
	c.all(EventBind, n, 0)
	if d.Deferred {
		c.all(EventRetry, n, 0)
	}
}

// othersKeep tells whether the contract keeps the environment from a device, or
// from all: other code holds memory of it or of a device in its group. The
// kernel cannot see such memory (really_probe warns, and refuses since v5.9), so
// nobody binds a driver, changes the domain or its owner, or registers the IOMMU
// then.
func (c *chooser) othersKeep(n uint8, all bool) bool {
	if c.m.bounds.Drivers == DriversAny {
		return false
	}
	for i := range c.s.Memory {
		if mem := &c.s.Memory[i]; mem.Alloc == AllocOther && (all || mem.Device == n || c.m.sameGroup(c.s, mem.Device, n)) {
			return true
		}
	}
	return false
}

// sameGroup tells whether two devices are in one group.
func (m *Machine) sameGroup(s *State, a, b uint8) bool {
	return s.Devices[a].Group && s.Devices[b].Group && m.group(a) == m.group(b)
}

// withoutDriver takes in what other code may do, and late frees.
func (c *chooser) withoutDriver(n uint8, d *DeviceState) {
	if d.NumDevres < MaxDevres && !c.busy {
		c.eachFree(func(slot uint8) { c.all(EventDevm, n, slot) })
	}
	if d.Life == LifeRegistered && !c.busy {
		c.mapping(n, d)
	}
	if c.m.bounds.Drivers == DriversWell {
		return
	}
	for i := range c.m.bounds.Memory {
		mem := &c.s.Memory[i]
		if mem.Alloc == AllocNone || mem.Device != n || mem.Alloc == AllocOther ||
			mem.Alloc == AllocDmam && c.m.bounds.Drivers != DriversAny || c.inCall(uint8(i)) {
			continue
		}
		c.all(EventFree, n, uint8(i))
	}
}

// eachFree calls f for each unused slot, or for the lowest only.
func (c *chooser) eachFree(f func(slot uint8)) {
	for i := range c.m.bounds.Memory {
		if c.s.Memory[i].Alloc != AllocNone || c.inAlloc(uint8(i)) {
			continue
		}
		f(uint8(i))
		if c.lowest {
			return
		}
	}
}

// liveMemory tells which live memory of a device there is: any, from its pool,
// translating.
func (c *chooser) liveMemory(n uint8) (some, pool, translating bool) {
	for i := range c.s.Memory {
		mem := &c.s.Memory[i]
		if mem.Alloc == AllocNone || mem.Device != n {
			continue
		}
		some = true
		pool = pool || mem.Path == DMAPathPool && !mem.PoolGone
		translating = translating || mem.Path.translates()
	}
	return some, pool, translating
}

// driver takes in the calls of a driver in its probe, while bound, or (any)
// elsewhere.
func (c *chooser) driver(n uint8, d *DeviceState) {
	c.eachFree(func(slot uint8) {
		c.all(EventMap, n, slot)
		c.one(EventAlloc, n, slot, AllocPlain)
		if d.NumDevres < MaxDevres {
			c.one(EventAlloc, n, slot, AllocManaged)
		}
	})
	for i := range c.m.bounds.Memory {
		if mem := &c.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == n && mem.Alloc != AllocOther && !c.inCall(uint8(i)) {
			c.all(EventFree, n, uint8(i))
		}
	}
	some, pool, _ := c.liveMemory(n)
	if c.busy && c.calling(n) {
		some, pool = true, true
	}
	any := c.m.bounds.Drivers == DriversAny
	if any || !some {
		c.one(EventMask, n, 0, toggle(d.Wide, MaskNarrow, MaskWide))
		c.one(EventBypass, n, 0, toggle(d.Bypass, BypassOff, BypassOn))
	}
	if !d.Pool {
		c.one(EventPool, n, 0, PoolDeclare)
	} else if any || !pool {
		c.one(EventPool, n, 0, PoolRelease)
	}
	if d.NumDevres < MaxDevres && d.actions() < c.m.bounds.Actions {
		c.all(EventAction, n, 0)
	}
	c.mapping(n, d)
}

func toggle(on bool, ifOn, ifOff uint8) uint8 {
	if on {
		return ifOn
	}
	return ifOff
}

// actions counts the devm actions on the device's devres list.
func (d *DeviceState) actions() int {
	n := 0
	for _, e := range d.Devres[:d.NumDevres] {
		if e == DevresAction {
			n++
		}
	}
	return n
}

// mapping takes in attaching and detaching a mapping of one's own.
func (c *chooser) mapping(n uint8, d *DeviceState) {
	some, _, translating := c.liveMemory(n)
	any := c.m.bounds.Drivers == DriversAny
	if d.Group && !d.OwnMapping && (any || !some && !c.s.Groups[c.m.group(n)].Owned) {
		c.one(EventMapping, n, 0, MappingAttach)
	}
	if d.OwnMapping && (any || !translating) {
		c.one(EventMapping, n, 0, MappingDetach)
	}
}

// inCallback takes in the calls of the callback that waits.
func (c *chooser) inCallback(n uint8, op Op) {
	d := &c.s.Devices[n]
	probe := op == OpDriverProbe
	if probe || c.m.bounds.Drivers == DriversAny {
		c.driver(n, d)
	} else {
		for i := range c.m.bounds.Memory {
			if mem := &c.s.Memory[i]; mem.Device == n && (mem.Alloc == AllocCoherent || mem.Alloc == AllocMapped) && !c.inCall(uint8(i)) {
				c.all(EventFree, n, uint8(i))
			}
		}
		if _, _, translating := c.liveMemory(n); d.holdsMapping() && !translating {
			c.one(EventMapping, n, 0, MappingDetach)
		}
	}
	done := c.mayReturn(n, d)
	switch {
	case !probe && done:
		c.all(EventReturn, n, 0)
	case probe:
		c.one(EventProbe, n, 0, ProbeOK)
		if done {
			c.one(EventProbe, n, 0, ProbeError)
			c.one(EventProbe, n, 0, ProbeDefer)
		}
	}
}

// mayReturn tells whether the contract lets a driver leave the device now.
func (c *chooser) mayReturn(n uint8, d *DeviceState) bool {
	switch c.m.bounds.Drivers {
	case DriversAny:
		return true
	case DriversLate:
		return !d.holdsMapping()
	}
	return !d.holdsMapping() && (!c.s.hasPlain(n) || d.actions() > 0)
}
