package csource

import "strings"

// parse reads all declarations of the flow.
func (p *parser) parse() {
	p.around = -1
	for i := 0; p.kind(i) != kEOF; {
		*p.steps++
		switch k := p.kind(i); {
		case k == ';' || p.isMarker(i):
			i++
		case k == '}' && p.partner(i) > 0 && p.kind(p.partner(i)-1) == kString:
			i++ // of extern "C" {
		case k == ')' || k == ']' || k == '}':
			p.complain(i, "expected a declaration, found "+p.word(i))
			i++
		default:
			i = p.declaration(i)
		}
	}
}

// complain reports what is wrong at token i. Only the first flow reports what all of them share.
func (p *parser) complain(i int, msg string) {
	if _, ok := p.guard(i, i+1); ok {
		p.file.report(p.pos(i), msg)
	}
}

// declaration reads what starts at token i, up to its semicolon or closing brace, and returns the token
// after it.
func (p *parser) declaration(i int) int {
	init := false
	for k := i; ; {
		*p.steps++
		switch p.kind(k) {
		case kEOF, kIf, kElse, kEndif, ')', ']', '}':
			if !p.simple(i, k) {
				p.complain(k, "expected ; at the end of a declaration")
			}
			return k
		case ';':
			p.simple(i, k)
			return k + 1
		case '=':
			init = true
		case '{':
			switch {
			case init || p.aggregate(i, k):
			case k > i && p.kind(k-1) == kString: // extern "C" {
				p.sound(k, k+1)
				return k + 1
			default:
				return p.function(i, k)
			}
		}
		k = p.after(k)
	}
}

// aggregate reports whether the brace k opens the members of a struct, a union or an enum.
func (p *parser) aggregate(i, k int) bool {
	for k--; k >= i; k-- {
		*p.steps++
		t := p.tokens[k]
		switch {
		case t.kw == kwStruct:
			return true
		case t.kind == ')' && t.aux > int32(i) && p.tokens[t.aux-1].kw == kwAttr:
			k = int(t.aux)
		case t.kind == ':' || t.kind == kIdent: // enum x : u8 {
		default:
			return false
		}
	}
	return false
}

// simple reads a declaration without a body: an initialiser, a macro call, or nothing of interest.
// It reports whether the declaration needs no semicolon.
func (p *parser) simple(i, end int) bool {
	if !p.sound(i, end) {
		return true
	}
	p.types(i, end)
	first := i
	for first < end && p.tokens[first].kw == kwStorage {
		first++
	}
	stop := first
	for stop+1 < end && p.kind(stop) == kIdent && p.tokens[stop].kw == notKeyword && p.kind(stop+1) == '(' {
		*p.steps++
		stop = p.after(stop + 1)
	}
	if stop > first && (stop == end || p.tokens[stop].kw.opensDeclaration()) { // most often one, but semicolons may lack
		for ; first < stop; first = p.after(first + 1) {
			if stop == end || !attribute(p.word(first)) {
				p.macroCall(first)
			}
		}
		if stop == end {
			return true
		}
	}
	base, based := "", false
	read := false // one initialiser a declarator
	for k := i; k < end; k = p.after(k) {
		*p.steps++
		switch {
		case p.kind(k) == ',':
			i, read = k, false
		case p.kind(k) == '=' && p.kind(k+1) == '{' && !read:
			if !based {
				base, based = p.base(first, k), true
			}
			p.init(i, k, base)
			read = true
		}
	}
	return false
}

func (p *parser) macroCall(i int) {
	guard, ok := p.guard(i, p.after(i+1))
	if ok {
		p.file.MacroCalls = append(p.file.MacroCalls, &MacroCall{
			Pos: p.pos(i), Name: p.word(i), Args: p.split(i+2, p.partner(i+1)), Guard: guard,
		})
	}
}

// function reads the declaration from i whose brace is k, if it is a function.
func (p *parser) function(i, k int) int {
	end := p.partner(k)
	if end < 0 {
		p.sound(k, k+1)
		return k + 1
	}
	if !p.sound(i, end) {
		return end + 1
	}
	first, name := p.head(i, k)
	if name < 0 {
		p.complain(k, "expected a function before {")
		return end + 1
	}
	guard, ok := p.guard(first, end+1)
	if !ok {
		return end + 1
	}
	fn := &Function{
		Pos: p.pos(name), End: p.pos(end), Name: p.word(name), Spec: p.textOf(first, name),
		Params: p.split(name+2, p.partner(name+1)), Guard: guard,
	}
	for _, word := range strings.Fields(fn.Spec) {
		fn.Static = fn.Static || word == "static"
		fn.Weak = fn.Weak || word == "__weak"
		switch word {
		case "inline", "__inline", "__inline__", "__always_inline":
			fn.Inline = true
		}
	}
	p.err = nil
	fn.Body = p.block(k+1, end, 0)
	if p.err != nil {
		p.file.add(p.err)
		return end + 1
	}
	p.file.Functions = append(p.file.Functions, fn)
	return end + 1
}

// head finds the name of the function whose body opens at k: the name before the last
// parentheses that are not an annotation such as __releases(x). What stands before it may be a
// macro call without semicolon; first is where the function itself starts.
func (p *parser) head(i, k int) (first, name int) {
	first, name = i, -1
	for t := i + 1; t < k; t = p.after(t) {
		*p.steps++
		id := p.tokens[t-1]
		if p.kind(t) != '(' {
			continue
		}
		if name < 0 && p.kind(t+1) == '*' && p.kind(t+2) == kIdent && p.kind(t+3) == '(' {
			name = t + 2 // returns a pointer to a function
			continue
		}
		if id.kind != kIdent || id.kw != notKeyword {
			continue
		}
		if name >= 0 && p.kind(t-2) == ')' && strings.HasPrefix(p.word(t-1), "__") {
			continue
		}
		if name == first && !strings.HasPrefix(p.word(name), "__") {
			p.macroCall(first)
			first = p.after(name + 1)
		}
		name = t - 1
	}
	return first, name
}
