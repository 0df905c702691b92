package driver

import (
	"slices"
	"strings"
)

// A judge applies the rules to a unit.
type judge struct {
	u        *unit
	core     *core
	order    func() (Order, error)
	roots    map[string]Way
	findings []*Finding
	counts   Counts
	trace    func(format string, args ...any)
}

func (j *judge) run() {
	j.counts.NotJudged = map[string]int{}
	j.counts.Files = len(j.u.files)
	for _, f := range j.u.all {
		j.counts.Functions++
		for _, c := range f.calls {
			if c.sites != nil {
				j.counts.Allocations++
			}
			if how, ok := freers[c.name]; ok && j.u.api(f, c.name) {
				j.counts.Frees++
				j.free(c, how)
			}
			if j.u.api(f, c.name) {
				j.byHand(c)
			}
		}
	}
	j.context()
	removes := j.removeFunctions()
	j.irqs(removes)
	j.early(removes)
	for _, f := range j.findings {
		if f.Way == Anyhow || f.Way == "" {
			f.Way = j.way(f)
		}
		f.call = nil // it holds all of the unit
	}
}

// free finds what a free gives back, and judges it once for each way to come there.
func (j *judge) free(c *call, how freer) {
	groups, why := j.candidates(c, how)
	if why != "" {
		word, _, _ := strings.Cut(why, ":")
		j.counts.NotJudged[word]++
		if j.trace != nil {
			j.trace("%s: %s: not judged: %s", place(c.pos), c.name, why)
		}
		return
	}
	j.counts.Judged++
	for _, g := range groups {
		j.group(c, how, g)
	}
}

// candidates are the allocations that a free may be of, all of them, by the way to the free.
func (j *judge) candidates(c *call, how freer) ([][]origin, string) {
	if how.object >= 0 && how.handle < 0 {
		return j.sameObject(c, how)
	}
	byHandle := origins{unknown: "no handle"}
	if how.handle >= 0 {
		byHandle = j.u.find(c.arg(how.handle), c.fn)
	}
	byAddress := origins{unknown: "no address"}
	if how.vaddr >= 0 {
		byAddress = j.u.find(c.arg(how.vaddr), c.fn)
	}
	list := byHandle.list
	switch {
	case byHandle.unknown != "" && byAddress.unknown != "":
		if how.handle >= 0 {
			return nil, byHandle.unknown
		}
		return nil, byAddress.unknown
	case byHandle.unknown != "":
		list = byAddress.list
	case byAddress.unknown == "" && len(byAddress.list) > 0 && len(list) > 0:
		list = slices.DeleteFunc(slices.Clone(list), func(o origin) bool {
			return !slices.ContainsFunc(byAddress.list, func(p origin) bool { return p.site == o.site })
		})
		if len(list) == 0 {
			return nil, "address and handle come from different allocations"
		}
	case len(list) == 0:
		list = byAddress.list
	}
	if len(list) == 0 {
		return nil, "no allocation"
	}
	return byWay(list), ""
}

// byWay groups origins by the calls that lead to the free.
func byWay(list []origin) [][]origin {
	var groups [][]origin
	at := map[string]int{}
	for _, o := range list {
		k := chain(o.up)
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], o)
	}
	return groups
}

// sameObject finds the allocations of a list or table: those that are given the same one.
func (j *judge) sameObject(c *call, how freer) ([][]origin, string) {
	var list []origin
	keys := j.objectKeys(c.arg(how.object), c)
	if keys == nil {
		return nil, "an object that is not understood"
	}
	for _, f := range j.u.all {
		if !j.u.related(f, c.fn) {
			continue
		}
		for _, d := range f.calls {
			if d.sites == nil || d.sites.how.object < 0 || d.sites.how.result != nothing {
				continue
			}
			for _, k := range j.objectKeys(d.arg(d.sites.how.object), d) {
				if slices.Contains(keys, k) {
					list = append(list, origin{site: d.sites})
					break
				}
			}
		}
	}
	if len(list) == 0 {
		return nil, "no allocation"
	}
	return [][]origin{list}, ""
}

// objectKeys are the places that an object may be named by; nil if one is not understood.
func (j *judge) objectKeys(s set, c *call) []string {
	var keys []string
	for _, v := range s {
		switch {
		case !v.known():
			return nil
		case v.kind == vField || v.kind == vGlobal:
			l, ok := j.u.loc(v, c.fn)
			if !ok {
				return nil
			}
			keys = append(keys, l.inner+"."+l.field)
		case v.kind == vAddr:
			if l, ok := j.u.loc(v.args[0], c.fn); ok {
				keys = append(keys, "&"+l.inner+"."+l.field)
				continue
			}
			keys = append(keys, c.fn.src.File+":"+v.key)
		case v.kind == vParam || v.kind == vCall:
			keys = append(keys, c.fn.src.File+":"+v.key)
		default:
			return nil
		}
	}
	return keys
}

// group judges a free, reached in one way, against all allocations that it may be of.
func (j *judge) group(c *call, how freer, group []origin) {
	if len(group) > 0 && j.contradicts(c, group[0].up) {
		return
	}
	group = slices.DeleteFunc(slices.Clone(group), func(o origin) bool { return j.contradicts(o.site.call, reversed(o.down)) })
	if len(group) == 0 {
		return
	}
	var right []origin
	for _, o := range group {
		if slices.Contains(how.takes, o.site.how.family) || slices.Contains(how.also, o.site.how.family) {
			right = append(right, o)
		}
	}
	if len(right) == 0 {
		j.wrongFunction(c, how, group)
		return
	}
	if !slices.ContainsFunc(right, func(o origin) bool { return o.part }) {
		j.parameter("free-size", c, how.size, j.sameDirection(c, how, right), func(a allocator) int { return a.size })
	}
	j.parameter("free-direction", c, how.dir, right, func(a allocator) int { return a.dir })
	j.device(c, how, right)
	j.count(c, how, right)
}

// sameDirection are the allocations of a group that are not of another direction than the free; all of them, if
// none would be left.
func (j *judge) sameDirection(c *call, how freer, group []origin) []origin {
	if how.dir < 0 {
		return group
	}
	freed := j.u.alts(c.arg(how.dir), c.fn, group[0].up)
	left := slices.DeleteFunc(slices.Clone(group), func(o origin) bool {
		return o.site.how.dir >= 0 && directions(j.u.alts(o.site.call.arg(o.site.how.dir), o.site.call.fn, reversed(o.down)), freed) == differ
	})
	if len(left) == 0 {
		return group
	}
	return left
}
