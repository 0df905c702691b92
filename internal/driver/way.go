package driver

import "strings"

// errorLabels are what labels of error paths begin with.
var errorLabels = []string{"err", "fail", "unmap", "free", "cleanup", "undo", "unwind", "rollback", "bad", "abort", "release", "out_", "disable", "put", "unreg", "remove"}

// way says how the code of a finding is reached: by the functions that the kernel may call, and those that lead
// from them to it.
func (j *judge) way(f *Finding) Way {
	if f.call == nil {
		return Anyhow
	}
	label := strings.ToLower(f.call.label)
	for _, e := range errorLabels {
		if strings.HasPrefix(label, e) {
			return OnError
		}
	}
	if j.roots == nil {
		j.findRoots()
	}
	found := map[Way]bool{}
	j.climb(f.call.fn, found, map[*function]bool{})
	for _, w := range []Way{InOperation, OnUnbind, OnUnload, OnError} {
		if found[w] {
			return w
		}
	}
	return Anyhow
}

// findRoots notes in which tables functions stand, and what that says.
func (j *judge) findRoots() {
	j.roots = map[string]Way{}
	for _, in := range j.u.inits {
		for _, x := range in.Fields {
			name := strings.Trim(x.Value, "& ")
			switch {
			case j.u.byName[name] == nil:
			case removers[x.Name]:
				j.roots[name] = OnUnbind
			case x.Name == "probe" || x.Name == "probe_new":
				j.roots[name] = OnError
			default:
				j.roots[name] = InOperation
			}
		}
	}
	for _, f := range j.u.files {
		for _, m := range f.MacroCalls {
			if m.Name == "module_exit" && len(m.Args) == 1 {
				j.roots[m.Args[0]] = OnUnload
			}
		}
	}
}

func (j *judge) climb(f *function, found map[Way]bool, seen map[*function]bool) {
	if seen[f] {
		return
	}
	seen[f] = true
	if w, ok := j.roots[f.name]; ok {
		found[w] = true
	} else if f.asValue {
		found[InOperation] = true // a handler, a timer, a callback
	}
	for _, c := range f.callers {
		j.climb(c.fn, found, seen)
	}
}
