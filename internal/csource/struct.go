package csource

import "strings"

// A Struct is a struct or union with a body. An enum is in File.Enums.
type Struct struct {
	Pos            // of its first word
	Name    string // "struct foo"; if it has no name, a word that no source holds, which is its variables' Base
	Union   bool
	Members []Member // those of all branches of the preprocessor
}

// A Member is a member of a struct. One without a name is a struct whose members belong to the outer one.
type Member struct {
	Name string
	Type Type
}

// An Enumerator is a constant of an enum: Offset more than Value, which is what stands after the last
// =, and empty where there is none so far.
type Enumerator struct {
	Pos
	Name   string
	Value  string
	Offset int
}

// A Typedef gives a type a name.
type Typedef struct {
	Pos
	Name string
	Type Type
}

// A Var is a variable at file level.
type Var struct {
	Pos
	Name   string
	Type   Type
	Static bool
}

// An Include is an #include line.
type Include struct {
	Path   string
	System bool // in <>
}

// types notes what the declaration from token i up to end says about types, and its variables.
func (p *parser) types(i, end int) {
	typedef, static := false, false
	for k := i; k < end && p.kind(k) == kIdent; k++ {
		*p.steps++
		word := p.word(k)
		typedef = typedef || word == "typedef"
		static = static || word == "static"
		if p.tokens[k].kw != kwStorage && p.tokens[k].kw != kwStruct {
			break
		}
	}
	text := p.nested(i, end, 0)
	if text == "" {
		return
	}
	for _, d := range ParseDecl(text) {
		switch {
		case typedef:
			p.file.Typedefs = append(p.file.Typedefs, &Typedef{p.pos(i), d.Name, d.Type})
		case !d.Type.Func && !strings.HasPrefix(text, "extern "):
			p.file.Vars = append(p.file.Vars, &Var{p.pos(i), d.Name, d.Type, static})
		}
	}
}

// nested returns the text of a declaration in which each body of a struct has become the struct's name,
// and notes the bodies.
func (p *parser) nested(i, end, depth int) string {
	if depth > MaxDepth {
		return ""
	}
	var b strings.Builder
	from := i
	for k := i; k < end; k = p.after(k) {
		*p.steps++
		if p.kind(k) == '=' {
			end = k // an initialiser says nothing about types
			break
		}
		if p.tokens[k].kw != kwStruct {
			continue
		}
		open := k + 1
		for open < end && p.kind(open) != '{' && (p.kind(open) == kIdent || p.kind(open) == '(') {
			*p.steps++
			if p.kind(open) == kIdent && p.tokens[open].kw == kwStruct {
				break
			}
			open = p.after(open)
		}
		if open >= end || p.kind(open) != '{' || p.partner(open) < 0 {
			continue
		}
		word, name := p.word(k), ""
		if k+1 < open && p.kind(k+1) == kIdent {
			for t := k + 1; t < open; t = p.after(t) {
				if p.kind(t) == kIdent && !attribute(p.word(t)) && p.tokens[t].kw == notKeyword {
					name = p.word(t)
					break
				}
			}
		}
		full := word + " " + name
		if name == "" {
			pos := p.pos(k)
			full = word + " " + anonymous(pos)
		}
		close := p.partner(open)
		if word == "enum" {
			p.enum(open+1, close)
		} else {
			p.structBody(&Struct{Pos: p.pos(k), Name: full, Union: word == "union"}, open+1, close, depth)
		}
		b.WriteString(p.textOf(from, k) + " " + full + " ")
		from, k = close+1, open
	}
	b.WriteString(p.textOf(from, end))
	return strings.TrimSpace(b.String())
}

// anonymous is the name of a struct without one: a word that no source can hold otherwise.
func anonymous(p Pos) string {
	name := []byte("$" + p.String())
	for i, c := range name {
		if !identByte(c) {
			name[i] = '_'
		}
	}
	return string(name)
}

// structBody reads the members from token i up to end.
func (p *parser) structBody(s *Struct, i, end, depth int) {
	for i < end {
		*p.steps++
		if p.isMarker(i) || p.kind(i) == ';' {
			i++
			continue
		}
		stop := i
		for stop < end && p.kind(stop) != ';' && !p.isMarker(stop) {
			*p.steps++
			stop = p.after(stop)
		}
		p.member(s, i, stop, depth)
		i = stop
	}
	p.file.Structs = append(p.file.Structs, s)
}

func (p *parser) member(s *Struct, i, stop, depth int) {
	if p.kind(i) == kIdent && p.tokens[i].kw == notKeyword && i+1 < stop && p.kind(i+1) == '(' {
		p.macroMember(s, i, depth)
		return
	}
	text := p.nested(i, stop, depth+1)
	list := ParseDecl(text)
	if len(list) == 0 && (strings.HasPrefix(text, "struct $") || strings.HasPrefix(text, "union $")) {
		list = []Declarator{{Type: Type{Base: strings.Join(strings.Fields(text)[:2], " ")}}}
	}
	for _, d := range list {
		s.Members = append(s.Members, Member(d))
	}
}

// macroMember reads the macros that declare members.
func (p *parser) macroMember(s *Struct, i, depth int) {
	args := p.split(i+2, p.partner(i+1))
	switch name := p.word(i); {
	case name == "DEFINE_DMA_UNMAP_ADDR" && len(args) == 1:
		s.Members = append(s.Members, Member{args[0], Type{Base: "dma_addr_t"}})
	case name == "DEFINE_DMA_UNMAP_LEN" && len(args) == 1:
		s.Members = append(s.Members, Member{args[0], Type{Base: "__u32"}})
	case name == "DECLARE_FLEX_ARRAY" && len(args) == 2:
		for _, d := range ParseDecl(args[0] + " " + args[1] + "[]") {
			s.Members = append(s.Members, Member(d))
		}
	case name == "DECLARE_BITMAP" && len(args) == 2:
		s.Members = append(s.Members, Member{args[0], Type{Base: "unsigned long", Dims: []string{"BITS_TO_LONGS(" + args[1] + ")"}}})
	case strings.Contains(name, "struct_group"):
		inner := &Struct{}
		open, end := i+2, p.partner(i+1)
		for k := open; k < end; k = p.after(k) { // the members are the last argument
			*p.steps++
			if p.kind(k) == ',' {
				open = k + 1
			}
			if p.kind(k) == ';' {
				break
			}
		}
		for open < end {
			*p.steps++
			stop := min(p.until(';', open, end), end)
			if open < stop && depth < MaxDepth {
				p.member(inner, open, stop, depth+1)
			}
			open = stop + 1
		}
		s.Members = append(s.Members, inner.Members...)
	}
}

// enum reads the constants from token i up to end.
func (p *parser) enum(i, end int) {
	base, offset := "", 0
	for i < end {
		*p.steps++
		if p.kind(i) != kIdent {
			i++
			continue
		}
		stop := i
		for stop < end && p.kind(stop) != ',' && !p.isMarker(stop) {
			*p.steps++
			stop = p.after(stop)
		}
		if i+1 < stop && p.kind(i+1) == '=' {
			base, offset = p.textOf(i+2, stop), 0
		}
		p.file.Enums = append(p.file.Enums, &Enumerator{p.pos(i), p.word(i), base, offset})
		offset++
		i = stop
	}
}
