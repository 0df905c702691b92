package oracle

import (
	"slices"

	"dmafuzz/model"
)

// run is one thread of control: what an event started, or one call of a driver,
// of other code or of devres below it.
type run struct {
	event      model.Event // whose arguments the run carries
	stack      []*frame    // the innermost path last
	err        model.Err
	testRemove bool
	callback   callback    // that waits for the driver
	dma        *dmaCall    // the DMA call that the run carries out; nil for none
	who        model.Where // who called, for a step outside of the paths that name a place
	call       bool        // a call, which no callback can interrupt
	release    bool        // the call is that of devres, whose step goes on behind it
}

// callback is where the kernel waits for a driver.
type callback uint8

const (
	noCallback callback = iota
	probeCallback
	removeCallback
	actionCallback
)

// dmaCall is one call of the DMA API.
type dmaCall struct {
	slot int
	kind model.AllocKind // of the memory that the call makes
	site model.Site      // of whoever is to blame for the call
}

// frame is a path that is being walked.
type frame struct {
	kind   model.PathKind
	steps  []model.Step
	next   int  // index of the step at hand
	asked  bool // its condition has been asked, and held
	device int  // the current device
	loops  []loop
	// devres_release is under way, and has taken its entries off the list
	releasing bool
	// unbind_consumers is under way: the frame above unbinds one
	again bool
	// unbind_consumers waits for the end of a bind
	waiting bool
}

// loop is a for each block that is being repeated.
type loop struct {
	begin int // index of the for each
	outer int // the current device outside
}

func (r *run) clone() *run {
	c := *r
	c.stack = nil
	for _, f := range r.stack {
		copied := *f
		copied.loops = slices.Clone(f.loops)
		c.stack = append(c.stack, &copied)
	}
	return &c
}

// at is the innermost frame.
func (r *run) at() *frame { return r.stack[len(r.stack)-1] }

// want is the type that the event asks for.
//
// Reading: every other event asks for DMA, the first of the type event's
// arguments.
func (r *run) want() uint8 {
	if r.event.Kind == model.EventType {
		return r.event.Arg
	}
	return model.TypeDMA
}

// enter opens a path for a device. Where its steps are not known the event at
// hand cannot be judged; where it would stand in the chain of calls a third
// time, it calls itself for ever.
func (w *World) enter(r *run, kind model.PathKind, device int) {
	standing := 0
	for _, f := range r.stack {
		if f.kind == kind {
			standing++
		}
	}
	path := w.kernel.Path(kind)
	if path.Status != model.PathKnown {
		w.now.unknown = true
		return
	}
	if standing >= 2 {
		w.report(r.site(), finding{invariant: model.NoDeadlock, consequence: model.Hang, device: device})
		return
	}
	r.stack = append(r.stack, &frame{kind: kind, steps: path.Steps, device: device})
}

// leave ends the innermost path. The call that stands in the path outside jumps
// to its else label if an error is set, else it is done.
func (r *run) leave() {
	r.stack = r.stack[:len(r.stack)-1]
	if len(r.stack) == 0 {
		return
	}
	f := r.at()
	if f.again { // the consumers are looked at once more
		f.again = false
		return
	}
	if call := f.steps[f.next]; r.err != model.ErrNone && call.Else != "" {
		f.jump(call.Else)
		return
	}
	f.move(f.next + 1)
}

// fail sets the error and goes where the step at hand says: to its else label,
// or out of the path.
func (r *run) fail(err model.Err) {
	r.err = err
	f := r.at()
	if label := f.steps[f.next].Else; label != "" {
		f.jump(label)
		return
	}
	r.leave()
}

// move goes to a step.
func (f *frame) move(next int) { f.next, f.asked = next, false }

// jump goes to a label, and out of the blocks that it does not stand in.
func (f *frame) jump(label string) {
	f.move(labelIndex(f.steps, label))
	for len(f.loops) > 0 {
		inner := f.loops[len(f.loops)-1]
		if inner.begin < f.next && f.next < endIndex(f.steps, inner.begin) {
			return
		}
		f.closeLoop()
	}
}

func (f *frame) closeLoop() {
	f.device = f.loops[len(f.loops)-1].outer
	f.loops = f.loops[:len(f.loops)-1]
}

// labelIndex is where a label stands; checkKernel has seen that it does.
func labelIndex(steps []model.Step, label string) int {
	for i, s := range steps {
		if s.Op == model.OpLabel && s.Label == label {
			return i
		}
	}
	panic("oracle: no label " + label + "; checkKernel let it through")
}

// endIndex is the end of the block that begins at a for each.
func endIndex(steps []model.Step, begin int) int {
	open := 0
	for i := begin; i < len(steps); i++ {
		switch steps[i].Op {
		case model.OpForEach:
			open++
		case model.OpEnd:
			if open--; open == 0 {
				return i
			}
		}
	}
	panic("oracle: a for each without an end; checkKernel let it through")
}
