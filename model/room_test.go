package model

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoom counts what constants cannot.
func TestRoom(t *testing.T) {
	if len(failable) > 15 {
		t.Errorf("%d steps may fail; a key has room for 15", len(failable))
	}
	for w := WhereProbe; w < numWheres; w++ {
		if callers[callerNumber[w]] != w {
			t.Errorf("a key has no number for a call made where %s says", w)
		}
	}
	if numIDs != NumEvents {
		t.Errorf("%d events have an id, NumEvents says %d", numIDs, NumEvents)
	}
	for _, names := range [][]string{deviceNames[:], memoryNames[:]} {
		if slices.Contains(names, "") {
			t.Errorf("one of %q has no name", names)
		}
	}
	held := map[uint8]bool{}
	m := &Machine{}
	for l := LockInvalid + 1; l < numLocks; l++ {
		for d := range uint8(MaxDevices) {
			held[m.lockBit(l, d)] = true
		}
	}
	if len(held) != locks {
		t.Errorf("%d locks have a bit of their own, want %d", len(held), locks)
	}
}

// fullMachine has the widest bounds, and a program that fills them: as long as
// maxCode lets it be, with all places where a callback may wait that a key can number.
func fullMachine(t *testing.T, actors int) *Machine {
	t.Helper()
	k := &Kernel{Name: "full", Arch: "arm64", Facts: []Fact{{Kind: FactNullOps, Value: "direct"}, {Kind: FactDefaultDomain, Value: "dma"}}}
	steps := []Step{{Op: OpFwDevlink}, {Op: OpReadyToProbe}}
	for range 255 {
		steps = append(steps, Step{Op: OpDriverProbe})
	}
	for len(steps) < maxCode-100 {
		steps = append(steps, Step{Op: OpUnlock, Arg: uint8(LockProbe)})
	}
	k.Paths = []Path{{Kind: PathAdd, Status: PathKnown, Steps: steps}}
	b := MaxBounds()
	b.Actors, b.Preemptions, b.Drivers = actors, MaxPreemptions, DriversAny
	b.Setup[0].Supplier = 2
	m, err := NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fullState has every field at its maximum; what is another field's for one actor
// only is left out where there is one.
func fullState(m *Machine) State {
	pc := slices.Max(m.prog.stops)
	frame := Frame{PC: pc, Device: MaxDevices - 1, Loop: [maxDepth]uint8{MaxDevices - 1, MaxDevices - 1},
		Fail: failable[len(failable)-1], Err: numErrs - 1, Test: true, Want: numTypes - 1, Taken: MaxDevres + 1}
	s := State{Provider: numProviders - 1, Link: numLinks - 1, Identity: true, Timeout: true, Hotplug: true, Turned: true, Halted: true}
	for i := range s.Devices {
		d := &s.Devices[i]
		*d = DeviceState{Life: numLives - 1, Described: numAdds - 1, Ready: true, Dead: true, Driver: true, Bound: true, Deferred: true,
			Ops: numDMAOps - 1, DMAIOMMU: true, Bypass: true, Wide: true, RangeMap: numRangeMaps - 1, Pool: true, Param: true,
			Fwspec: true, Dangling: m.races, Group: true, OpsSetup: true, OwnMapping: true, Others: true, Unmapped: true,
			Quit: m.races, Relies: uint8(i) == m.consumer, Links: numLinksStatuses - 1, Uses: ownerMax, NumDevres: MaxDevres}
		for j := range d.Devres {
			d.Devres[j] = DevresAction
		}
	}
	for i := range s.Memory {
		s.Memory[i] = MemoryState{numAllocs - 1, MaxDevices - 1, numDMAPaths - 1, true, true, numRangeMaps - 1, true, true, true}
	}
	for i := range s.Groups {
		s.Groups[i] = GroupState{numDomains - 1, numAttached - 1, ownerMax, true, true}
	}
	if !m.races {
		s.Actors[0] = ActorState{Frames: [2]Frame{frame}, Locks: 1<<locks - 1}
		return s
	}
	s.Preempts = MaxPreemptions
	frame.PC, frame.Memory, frame.Caller = uint16(len(m.prog.code)-1), MaxMemory-1, numWheres-1
	call := frame
	call.Taken = 0
	for i := range s.Actors {
		s.Actors[i] = ActorState{Frames: [2]Frame{frame, call}, Locks: 1<<locks - 1}
	}
	return s
}

// A state with every field at its maximum survives its key, and no field is left
// out of that: one that is added to State is zero here until somebody fills it in.
func TestFullStatePacks(t *testing.T) {
	for actors := 1; actors <= MaxActors; actors++ {
		m := fullMachine(t, actors)
		s := fullState(m)
		if back := m.Unpack(m.Pack(&s)); back != s {
			t.Errorf("%d actors: the state does not survive its key (-want +got):\n%s", actors, cmp.Diff(s, back))
		}
		var w bitWriter
		m.layout.pack(m, &s, &w)
		if w.pos > widest || m.layout.words != int(w.pos+63)/64 {
			t.Errorf("%d actors: a key takes %d bits in %d words, the widest should take %d", actors, w.pos, m.layout.words, widest)
		}
		if actors == MaxActors {
			for _, zero := range zeroFields(reflect.ValueOf(s), "State") {
				t.Errorf("%s is not at its maximum", zero)
			}
			if got := widest - int(w.pos); got > codeBits*4 {
				t.Errorf("the widest key is %d bits wider than one that fills all bounds", got)
			}
		}
	}
}

// zeroFields names the fields that are zero in all elements of the arrays that hold them.
func zeroFields(v reflect.Value, name string) (zero []string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			zero = append(zero, zeroFields(v.Field(i), name+"."+v.Type().Field(i).Name)...)
		}
	case reflect.Array:
		zero = zeroFields(v.Index(0), name+"[]")
		for i := 1; i < v.Len(); i++ {
			other := zeroFields(v.Index(i), name+"[]")
			zero = slices.DeleteFunc(zero, func(s string) bool { return !slices.Contains(other, s) })
		}
	default:
		if v.IsZero() {
			return []string{name}
		}
	}
	return zero
}

// adding makes a machine whose path add has the steps.
func adding(steps []Step) (*Machine, error) {
	k := &Kernel{Name: "tiny", Arch: "arm64", Facts: []Fact{{Kind: FactNullOps, Value: "direct"}, {Kind: FactDefaultDomain, Value: "dma"}},
		Paths: []Path{{Kind: PathAdd, Status: PathKnown, Steps: steps}}}
	return NewMachine(k, DefaultBounds())
}

// One place more at which a callback may wait than a key can number is an error.
func TestTooManyStops(t *testing.T) {
	for stops, want := range map[int]error{255: nil, 256: ErrKernel} {
		_, err := adding(slices.Repeat([]Step{{Op: OpDriverProbe}}, stops))
		if !errors.Is(err, want) {
			t.Errorf("%d places: got %v, want %v", stops, err, want)
		}
	}
}

// What one event breaks more than an outcome holds is not lost in silence.
func TestMoreViolations(t *testing.T) {
	var o Outcome
	for n := range MaxViolations + 1 {
		if o.More {
			t.Errorf("an outcome is full with %d violations", n)
		}
		o.add(Violation{Key: Key{Invariant: SameOps, Site: Site{Where: WhereUnbind, Step: Op(n)}}})
	}
	if !o.More || len(o.Violations()) != MaxViolations {
		t.Errorf("got %d violations, more %t, want %d and more", len(o.Violations()), o.More, MaxViolations)
	}
}

// One step more of a name than a point can count is an error where actors may stop.
func TestTooManyAlike(t *testing.T) {
	for n, want := range map[int]error{255: nil, 256: ErrKernel} {
		m, err := adding(slices.Repeat([]Step{{Op: OpRegistered}}, n))
		if err != nil {
			t.Fatal(err)
		}
		b := MaxBounds()
		b.Actors = 2
		if _, err = NewMachine(m.kernel, b); !errors.Is(err, want) {
			t.Errorf("%d steps: got %v, want %v", n, err, want)
		}
	}
}
