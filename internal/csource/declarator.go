package csource

import "strings"

// A Type is what a declaration says about a name. It is the text's word for it: a typedef is not
// looked through.
type Type struct {
	Base string // "struct foo", "u32", "unsigned long"; "struct" alone if it has neither name nor body at hand
	Ptr  int    // how many stars
	Dims []string
	Func bool // a function, or a pointer to one
}

// String writes the type as a cast would have it.
func (t Type) String() string {
	s := t.Base
	if t.Ptr > 0 {
		s += " " + strings.Repeat("*", t.Ptr)
	}
	for _, d := range t.Dims {
		s += "[" + d + "]"
	}
	return s
}

// A Declarator is a name with its type.
type Declarator struct {
	Name string
	Type Type
}

// ParseDecl reads a declaration without a body: of local variables, of a parameter or of a member. It
// returns a declarator a name, and none for what it does not understand; its work is linear.
func ParseDecl(text string) []Declarator {
	steps := 0
	if len(text) > MaxSize {
		return nil
	}
	p := &treeParser{lexer: lex([]byte(text), true, &steps), text: text}
	base, ok := p.base()
	if !ok {
		return nil
	}
	var list []Declarator
	for {
		d, ok := p.declarator(base)
		if !ok {
			return list
		}
		if d.Name != "" {
			list = append(list, d)
		}
		for p.kind() != ',' && p.kind() != kEOF && p.kind() != ';' { // bits, an initialiser, attributes
			p.next1()
		}
		if !p.accept(',') {
			return list
		}
	}
}

// ParseType reads a type name, as in a cast or sizeof.
func ParseType(text string) (Type, bool) {
	list := ParseDecl(text + " x")
	if len(list) != 1 {
		return Type{}, false
	}
	return list[0].Type, true
}

// annotation reports whether w says something about a declaration beside its type.
func annotation(w string) bool {
	switch w {
	case "__user", "__iomem", "__rcu", "__percpu", "__force", "__packed", "__aligned", "__init", "__exit", "__initdata",
		"__exitdata", "__initconst", "__devinit", "__devexit", "__maybe_unused", "__always_unused", "__used", "__unused",
		"__read_mostly", "__ro_after_init", "__randomize_layout", "__bitwise", "__kernel", "__sched", "__must_check", "__malloc",
		"__always_inline", "noinline", "asmlinkage", "__cold", "__ref", "__refdata", "__weak", "__visible", "noinline_for_stack",
		"__counted_by_ptr", "__nonstring", "__private", "__guarded_by":
		return true
	}
	return false
}

// next1 goes to the token after this one, or after the bracket that closes it.
func (p *treeParser) next1() {
	switch p.kind() {
	case '(', '[', '{':
		if end := p.partner(p.i); end > 0 {
			p.i = end
		}
	}
	if p.kind() != kEOF {
		p.i++
	}
}

// base reads the words before the declarators.
func (p *treeParser) base() (string, bool) {
	var words []string
	named := false // the type's own word has been read
	for ; p.kind() == kIdent; p.i++ {
		t, w := p.tokens[p.i], p.word()
		next := p.tokens[p.i+1].kind
		switch {
		case t.kw == kwStorage || t.kw == kwVolatile || annotation(w) && next != '(':
		case t.kw == kwAttr || attribute(w) && next == '(':
			p.next1()
			if p.kind() != '(' {
				return "", false
			}
			p.i = max(p.partner(p.i), p.i)
		case t.kw == kwStruct:
			words, named = append(words, w), true
			if next == kIdent {
				p.i++
				if a := p.word(); annotation(a) && p.tokens[p.i+1].kind == kIdent {
					p.i++
				}
				words = append(words, p.word())
			}
			if p.tokens[p.i+1].kind == '{' {
				if end := p.partner(p.i + 1); end > 0 {
					p.i = end
				}
			}
		case t.kw == kwTypeof:
			if next != '(' {
				return "", false
			}
			end := p.partner(p.i + 1)
			if end < 0 {
				return "", false
			}
			words, named = append(words, p.between(p.i, end+1)), true
			p.i = end
		case t.kw == kwType:
			words, named = append(words, w), true
		case !named:
			if next == '(' && len(words) == 0 && p.tokens[p.i+1].kind == '(' && !p.pointerAfter(p.i+1) {
				return "", false // a macro
			}
			words, named = append(words, w), true
		default:
			return strings.Join(words, " "), true
		}
	}
	return strings.Join(words, " "), named
}

// pointerAfter reports whether (* follows.
func (p *treeParser) pointerAfter(i int) bool {
	return p.tokens[i].kind == '(' && i+1 < len(p.tokens) && p.tokens[i+1].kind == '*'
}

// declarator reads stars, a name and what stands around it.
func (p *treeParser) declarator(base string) (Declarator, bool) {
	d := Declarator{Type: Type{Base: base}}
	for {
		switch t := p.tokens[p.i]; {
		case t.kind == '*':
			d.Type.Ptr++
			p.i++
			continue
		case t.kind == kIdent && (t.kw == kwStorage || t.kw == kwVolatile || attribute(p.word()) && p.tokens[p.i+1].kind == kIdent):
			p.i++
			continue
		case p.pointerAfter(p.i):
			d.Type.Func = true
			end := p.partner(p.i)
			if end < 0 {
				return d, false
			}
			for k := p.i + 2; k < end; k++ {
				if t := p.tokens[k]; t.kind == kIdent && t.kw == notKeyword {
					d.Name = p.wordAt(k)
					break
				}
			}
			p.i = end + 1
			return d, true
		case t.kind == kIdent && t.kw == notKeyword:
			d.Name = p.word()
			p.i++
			for p.kind() == '[' {
				end := p.partner(p.i)
				if end < 0 {
					return d, false
				}
				d.Type.Dims = append(d.Type.Dims, p.between(p.i+1, end))
				p.i = end + 1
			}
			if p.kind() == '(' {
				d.Type.Func = true
			}
			return d, true
		}
		return d, p.kind() == ':' || p.kind() == kEOF || p.kind() == '['
	}
}
