package csource

import (
	"slices"
	"strings"
)

// A group is a conditional that the Config leaves open, from #if to #endif.
type group struct {
	alts   []alternative
	none   *Guard // where no alternative so far holds
	ragged bool   // its branches are not whole statements or declarations
	prefix bool   // they are part of what follows
	total  bool   // one branch is taken if no other is
	pos    Pos
}

// An alternative is one branch. The condition of an #else is empty.
type alternative struct {
	cond  string
	guard *Guard
	pos   Pos
}

// A frame is a conditional being read.
type frame struct {
	group    int  // index of its group, or -1 while the Config decides it
	done     bool // a branch was taken for sure: skip the others
	skipping bool // in a branch that is not read
	dead     bool // the conditional stands in such a branch
	guard    *Guard
	pos      Pos
}

// A resolver turns directives into markers: it drops the branches that the Config rules out, and
// leaves the open conditionals as kIf, kElse and kEndif, with the index of their group in aux.
type resolver struct {
	*lexer
	file    *File
	config  Config
	defined map[string]Value // by the file itself, outside of open conditionals
	frames  []frame
	groups  []group
	out     []token
	err     *Error
}

func resolve(l *lexer, file *File, config Config) *resolver {
	// In place: what is written never overtakes what is read, except for the last token.
	r := &resolver{lexer: l, file: file, defined: map[string]Value{}, out: l.tokens[:0]}
	r.config = func(name string) Value {
		if v, ok := r.defined[name]; ok && v != Unknown {
			return v
		}
		return config.ask(name)
	}
	skipping := false
	for i := range l.tokens {
		*l.steps++
		t := l.tokens[i]
		if t.kind == kDirective {
			r.directive(i, t)
			skipping = len(r.frames) > 0 && r.frames[len(r.frames)-1].skipping
			continue
		}
		if t.kind == kEOF {
			for len(r.frames) > 0 {
				r.file.report(r.top().pos, "expected #endif, found end of file")
				r.endif(t)
			}
		}
		if !skipping || t.kind == kEOF {
			r.out = append(r.out, t)
		}
	}
	return r
}

func (r *resolver) top() *frame { return &r.frames[len(r.frames)-1] }

func (r *resolver) posOf(t token) Pos { return position(r.file.Name, r.lines, t) }

// position returns where t stands, if lines has the offset of each line.
func position(name string, lines []uint32, t token) Pos {
	return Pos{name, int(t.line), int(t.src-lines[t.line-1]) + 1}
}

// posAt returns the position of an offset in the source.
func (r *resolver) posAt(offset int) Pos {
	line, found := slices.BinarySearch(r.lines, uint32(offset))
	if found {
		line++
	}
	return Pos{r.file.Name, line, offset - int(r.lines[line-1]) + 1}
}

// directive handles the i-th token, which is one.
func (r *resolver) directive(i int, t token) {
	word, rest := splitDirective(r.src[t.src : t.src+t.n])
	skipping := len(r.frames) > 0 && r.top().skipping
	switch word {
	case "if", "ifdef", "ifndef":
		if len(r.frames) >= MaxDepth {
			r.err = &Error{Pos: r.posOf(t), Msg: "expected less nesting of #if", Err: ErrTooDeep}
			return
		}
		f := frame{group: -1, pos: r.posOf(t), dead: skipping, skipping: skipping, guard: r.guard()}
		r.frames = append(r.frames, f)
		if !skipping {
			r.branch(t, r.condition(t, word, rest), r.includeGuard(i, word, rest))
		}
	case "elif", "elifdef", "elifndef", "else", "endif":
		if len(r.frames) == 0 {
			r.file.report(r.posOf(t), "expected #if before, found #"+word)
			return
		}
		switch {
		case word == "endif":
			r.endif(t)
		case r.top().dead:
		case r.top().done:
			r.top().skipping = true
		case word == "else":
			r.branch(t, "", true)
		default:
			r.branch(t, r.condition(t, word[2:], rest), false)
		}
	case "define":
		if !skipping {
			r.define(t, rest)
		}
	case "include":
		if !skipping {
			r.include(strings.TrimSpace(r.clean(rest)))
		}
	case "undef":
		if !skipping {
			r.note(string(r.clean(rest)), No)
		}
	}
}

// include notes the file that an #include line names, unless a macro does.
func (r *resolver) include(name string) {
	if len(name) < 3 || name[0] != '<' && name[0] != '"' {
		return
	}
	system := name[0] == '<'
	end := strings.IndexAny(name[1:], "\">")
	if end < 0 {
		return
	}
	path := strings.ReplaceAll(name[1:end+1], " ", "")
	r.file.Includes = append(r.file.Includes, Include{Path: path, System: system})
}

// branch opens a branch of the innermost conditional. A certain one is taken whatever cond says.
func (r *resolver) branch(t token, cond string, certain bool) {
	f := r.top()
	value := Yes
	if !certain {
		value = evalTokens(lex([]byte(cond), true, r.steps), r.config, false)
	}
	f.skipping = value == No
	if value == No || value == Yes && f.group < 0 {
		f.done = value == Yes
		return
	}
	if value == Yes { // the else of an open conditional
		f.done, cond = true, ""
	}
	k := kElse
	if f.group < 0 {
		k = kIf
		f.group = len(r.groups)
		r.groups = append(r.groups, group{none: f.guard, pos: f.pos})
	}
	g := &r.groups[f.group]
	f.guard = g.none
	if cond != "" {
		f.guard = &Guard{Cond: cond, Outer: g.none}
		g.none = &Guard{Cond: cond, Not: true, Outer: g.none}
	}
	g.alts = append(g.alts, alternative{cond, f.guard, r.posOf(t)})
	g.total = g.total || cond == ""
	r.mark(k, t, f.group)
}

func (r *resolver) endif(t token) {
	if g := r.top().group; g >= 0 {
		r.mark(kEndif, t, g)
	}
	r.frames = r.frames[:len(r.frames)-1]
}

func (r *resolver) mark(k kind, t token, group int) {
	t.kind, t.aux, t.n = k, int32(group), 0
	r.out = append(r.out, t)
}

// includeGuard reports whether the #ifndef at token i, followed by a #define of the same name, wraps
// all of the file. Nobody wants to be told that the whole file depends on it.
func (r *resolver) includeGuard(i int, word string, rest []byte) bool {
	if word != "ifndef" || len(r.out) > 0 || i+1 >= len(r.tokens) || r.tokens[i+1].kind != kDirective ||
		r.tokens[len(r.tokens)-2].kind != kDirective {
		return false
	}
	next := r.tokens[i+1]
	w, name := splitDirective(r.src[next.src : next.src+next.n])
	return w == "define" && r.clean(name) == r.clean(rest)
}

// note remembers that the file itself defines name, or not, as far as that is certain.
func (r *resolver) note(name string, v Value) {
	if r.guard() != nil {
		v = Unknown
	}
	r.defined[name] = v
}

func (r *resolver) define(t token, rest []byte) {
	l := lex(rest, true, r.steps)
	name := l.tokens[0]
	if name.kind != kIdent {
		r.file.report(r.posOf(t), "expected a name after #define")
		return
	}
	m := &Macro{Pos: r.posOf(t), Name: string(rest[name.src : name.src+name.n]), Guard: r.guard()}
	body := 1
	if open := l.tokens[1]; open.kind == '(' && !open.sp {
		m.Function = true
		for body = 2; l.tokens[body].kind != ')' && l.tokens[body].kind != kEOF; body++ {
			p := l.tokens[body]
			if p.kind == kIdent || p.kind == kEllipsis {
				m.Params = append(m.Params, string(rest[p.src:p.src+p.n]))
			}
		}
		if l.tokens[body].kind == ')' {
			body++
		}
	}
	m.Body = join(rest, l.tokens[body:])
	r.file.Macros = append(r.file.Macros, m)
	v := Yes
	if m.Body == "0" {
		v = Unknown // defined, but false: do not choose between the two
	}
	r.note(m.Name, v)
}

// guard returns the guard of the place that the resolver has come to.
func (r *resolver) guard() *Guard {
	if len(r.frames) == 0 {
		return nil
	}
	return r.top().guard
}

// condition returns what the directive t asks for, as an expression. It is never empty.
func (r *resolver) condition(t token, word string, rest []byte) string {
	cond := r.clean(rest)
	if cond == "" {
		r.file.report(r.posOf(t), "expected a condition")
		return "?" // which nobody knows
	}
	name, _, _ := strings.Cut(cond, " ")
	switch word {
	case "ifdef", "def":
		return "defined(" + name + ")"
	case "ifndef", "ndef":
		return "!defined(" + name + ")"
	}
	return cond
}

// splitDirective returns the word after the # and what follows it.
func splitDirective(line []byte) (word string, rest []byte) {
	i := 1
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	start := i
	for i < len(line) && line[i] >= 'a' && line[i] <= 'z' {
		i++
	}
	return string(line[start:i]), line[i:]
}

// clean returns a piece of a directive without comments, splices and needless space.
func (r *resolver) clean(piece []byte) string {
	return join(piece, lex(piece, true, r.steps).tokens)
}

// join writes tokens of src with one space wherever the source has any.
func join(src []byte, tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if t.sp && i > 0 && t.kind != kEOF {
			b.WriteByte(' ')
		}
		b.Write(src[t.src : t.src+t.n])
	}
	return b.String()
}
