// Package oracle is the second implementation of docs/machine.md: slow, obvious,
// and sharing no code with the machine in model. It walks the steps of a
// kernel's paths as they stand in the kernel file, on named objects, and exists
// only to be compared with the machine.
//
// Of model it uses what describes a kernel, an event and a finding. summary.go
// alone reads a model.State, to put it into the words of [World.Describe].
//
// Comments that begin with "Reading:" mark where docs/machine.md leaves a
// choice, and say which one is made here.
package oracle

import (
	"fmt"
	"slices"

	"dmafuzz/model"
)

// World is the whole of what the rules speak of, at one moment between two events.
type World struct {
	kernel *model.Kernel
	bounds model.Bounds

	devices []*device     // by number; a place without a device holds a zero one
	slots   []*allocation // by slot; nil is free
	groups  []*group      // by number
	line    []int         // the devices that are there, if all are, in the order in which they were added

	provider model.Provider
	link     model.Link // between the device that has a supplier and that one
	identity bool       // new default domains are of type identity
	timeout  bool
	hotplug  bool
	halted   bool

	actors   []*actor // the active ones first, in the order in which they began
	preempts int      // preemptions so far, where a bound counts them

	now *moment // of the event at hand; nil between events
}

// moment is what one event has done so far.
type moment struct {
	result  Result
	steps   int  // taken, to notice a kernel that runs in circles
	unknown bool // a path was needed whose steps are not known
	trial   bool // only to see whether one is needed: callbacks return at once
	stopped bool // the actor has come to where it cannot go on, or shall not

	begun bool          // the event has carried a step out
	left  bool          // a preemption is left for it to stop
	until *model.Point  // where it shall stop; nil for nowhere
	seen  []model.Point // the points that the event has come by, in order
}

// Result is what one event did.
type Result struct {
	Executed   bool // false if and only if the event was not enabled; all else is then zero
	Violations []Violation
	Goals      model.Goals
	Halted     bool // nothing comes after this event
}

// Violation is one broken rule.
type Violation struct {
	Key         model.Key
	Consequence model.Consequence
	Device      uint8
	Memory      uint8 // the slot; 0 where no memory is concerned
}

type heldLock struct {
	lock   model.Lock
	number int // of the device or group; 0 where there is one lock for all
}

// New returns the world at boot. It fails if and only if a bound is out of
// range, a fact is missing, or a path has steps that cannot be followed.
func New(k *model.Kernel, b model.Bounds) (*World, error) {
	if err := checkBounds(b); err != nil {
		return nil, err
	}
	if err := checkKernel(k); err != nil {
		return nil, err
	}
	w := &World{kernel: k, bounds: b}
	w.clear()
	if w.linked() && !makesLinks(k) {
		return nil, fmt.Errorf("%w: a device has a supplier, and device_add makes no link to it", ErrInput)
	}
	return w, nil
}

// clear brings the world back to boot.
func (w *World) clear() {
	*w = World{kernel: w.kernel, bounds: w.bounds, now: w.now}
	for range max(w.bounds.Actors, 1) {
		w.actors = append(w.actors, &actor{held: map[heldLock]bool{}})
	}
	for n := range model.MaxDevices {
		w.devices = append(w.devices, &device{number: n})
		w.groups = append(w.groups, &group{members: map[int]bool{}})
	}
	w.slots = make([]*allocation, model.MaxMemory)
}

// Clone returns a world that shares nothing with this one that can change.
func (w *World) Clone() *World {
	c := *w
	c.now = nil
	c.devices, c.groups, c.actors = nil, nil, nil
	for _, d := range w.devices {
		c.devices = append(c.devices, d.clone())
	}
	for _, g := range w.groups {
		c.groups = append(c.groups, g.clone())
	}
	c.slots = slices.Clone(w.slots)
	for i, m := range c.slots {
		if m != nil {
			copied := *m
			c.slots[i] = &copied
		}
	}
	for _, a := range w.actors {
		c.actors = append(c.actors, a.clone())
	}
	return &c
}

// Apply lets an event happen, if it is enabled.
func (w *World) Apply(e model.Event) Result {
	if !w.enabled(e) {
		return Result{}
	}
	w.now = &moment{result: Result{Executed: true}}
	w.happen(e)
	w.sortActors()
	result := w.now.result
	if w.halted {
		w.clear()
		w.halted, result.Halted = true, true
	}
	w.now = nil
	return result
}

func (w *World) goal(g model.Goals) { w.now.result.Goals |= g }

// over tells whether nothing more of the event at hand can be done.
func (w *World) over() bool { return w.halted || w.now.unknown }
