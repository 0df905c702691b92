package csource

// A flow is a file as the parser reads it: in place of each ragged conditional one of its
// branches, and each bracket knows its partner.
type flow struct {
	tokens  []token // the last is kEOF
	text    string  // of all tokens, with one space wherever the source has any
	regions []region
	bad     []int32 // tokens that spoil what they stand in, in order
	deep    []int32 // brackets where the nesting passes MaxDepth, in order
}

// A region is what one branch of an open conditional covers in a flow. Where a ragged conditional
// is passed over, an empty region says so. Regions nest, and are in order of their start.
type region struct {
	start, end int // tokens
	parent     int // the region around it, or -1
	group, alt int
	guard      *Guard
	fresh      bool // it, or one around it, was chosen in no flow before
}

// A marker's off is its group, its n which alternative it opens, its aux the next marker of the
// group.
func (t token) marker() (group, alt int) { return int(t.off), int(t.n) }

// chosen returns the branch of a ragged group that stands in a variant of the flow. Past the last
// branch, it is none of them.
//
// Of two choices for one symbol, the first flow has the one where the symbol is set. Else a
// function with both an #ifdef and an #ifndef of it would only have variants that cannot be.
func (g *group) chosen(variant int) int {
	last := len(g.alts)
	if g.total {
		last--
	}
	if last == 1 && g.alts[0].cond[0] == '!' {
		variant = 1 - min(variant, 1)
	}
	return min(variant, last)
}

// A flowBuilder makes one variant of a flow.
type flowBuilder struct {
	*resolver
	*flow
	variant  int
	buf      []byte
	levels   []level
	around   int // the innermost region, or -1
	skipping int // how many levels skip
}

// A level is a conditional that is open.
type level struct {
	alt     int
	region  int  // of this branch, or -1
	marker  int  // the last one written, or -1
	dead    bool // stands in a branch that is not taken
	skipped bool // this branch is not taken
}

// build returns the given variant of the flow.
func (r *resolver) build(variant int) *flow {
	tokens := r.out[:0] // in place, because no token becomes two
	if r.file.flows > 1 {
		tokens = make([]token, 0, len(r.out))
	}
	b := &flowBuilder{resolver: r, flow: &flow{tokens: tokens}, variant: variant, around: -1}
	b.buf = make([]byte, 0, len(r.src)/2)
	for _, t := range r.out {
		*r.steps++
		switch {
		case t.kind == kIf || t.kind == kElse || t.kind == kEndif:
			b.step(t)
		case b.skipping == 0:
			b.emit(t)
		}
	}
	b.text = string(b.buf)
	b.match(r.lines, r.steps)
	return b.flow
}

func (b *flowBuilder) emit(t token) {
	if t.sp && len(b.buf) > 0 {
		b.buf = append(b.buf, ' ')
	}
	t.off = uint32(len(b.buf))
	b.buf = append(b.buf, b.src[t.src:t.src+t.n]...)
	b.tokens = append(b.tokens, t)
}

// step passes from one branch of a conditional to the next.
func (b *flowBuilder) step(t token) {
	group := int(t.aux)
	g := &b.groups[group]
	if t.kind == kIf {
		b.levels = append(b.levels, level{region: -1, marker: -1, dead: b.skipping > 0})
	}
	l := &b.levels[len(b.levels)-1]
	if t.kind != kIf {
		b.leave(l)
		l.alt++
	}
	switch {
	case l.dead:
	case !g.ragged:
		t.off, t.n, t.aux = uint32(group), uint32(l.alt), -1
		if l.marker >= 0 {
			b.tokens[l.marker].aux = int32(len(b.tokens))
		}
		l.marker = len(b.tokens)
		b.tokens = append(b.tokens, t)
		if t.kind != kEndif {
			b.enter(l, group, g)
		}
	case l.alt == g.chosen(b.variant):
		b.enter(l, group, g)
	case t.kind != kEndif:
		l.skipped = true
		b.skipping++
	}
	if t.kind == kEndif {
		b.leave(l)
		b.levels = b.levels[:len(b.levels)-1]
	}
}

func (b *flowBuilder) enter(l *level, group int, g *group) {
	guard := g.none
	if l.alt < len(g.alts) {
		guard = g.alts[l.alt].guard
	}
	l.region = len(b.regions)
	b.regions = append(b.regions, region{
		start: len(b.tokens), end: len(b.tokens), parent: b.around, group: group, alt: l.alt, guard: guard,
		fresh: b.variant == 0 || b.around >= 0 && b.regions[b.around].fresh ||
			g.ragged && g.chosen(b.variant) != g.chosen(b.variant-1),
	})
	b.around = l.region
}

func (b *flowBuilder) leave(l *level) {
	if l.skipped {
		b.skipping--
	}
	if l.region >= 0 {
		b.regions[l.region].end = len(b.tokens)
		b.around = b.regions[l.region].parent
	}
	l.skipped, l.region = false, -1
}
