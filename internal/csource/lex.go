package csource

import "bytes"

// A lexer cuts a source into tokens, in one pass.
type lexer struct {
	src    []byte
	pos    int
	line   uint32
	lines  []uint32 // offset of each line's first byte
	tokens []token
	sp     bool // white space since the last token
	bol    bool // no token on this line so far: a # opens a directive
	open   int  // offset of a comment that never ends, or -1
	steps  *int
}

// lex returns the tokens of src, ended by one of kind kEOF. Only at the beginning of a line, and
// not where src is a piece of one, a # opens a directive.
func lex(src []byte, piece bool, steps *int) *lexer {
	l := &lexer{
		src: src, line: 1, lines: []uint32{0}, bol: !piece, open: -1, steps: steps,
		tokens: make([]token, 0, len(src)/4+2),
	}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	for l.pos < len(src) && len(l.tokens) <= MaxTokens {
		*steps++
		l.next()
	}
	l.add(kEOF, len(src))
	return l
}

// next reads one token, or one piece of white space.
func (l *lexer) next() {
	c := l.src[l.pos]
	switch {
	case c == '\n':
		l.newline()
		l.bol = true
	case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
		l.pos++
		l.sp = true
	case c == '\\' && l.splice():
	case c == '/' && (l.at(1) == '*' || l.at(1) == '/'):
		l.comment()
	case c == '#' && l.bol:
		l.directive()
	case identByte(c) && (c < '0' || c > '9'):
		l.ident()
	case c >= '0' && c <= '9', c == '.' && l.at(1) >= '0' && l.at(1) <= '9':
		l.number()
	case c == '"' || c == '\'':
		l.quoted(c)
	default:
		l.punct(c)
	}
}

func (l *lexer) at(d int) byte {
	if l.pos+d < len(l.src) {
		return l.src[l.pos+d]
	}
	return 0
}

func (l *lexer) newline() {
	l.pos++
	l.line++
	l.lines = append(l.lines, uint32(l.pos))
	l.sp = true
}

// splice skips a backslash that joins two lines, and reports whether there was one.
func (l *lexer) splice() bool {
	d := 1
	if l.at(d) == '\r' {
		d++
	}
	if l.at(d) != '\n' {
		return false
	}
	l.pos += d
	l.newline()
	return true
}

// add ends the token that started at l.pos.
func (l *lexer) add(k kind, end int) {
	l.tokens = append(l.tokens, token{
		src: uint32(l.pos), off: uint32(l.pos), n: uint32(end - l.pos), line: l.line, kind: k, sp: l.sp,
	})
	l.pos, l.sp, l.bol = end, false, false
}

func (l *lexer) comment() {
	l.sp = true
	if l.at(1) == '/' {
		for l.pos < len(l.src) && l.src[l.pos] != '\n' {
			*l.steps++
			if l.src[l.pos] != '\\' || !l.splice() {
				l.pos++
			}
		}
		return
	}
	start := l.pos
	for l.pos += 2; l.pos < len(l.src); {
		*l.steps++
		switch {
		case l.src[l.pos] == '\n':
			l.newline()
		case l.src[l.pos] == '*' && l.at(1) == '/':
			l.pos += 2
			return
		default:
			l.pos++
		}
	}
	l.open = start
}

func (l *lexer) ident() {
	end := l.pos + 1
	for end < len(l.src) && identByte(l.src[end]) {
		end++
	}
	*l.steps += end - l.pos
	kw := keywordOf(string(l.src[l.pos:end])) // does not allocate
	l.add(kIdent, end)
	l.tokens[len(l.tokens)-1].kw = kw
}

// identByte takes bytes past ASCII as letters: the source may be UTF-8.
func identByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' || c == '$' || c >= 0x80
}

// number reads what C calls a preprocessing number, which takes in more than numbers.
func (l *lexer) number() {
	end := l.pos + 1
	for end < len(l.src) {
		c := l.src[end]
		exponent := (c == '+' || c == '-') && (l.src[end-1]|' ' == 'e' || l.src[end-1]|' ' == 'p') &&
			l.at(1)|' ' != 'x' // 0xe+1 is a sum
		if !identByte(c) && c != '.' && !exponent {
			break
		}
		end++
	}
	*l.steps += end - l.pos
	l.add(kNumber, end)
}

// quoted reads a string or a character. One that its line does not end is a bad token up to there:
// this way a stray quote costs one line, not the rest of the file.
func (l *lexer) quoted(quote byte) {
	k, line, end := kString, l.line, l.pos+1
	if quote == '\'' {
		k = kChar
	}
	var spliced []uint32
	for {
		*l.steps++
		if end >= len(l.src) || l.src[end] == '\n' {
			k = kBad
			break
		}
		c := l.src[end]
		end++
		if c == quote {
			break
		}
		if c == '\\' && end < len(l.src) {
			if l.src[end] == '\r' && end+1 < len(l.src) && l.src[end+1] == '\n' {
				end++
			}
			end++
			if l.src[end-1] == '\n' {
				line++
				spliced = append(spliced, uint32(end))
			}
		}
	}
	l.add(k, end)
	l.line = line
	l.lines = append(l.lines, spliced...)
}

func (l *lexer) punct(c byte) {
	d := l.at(1)
	switch {
	case c == '-' && d == '>':
		l.add(kArrow, l.pos+2)
	case c == d && (c == '+' || c == '-'):
		l.add(kIncDec, l.pos+2)
	case c == '&' && d == '&':
		l.add(kAndAnd, l.pos+2)
	case c == '|' && d == '|':
		l.add(kOrOr, l.pos+2)
	case c == d && (c == '<' || c == '>'):
		if l.at(2) == '=' {
			l.add(kAssign, l.pos+3)
		} else {
			l.add(kOp, l.pos+2)
		}
	case d == '=' && (c == '=' || c == '!' || c == '<' || c == '>'):
		l.add(kOp, l.pos+2)
	case d == '=' && bytes.IndexByte([]byte("+-*/%&|^"), c) >= 0:
		l.add(kAssign, l.pos+2)
	case c == '.' && d == '.' && l.at(2) == '.':
		l.add(kEllipsis, l.pos+3)
	case c == '#' && d == '#':
		l.add(kOp, l.pos+2)
	case bytes.IndexByte([]byte("()[]{};,:?=<>+-*/%&|^!~.#"), c) >= 0:
		l.add(kind(c), l.pos+1)
	default: // NUL, @, a lone backslash
		l.add(kBad, l.pos+1)
	}
}

// directive reads a line that starts with #, with the lines spliced to it.
func (l *lexer) directive() {
	start, line := l.pos, l.line
	var quote byte
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		*l.steps++
		c := l.src[l.pos]
		switch {
		case c == '\\' && l.splice():
			continue
		case c == '\\' && quote != 0 && l.pos+1 < len(l.src) && l.src[l.pos+1] != '\n':
			l.pos++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '/' && l.at(1) == '*':
			l.comment()
			continue
		case c == '/' && l.at(1) == '/':
			end := l.pos
			l.comment()
			l.emitDirective(start, end, line)
			return
		}
		l.pos++
	}
	l.emitDirective(start, l.pos, line)
}

func (l *lexer) emitDirective(start, end int, line uint32) {
	l.tokens = append(l.tokens, token{src: uint32(start), n: uint32(end - start), line: line, kind: kDirective})
	l.sp = true
}
