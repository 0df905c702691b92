package model

import "fmt"

// instr is one step of a compiled program. Paths are inlined where they are
// called, so that a position is one number and everything that depends only on
// the way to a step - where it counts as, which call it serves - is known
// beforehand.
type instr struct {
	op    Op // a step of the vocabulary, or one of the internal ones below
	arg   uint8
	conds uint8 // number of conditions, from cond on
	// depth of for each blocks around the step: which device it is about
	depth  uint8
	where  Where
	call   PathKind // the API call that the program serves, else PathKindInvalid
	inPath PathKind // the path that the step stands in
	entry  PathKind // the path that the event started
	cond   uint16   // index into program.conds
	jump   uint16   // where a failure, a goto or the end of a loop goes
	silent uint16   // steps without a DMA meaning passed over before this one: index into program.silent
	quiet  uint8    // and their number
	ref    StepRef
	point  uint16 // where another actor may preempt this one: number of the point, 0 for none
	inner  bool   // within the unbind of a consumer
	split  bool   // asks the condition of the step behind it, and stands apart from it
}

// Internal steps.
const (
	opIdle        Op = numOps + iota // the end of an event's path
	opBranch                         // jumps unless the conditions hold
	opJumpErr                        // jumps if the error is set
	opNext                           // the end of a for each block
	opPop                            // takes the last devres entry; jumps if there is none
	opAction                         // a devm action waits here
	opTakeAlloc                      // take in dma_alloc or dma_map
	opTakeFree                       // take in dma_free or dma_unmap
	opUnknown                        // an unknown path
	opRecurse                        // a call that would put a path into the chain of calls a third time
	opNop                            // carries silent steps to a label
	opConsumerEnd                    // a consumer has been unbound
	opsEnd

	numInternal = opsEnd - numOps
)

// silentStep is a step without a DMA meaning, kept for observers only.
type silentStep struct {
	ref   StepRef
	cond  uint16
	conds uint8
	depth uint8
}

// program is all paths that events start, compiled one after the other.
type program struct {
	code    []instr // code[0] is idle
	conds   []Cond
	silent  []silentStep
	entries [numPaths]uint16  // 0: the path is none or cannot be started
	stops   []uint16          // positions at which a callback may wait
	later   map[uint16]uint64 // stop -> bit set of the failable steps that may still come
	fails   [numPaths]uint64  // bit set of the failable steps in an entry
	tests   [numPaths]bool    // a test_remove_off step stands in it
	unknown [numPaths]uint64  // bit set of the unknown paths in an entry
	ranges  bool              // the kernel has steps that install range maps
	ready   bool              // the kernel has a step ready_to_probe
	// dma_setup attaches a mapping: without one a device in a group has nothing
	// that would translate its DMA, nor let it pass.
	archMaps bool
	linked   bool // a device has a supplier
	// Only where several actors run:
	points  []Point          // by number less one
	numbers map[Point]uint16 // the inverse
	still   []uint64         // position -> bit set of the failable steps that may still come, its own included
}

// startPaths are the paths that events start.
var startPaths = []PathKind{PathAdd, PathAttach, PathBindStore, PathRetry, PathUnbind, PathDel, PathPut,
	PathShutdown, PathIOMMURegister, PathIOMMUUnregister, PathTypeStore, PathOwnerClaim, PathOwnerRelease,
	PathMappingAttach, PathMappingDetach,
	PathDMAAlloc, PathDMAFree, PathDMAMap, PathDMAUnmap, PathDmamAlloc, PathDmamFree}

// maxDepth is how deep for each blocks may be nested, over all called paths.
const maxDepth = 2

// Limits that keep positions in 16 bits, and a hostile kernel file from growing
// without end by calls within calls.
const (
	maxCode  = 1 << 15   // instructions
	maxWork  = 1<<16 - 1 // steps compiled, those without an instruction included
	maxConds = 1 << 16   // conditions
	maxQuiet = 200       // steps without a DMA meaning that one instruction carries
)

// What the fields of instr and silentStep hold. maxCode is asked behind each step, a
// few instructions late.
const (
	_ = uint(1<<16 - 1 - maxCode - 256) // instr.jump, Frame.PC
	_ = uint(1<<16 - 1 - maxWork)       // instr.silent: no step is compiled without being counted
	_ = uint(1<<16 - maxConds)          // instr.cond
	_ = uint(1<<8 - 1 - maxQuiet)       // instr.quiet
)

type compiler struct {
	k     *Kernel
	p     *program
	chain []PathKind
	depth uint8
	entry PathKind
	call  PathKind
	work  int
	races bool // several actors: conditions are steps of their own
	inner bool // within the unbind of a consumer, which has none itself
	// the call step that is being compiled
	caller StepRef
	// silent steps not yet carried by an instruction
	pending []silentStep
}

func compile(k *Kernel, races, linked bool) (*program, error) {
	c := &compiler{k: k, p: &program{code: make([]instr, 1, 1024), linked: linked}, races: races}
	c.p.code[0] = instr{op: opIdle}
	for _, f := range []FactKind{FactNullOps, FactDefaultDomain} {
		if k.Fact(f) == "" {
			return nil, fmt.Errorf("%w: %s: fact %s is missing", ErrKernel, k.FullName(), f)
		}
	}
	for _, kind := range startPaths {
		if k.Path(kind).Status == PathNone {
			continue
		}
		c.entry, c.call = kind, PathKindInvalid
		if kind >= PathDMAAlloc && kind <= PathDmamFree {
			c.call = kind
		}
		c.p.entries[kind] = uint16(len(c.p.code))
		if err := c.path(kind, WhereInvalid); err != nil {
			return nil, err
		}
		c.emit(instr{op: opIdle})
	}
	c.p.ranges = k.installsRangeMaps()
	c.p.later = make(map[uint16]uint64, len(c.p.stops))
	for _, stop := range c.p.stops {
		c.p.later[stop] = c.p.failsAfter(stop)
	}
	if !races {
		return c.p, nil
	}
	return c.p, c.p.findPoints(k)
}

// failsAfter collects the failable steps that can be reached from a position.
// An event that fails a step does not test remove as well, so the test_remove
// block is not entered.
func (p *program) failsAfter(from uint16) (fails uint64) {
	seen := make([]bool, len(p.code))
	todo := []uint16{from}
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		in := &p.code[pc]
		if in.op == opIdle {
			continue
		}
		if opMayFail[in.op] && pc != from {
			fails |= failBit(in.op)
		}
		if in.jump != 0 {
			todo = append(todo, in.jump)
		}
		conds := p.conds[in.cond : in.cond+uint16(in.conds)]
		if in.op == OpGoto && (len(conds) == 0 || len(conds) == 1 && conds[0] == (Cond{Test: TestTestRemove, Not: true})) {
			continue
		}
		if todo = append(todo, pc+1); in.op == opPop {
			todo = append(todo, pc+2)
		}
	}
	return fails
}

// whereAround stands for the steps of a bind that really_probe does not carry
// out: WhereBind, also after a failure.
const whereAround = numWheres

// anchors gives the Where of the steps below a path. What is below none is a
// call of the DMA API, and counts as its caller.
var anchors = [numPaths]Where{
	PathAttach: whereAround, PathBindStore: whereAround, PathRetry: whereAround,
	PathAdd: WhereAdd, PathBind: WhereBind, PathUnbind: WhereUnbind, PathDel: WhereDel, PathPut: WherePut,
	PathShutdown: WhereShutdown, PathIOMMURegister: WhereRegister, PathIOMMUUnregister: WhereUnregister,
	PathTypeStore: WhereType, PathOwnerClaim: WhereClaim, PathOwnerRelease: WhereRelease,
	PathMappingAttach: WhereMapping, PathMappingDetach: WhereMapping,
}

func (c *compiler) emit(i instr) int {
	i.depth, i.entry, i.call, i.inner = c.depth, c.entry, c.call, c.inner
	i.silent, i.quiet = uint16(len(c.p.silent)), uint8(len(c.pending))
	c.p.silent = append(c.p.silent, c.pending...)
	c.pending = c.pending[:0]
	c.p.code = append(c.p.code, i)
	return len(c.p.code) - 1
}

func (c *compiler) here() uint16 { return uint16(len(c.p.code)) }

// scope is one inlined path while it is compiled.
type scope struct {
	path   Path
	where  Where
	labels map[string]uint16
	jumps  map[int]string // instruction to patch -> label; "" is the end of the path
	loops  []int
}

// path compiles one path in place; where is that of the caller.
func (c *compiler) path(kind PathKind, where Where) error {
	p := c.k.Path(kind)
	if a := anchors[kind]; a != WhereInvalid {
		where = a
	}
	seen := 0
	for _, k := range c.chain {
		if k == kind {
			seen++
		}
	}
	switch {
	case p.Status == PathNone:
		return fmt.Errorf("%w: %s: path %s is called but does not exist", ErrKernel, c.k.FullName(), kind)
	case p.Status == PathUnknown:
		c.p.unknown[c.entry] |= 1 << kind
		c.emit(instr{op: opUnknown, where: where, inPath: kind})
		return nil
	case seen >= 2:
		c.emit(instr{op: opRecurse, where: where, inPath: kind, ref: c.caller})
		return nil
	}
	c.chain = append(c.chain, kind)
	defer func() { c.chain = c.chain[:len(c.chain)-1] }()
	sc := &scope{path: p, where: where, labels: map[string]uint16{}, jumps: map[int]string{}}
	var dead []bool
	if !c.p.linked {
		dead = p.onlyLinks()
	}
	for i, st := range p.Steps {
		if dead != nil && dead[i] {
			continue
		}
		if err := c.step(sc, st, StepRef{kind, uint16(i)}); err != nil {
			return err
		}
		c.work++
		if len(c.p.code) > maxCode || c.work > maxWork || len(c.p.conds) > maxConds-256 {
			return fmt.Errorf("%w: %s: its paths call each other too often", ErrKernel, c.k.FullName())
		}
	}
	if len(sc.loops) != 0 {
		return fmt.Errorf("%w: %s: path %s: for each without end", ErrKernel, c.k.FullName(), kind)
	}
	c.flush()
	for at, label := range sc.jumps {
		target, ok := c.here(), true
		if label != "" {
			target, ok = sc.labels[label]
		}
		if !ok {
			return fmt.Errorf("%w: %s: path %s: no label %s", ErrKernel, c.k.FullName(), kind, label)
		}
		c.p.code[at].jump = target
	}
	return nil
}

// flush makes an instruction of pending silent steps, so that a jump to what
// follows passes them by.
func (c *compiler) flush() {
	if len(c.pending) > 0 {
		c.emit(instr{op: opNop})
	}
}

func (c *compiler) step(sc *scope, st Step, ref StepRef) error {
	if len(st.When) > 255 {
		return fmt.Errorf("%w: %s: path %s: a step with %d conditions, want at most 255", ErrKernel, c.k.FullName(), sc.path.Kind, len(st.When))
	}
	conds := uint16(len(c.p.conds))
	c.p.conds = append(c.p.conds, st.When...)
	in := instr{op: st.Op, arg: st.Arg, cond: conds, conds: uint8(len(st.When)), where: sc.where, inPath: sc.path.Kind, ref: ref}
	quiet := func() {
		c.pending = append(c.pending, silentStep{ref, conds, uint8(len(st.When)), c.depth})
	}
	switch {
	case c.uninterrupted(st.Op):
		// Not described: nobody could act for the driver there.
		c.p.unknown[c.entry] |= 1 << sc.path.Kind
		in.op = opUnknown
		c.emit(in)
	case st.Op == OpLabel:
		c.flush()
		if _, ok := sc.labels[st.Label]; ok {
			return fmt.Errorf("%w: %s: path %s: label %s stands twice", ErrKernel, c.k.FullName(), sc.path.Kind, st.Label)
		}
		sc.labels[st.Label] = c.here()
		if anchors[sc.path.Kind] == WhereBind {
			sc.where = WhereBind
			if st.Label == "test_remove" {
				sc.where = WhereTestRemove
			}
		}
	case st.Op == OpGoto:
		sc.jumps[c.emit(in)] = st.Label
	case st.Op == OpReturn:
		in.op = OpGoto
		sc.jumps[c.emit(in)] = ""
	case st.Op == OpCall:
		return c.callStep(sc, st, in, quiet)
	case st.Op == OpForEach:
		if int(c.depth) == maxDepth {
			return tooDeep(c.k, sc.path.Kind)
		}
		sc.loops = append(sc.loops, c.emit(in))
		c.depth++
	case st.Op == OpEnd:
		if len(sc.loops) == 0 {
			return fmt.Errorf("%w: %s: path %s: end without for each", ErrKernel, c.k.FullName(), sc.path.Kind)
		}
		c.flush()
		head := sc.loops[len(sc.loops)-1]
		sc.loops = sc.loops[:len(sc.loops)-1]
		c.depth--
		in.op, in.jump, in.arg = opNext, uint16(head)+1, c.p.code[head].arg
		c.emit(in)
		c.p.code[head].jump = c.here()
	case st.Op == OpTake:
		switch sc.path.Kind {
		case PathDMAAlloc, PathDMAMap:
			in.op = opTakeAlloc
		case PathDMAFree, PathDMAUnmap:
			in.op = opTakeFree
		default:
			return fmt.Errorf("%w: %s: path %s: take outside of dma_alloc, dma_free, dma_map, dma_unmap", ErrKernel, c.k.FullName(), sc.path.Kind)
		}
		sc.jumps[c.emit(in)] = "" // take ends the path
	case st.Op == OpDevresRelease:
		return c.release(in)
	case st.Op == OpRefuse, opTable[st.Op].fails, st.Op == OpDriverProbe, st.Op == OpProviderGoing:
		if c.apart(st) {
			defer c.ask(&in)()
		}
		if st.Op == OpMappingAttach && sc.path.Kind == PathDMASetup {
			c.p.archMaps = true
		}
		if opTable[st.Op].fails {
			c.p.fails[c.entry] |= failBit(st.Op)
		}
		at := c.emit(in)
		sc.jumps[at] = st.Else
		if st.Op == OpDriverProbe {
			c.p.stops = append(c.p.stops, uint16(at))
		}
	case st.Op == OpUnbindConsumers && c.p.linked:
		return c.consumers(in)
	case !opTable[st.Op].dma && !(c.p.linked && st.Op.ForLinks()):
		quiet()
		if len(c.pending) >= maxQuiet {
			c.flush()
		}
	default:
		if c.apart(st) {
			defer c.ask(&in)()
		}
		switch st.Op {
		case OpDriverRemove:
			c.p.stops = append(c.p.stops, c.here())
		case OpReadyToProbe:
			c.p.ready = true
		case OpTestRemoveOff:
			c.p.tests[c.entry] = true
		}
		at := c.emit(in)
		if st.Op == OpLinksBusy {
			sc.jumps[at] = st.Else
		}
	}
	return nil
}

// uninterrupted tells whether a step may wait for a driver where no callback can:
// in a call of the DMA API or of the mapping paths.
func (c *compiler) uninterrupted(o Op) bool {
	return (c.call != PathKindInvalid || c.entry == PathMappingAttach || c.entry == PathMappingDetach) &&
		(o == OpDriverProbe || o == OpDriverRemove || o == OpDevresRelease)
}

// installsRangeMaps tells whether any path of the kernel installs range maps,
// whoever calls it.
func (k *Kernel) installsRangeMaps() bool {
	for p := PathKind(1); p < numPaths; p++ {
		for _, st := range k.Path(p).Steps {
			if st.Op == OpRangeMapSet || st.Op == OpRangeMapAdd {
				return true
			}
		}
	}
	return false
}

func tooDeep(k *Kernel, path PathKind) error {
	return fmt.Errorf("%w: %s: path %s: for each nested deeper than %d", ErrKernel, k.FullName(), path, maxDepth)
}

// apart tells whether the condition of a step is asked before the step, with
// room for another actor between: a condition on what others can change, of a step
// that does more than jump.
func (c *compiler) apart(st Step) bool {
	if !c.races || st.Op == OpRefuse || !mayBePoint[st.Op] {
		return false
	}
	for _, cond := range st.When {
		if !cond.Test.private() {
			return true
		}
	}
	return false
}

// ask compiles the condition of a step as a branch around it; what it returns is
// called behind the step.
func (c *compiler) ask(in *instr) (end func()) {
	branch := *in
	branch.op, branch.split = opBranch, true
	at := c.emit(branch)
	in.conds = 0
	return func() {
		c.flush()
		c.p.code[at].jump = c.here()
	}
}

func (c *compiler) callStep(sc *scope, st Step, in instr, quiet func()) error {
	skip := -1
	if len(st.When) > 0 {
		in.op = opBranch
		skip = c.emit(in)
	}
	quiet()
	if skip >= 0 { // the branch has asked already
		c.pending[len(c.pending)-1].conds = 0
	}
	c.caller = in.ref
	if err := c.path(PathKind(st.Arg), sc.where); err != nil {
		return err
	}
	if st.Else != "" {
		in.op, in.conds = opJumpErr, 0
		sc.jumps[c.emit(in)] = st.Else
	}
	if skip >= 0 {
		c.flush()
		c.p.code[skip].jump = c.here()
	}
	return nil
}

// release compiles devres_release: pop; a place for a devm action to wait; the
// free of a dmam entry; round again.
func (c *compiler) release(in instr) error {
	in.op = opPop
	pop := c.emit(in)
	in.op, in.conds, in.jump = opAction, 0, uint16(pop)
	c.p.stops = append(c.p.stops, c.here())
	c.emit(in)
	call, entry := c.call, c.entry
	c.call = PathKindInvalid
	if err := c.path(PathDMAFree, in.where); err != nil {
		return err
	}
	c.call, c.entry = call, entry
	c.emit(instr{op: OpGoto, jump: uint16(pop), where: in.where, inPath: in.inPath, ref: in.ref})
	c.p.code[pop].jump = c.here()
	return nil
}

// sameFailure tells whether failing a step without a DMA meaning always comes to
// the same as failing the step just before it.
func (p *program) sameFailure(entry PathKind, step Op) bool {
	if step == OpInvalid || opTable[step].dma {
		return false
	}
	before, n := OpInvalid, 0
	for pc := range p.code {
		in := &p.code[pc]
		if in.entry != entry || in.op != step {
			continue
		}
		prev := &p.code[pc-1]
		if !opMayFail[prev.op] || opTable[prev.op].dma || in.conds != 0 || prev.conds != 0 ||
			p.landing(in.jump) != p.landing(prev.jump) || n > 0 && prev.op != before {
			return false
		}
		before = prev.op
		n++
	}
	for pc := range p.code { // it may stand where the later step does not follow
		if in := &p.code[pc]; in.entry == entry && in.op == before && before != OpInvalid {
			n--
		}
	}
	return before != OpInvalid && n == 0
}

// landing is where a jump comes to act: steps without a DMA meaning are passed over.
func (p *program) landing(pc uint16) uint16 {
	for p.code[pc].op == opNop {
		pc++
	}
	return pc
}

// failable lists the steps that the environment may make fail, in order.
var failable = func() []Op {
	var l []Op
	for o := Op(1); o < numOps; o++ {
		if opTable[o].fails {
			l = append(l, o)
		}
	}
	return l
}()

func failBit(o Op) uint64 {
	for i, f := range failable {
		if f == o {
			return 1 << i
		}
	}
	return 0
}
