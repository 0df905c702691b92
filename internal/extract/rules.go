package extract

import (
	"strings"
	"sync"
)

// A rule says what a piece of C means: PATTERN => VERB WORDS. Rules stand in
// the tables of table_*.go and nowhere else; table_core.go says which verbs
// there are. In a pattern, dev is the device at hand, every local
// variable is replaced by what it was assigned, and * stands for any argument.
type rule struct {
	path   string // the path it holds for, or empty
	args   []string
	any    bool // no arguments given: any will do
	verb   string
	rest   string
	source string
}

// rules are all tables, read once.
type rules struct {
	calls   map[string][]rule // by the callee's text
	globs   []rule            // names that end in *, args[0] the prefix
	tests   map[string][]rule // by the condition's text
	assigns map[string][]rule // by the left side; args[0] the right side
	loops   []rule            // args[0] the head's prefix
	beside  map[string]map[string]bool
	entry   map[string]bool // the functions that paths begin with
}

var allRules = sync.OnceValue(func() *rules {
	r := &rules{calls: map[string][]rule{}, tests: map[string][]rule{}, assigns: map[string][]rule{},
		beside: map[string]map[string]bool{}, entry: map[string]bool{}}
	for _, t := range callTables {
		r.read(t, r.call)
	}
	for _, t := range testTables {
		r.read(t, func(ru rule, p string) {
			p = strings.ReplaceAll(p, " ", "")
			r.tests[p] = append(r.tests[p], ru)
		})
	}
	for _, t := range assignTables {
		r.read(t, func(ru rule, p string) {
			l, v, _ := strings.Cut(p, " = ")
			ru.args = []string{strings.ReplaceAll(v, " ", "")}
			r.assigns[strings.ReplaceAll(l, " ", "")] = append(r.assigns[strings.ReplaceAll(l, " ", "")], ru)
		})
	}
	r.readBeside()
	for _, e := range entries {
		r.entry[e.fn] = true
	}
	for fn := range ownArgs {
		r.entry[fn] = true
	}
	r.read(loopTable, func(ru rule, p string) {
		ru.args = []string{strings.ReplaceAll(p, " ", "")}
		r.loops = append(r.loops, ru)
	})
	return r
})

// read adds the rules of one table. A table that cannot be read is a defect of
// this package, so it panics; a test reads them all.
func (r *rules) read(table string, add func(rule, string)) {
	for _, line := range strings.Split(table, "\n") {
		text, _, _ := strings.Cut(line, "  # ")
		if text = strings.TrimSpace(text); text == "" || text[0] == '#' {
			continue
		}
		pattern, action, ok := strings.Cut(text, "=> ")
		if !ok {
			panic("extract: no => in rule: " + line)
		}
		ru := rule{source: text}
		pattern = strings.TrimSpace(pattern)
		if pattern[0] == '@' {
			ru.path, pattern, _ = strings.Cut(pattern[1:], " ")
			pattern = strings.TrimSpace(pattern)
		}
		ru.verb, ru.rest, _ = strings.Cut(strings.TrimSpace(action), " ")
		ru.rest = strings.TrimSpace(ru.rest)
		add(ru, pattern)
	}
}

func (r *rules) call(ru rule, pattern string) {
	if p, ok := strings.CutSuffix(pattern, "*"); ok && !strings.Contains(p, "(") {
		ru.args, ru.any = []string{p}, true
		r.globs = append(r.globs, ru)
		return
	}
	// the arguments are the last parentheses: a->b(c)->d(args)
	open := strings.LastIndexByte(pattern, '(')
	if !strings.HasSuffix(pattern, ")") || open < 0 {
		ru.any = true
		name := parseExpr(pattern).String()
		r.calls[name] = append(r.calls[name], ru)
		return
	}
	for _, a := range splitTop(pattern[open+1 : len(pattern)-1]) {
		if a = strings.TrimSpace(a); a != "*" {
			a = parseExpr(a).String()
		}
		ru.args = append(ru.args, a)
	}
	name := parseExpr(pattern[:open]).String()
	r.calls[name] = append(r.calls[name], ru)
}

// matchCall returns the rule for a call, the one of the path first.
func (r *rules) matchCall(path, name string, args []*expr) *rule {
	var found *rule
	list := r.calls[name]
	for i := range list {
		ru := &list[i]
		if ru.path != "" && ru.path != path || !ru.matches(args) {
			continue
		}
		if found == nil || ru.weight() > found.weight() {
			found = ru
		}
	}
	if found != nil {
		return found
	}
	for i := range r.globs {
		if strings.HasPrefix(name, r.globs[i].args[0]) {
			return &r.globs[i]
		}
	}
	return nil
}

// weight: the more a rule says, the sooner it is taken; its path counts most.
func (ru *rule) weight() int {
	w := 0
	if ru.path != "" {
		w = 100
	}
	if ru.any {
		return w
	}
	w += 10
	for _, a := range ru.args {
		if a != "*" {
			w++
		}
	}
	return w
}

func (ru *rule) matches(args []*expr) bool {
	if ru.any {
		return true
	}
	for i, a := range ru.args {
		if a == "..." {
			return true
		}
		if i >= len(args) || a != "*" && a != args[i].String() {
			return false
		}
	}
	return len(ru.args) == len(args)
}

// locks tells whether a rule is about a lock.
func (ru *rule) locks() bool {
	return strings.HasPrefix(ru.rest, "lock ") || strings.HasPrefix(ru.rest, "unlock ")
}

// does tells whether a call of that name is a step, with arguments that some
// rule names, and has no meaning with others.
func (r *rules) does(name string) bool {
	found := false
	for i := range r.calls[name] {
		ru := &r.calls[name][i]
		if ru.any && ru.path == "" && !doing[ru.verb] {
			return false
		}
		found = found || ru.path == "" && doing[ru.verb] && !ru.locks()
	}
	return found
}

func pick(list []rule, path string) *rule {
	var found *rule
	for i := range list {
		if list[i].path == path && path != "" {
			return &list[i]
		}
		if list[i].path == "" && found == nil {
			found = &list[i]
		}
	}
	return found
}
