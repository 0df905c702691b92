package model

// runner carries out one event on one state.
type runner struct {
	m     *Machine
	s     *State
	f     *Frame // the frame that runs
	out   Outcome
	see   Observer
	cover []uint64
	act   int  // the actor that runs
	moved bool // it has carried out a step
	again bool // it goes on from where it stopped: the steps passed over before that have been seen
	// blocked is set when the actor waits for a lock that another holds.
	blocked bool
	until   *until
	// unknown is set when the run came upon an unknown path; the state is then
	// not to be used.
	unknown bool
	// ahead lets callbacks return at once: the run only asks what an event
	// would come upon.
	ahead bool
}

// event carries out an enabled event.
func (r *runner) event(e Event) {
	r.out.Executed = true
	if r.m.races {
		r.act = r.m.actorOf(r.s, e)
	}
	a := &r.s.Actors[r.act]
	switch e.Kind {
	case EventContinue, EventContinueHost:
		r.f, r.again = a.top(), true
		r.run()
	case EventTimeout:
		r.s.Timeout = true
	case EventHotplug:
		r.s.Hotplug = true
	case EventProbe, EventReturn:
		r.f = &a.Frames[0]
		r.resume(e)
	case EventMask, EventBypass, EventPool, EventAction:
		r.parameter(e)
	case EventAlloc, EventMap, EventFree, EventDevm:
		r.f = &a.Frames[0]
		if r.f.PC != 0 {
			r.f = &a.Frames[1]
		}
		r.callAPI(e)
	case EventMapping:
		r.f = &a.Frames[0]
		if r.f.PC != 0 {
			r.f = &a.Frames[1]
		}
		r.start(e)
	default:
		r.f = &a.Frames[0]
		r.start(e)
	}
	if r.m.races {
		r.s.sortActors()
	}
}

// starts maps the events that start a path to it; EventMapping depends on its argument.
var starts = [numEvents]PathKind{
	EventAdd: PathAdd, EventAttach: PathAttach, EventBind: PathBindStore, EventRetry: PathRetry,
	EventUnbind: PathUnbind, EventDel: PathDel, EventPut: PathPut, EventIOMMURegister: PathIOMMURegister,
	EventIOMMUUnregister: PathIOMMUUnregister, EventType: PathTypeStore, EventClaim: PathOwnerClaim,
	EventRelease: PathOwnerRelease, EventShutdown: PathShutdown,
}

// Path returns the path that the event starts, PathKindInvalid if none.
func (e Event) Path() PathKind {
	if e.Kind == EventMapping {
		if e.Arg == MappingAttach {
			return PathMappingAttach
		}
		return PathMappingDetach
	}
	return starts[e.Kind]
}

func (r *runner) start(e Event) {
	*r.f = Frame{PC: r.m.prog.entries[e.Path()], Device: e.Device, Fail: eventFail[e.ID()], Test: e.TestRemove()}
	switch e.Kind {
	case EventAdd:
		r.s.Devices[e.Device].Described = 0
		if e.Arg == AddRanges || e.Arg == AddMap {
			r.s.Devices[e.Device].Described = e.Arg
		}
	case EventType:
		r.f.Want = e.Arg
	case EventIOMMURegister:
		r.s.Identity = e.Arg == 1
	}
	r.run()
}

// eventFail is FailStep by event id.
var eventFail = func() (f [NumEvents]Op) {
	for id, e := range AllEvents() {
		f[id] = e.FailStep()
	}
	return f
}()

// resume ends the callback that waits.
func (r *runner) resume(e Event) {
	in := &r.m.prog.code[r.f.PC]
	switch {
	case in.op == opAction:
		r.f.PC = in.jump
	case e.Kind == EventProbe && e.Arg != ProbeOK:
		r.f.Err = ErrFailed
		if e.Arg == ProbeDefer {
			r.f.Err = ErrDefer
		}
		r.f.PC = in.jump
	default:
		r.f.PC++
	}
	r.run()
}

// parameter carries out the calls that act at once.
func (r *runner) parameter(e Event) {
	d := &r.s.Devices[e.Device]
	switch e.Kind {
	case EventMask:
		d.Wide = e.Arg == MaskWide
	case EventBypass:
		d.Bypass = e.Arg == BypassOn
	case EventAction:
		r.push(d, DevresAction)
	case EventPool:
		d.Pool = e.Arg == PoolDeclare
		if d.Pool {
			return
		}
		for i := range r.s.Memory {
			if mem := &r.s.Memory[i]; mem.Alloc != AllocNone && mem.Device == e.Device && mem.Path == DMAPathPool {
				mem.PoolGone = true
			}
		}
	}
}

// push adds an entry to a devres list. One that is full takes no more: only a kernel
// that leaves the entries of freed memory on the list comes to that, and it is found
// out by them long before.
func (r *runner) push(d *DeviceState, entry DevresEntry) {
	if d.NumDevres == MaxDevres {
		return
	}
	d.Devres[d.NumDevres] = entry
	d.NumDevres++
}

// callWhere tells who makes a call of the DMA API in this state.
func (m *Machine) callWhere(s *State, actor int, device uint8) Where {
	if pc := s.Actors[actor].Frames[0].PC; pc != 0 {
		switch m.prog.code[pc].op {
		case OpDriverProbe:
			return WhereProbe
		case OpDriverRemove:
			return WhereRemove
		}
		return WhereAction
	}
	if s.Devices[device].Bound {
		return WhereBound
	}
	return WhereLate
}

func (r *runner) callAPI(e Event) {
	caller := r.m.callWhere(r.s, r.act, e.Device)
	var path PathKind
	switch e.Kind {
	case EventAlloc:
		path = PathDMAAlloc
		if e.Arg == AllocManaged {
			path = PathDmamAlloc
		}
	case EventDevm:
		path, caller = PathDmamAlloc, WhereOther
	case EventMap:
		path = PathDMAMap
	case EventFree:
		path = freePath(r.s.Memory[e.Memory].Alloc)
	}
	*r.f = Frame{PC: r.m.prog.entries[path], Device: e.Device, Memory: e.Memory, Caller: caller}
	r.run()
}

// allocKind is what a call of the DMA API makes.
func allocKind(call PathKind, caller Where) AllocKind {
	switch {
	case caller == WhereOther:
		return AllocOther
	case call == PathDmamAlloc:
		return AllocDmam
	case call == PathDMAMap:
		return AllocMapped
	}
	return AllocCoherent
}

// freePath is the call that gives memory of a kind back.
func freePath(kind AllocKind) PathKind {
	switch kind {
	case AllocMapped:
		return PathDMAUnmap
	case AllocDmam, AllocOther:
		return PathDmamFree
	}
	return PathDMAFree
}

// maxSteps is how many steps one event may take; a path that takes more goes
// round for ever.
const maxSteps = 1 << 16

// halt ends everything: the state is the same whatever came before.
func (r *runner) halt() { *r.s = State{Halted: true} }

// run executes steps until the event's path ends, a callback waits, or the
// kernel stops.
func (r *runner) run() {
	code := r.m.prog.code
	for left := maxSteps; ; left-- {
		f := r.f
		in := &code[f.PC]
		if left == 0 {
			r.violate(in, NoDeadlock, Hang, noMemory, DMAPathInvalid)
			return
		}
		if r.see != nil && in.quiet != 0 && (r.moved || !r.again) {
			r.showSilent(in)
		}
		if in.op == opIdle {
			*f = Frame{}
			switch in.entry {
			case PathShutdown:
				r.halt()
			case PathIOMMURegister: // its list stands on its stack
				for i := range r.s.Groups {
					r.s.Groups[i].Listed = false
				}
			}
			return
		}
		if in.point != 0 && r.until != nil && r.moved && r.pause(in) {
			return
		}
		r.moved = r.moved || in.op != opNop
		if in.conds != 0 && r.m.races {
			r.dangling(in)
		}
		if in.conds != 0 && !r.holds(in.cond, in.conds, in.depth) {
			f.PC = r.passOver(in)
			continue
		}
		if r.cover != nil {
			r.cover[f.PC/64] |= 1 << (f.PC % 64)
		}
		stop := r.execute(in)
		if r.unknown || r.s.Halted {
			return
		}
		if r.see != nil && visible(in.op) {
			r.see(in.ref, r.device(in.depth), r.s)
		}
		if r.blocked {
			return
		}
		if stop {
			if f.Fail != OpInvalid && r.m.prog.later[f.PC]&failBit(f.Fail) == 0 {
				f.Fail = OpInvalid // it had its chance; states should not differ by it
			}
			return
		}
	}
}

// step is the step of the vocabulary that an instruction stands for.
func (o Op) step() Op {
	switch o {
	case opTakeAlloc, opTakeFree:
		return OpTake
	case opPop, opAction:
		return OpDevresRelease
	case opNext:
		return OpEnd
	case opNop:
		return OpGoto
	case opBranch, opJumpErr, opRecurse, opUnknown:
		return OpCall
	case opConsumerEnd:
		return OpUnbindConsumers
	}
	return o
}

// step is the step of the kernel file that an instruction stands for.
func (m *Machine) step(in *instr) Op {
	if in.op == OpGoto || in.op == opBranch { // of return, or of any step's condition
		return m.kernel.Path(in.ref.Path).Steps[in.ref.Step].Op
	}
	return in.op.step()
}

// passOver is where a step whose condition does not hold goes on.
func (r *runner) passOver(in *instr) uint16 {
	switch in.op {
	case opBranch, OpForEach, opPop, OpUnbindConsumers:
		return in.jump
	}
	return r.f.PC + 1
}

// visible tells whether an instruction stands for a step of the kernel file.
func visible(op Op) bool {
	return op < numOps && op != OpGoto || op == opTakeAlloc || op == opTakeFree || op == opPop
}

func (r *runner) showSilent(in *instr) {
	for _, q := range r.m.prog.silent[in.silent : in.silent+uint16(in.quiet)] {
		if r.holds(q.cond, q.conds, q.depth) {
			r.see(q.ref, r.device(q.depth), r.s)
		}
	}
}

// device is the device that a step at that depth is about.
func (r *runner) device(depth uint8) uint8 { return r.f.device(depth) }

func (f *Frame) device(depth uint8) uint8 {
	if depth == 0 {
		return f.Device
	}
	return f.Loop[depth-1]
}

// where is the part of the lifecycle that a step belongs to now.
func (r *runner) where(in *instr) Where {
	switch {
	case in.where == WhereInvalid:
		return r.f.Caller
	case in.where == whereAround:
		return WhereBind
	case in.where == WhereBind && r.f.Err != ErrNone:
		return WhereBindFailed
	}
	return in.where
}

// fail takes a step's way out.
func (r *runner) fail(in *instr, err Err) {
	r.f.Err = err
	r.f.PC = in.jump
}

// execute carries out one step and moves the position on; it returns true if a
// callback waits now.
func (r *runner) execute(in *instr) bool {
	f := r.f
	if opMayFail[in.op] && f.Fail == in.op {
		err := ErrFailed
		switch in.op {
		case OpLinksCheck:
			err = ErrDefer
		case OpMappingAttach:
			d := &r.s.Devices[r.device(in.depth)]
			d.Unmapped = d.Driver
		}
		r.fail(in, err)
		return false
	}
	switch in.op {
	case OpGoto:
		f.PC = in.jump
		return false
	case opJumpErr:
		if f.Err != ErrNone {
			f.PC = in.jump
			return false
		}
	case opUnknown:
		r.unknown = true
		return false
	case opRecurse:
		r.violate(in, NoDeadlock, Hang, noMemory, DMAPathInvalid)
		return false
	case OpRefuse:
		r.fail(in, Err(in.arg))
		return false
	case OpProviderGoing:
		if r.testElse(TestPinned) {
			r.fail(in, ErrFailed)
			return false
		}
		r.s.Provider = ProviderGoing
	case OpGroupJoin:
		if r.s.Provider == ProviderGoing || r.m.races && r.s.Provider == ProviderAbsent {
			r.fail(in, ErrFailed)
			return false
		}
		if r.effect(in); r.s.Halted {
			return false
		}
	case OpLinksCheck:
		if r.m.linked && !r.checkSupplier(in) {
			r.fail(in, ErrDefer)
			return false
		}
	case OpLinksBusy:
		if r.busyLink(in) {
			f.PC = in.jump
			return false
		}
	case OpUnbindConsumers:
		return r.unbindConsumer(in)
	case opConsumerEnd:
		f.Loop[in.depth], f.PC = 0, in.jump
		return false
	case OpIgnoreError:
		f.Err = ErrNone
	case OpTestRemoveOff:
		f.Test = false
	case OpLock, OpUnlock:
		if !r.lock(in) {
			return r.blocked
		}
	case OpForEach, opNext:
		return r.loop(in)
	case OpDriverProbe:
		if !r.ahead {
			return true
		}
	case OpDriverRemove:
		if r.m.races && !r.quit(in) {
			return true
		}
		r.supplierGoes(in)
		if !r.ahead && r.m.mustChoose(r.s, r.device(in.depth)) {
			return true
		}
	case opPop:
		return r.pop(in)
	case opAction:
		return true
	case opTakeAlloc:
		r.takeAlloc(in)
		return false
	case opTakeFree:
		r.takeFree(in)
		return false
	case opBranch, opNop:
	default:
		r.effect(in)
		if r.s.Halted {
			return false
		}
	}
	f.PC++
	return false
}

// opMayFail is Op.Fails for every instruction.
var opMayFail = func() (t [256]bool) {
	for o := Op(1); o < numOps; o++ {
		t[o] = opTable[o].fails
	}
	return t
}()

// mustChoose tells whether a remove callback or a devm action waits: drivers
// that may do anything always choose, others only where they have something to
// give back by hand.
func (m *Machine) mustChoose(s *State, device uint8) bool {
	return m.bounds.Drivers == DriversAny || s.Devices[device].holdsMapping() || s.hasPlain(device)
}

// holdsMapping tells whether the device's driver holds a mapping of its own.
func (d *DeviceState) holdsMapping() bool { return d.OwnMapping && !d.Others }

// hasPlain tells whether memory is live that the device's driver must free by hand.
func (s *State) hasPlain(device uint8) bool {
	for i := range s.Memory {
		if mem := &s.Memory[i]; mem.Device == device && (mem.Alloc == AllocCoherent || mem.Alloc == AllocMapped) {
			return true
		}
	}
	return false
}

// report notes a violation, and stops the kernel if that is what it does.
func (r *runner) report(v Violation) {
	r.out.add(v)
	if v.Consequence.stops() {
		r.halt()
	}
}

// noMemory says that no memory is concerned.
const noMemory = -1

// violate reports a broken rule at a step. slot is the memory concerned, or noMemory.
func (r *runner) violate(in *instr, inv Invariant, c Consequence, slot int, to DMAPath) {
	device := r.device(in.depth)
	v := Violation{Device: device, Consequence: c, Step: in.ref}
	v.Key = Key{Invariant: inv, Alloc: AllocNone, Site: Site{Where: r.where(in), Step: r.m.step(in)}, To: to}
	if slot >= 0 {
		mem := &r.s.Memory[slot]
		device = mem.Device
		v.Device, v.Memory = device, uint8(slot)
		v.Key.Alloc, v.Key.From = mem.Alloc, mem.Path
	}
	v.Key.Bus = r.m.bus[device]
	r.report(v)
}
