package extract

import (
	"slices"
	"strings"

	"dmafuzz/internal/csource"
)

// hides tells what of interest is done by a call that no rule knows: such a
// call must not be passed over. It looks into functions that were read, and at
// the names of indirect calls.
func (t *tree) hides(name string, callee *expr, file string, depth int) string {
	if callee != nil && callee.op == "->" {
		if t.indirect()[callee.text] {
			return callee.text
		}
		return ""
	}
	key := name + " " + file
	if what, ok := t.hidden[key]; ok {
		return what
	}
	t.hidden[key] = ""
	if depth > 8 {
		return ""
	}
	if what := t.expands(name); what != "" {
		t.hidden[key] = what
		return what
	}
	fn := t.function(name, file)
	if fn == nil {
		t.hidden[key] = t.resembles(name)
		return t.hidden[key]
	}
	what := ""
	for _, c := range csource.Calls(fn.Body) {
		if strings.Contains(c.Name, "->") {
			continue
		}
		if ru := t.anyRule(c.Name); ru != nil {
			if doing[ru.verb] {
				what = c.Name
				break
			}
			continue
		}
		if what = t.hides(c.Name, nil, fn.File, depth+1); what != "" {
			break
		}
	}
	t.hidden[key] = what
	return what
}

// expands tells what step a macro of that name comes to.
func (t *tree) expands(name string) string {
	for _, file := range t.order {
		for _, m := range t.files[file].Macros {
			if m.Name != name {
				continue
			}
			for _, w := range tokens(m.Body) {
				if t.rules.does(w) {
					return w
				}
			}
		}
		for _, m := range t.files[file].MacroCalls { // DEFINE_FREE and the like: the first argument is the name
			if !strings.HasPrefix(m.Name, "DEFINE_") || len(m.Args) < 2 || m.Args[0] != name {
				continue
			}
			for _, w := range tokens(strings.Join(m.Args[1:], " ")) {
				if t.rules.does(w) {
					return w
				}
			}
		}
	}
	return ""
}

// taken finds the first step that is not called, but handed on by its name: who
// calls it when is not known.
func (r *rules) taken(body []csource.Stmt) (name string, line int) {
	csource.Walk(body, func(s csource.Stmt) bool {
		before, after := csource.Exprs(s)
		for _, e := range slices.Concat(before, after) {
			words := tokens(e.Text)
			for i, w := range words {
				called := i+1 < len(words) && words[i+1] == "("
				member := i > 0 && (words[i-1] == "->" || words[i-1] == ".")
				if name == "" && !called && !member && (r.does(w) && r.onDevice(w) || r.isStep(w)) {
					name, line = w, s.Position().Line
				}
			}
		}
		return name == ""
	})
	return name, line
}

// isStep tells whether a function of that name is a step whatever it is given.
func (r *rules) isStep(name string) bool {
	return slices.ContainsFunc(r.calls[name], func(ru rule) bool { return ru.any && ru.path == "" && doing[ru.verb] && ru.verb != "each" })
}

// resembles tells which step a function is named after that was not found: a
// variant with underscores, _locked or the like is as good as a new name.
func (t *tree) resembles(name string) string {
	best := ""
	for known, list := range t.rules.calls {
		if len(known) > 8 && (len(known) > len(best) || len(known) == len(best) && known < best) &&
			!strings.ContainsAny(known, "->.") && strings.Contains(name, known) && doing[list[0].verb] && !list[0].locks() {
			best = known
		}
	}
	return best
}

// doing are the verbs of calls that are steps. Locks are everywhere, and of
// themselves hide nothing.
var doing = map[string]bool{"step": true, "done": true, "try": true, "tryfail": true, "trydefer": true, "tryptr": true,
	"trynull": true, "trybind": true, "taken": true, "each": true}

func (t *tree) anyRule(name string) *rule {
	for i := range t.rules.calls[name] {
		ru := &t.rules.calls[name][i]
		if ru.locks() || ru.verb == "ignore" {
			return &rule{verb: "ignore"}
		}
		if ru.path == "" && ru.any {
			return ru
		}
	}
	if len(t.rules.calls[name]) > 0 {
		return &rule{verb: "ignore"} // it depends on its arguments
	}
	return t.rules.matchCall("", name, nil)
}

// indirect are the members that rules know as steps.
func (t *tree) indirect() map[string]bool {
	if t.members == nil {
		t.members = map[string]bool{}
		for name, list := range t.rules.calls {
			if i := strings.LastIndex(name, "->"); i >= 0 && doing[list[0].verb] {
				t.members[name[i+2:]] = true
			}
		}
	}
	return t.members
}
