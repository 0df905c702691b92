package oracle

import (
	"errors"
	"fmt"
	"slices"

	"dmafuzz/model"
)

// ErrInput is beneath every error of [New].
var ErrInput = errors.New("the oracle cannot run this")

// Operands of for each.
const (
	eachDevice uint8 = 1
	eachGroup  uint8 = 2
	eachListed uint8 = 3
)

func checkBounds(b model.Bounds) error {
	for _, c := range []struct {
		what             string
		value, low, high int
	}{
		{"devices", b.Devices, 1, model.MaxDevices},
		{"allocations", b.Memory, 1, model.MaxMemory},
		{"devm actions", b.Actions, 0, 2},
		{"actors", b.Actors, 0, model.MaxActors},
		{"preemptions", b.Preemptions, model.NoLimit, model.MaxPreemptions},
		{"drivers", int(b.Drivers), int(model.DriversWell), int(model.DriversAny)},
	} {
		if c.value < c.low || c.value > c.high {
			return fmt.Errorf("%w: %s %d, want %d to %d", ErrInput, c.what, c.value, c.low, c.high)
		}
	}
	consumers := 0
	for n, d := range b.Setup {
		supplier := int(d.Supplier) - 1
		if supplier < 0 {
			continue
		}
		if consumers++; consumers > 1 || n == supplier || max(n, supplier) >= b.Devices {
			return fmt.Errorf("%w: device %d is to have the supplier %d, want one link between two devices", ErrInput, n, supplier)
		}
	}
	return nil
}

// allPaths are the kinds of path, in order.
func allPaths() []model.PathKind {
	var all []model.PathKind
	for kind := model.PathAdd; kind <= model.PathMappingDetach; kind++ {
		all = append(all, kind)
	}
	return all
}

func checkKernel(k *model.Kernel) error {
	for _, f := range []struct {
		kind   model.FactKind
		values []string
	}{
		{model.FactNullOps, []string{"dummy", "direct", "arm"}},
		{model.FactDefaultDomain, []string{"dma", "identity", "none"}},
		{model.FactBypass, []string{"never", "arch"}},
		{model.FactRegisters, []string{"any-time", "before-drivers"}},
	} {
		if !slices.Contains(f.values, k.Fact(f.kind)) {
			return fmt.Errorf("%w: fact %s is %q, want one of %q", ErrInput, f.kind, k.Fact(f.kind), f.values)
		}
	}
	for _, kind := range allPaths() {
		path := k.Path(kind)
		if path.Status != model.PathKnown {
			continue
		}
		if err := checkPath(k, path.Steps); err != nil {
			return fmt.Errorf("%w: path %s: %w", ErrInput, kind, err)
		}
	}
	return nil
}

// checkPath sees that every block ends, every jump has its label, not inside a
// block that the jump stands outside of, and every call a path.
func checkPath(k *model.Kernel, steps []model.Step) error {
	open := 0
	for i, s := range steps {
		switch s.Op {
		case model.OpForEach:
			open++
			if s.Arg != eachDevice && s.Arg != eachGroup && s.Arg != eachListed || len(s.When) > 0 {
				return fmt.Errorf("step %d: for each device, group or listed, without a condition", i)
			}
		case model.OpEnd:
			open--
		case model.OpCall:
			if called := model.PathKind(s.Arg); k.Path(called).Status == model.PathNone {
				return fmt.Errorf("step %d calls %s, which does not exist", i, called)
			}
		}
		if open < 0 {
			return fmt.Errorf("step %d: an end without a for each", i)
		}
	}
	if open > 0 {
		return errors.New("a for each without an end")
	}
	for i, s := range steps {
		if err := checkJumps(steps, i, s); err != nil {
			return err
		}
	}
	return nil
}

func checkJumps(steps []model.Step, from int, s model.Step) error {
	targets := []string{s.Else}
	if s.Op == model.OpGoto {
		targets = []string{s.Label}
	}
	for _, label := range targets {
		if label == "" {
			continue
		}
		to := slices.IndexFunc(steps, func(t model.Step) bool { return t.Op == model.OpLabel && t.Label == label })
		if to < 0 {
			return fmt.Errorf("step %d jumps to %s, which is not there", from, label)
		}
		for begin, t := range steps {
			if t.Op != model.OpForEach {
				continue
			}
			end := endIndex(steps, begin)
			if begin < to && to < end && (from < begin || end < from) {
				return fmt.Errorf("step %d jumps into the block of step %d", from, begin)
			}
		}
	}
	return nil
}
