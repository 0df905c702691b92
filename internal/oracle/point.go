package oracle

import (
	"slices"

	"dmafuzz/model"
)

// maxPass is how often a run can be let go by a point.
const maxPass = 2

// point names the place that the step at hand can be stopped at; ok is false if
// there is none. It depends on whether the step's condition has been asked.
func (w *World) point(f *frame) (p model.Point, ok bool) {
	s := f.steps[f.next]
	p = model.Point{Path: f.kind, Op: s.Op}
	if s.Op == model.OpLock || s.Op == model.OpCall {
		p.Arg = s.Arg
	}
	for _, before := range f.steps[:f.next] {
		if before.Op == p.Op && (p.Arg == 0 || before.Arg == p.Arg) {
			p.Nth++
		}
	}
	switch {
	case !w.canStopBefore(f.kind, f.next, s):
		return model.Point{}, false
	case w.splits(f):
		p.Test = !f.asked
	case f.asked:
		return p, s.Op == model.OpDevresRelease
	}
	return p, true
}

// canStopBefore tells whether a step is one before which others may preempt.
func (w *World) canStopBefore(in model.PathKind, index int, s model.Step) bool {
	if oneGo(in) {
		return index == 0
	}
	switch s.Op {
	case model.OpLabel, model.OpIgnoreError, model.OpTestRemoveOff, model.OpUnlock,
		model.OpDriverProbe, model.OpDriverRemove, model.OpWalkDel:
		return false
	case model.OpGoto, model.OpReturn, model.OpRefuse, model.OpCall:
		return asksOthers(s)
	}
	return w.matters(s.Op)
}

// oneGo tells whether a path chooses its way in one go.
func oneGo(k model.PathKind) bool {
	switch k {
	case model.PathDMAAlloc, model.PathDMAFree, model.PathDMAMap, model.PathDMAUnmap:
		return true
	}
	return false
}

// splits tells whether a run can be stopped between the condition of the step at
// hand and the step itself.
func (w *World) splits(f *frame) bool {
	s := f.steps[f.next]
	switch s.Op {
	case model.OpGoto, model.OpReturn, model.OpRefuse, model.OpCall:
		return false
	}
	return !oneGo(f.kind) && asksOthers(s) && w.canStopBefore(f.kind, f.next, s)
}

// asksOthers tells whether a condition of the step asks what others can change.
func asksOthers(s model.Step) bool {
	return slices.ContainsFunc(s.When, func(c model.Cond) bool {
		switch c.Test {
		case model.TestError, model.TestDefer, model.TestTestRemove, model.TestWantDMA, model.TestWantIdentity,
			model.TestWantFQ, model.TestBus, model.TestFirmware, model.TestDescribed, model.TestRanges:
			return false
		}
		return true
	})
}

// counts tells whether a step can be the first that an event carries out.
func (w *World) counts(s model.Step) bool {
	switch s.Op {
	case model.OpLabel:
		return false
	case model.OpCall:
		return len(s.When) > 0
	}
	return w.matters(s.Op) || failable[s.Op]
}

// failable are the steps that events make fail.
var failable = func() map[model.Op]bool {
	ops := map[model.Op]bool{}
	for _, e := range model.AllEvents() {
		ops[e.FailStep()] = true
	}
	return ops
}()

// pauses notes the point that the run comes by, if any, and tells whether it is
// to stop there.
func (w *World) pauses(a *actor, r *run) bool {
	if !w.races() {
		return false
	}
	f := r.at()
	first := !w.now.begun
	w.now.begun = w.now.begun || w.counts(f.steps[f.next])
	p, ok := w.point(f)
	if first || !ok || !p.Test && (w.atHeldLock(a, f) || w.waitsForProbe(a, f)) {
		return false
	}
	pass := 0
	for _, q := range w.now.seen {
		q.Pass = 0
		if q == p {
			pass++
		}
	}
	p.Pass = uint8(min(pass, maxPass+1))
	w.now.seen = append(w.now.seen, p)
	if w.now.until == nil || *w.now.until != p {
		return false
	}
	w.now.stopped = true
	w.preempt()
	return true
}

// preempt counts a preemption, if the bounds ask for it.
func (w *World) preempt() {
	if w.bounds.Preemptions != model.NoLimit {
		w.preempts++
	}
}

// mayPreempt tells whether a preemption is left.
func (w *World) mayPreempt() bool {
	return w.races() && (w.bounds.Preemptions == model.NoLimit || w.preempts < w.bounds.Preemptions)
}

// Points are the points that an event would come by from here if nothing
// stopped it, in order: where it can be made to stop. There are none without a
// preemption left, or if the event is not enabled.
func (w *World) Points(e model.Event) []model.Point {
	e.Until = model.Point{}
	if !w.enabled(e) {
		return nil
	}
	c := w.Clone()
	c.now = &moment{}
	c.happen(e)
	if !c.now.left {
		return nil
	}
	return slices.DeleteFunc(c.now.seen, func(p model.Point) bool { return p.Pass > maxPass })
}
