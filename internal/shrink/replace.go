package shrink

import (
	"slices"

	"dmafuzz/model"
)

// replace tries other events in place of each event, from the end on: those of
// the same kind with another argument, and plainer ways to bind and unbind. A
// lower one is plainer; with a higher one, events that the rest then does
// without are skipped: `probe ok, unbind` becomes `probe error`.
//
// The machine says beforehand which candidates are worth a replay: of the
// events that lead to the same state only the least is tried, and only if it
// does what the old one did not. That takes one step of the machine for each
// of about a dozen arguments.
func (x *minimizer) replace() {
	for i := len(x.trace) - 1; i >= 0; i-- {
		for x.replaceAt(i) && i < len(x.trace) {
		}
		i = min(i, len(x.trace))
	}
}

// replaceAt tells whether it found something better than event i.
func (x *minimizer) replaceAt(i int) bool {
	var s model.State
	for _, e := range x.trace[:i] {
		x.machine.Apply(&s, e)
	}
	old := x.trace[i]
	tried := []model.PackedState{x.after(s, old)}
	choices := x.machine.Choices(&s)
	for id := range choices.All() {
		e, _ := id.Event()
		e.Until = old.Until
		if e == old || !alike(e, old) {
			continue
		}
		label := labelReplace
		if id < old.ID() {
			label = labelSimplify
		}
		p := x.after(s, e)
		if n := slices.Index(tried, p); n > 0 || n == 0 && label == labelReplace {
			continue
		}
		tried = append(tried, p)
		candidate := slices.Clone(x.trace)
		candidate[i] = e
		if x.improve(label, candidate) {
			return true
		}
	}
	return false
}

func (x *minimizer) after(s model.State, e model.Event) model.PackedState {
	x.machine.Apply(&s, e)
	return x.machine.Pack(&s)
}

// alike tells whether e may stand in for old.
func alike(e, old model.Event) bool {
	if e.Device != old.Device || e.Memory != old.Memory {
		return false
	}
	switch old.Kind {
	case model.EventBind, model.EventRetry:
		return e.Kind == old.Kind || e.Kind == model.EventAttach
	case model.EventDel:
		return e.Kind == model.EventUnbind
	}
	return e.Kind == old.Kind
}
