package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Point names a place within a run at which another actor may preempt it: just
// before a step is carried out for the Pass-th time. The zero Point is none.
//
// It means the same in every kernel that has the step: the path in which it
// stands, what it is, and which one of its like in that path. A run that does
// not come by the point goes on to where it would have ended anyway.
type Point struct {
	Path PathKind
	Op   Op
	Arg  uint8 // of lock: the Lock; of call: the PathKind
	Nth  uint8 // among the path's steps with this Op and Arg, from 0
	Test bool  // before the step's condition is asked, rather than between it and the step
	Pass uint8 // how often the run has gone by the point before, up to MaxPass
}

// MaxPass is the highest Pass: a run may stop at a step's first, second or third time.
const MaxPass = 2

// String prints the point as a trace has it behind until:
// "unbind_cleanup.devres_release", "type_store.refuse:3", "owner_use.lock_group x2".
func (p Point) String() string {
	s := p.Path.String() + "." + p.step()
	if p.Nth > 0 {
		s += ":" + strconv.Itoa(int(p.Nth)+1)
	}
	if p.Test {
		s += "?"
	}
	if p.Pass > 0 {
		s += " x" + strconv.Itoa(int(p.Pass)+1)
	}
	return s
}

// step is the step's name with its argument in one word.
func (p Point) step() string {
	switch p.Op {
	case OpLock:
		return "lock_" + Lock(p.Arg).String()
	case OpCall:
		return "call_" + PathKind(p.Arg).String()
	case OpForEach:
		return "for_each"
	}
	return p.Op.String()
}

// ParsePoint is the inverse of String, without the pass.
func ParsePoint(word string) (Point, error) {
	path, step, ok := strings.Cut(word, ".")
	if !ok {
		return Point{}, fmt.Errorf("a point: PATH.STEP, as in %q", "unbind_cleanup.devres_release")
	}
	var p Point
	for k := PathKind(1); k < numPaths; k++ {
		if pathTable[k].name == path {
			p.Path = k
		}
	}
	if p.Path == PathKindInvalid {
		return Point{}, fmt.Errorf("a path before the dot (%s)", strings.Join(OperandPath.Values()[1:], ", "))
	}
	step, p.Test = strings.CutSuffix(step, "?")
	step, nth, ok := strings.Cut(step, ":")
	if ok {
		n, err := strconv.Atoi(nth)
		if err != nil || n < 2 || n > 255 || strconv.Itoa(n) != nth {
			return Point{}, fmt.Errorf("a number from 2 to 255 behind the colon: which of the path's steps of that name it is")
		}
		p.Nth = uint8(n - 1)
	}
	for o := Op(1); o < numOps; o++ {
		p.Op = o
		for _, p.Arg = range pointArgs(o) {
			if mayBePoint[o] && p.step() == step {
				return p, nil
			}
		}
	}
	return Point{}, fmt.Errorf("a step with a DMA meaning behind the dot")
}

// Valid tells whether an actor may stop at such a point in some kernel: whether
// it can be written.
func (p Point) Valid() bool {
	return p.Path > PathKindInvalid && p.Path < numPaths && p.Op < numOps && mayBePoint[p.Op] &&
		slices.Contains(pointArgs(p.Op), p.Arg) && p.Pass <= MaxPass
}

// pointArgs lists the arguments that a point of a step may have.
func pointArgs(o Op) []uint8 {
	var n int
	switch o {
	case OpLock:
		n = int(numLocks)
	case OpCall:
		n = int(numPaths)
	default:
		return []uint8{0}
	}
	var args []uint8
	for a := 1; a < n; a++ {
		args = append(args, uint8(a))
	}
	return args
}

// mayBePoint tells before which steps an actor may stop. Steps that concern
// nothing but the actor itself are not among them, nor are callbacks, before
// which it stops anyway.
var mayBePoint = func() (t [256]bool) {
	for o := Op(1); o < numOps; o++ {
		t[o] = opTable[o].dma || o.ForLinks()
	}
	for _, o := range []Op{OpLabel, OpIgnoreError, OpTestRemoveOff, OpUnlock, OpDriverProbe, OpDriverRemove, OpWalkDel} {
		t[o] = false
	}
	return t
}()

// private tells whether a test asks only what no other actor can change.
func (t Test) private() bool {
	switch t {
	case TestError, TestDefer, TestTestRemove, TestWantDMA, TestWantIdentity, TestWantFQ, TestBus, TestFirmware, TestDescribed, TestRanges:
		return true
	}
	return false
}

// findPoints numbers the places of a program at which an actor may stop, from 1
// on: number n is points[n-1].
func (p *program) findPoints(k *Kernel) error {
	p.numbers = map[Point]uint16{}
	for pc := range p.code {
		in := &p.code[pc]
		if !p.isPoint(k, pc) {
			continue
		}
		pt, ok := k.point(in.ref)
		if !ok {
			return fmt.Errorf("%w: %s: path %s: more than 255 steps %s, and an actor may stop at each", ErrKernel, k.FullName(), pt.Path, pt.step())
		}
		pt.Test = in.split
		n, ok := p.numbers[pt]
		if !ok {
			p.points = append(p.points, pt)
			n = uint16(len(p.points))
			p.numbers[pt] = n
		}
		in.point = n
	}
	p.findStill()
	if len(p.points) > maxPoints {
		return fmt.Errorf("%w: %s: %d places at which an actor may stop, want at most %d", ErrKernel, k.FullName(), len(p.points), maxPoints)
	}
	return nil
}

// findStill goes through the program backwards until nothing changes.
func (p *program) findStill() {
	p.still = make([]uint64, len(p.code)+2)
	for changed := true; changed; {
		changed = false
		for pc := len(p.code) - 1; pc > 0; pc-- {
			in := &p.code[pc]
			set := uint64(0)
			if in.op != opIdle {
				set = p.still[pc+1]
				if in.op == opPop {
					set |= p.still[pc+2]
				}
				if in.jump != 0 {
					set |= p.still[in.jump]
				}
				if opMayFail[in.op] {
					set |= failBit(in.op)
				}
			}
			if set != p.still[pc] {
				p.still[pc], changed = set, true
			}
		}
	}
}

// maxPoints keeps the number of a point and a pass in 16 bits.
const maxPoints = 1 << 13

const _ = uint(1<<16 - 1 - maxPoints*(MaxPass+1))

// isPoint: a step that reads or writes what others may write or read. The way of a
// call of the DMA API is chosen in one go: the kernel reads dev->dma_ops once, and
// a run may stop before that, not within.
func (p *program) isPoint(k *Kernel, pc int) bool {
	in := &p.code[pc]
	if in.ref.Path == PathKindInvalid || int(in.ref.Step) >= len(k.Path(in.ref.Path).Steps) {
		return false
	}
	if in.ref.Path >= PathDMAAlloc && in.ref.Path <= PathDMAUnmap {
		return in.ref.Step == 0
	}
	switch in.op {
	case opPop, OpForEach, opNext:
		return true
	case opBranch, OpGoto, OpRefuse:
		for _, c := range p.conds[in.cond : in.cond+uint16(in.conds)] {
			if !c.Test.private() {
				return true
			}
		}
		return false
	}
	return in.op < numOps && mayBePoint[in.op] && (p.linked || !in.op.ForLinks())
}

// point names a step of the kernel, first pass; ok is false if its path has more steps
// of that name before it than Nth can count.
func (k *Kernel) point(ref StepRef) (pt Point, ok bool) {
	steps := k.Path(ref.Path).Steps
	st := steps[ref.Step]
	pt = Point{Path: ref.Path, Op: st.Op}
	if st.Op == OpLock || st.Op == OpCall {
		pt.Arg = st.Arg
	}
	for _, s := range steps[:ref.Step] {
		if s.Op == st.Op && (pt.Arg == 0 || s.Arg == st.Arg) {
			if pt.Nth == 1<<8-2 { // String shows one more
				return pt, false
			}
			pt.Nth++
		}
	}
	return pt, true
}
