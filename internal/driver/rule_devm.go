package driver

import (
	"fmt"
	"slices"
)

// byHand looks for managed things that a call gives back by hand.
func (j *judge) byHand(c *call) {
	for _, p := range givers[c.name] {
		if p.devmArg == byResult {
			j.handResult(c, p)
		} else {
			j.handObject(c, p)
		}
	}
}

// handResult judges a thing that is known by the result of what made it.
func (j *judge) handResult(c *call, p *managed) {
	from := j.u.find(c.arg(p.giveArg), c.fn)
	if j.trace != nil {
		j.trace("%s: %s: %d origins, %s", place(c.pos), c.name, len(from.list), from.unknown)
	}
	if from.unknown != "" || len(from.list) == 0 {
		return
	}
	for _, group := range byWay(from.list) {
		if j.contradicts(c, group[0].up) {
			continue
		}
		all := true
		for _, o := range group {
			all = all && !o.part && slices.Contains(p.devm, o.site.call.name)
		}
		if !all || j.takenAgain(c, p, group) {
			continue
		}
		j.handFinding(c, p, group)
		return
	}
}

// takenAgain tells whether the thing is taken once more by hand somewhere. Where one function takes it,
// itself or in what it calls, and gives it back, only that counts that it does.
func (j *judge) takenAgain(c *call, p *managed, group []origin) bool {
	if len(p.quiet) == 0 {
		return false
	}
	within := j.happenings(c.fn, 2)
	taken := slices.ContainsFunc(within, func(h happening) bool {
		return slices.ContainsFunc(group, func(o origin) bool { return o.site.call == h.call })
	})
	if taken {
		return slices.ContainsFunc(within, func(h happening) bool { return j.takes(h.call, c, p, group) })
	}
	for _, f := range j.u.all {
		if slices.ContainsFunc(f.calls, func(d *call) bool { return j.takes(d, c, p, group) }) {
			return true
		}
	}
	return false
}

// takes tells whether a call may take one of a group's things by hand, which free gives back.
func (j *judge) takes(c, free *call, p *managed, group []origin) bool {
	if !slices.Contains(p.quiet, c.name) {
		return false
	}
	from := j.u.find(c.arg(0), c.fn)
	if len(from.list) == 0 {
		given, back := j.objectKeys(c.arg(0), c), j.objectKeys(free.arg(p.giveArg), free)
		return from.unknown != "" && (given == nil || back == nil || slices.Equal(given, back))
	}
	return slices.ContainsFunc(from.list, func(o origin) bool {
		return slices.ContainsFunc(group, func(g origin) bool { return o.site == g.site })
	})
}

// handObject judges a thing that is known by an argument: the same object must have been given to a devm
// function, and to none that does it by hand.
func (j *judge) handObject(c *call, p *managed) {
	keys := j.objectKeys(c.arg(p.giveArg), c)
	if keys == nil {
		return
	}
	var devm []origin
	for _, f := range j.u.all {
		if !j.u.related(f, c.fn) {
			continue
		}
		for _, d := range f.calls {
			arg := -1
			switch {
			case slices.Contains(p.devm, d.name):
				arg = p.devmArg
			case slices.Contains(p.manual, d.name):
				arg = p.manualArg
			default:
				continue
			}
			have := j.objectKeys(d.arg(arg), d)
			if have == nil && slices.Contains(p.manual, d.name) {
				return // it may be the same one
			}
			if !slices.ContainsFunc(have, func(k string) bool { return slices.Contains(keys, k) }) {
				continue
			}
			if slices.Contains(p.manual, d.name) {
				return
			}
			devm = append(devm, origin{site: &site{call: d}})
		}
	}
	if len(devm) > 0 {
		j.handFinding(c, p, devm)
	}
}

func (j *judge) handFinding(c *call, p *managed, group []origin) {
	o := group[0]
	arg := ""
	if p.giveArg+1 < len(c.node.Args) {
		arg = c.node.Args[p.giveArg+1].String()
	}
	j.report(&Finding{Rule: "devm-freed-by-hand", Severity: p.severity,
		Text: fmt.Sprintf("%s gives back the %s %s, which %s at %s made the device's: %s", c.name, p.what, arg, o.site.call.name, short(o.site.call.pos), p.effect)}, c, group)
}
