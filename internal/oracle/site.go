package oracle

import "dmafuzz/model"

// site is the step at hand, named for a finding's key.
func (r *run) site() model.Site {
	f := r.at()
	return model.Site{Where: r.where(), Step: f.steps[f.next].Op}
}

// where is the part of the lifecycle that the step at hand belongs to: that of
// the nearest path around it that names one, else that of the caller.
//
// Reading: a step of attach, bind_store or retry outside of bind is always
// `bind`, with an error too.
func (r *run) where() model.Where {
	for i := len(r.stack) - 1; i >= 0; i-- {
		f := r.stack[i]
		switch f.kind {
		case model.PathBind:
			return r.whereInBind(f)
		case model.PathAttach, model.PathBindStore, model.PathRetry:
			return model.WhereBind
		case model.PathAdd:
			return model.WhereAdd
		case model.PathUnbind:
			return model.WhereUnbind
		case model.PathDel:
			return model.WhereDel
		case model.PathPut:
			return model.WherePut
		case model.PathShutdown:
			return model.WhereShutdown
		case model.PathIOMMURegister:
			return model.WhereRegister
		case model.PathIOMMUUnregister:
			return model.WhereUnregister
		case model.PathTypeStore:
			return model.WhereType
		case model.PathOwnerClaim:
			return model.WhereClaim
		case model.PathOwnerRelease:
			return model.WhereRelease
		case model.PathMappingAttach, model.PathMappingDetach:
			return model.WhereMapping
		}
	}
	return r.who
}

// whereInBind tells the rounds of really_probe apart: from the label
// test_remove to the next label it is the test of remove.
func (r *run) whereInBind(f *frame) model.Where {
	for i := f.next; i >= 0; i-- {
		if f.steps[i].Op != model.OpLabel {
			continue
		}
		if f.steps[i].Label == "test_remove" {
			return model.WhereTestRemove
		}
		break
	}
	if r.err != model.ErrNone {
		return model.WhereBindFailed
	}
	return model.WhereBind
}

// finding is a broken rule before it has its site.
type finding struct {
	invariant   model.Invariant
	kind        model.AllocKind
	slot        int
	from, to    model.DMAPath
	consequence model.Consequence
	device      int
}

// about is a finding about a piece of memory, From its way.
//
// Reading: where a step touches the memory of several devices, the finding's
// device and bus are those of the memory.
func about(i model.Invariant, m found) finding {
	return finding{invariant: i, kind: m.kind, slot: m.slot, from: m.way, device: m.device}
}

// report notes a finding, once per key, and halts the world if the kernel does
// not go on after it.
func (w *World) report(site model.Site, f finding) {
	switch f.consequence {
	case model.Oops, model.NullDeref, model.Hang:
		w.halted = true
	}
	v := Violation{
		Key: model.Key{Invariant: f.invariant, Alloc: f.kind, Site: site,
			From: f.from, To: f.to, Bus: w.bus(f.device)},
		Consequence: f.consequence, Device: uint8(f.device), Memory: uint8(f.slot),
	}
	for _, known := range w.now.result.Violations {
		if known.Key == v.Key {
			return
		}
	}
	w.now.result.Violations = append(w.now.result.Violations, v)
}
