package driver

import (
	"errors"

	"dmafuzz/model"
)

// An Order is what the driver core does around a driver, as far as rules depend on it. It is read from the
// kernel of the same tree.
type Order struct {
	DevresAfterRemove bool // what devm took is still there when remove runs
	DevresAfterProbe  bool // and when a failed probe returns
	Teardown          string
}

// ErrNoOrder tells that a kernel's paths do not say when devres runs.
var ErrNoOrder = errors.New("the order of remove and devres is not known")

// OrderOf reads the order out of a kernel.
func OrderOf(k *model.Kernel) (Order, error) {
	var o Order
	seq, ok := flat(k, model.PathUnbind, 0)
	if !ok {
		return o, ErrNoOrder
	}
	remove, devres := index(seq, model.OpDriverRemove), index(seq, model.OpDevresRelease)
	if remove < 0 || devres < 0 {
		return o, ErrNoOrder
	}
	o.DevresAfterRemove = devres > remove
	if seq, ok = flat(k, model.PathBind, 0); ok {
		last := -1
		for i, op := range seq {
			if op == model.OpDevresRelease {
				last = i
			}
		}
		o.DevresAfterProbe = last > index(seq, model.OpDriverProbe)
	}
	return o, nil
}

// flat is the steps of a path in the order of the text, with those of the paths that it calls.
func flat(k *model.Kernel, kind model.PathKind, depth int) ([]model.Op, bool) {
	p := k.Path(kind)
	if p.Status != model.PathKnown || depth > 4 {
		return nil, false
	}
	var seq []model.Op
	for _, s := range p.Steps {
		if s.Op == model.OpCall {
			if more, ok := flat(k, model.PathKind(s.Arg), depth+1); ok {
				seq = append(seq, more...)
			}
			continue
		}
		seq = append(seq, s.Op)
	}
	return seq, true
}

func index(seq []model.Op, op model.Op) int {
	for i, o := range seq {
		if o == op {
			return i
		}
	}
	return -1
}
