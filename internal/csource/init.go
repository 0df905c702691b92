package csource

// An Init is a variable at file level with an initialiser in braces.
type Init struct {
	Pos           // of the variable's name
	Name   string // of the variable
	Type   string // without storage class and qualifiers, as in "struct bus_type"
	Array  bool
	Fields []Field
	Guard  *Guard
}

// A Field is one element of an initialiser.
type Field struct {
	Pos
	Name   string // as in .name = or [INDEX] =, without the dot; empty if there is none
	Value  string
	Fields []Field // if the value stands in braces
	Guard  *Guard  // all of it, that of the Init included
}

// Field returns the last field of that name, which is the one that counts, or nil.
func (in *Init) Field(name string) *Field {
	for i := len(in.Fields) - 1; i >= 0; i-- {
		if in.Fields[i].Name == name {
			return &in.Fields[i]
		}
	}
	return nil
}

// init reads the initialiser whose = is token eq, of the variable that the tokens from i declare.
func (p *parser) init(i, eq int, base string) {
	close := p.partner(eq + 1)
	guard, ok := p.guard(i, close+1)
	if !ok {
		return
	}
	in := &Init{Pos: p.pos(eq), Name: p.declared(i, eq), Type: base, Guard: guard}
	for k := i; k < eq; k = p.after(k) {
		*p.steps++
		switch {
		case p.kind(k) == '[':
			in.Array = true
		case p.kind(k) == kIdent && p.word(k) == in.Name:
			in.Pos = p.pos(k)
		}
	}
	in.Fields = p.fields(eq+2, close)
	p.file.Inits = append(p.file.Inits, in)
}

// base returns the type that the declaration from token i up to end starts with.
func (p *parser) base(i, end int) string {
	for ; i < end && p.kind(i) != '='; i++ {
		*p.steps++
		switch t := p.tokens[i]; {
		case t.kind != kIdent || t.kw == kwStorage || t.kw == kwVolatile:
		case t.kw == kwStruct && p.kind(i+1) == kIdent:
			return p.textOf(i, i+2)
		case t.kw != notKeyword || !attribute(p.word(i)):
			return p.word(i)
		}
	}
	return ""
}

// fields reads the elements from token i up to end.
func (p *parser) fields(i, end int) []Field {
	var list []Field
	for i < end {
		*p.steps++
		if p.isMarker(i) || p.kind(i) == ',' {
			i++
			continue
		}
		stop := i
		for stop < end && p.kind(stop) != ',' && !p.isMarker(stop) {
			*p.steps++
			stop = p.after(stop)
		}
		list = append(list, p.field(i, stop))
		i = stop
	}
	return list
}

func (p *parser) field(i, end int) Field {
	f := Field{Pos: p.pos(i)}
	f.Guard, _ = p.guard(i, i)
	value := i
	if p.kind(i) == '.' || p.kind(i) == '[' {
		if eq := p.until('=', i, end); eq < end {
			value = eq + 1
			if p.kind(i) == '.' {
				i++
			}
			f.Name = p.textOf(i, eq)
		}
	}
	f.Value = p.textOf(value, end)
	if value < end && p.kind(value) == '{' {
		f.Fields = p.fields(value+1, p.partner(value))
	}
	return f
}
