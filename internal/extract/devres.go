package extract

import (
	"fmt"
	"slices"

	"dmafuzz/internal/csource"
	"dmafuzz/model"
)

const devresFile = "drivers/base/devres.c"

// devresOrder says what is wrong with the step devres_release in this tree, as
// docs/machine.md has it: devres_release_all comes to release_nodes, which releases
// the last entry first.
func (t *tree) devresOrder() (pos, expected string) {
	if t.files[devresFile] == nil {
		t.note(devresFile, "not there: that devres_release releases the last entry first is not read")
		return "", ""
	}
	all := t.function("devres_release_all", devresFile)
	if all == nil {
		return devresFile, "the function devres_release_all"
	}
	pos = fmt.Sprintf("%s:%d", all.File, all.Line)
	nodes := t.function("release_nodes", devresFile)
	if nodes == nil || !slices.ContainsFunc(csource.Calls(all.Body), func(c csource.Call) bool { return c.Name == "release_nodes" }) {
		return pos, "a call of release_nodes in devres_release_all"
	}
	pos = fmt.Sprintf("%s:%d", nodes.File, nodes.Line)
	loops, backwards := 0, false
	csource.Walk(nodes.Body, func(s csource.Stmt) bool {
		l, ok := s.(*csource.Loop)
		if ok && slices.ContainsFunc(csource.Calls(l.Body), func(c csource.Call) bool { return c.Member() == "release" }) {
			loops++
			backwards = l.Name == "list_for_each_entry_safe_reverse"
		}
		return true
	})
	if loops != 1 || !backwards {
		return pos, "one walk in release_nodes that releases, by list_for_each_entry_safe_reverse: the last entry first"
	}
	return "", ""
}

// disordered are the paths of a tree whose devres goes another way.
func (t *tree) disordered(k *model.Kernel) (list []Missing) {
	pos, expected := t.devresOrder()
	if expected == "" {
		return nil
	}
	for _, p := range k.Paths {
		name := p.Kind.String()
		_, stated := t.assume["path "+name]
		if !stated && slices.ContainsFunc(p.Steps, func(st model.Step) bool { return st.Op == model.OpDevresRelease }) {
			list = append(list, Missing{What: "path " + name, Pos: pos, Expected: expected, Assume: "path " + name + "=STEP; STEP"})
		}
	}
	return list
}
