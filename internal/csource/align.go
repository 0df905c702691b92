package csource

// An aligner decides which open conditionals are ragged, that is, cut through a statement or a
// declaration. The branches of the others are whole statements, declarations or elements of a
// list, and a parser can step into each. To call too many ragged is safe: they are still read,
// once a branch.
type aligner struct {
	*resolver
	open     []kind // brackets that are open; kList for the brace of a list
	branches []branch
	ended    []branch // ended just now: what follows can still make them ragged
	prev     kind     // what the last token comes to; kEOF for none, kEllipsis for a macro call that needs no ;
	macro    bool     // the bracket open at file level belongs to such a call
	enum     bool     // the next brace is that of an enum
	question bool     // a : may belong to an earlier ?
	last     token    // the last token itself
}

// kList stands for the brace of an initialiser or an enum, whose elements end in commas.
const kList = kString

// A branch is an open conditional, on the way through one of its branches.
type branch struct {
	group     int
	prev      kind // before the #if
	last      kind // at the end of its first branch that is not empty
	question  bool // before the #if
	first     bool // no token of this branch came yet
	alternate bool // not the first branch
	unended   bool // the last element has no comma: the list must end after it
	height    int  // how many brackets were open at the start of this branch
	low       int  // and how few since
	floor     int  // and how many of them another branch opened
}

// align sets ragged for each group.
func (r *resolver) align() {
	if len(r.groups) == 0 {
		return
	}
	a := &aligner{resolver: r}
	for _, t := range r.out {
		*r.steps++
		switch t.kind {
		case kIf:
			a.begin(int(t.aux))
		case kElse:
			a.alternate()
		case kEndif:
			a.end()
		default:
			a.token(t)
		}
	}
}

func (a *aligner) top() *branch { return &a.branches[len(a.branches)-1] }

func (a *aligner) rag(b *branch) { a.groups[b.group].ragged = true }

// context returns the innermost open bracket, or kEOF at file level.
func (a *aligner) context() kind {
	if len(a.open) == 0 {
		return kEOF
	}
	return a.open[len(a.open)-1]
}

func (a *aligner) begin(group int) {
	b := branch{
		group: group, prev: a.prev, question: a.question, first: true, height: len(a.open), low: len(a.open),
	}
	if len(a.branches) > 0 {
		b.floor = a.top().floor
	}
	if !a.complete() && !(a.context() == kList && a.prev == '{') {
		a.rag(&b)
	}
	a.branches = append(a.branches, b)
}

// complete reports whether what came so far ends in a whole statement, declaration or element.
func (a *aligner) complete() bool {
	switch a.context() {
	case kList:
		return a.prev == ','
	case '(', '[':
		return false
	}
	switch a.prev {
	case kEOF, ';', '{', '}', kEllipsis:
		return true
	case ':':
		return !a.question
	}
	return false
}

// finish judges the branch that ends here.
func (a *aligner) finish() *branch {
	b := a.top()
	switch {
	case len(a.open) != b.height || b.low < b.height:
		a.rag(b)
	case b.first || a.complete():
	case a.context() == kList:
		b.unended = true
	default:
		a.rag(b)
		a.groups[b.group].prefix = true
	}
	if !b.first && b.last == kEOF {
		b.last = a.prev
	}
	if b.alternate { // the brackets of the first branch count for what follows
		a.open = a.open[:min(len(a.open), b.height)]
	}
	return b
}

func (a *aligner) alternate() {
	b := a.finish()
	for i := range a.ended {
		if a.ended[i].unended {
			a.rag(&a.ended[i])
		}
	}
	a.ended = a.ended[:0]
	a.prev, a.question = b.prev, b.question
	b.alternate, b.first = true, true
	b.height = len(a.open)
	b.floor = b.height
	b.low = min(b.low, b.height)
}

func (a *aligner) end() {
	b := *a.finish()
	a.branches = a.branches[:len(a.branches)-1]
	if len(a.branches) > 0 {
		a.top().low = min(a.top().low, b.low)
	}
	a.prev = b.prev
	if b.last != kEOF {
		a.prev = b.last
	}
	a.ended = append(a.ended, b)
}

func (a *aligner) token(t token) {
	for i := range a.ended {
		if continues(t) || a.ended[i].unended && t.kind != '}' {
			a.rag(&a.ended[i])
		}
	}
	a.ended = a.ended[:0]
	for i := len(a.branches) - 1; i >= 0 && a.branches[i].first; i-- {
		a.branches[i].first = false
		if continues(t) || t.kind == ';' {
			a.rag(&a.branches[i])
		}
	}
	a.prev = t.kind
	switch t.kind {
	case '{':
		a.brace()
	case '(', '[':
		if len(a.open) == 0 {
			a.macro = t.kind == '(' && a.upper(a.last)
		}
		a.open = append(a.open, t.kind)
	case ')', ']', '}':
		a.shut(t)
	case '?':
		a.question = true
	case kIdent:
		a.enum = a.enum || t.kw == kwStruct && t.n == 4
	}
	if t.kind == ';' || t.kind == '{' || t.kind == '}' {
		a.question, a.enum = false, false
	}
	a.last = t
}

// brace opens a brace, as that of a list if it is one.
func (a *aligner) brace() {
	k := kind('{')
	if a.enum || a.last.kind == '=' || a.context() == kList {
		k = kList
	}
	a.open = append(a.open, k)
}

// shut closes a bracket, but never one of those that another branch opened.
func (a *aligner) shut(t token) {
	left := len(a.open) - 1
	if len(a.branches) > 0 {
		b := a.top()
		if left < b.floor {
			b.low = -1
			return
		}
		b.low = min(b.low, left)
	}
	if left < 0 {
		return
	}
	a.open = a.open[:left]
	if len(a.open) == 0 && t.kind == ')' && a.macro {
		a.prev = kEllipsis
	}
}

// upper reports whether t is a name in capitals at the beginning of a line, as in
// EXPORT_SYMBOL(x).
func (a *aligner) upper(t token) bool {
	if t.kind != kIdent || t.src != a.lines[t.line-1] {
		return false
	}
	for _, c := range a.src[t.src : t.src+t.n] {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}

// continues reports whether t can only go on with what came before it.
func continues(t token) bool {
	switch t.kind {
	case ',', '=', ')', ']', '?', ':', '<', '>', '/', '%', '|', '^', kArrow, kAndAnd, kOrOr, kAssign, kOp:
		return true
	}
	return t.kw == kwElse
}
