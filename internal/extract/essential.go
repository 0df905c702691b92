package extract

import (
	"slices"
	"strings"

	"dmafuzz/model"
)

// essential are steps that every kernel takes on a path, there or on one that
// it calls. Where one is not found, the code that takes it was moved to where
// this package does not look, and the path is not known.
var essential = []struct {
	path  model.PathKind
	steps []model.Op
}{
	{model.PathAdd, []model.Op{model.OpRegistered}},
	{model.PathBind, []model.Op{model.OpSetDriver, model.OpDriverProbe, model.OpBound, model.OpDevresRelease, model.OpClearDriver}},
	{model.PathUnbind, []model.Op{model.OpDriverRemove, model.OpDevresRelease, model.OpClearDriver}},
	{model.PathDel, []model.Op{model.OpDeleted}},
	{model.PathPut, []model.Op{model.OpDevresRelease, model.OpGone}},
	{model.PathIOMMURegister, []model.Op{model.OpProviderList}},
	{model.PathIOMMUUnregister, []model.Op{model.OpProviderUnlist}},
	{model.PathIOMMUProbe, []model.Op{model.OpGroupJoin, model.OpDomainAlloc, model.OpDomainAttach}},
	{model.PathIOMMURelease, []model.Op{model.OpGroupLeave}},
	{model.PathOwnerUse, []model.Op{model.OpOwnerInc}},
	{model.PathOwnerUnuse, []model.Op{model.OpOwnerDec}},
	{model.PathOwnerClaim, []model.Op{model.OpOwnerClaim}},
	{model.PathOwnerRelease, []model.Op{model.OpOwnerRelease}},
	{model.PathTypeStore, []model.Op{model.OpDomainChange}},
	{model.PathDMAAlloc, []model.Op{model.OpTake}},
	{model.PathDMAFree, []model.Op{model.OpTake}},
	{model.PathDMAMap, []model.Op{model.OpTake}},
	{model.PathDMAUnmap, []model.Op{model.OpTake}},
	{model.PathDmamAlloc, []model.Op{model.OpTake, model.OpDevresAdd}},
	{model.PathDmamFree, []model.Op{model.OpTake, model.OpDevresRemove}},
}

// lacking returns the paths on which an essential step was not found.
func (t *tree) lacking(k *model.Kernel) []Missing {
	list := t.disordered(k)
	for _, e := range essential {
		p := k.Path(e.path)
		if _, ok := t.assume["path "+e.path.String()]; ok || p.Status != model.PathKnown || t.always(e.path) {
			continue
		}
		ops, whole := map[model.Op]bool{}, true
		reached(k, e.path, ops, &whole, map[model.PathKind]bool{})
		for _, op := range e.steps {
			if whole && !ops[op] {
				list = append(list, Missing{What: "path " + e.path.String(), Pos: p.Pos,
					Expected: "the step " + op.String() + ", which every kernel takes there", Assume: "path " + e.path.String() + "=STEP; STEP"})
				break
			}
		}
	}
	if m := t.unlisted(k); m != nil {
		list = append(list, *m)
	}
	for _, e := range entries {
		if m := t.undefined(k, e); m != nil {
			list = append(list, *m)
		}
	}
	for _, p := range []model.PathKind{model.PathAttach, model.PathBindStore} {
		if add := k.Path(model.PathAdd); t.unanswered(k, add, p) {
			return append(list, Missing{What: "path add", Pos: add.Pos,
				Expected: "the step ready_to_probe, which path " + p.String() + " asks for", Assume: "path add=STEP; STEP"})
		}
	}
	return list
}

// unlisted is a walk over a list of groups that nothing was seen to fill, or to empty.
func (t *tree) unlisted(k *model.Kernel) *Missing {
	p := k.Path(model.PathIOMMURegister)
	has := func(words string) bool {
		return slices.ContainsFunc(p.Steps, func(st model.Step) bool { st.When, st.Else = nil, ""; return st.String() == words })
	}
	if _, stated := t.assume["path "+p.Kind.String()]; stated || !has("for each listed") || has("walk_add") && has("walk_del") {
		return nil
	}
	return &Missing{What: "path " + p.Kind.String(), Pos: p.Pos,
		Expected: "the steps walk_add and walk_del beside for each listed", Assume: "path " + p.Kind.String() + "=STEP; STEP"}
}

// undefined is a path that this kernel seems not to have, because nothing defines
// its function, and that another one calls all the same.
func (t *tree) undefined(k *model.Kernel, e entry) *Missing {
	if _, stated := t.assume["path "+e.path]; stated || e.exists == nil {
		return nil
	}
	for _, q := range k.Paths {
		for _, st := range q.Steps {
			if p := model.PathKind(st.Arg); st.Op == model.OpCall && p.String() == e.path && k.Path(p).Status == model.PathNone {
				return &Missing{What: "path " + e.path, Pos: e.file, Expected: "the function " + e.fn + ", which is called in " + st.Pos,
					Assume: "path " + e.path + "=STEP; STEP"}
			}
		}
	}
	return nil
}

// unanswered tells whether a path asks for ready_to_probe and nothing sets it:
// no driver would ever bind, and every order look right.
func (t *tree) unanswered(k *model.Kernel, add model.Path, p model.PathKind) bool {
	ops, whole := map[model.Op]bool{}, true
	reached(k, model.PathAdd, ops, &whole, map[model.PathKind]bool{})
	if ops[model.OpReadyToProbe] || !whole || add.Status != model.PathKnown {
		return false
	}
	return slices.ContainsFunc(k.Path(p).Steps, func(st model.Step) bool {
		return slices.ContainsFunc(st.When, func(c model.Cond) bool { return c.Test == model.TestReadyToProbe })
	})
}

// always tells whether a path may be without its steps by its architecture:
// where only identity is allowed, nothing changes a type.
func (t *tree) always(p model.PathKind) bool {
	return p == model.PathTypeStore && (t.factTest("type_possible") != "true" || t.factTest("type_allowed") != "true")
}

// reached collects the steps of a path and of those that it calls; whole is
// false if one of them is not known.
func reached(k *model.Kernel, path model.PathKind, ops map[model.Op]bool, whole *bool, seen map[model.PathKind]bool) {
	if seen[path] {
		return
	}
	seen[path] = true
	p := k.Path(path)
	if p.Status == model.PathUnknown {
		*whole = false
	}
	for _, st := range p.Steps {
		ops[st.Op] = true
		if st.Op == model.OpCall {
			reached(k, model.PathKind(st.Arg), ops, whole, seen)
		}
	}
}

// withUnknown writes the paths of missing as unknown.
func withUnknown(texts []string, missing []Missing) string {
	var b strings.Builder
	for _, text := range texts {
		head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		words := strings.Fields(head)
		if len(words) > 1 && words[0] == "path" &&
			slices.ContainsFunc(missing, func(m Missing) bool { return m.What == "path "+words[1] }) {
			text = "\npath " + words[1] + " unknown\n"
		}
		b.WriteString(text)
	}
	return b.String()
}
