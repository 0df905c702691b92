package extract

import (
	"strings"

	"dmafuzz/internal/csource"
)

// call runs a call: by a rule, into a function, or over it.
func (r *runner) call(s *state, in *inst) int {
	f := s.top()
	pos, label := s.pos(), s.label()
	name := f.resolve(in.e.args[0]).String()
	args := make([]value, len(in.e.args)-1)
	texts := make([]*expr, len(args))
	for i, a := range in.e.args[1:] {
		args[i] = f.eval(a)
		texts[i] = f.resolve(a)
		if strings.HasPrefix(a.String(), "$") {
			f.drop(a.String())
		}
	}
	f.pc++
	done := func(v value) int {
		if in.used {
			s.top().set(in.temp, v)
		}
		return -1
	}
	switch name {
	case "IS_ERR", "IS_ERR_OR_NULL":
		if args[0].kind == vError || args[0].kind == vErrno || name != "IS_ERR" && args[0].kind == vZero {
			return done(value{kind: vOne})
		}
		return done(value{kind: vZero})
	case "IS_ENABLED":
		return done(r.t.enabled(in.e.args[1].String()))
	}
	ru := r.t.rules.matchCall(r.path, name, texts)
	if ru == nil {
		text := (&expr{op: "call", args: append([]*expr{ident(name)}, texts...)})
		known := pick(r.t.rules.tests[text.String()], r.path) != nil
		if !known && in.e.args[0].op == "id" && r.t.find(name, f.file) != nil {
			// a helper that no rule names is read like its caller
			return r.follow(s, in, &rule{verb: "follow"}, name, args, pos, label)
		}
		if !known {
			if r.t.rules.does(name) {
				return r.fail(pos, "a rule for the call "+quote(text.String()))
			}
			if what := r.t.hides(name, in.e.args[0], f.file, 0); what != "" {
				return r.fail(pos, "a rule for the call of "+name+", which does "+what)
			}
			if what := handed(texts); what != "" {
				return r.fail(pos, "a rule for the call of "+name+", which is handed "+what)
			}
			r.t.notes[Note{Pos: pos, Text: "call of " + name + " is not known; passed over", Call: true}] = true
		}
		return done(symbol(text))
	}
	if !into[ru.verb] && in.e.args[0].op == "id" {
		if what := r.t.beside(name, f.file); what != "" {
			return r.fail(pos, "a rule for the call of "+name+", whose body has "+what+", too")
		}
	}
	switch ru.verb {
	case "ignore":
		return done(symbol(&expr{op: "call", args: append([]*expr{ident(name)}, texts...)}))
	case "zero":
		return done(value{kind: vZero})
	case "one":
		return done(value{kind: vOne})
	case "expr":
		return done(symbol(ident(ru.rest)))
	case "arg":
		return done(args[int(ru.rest[0]-'1')])
	case "step":
		done(value{kind: vZero})
		return r.emit(s, ru.rest, pos, label)
	case "done":
		done(value{kind: vOne})
		return r.emit(s, ru.rest, pos, label)
	case "try":
		return r.try(s, ru.rest, pos, label, in.temp, in.used, value{kind: vZero}, value{kind: vError, name: "any"})
	case "trybind":
		ok := value{kind: vZero}
		if r.t.says("really_probe", "ret = 1") {
			ok.kind = vOne
		}
		return r.try(s, ru.rest, pos, label, in.temp, in.used, ok, value{kind: vError, name: "any"})
	case "tryfail":
		return r.try(s, ru.rest, pos, label, in.temp, in.used, value{kind: vZero}, value{kind: vError, name: "failed"})
	case "trydefer":
		return r.try(s, ru.rest, pos, label, in.temp, in.used, value{kind: vZero}, value{kind: vError, name: "defer"})
	case "tryptr":
		words, to, ok := strings.Cut(ru.rest, " -> ")
		ptr := value{kind: vOne}
		if ok {
			ptr = symbol(ident(to))
		}
		return r.try(s, words, pos, label, in.temp, in.used, ptr, value{kind: vError, name: "failed"})
	case "given":
		test, ways, _ := strings.Cut(ru.rest, " ? ")
		v, words, _ := strings.Cut(ways, " : tryptr ")
		return r.decide(s, test, pos, then(func(s *state) {
			if in.used {
				s.top().set(in.temp, symbol(ident(v)))
			}
		}), func(s *state) int {
			return r.try(s, words, pos, label, in.temp, in.used, value{kind: vOne}, value{kind: vError, name: "failed"})
		})
	case "trynull":
		return r.try(s, ru.rest, pos, label, in.temp, in.used, value{kind: vOne}, value{kind: vZero})
	case "test":
		return r.decide(s, ru.rest, pos, then(func(s *state) { set(s, in, vOne) }), then(func(s *state) { set(s, in, vZero) }))
	case "taken":
		test, words, _ := strings.Cut(ru.rest, "; ")
		return r.decide(s, test, pos, func(s *state) int { return r.emit(s, words, pos, "") },
			then(func(s *state) { set(s, in, vZero) }))
	case "fork":
		return r.fork(s, in, ru, pos)
	case "firmware":
		if strings.HasPrefix(ru.rest, "acpi_") && !r.t.namesIOMMU() {
			return done(value{kind: vZero})
		}
		if r.t.hasPath["firmware"] && r.path != "firmware" {
			return r.try(s, "call firmware", pos, label, in.temp, in.used, value{kind: vZero}, value{kind: vError, name: "any"})
		}
		return r.follow(s, in, &rule{verb: "follow"}, ru.rest, args, pos, label)
	case "as":
		return r.follow(s, in, &rule{verb: "follow"}, ru.rest, args, pos, label)
	case "followtry":
		at := r.follow(s, in, &rule{verb: "follow"}, name, args, pos, label)
		s.top().after = ru.rest
		return at
	case "each":
		return r.callback(s, in, ru, texts, pos, label)
	case "follow", "tail":
		return r.follow(s, in, ru, name, args, pos, label)
	}
	return r.fail(pos, "a verb that is known in rule: "+ru.source)
}

// handed is what an unknown call gets that it could change or free: the address
// of a field whose every assignment must be known, or the range map.
func handed(args []*expr) string {
	for _, a := range args {
		if a.op == "pre&" && watched[a.args[0].String()] || a.String() == "dev->dma_range_map" {
			return a.String()
		}
	}
	return ""
}

func set(s *state, in *inst, k valueKind) {
	if in.used {
		s.top().set(in.temp, value{kind: k})
	}
}

// decide asks tests that are joined by commas: all must hold.
func (r *runner) decide(s *state, tests, pos string, yes, no way) int {
	switch tests {
	case "true":
		return yes(s)
	case "false":
		return no(s)
	}
	if t := r.t.factTest(tests); t != "" {
		return r.decide(s, t, pos, yes, no)
	}
	first, rest, more := strings.Cut(tests, ", ")
	if more {
		all := yes
		yes = func(s *state) int { return r.decide(s, rest, pos, all, no) }
	}
	return r.test(s, first, pos, yes, no)
}

// fork asks a test and gives the call and its out argument a value each way:
// TEST ? VALUE [N=SYMBOL] : VALUE.
func (r *runner) fork(s *state, in *inst, ru *rule, pos string) int {
	test, ways, _ := strings.Cut(ru.rest, " ? ")
	yes, no, _ := strings.Cut(ways, " : ")
	apply := func(words string) way {
		return then(func(s *state) {
			for _, w := range strings.Fields(words) {
				if w[0] >= '1' && w[0] <= '9' && len(w) > 2 && w[1] == '=' {
					if a := in.e.args[int(w[0]-'0')]; a.op == "pre&" && a.args[0].op == "id" {
						s.top().set(a.args[0].text, symbol(ident(w[2:])))
					}
					continue
				}
				v, ok := constant(parseExpr(w))
				if !ok {
					v = symbol(ident(w))
				}
				if in.used {
					s.top().set(in.temp, v)
				}
			}
		})
	}
	return r.decide(s, test, pos, apply(yes), apply(no))
}

// follow goes into a function. A rule may name a step that the call itself is,
// and another function to read instead.
func (r *runner) follow(s *state, in *inst, ru *rule, name string, args []value, pos, label string) int {
	file := s.top().file
	words := ru.rest
	if to, rest, ok := strings.Cut(words, " -> "); ok {
		words, name = to, rest
	}
	if strings.HasPrefix(name, "$") {
		return r.notify(s, words, pos, label)
	}
	var fn *csource.Function
	if fn = r.t.find(name, file); fn == nil {
		return r.fail(pos, "the body of "+name)
	}
	if len(s.frames) >= maxFrames {
		return r.fail(pos, "calls that do not go round")
	}
	temp := ""
	if in.used || ru.verb == "follow" {
		temp = in.temp
	}
	if words == "" {
		r.enter(s, fn, args, temp, in.used)
		return -1
	}
	if ru.verb == "follow" { // the step, then the body
		r.enter(s, fn, args, temp, in.used)
		return r.emit(s, words, pos, label)
	}
	return r.fail(pos, "a verb that is known in rule: "+ru.source)
}

// notify is a notification that the IOMMU core's notifier hears. On some
// architectures another one installs range maps when a device is added.
func (r *runner) notify(s *state, words, pos, label string) int {
	action := "BUS_NOTIFY_REMOVED_DEVICE"
	if words == "notify_add" {
		action = "BUS_NOTIFY_ADD_DEVICE"
		if arches[r.t.arch].limits {
			words += "; range_map_add"
			if from := r.t.rangeNotifier(); from != "" {
				r.t.note(from, "range_map_add: this notifier installs a range map when a device is added")
			} else {
				r.t.note(pos, "range_map_add is stated, not read: no notifier was found that installs a range map")
			}
		}
	}
	fn := r.t.function("iommu_bus_notifier", iommuFile)
	if fn == nil {
		return r.fail(pos, "the function iommu_bus_notifier")
	}
	r.enter(s, fn, []value{symbol(ident("nb")), symbol(ident(action)), symbol(ident("dev"))}, "", false)
	return r.emit(s, words, pos, label)
}
