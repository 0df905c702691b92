package csource

import "slices"

// A parser reads the declarations of one flow.
type parser struct {
	*flow
	*resolver
	variant int
	region  int    // the next region that the file level comes to
	around  int    // the innermost region around the file level, or -1
	err     *Error // why the function at hand cannot be read
	calls   []Call // of all expressions: each has a piece of it
	args    []string
	assigns []Assign
}

func (p *parser) kind(i int) kind { return p.tokens[i].kind }

// word returns the text of token i.
func (p *parser) word(i int) string {
	t := &p.tokens[i]
	return p.text[t.off : t.off+t.n]
}

// textOf returns the text of the tokens from i up to but not including j.
func (p *parser) textOf(i, j int) string {
	for i < j && p.isMarker(i) {
		i++
	}
	for i < j && p.isMarker(j-1) {
		j--
	}
	if i >= j {
		return ""
	}
	end := &p.tokens[j-1]
	return p.text[p.tokens[i].off : end.off+end.n]
}

func (p *parser) isMarker(i int) bool {
	k := p.kind(i)
	return k == kIf || k == kElse || k == kEndif
}

// pos returns the position of token i.
func (p *parser) pos(i int) Pos { return p.posOf(p.tokens[i]) }

// after returns the token after i, or after the bracket that closes if i opens one.
func (p *parser) after(i int) int {
	switch p.kind(i) {
	case '(', '[', '{':
		if partner := p.partner(i); partner >= 0 {
			return partner + 1
		}
	}
	return i + 1
}

// partner returns the bracket that closes i, or -1 if there is none.
func (p *parser) partner(i int) int { return int(p.tokens[i].aux) }

// flawed returns a token from i up to but not including j that spoils it, or -1.
func (p *parser) flawed(i, j int) int {
	for _, list := range [][]int32{p.deep, p.bad} {
		n, _ := slices.BinarySearch(list, int32(i))
		if n < len(list) && int(list[n]) < j {
			return int(list[n])
		}
	}
	return -1
}

// sound reports whether nothing spoils the tokens from i up to j, and complains if something does.
func (p *parser) sound(i, j int) bool {
	bad := p.flawed(i, j)
	if bad < 0 {
		return true
	}
	if _, ok := p.guard(i, j); ok {
		p.file.add(p.flaw(bad))
	}
	return false
}

// flaw says what is wrong with a token of the lists deep and bad.
func (p *parser) flaw(i int) *Error {
	if _, deep := slices.BinarySearch(p.deep, int32(i)); deep {
		return &Error{Pos: p.pos(i), Msg: "expected less nesting of brackets", Err: ErrTooDeep}
	}
	e := &Error{Pos: p.pos(i)}
	switch word := p.word(i); word[0] {
	case '(', '[', '{':
		e.Msg = "expected a closing bracket for " + word + ", found none"
	case ')', ']', '}':
		e.Msg = "expected an opening bracket before " + word + ", found none"
	case '"', '\'':
		e.Msg = "expected a closing quote, found end of line"
	default:
		e.Msg = "expected C, found a stray byte"
	}
	return e
}

// guard returns under which condition the tokens from i up to j stand there, and whether they are to
// be read: in a second flow, only what the first did not have. Calls must not go back in the flow.
func (p *parser) guard(i, j int) (*Guard, bool) {
	var before []region // choices of nothing right before i that can be part of this
	for p.region < len(p.regions) && p.regions[p.region].start <= i {
		*p.steps++
		p.around = p.region
		if rg := p.regions[p.region]; rg.start == i && rg.end == i && p.groups[rg.group].prefix {
			before = append(before, rg)
		}
		p.region++
	}
	for p.around >= 0 && p.regions[p.around].end <= i {
		*p.steps++
		p.around = p.regions[p.around].parent
	}
	var g *Guard
	fresh := p.variant == 0
	if p.around >= 0 {
		g = p.regions[p.around].guard
		fresh = p.regions[p.around].fresh
	}
	for _, rg := range before {
		g = p.groups[rg.group].choice(rg.alt, g)
		fresh = fresh || rg.fresh
	}
	for n := p.region; n < len(p.regions) && p.regions[n].start < j; n++ {
		*p.steps++
		rg := p.regions[n]
		if group := &p.groups[rg.group]; group.ragged {
			g = group.choice(rg.alt, g)
			fresh = fresh || rg.fresh
		}
	}
	return g, fresh
}

// choice returns the guard of the i-th branch of g alone, inside outer.
func (g *group) choice(i int, outer *Guard) *Guard {
	for _, alt := range g.alts[:min(i, len(g.alts))] {
		outer = &Guard{Cond: alt.cond, Not: true, Outer: outer}
	}
	if i < len(g.alts) && g.alts[i].cond != "" {
		outer = &Guard{Cond: g.alts[i].cond, Outer: outer}
	}
	return outer
}
