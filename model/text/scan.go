package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of the text forms. A text beyond one of them is refused with a
// [SyntaxError]; none of them is near what a real kernel or trace needs.
const (
	MaxFileSize   = 1 << 20 // bytes of a kernel file or trace
	MaxLines      = 20000   // lines of a kernel file
	MaxPathSteps  = 500     // steps of one path, labels included
	MaxWordLength = 200     // bytes of one word
	MaxBaseDepth  = 64      // kernels below a kernel: base of base of ...
	MaxLoops      = len(model.Frame{}.Loop)
	MaxEvents     = 100000 // events of one trace
	MaxNameLength = 40     // bytes of a device's or buffer's name
)

// ErrSyntax is what every [SyntaxError] is: errors.Is(err, ErrSyntax) holds if
// and only if a text form was refused.
var ErrSyntax = errors.New("syntax error")

// SyntaxError says where a text form is wrong, and what was expected there.
type SyntaxError struct {
	File   string
	Line   int    // from 1
	Column int    // in bytes, from 1; just past the last word where something is missing
	Got    string // what stands there
	Want   string // what was expected
	Err    error  // the cause beneath, or a sentinel such as ErrActors; may be nil
}

// Error prints "file:line:column: got X, want Y".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: got %s, want %s", e.File, e.Line, e.Column, e.Got, e.Want)
}

// Is makes every SyntaxError an ErrSyntax.
func (e *SyntaxError) Is(target error) bool { return target == ErrSyntax }

// Unwrap returns the cause beneath, nil if there is none.
func (e *SyntaxError) Unwrap() error { return e.Err }

// word is one word of a line. A comma is always a word by itself.
type word struct {
	text   string
	column int
}

// scanner reads a text form line by line, each byte once.
type scanner struct {
	file  string
	rest  string // what follows the present line
	line  int    // number of the present line, 0 before the first
	limit int    // lines at most, 0 for any number

	// The present line.
	text    string // without line end
	words   []word // without the comment; reused from line to line
	next    int    // index of the next word to take
	end     int    // column just past the last word
	comment string // after '#', blanks around it cut off
	marked  bool   // a '#' stands in the line
}

func newScanner(file string, src []byte, limit int) (*scanner, error) {
	if len(src) > MaxFileSize {
		return nil, &SyntaxError{File: file, Line: 1, Column: 1, Got: fmt.Sprintf("%d bytes", len(src)),
			Want: fmt.Sprintf("at most %d", MaxFileSize)}
	}
	return &scanner{file: file, rest: string(src), limit: limit}, nil
}

// scan steps to the next line, blank ones included; false at the end of the
// file, where the position becomes that of the end.
func (s *scanner) scan() (bool, error) {
	s.words, s.next, s.comment, s.marked = s.words[:0], 0, "", false
	if s.rest == "" {
		s.line, s.end, s.text = s.line+1, 1, ""
		return false, nil
	}
	s.line++
	s.text, s.rest, _ = strings.Cut(s.rest, "\n")
	s.text = strings.TrimSuffix(s.text, "\r")
	if s.limit > 0 && s.line > s.limit {
		return false, s.errorAt(1, "one more line", fmt.Sprintf("at most %d", s.limit))
	}
	return true, s.split()
}

// split cuts the present line into words and the comment.
func (s *scanner) split() error {
	if i := indexBinary(s.text); i >= 0 {
		return s.errorAt(i+1, fmt.Sprintf("byte 0x%02x", s.text[i]), "text in UTF-8")
	}
	code := s.text
	if i := strings.IndexByte(code, '#'); i >= 0 {
		s.marked, s.comment = true, strings.Trim(code[i+1:], " \t")
		code = code[:i]
	}
	s.end = 1
	for i := 0; i < len(code); {
		if code[i] == ' ' || code[i] == '\t' {
			i++
			continue
		}
		n := 1
		if code[i] != ',' {
			if n = strings.IndexAny(code[i:], " \t,"); n < 0 {
				n = len(code) - i
			}
		}
		w := word{code[i : i+n], i + 1}
		if n > MaxWordLength {
			return s.errorAt(w.column, fmt.Sprintf("a word of %d bytes", n), fmt.Sprintf("at most %d", MaxWordLength))
		}
		s.words, s.end = append(s.words, w), i+n+1
		i += n
	}
	return nil
}

// indexBinary returns the index of the first byte that no text has: a control
// character other than a tab, or no UTF-8. It is -1 if there is none.
func indexBinary(line string) int {
	for i, r := range line {
		if r < ' ' && r != '\t' || r == 0x7f {
			return i
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(line[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// more tells whether the line has another word.
func (s *scanner) more() bool { return s.next < len(s.words) }

// peek returns the next word without taking it; it is empty, and stands just
// past the last word, at the end of the line.
func (s *scanner) peek() word {
	if !s.more() {
		return word{"", s.end}
	}
	return s.words[s.next]
}

// take returns the next word and steps past it.
func (s *scanner) take() word {
	w := s.peek()
	if s.more() {
		s.next++
	}
	return w
}

// accept takes the next word if it is the given one.
func (s *scanner) accept(text string) bool {
	if s.peek().text != text {
		return false
	}
	s.next++
	return true
}

// finish refuses what is left of the line.
func (s *scanner) finish(want string) error {
	if s.more() {
		return s.errorWord(s.peek(), want)
	}
	return nil
}

func (s *scanner) errorAt(column int, got, want string) *SyntaxError {
	return &SyntaxError{File: s.file, Line: s.line, Column: column, Got: got, Want: want}
}

// errorWord says that a word of the present line is not what was expected.
func (s *scanner) errorWord(w word, want string) *SyntaxError {
	return s.errorAt(w.column, gotWord(w.text), want)
}

// errorName is errorWord for a word that should be one of a set: it names the
// closest of the set, or the whole set if it is small.
func (s *scanner) errorName(w word, what string, names []string) *SyntaxError {
	if near := closest(w.text, names); near != "" {
		what += fmt.Sprintf(" (did you mean %q?)", near)
	} else if len(names) <= 12 {
		what += " (" + strings.Join(names, ", ") + ")"
	}
	return s.errorWord(w, what)
}

// gotWord quotes a word as an error shows it.
func gotWord(text string) string {
	if text == "" {
		return "end of line"
	}
	if len(text) > 60 {
		return strconv.Quote(strings.ToValidUTF8(text[:57], "")) + "..."
	}
	return strconv.Quote(text)
}

// closest returns the name with the fewest changed letters, the first of
// equals; "" if even that one differs in more than a third of its letters.
func closest(text string, names []string) string {
	if text == "" || len(text) > MaxNameLength {
		return ""
	}
	best, least := "", len(text)
	for _, n := range names {
		if d := editDistance(text, n); d < least && d <= max(1, max(len(n), len(text))/3) {
			best, least = n, d
		}
	}
	return best
}

// editDistance counts the letters to insert, delete or change.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// lookup returns the value whose name the text is.
func lookup[T fmt.Stringer](list []T, text string) (v T, ok bool) {
	for _, v := range list {
		if v.String() == text {
			return v, true
		}
	}
	return v, false
}

// namesOf lists the names of values.
func namesOf[T fmt.Stringer](list []T) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.String()
	}
	return names
}

// oneOf returns the value whose name the word is.
func oneOf[T fmt.Stringer](s *scanner, w word, what string, list []T) (T, error) {
	v, ok := lookup(list, w.text)
	if !ok {
		return v, s.errorName(w, what, namesOf(list))
	}
	return v, nil
}

// index returns the index of the name that the word is; empty names are none.
func (s *scanner) index(w word, what string, names []string) (uint8, error) {
	if i := slices.Index(names, w.text); i >= 0 && w.text != "" {
		return uint8(i), nil
	}
	return 0, s.errorName(w, what, slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" }))
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isKernelName tells whether a kernel or an architecture can be called so.
func isKernelName(s string) bool {
	for i, c := range []byte(s) {
		if !isAlnum(c) && (i == 0 || strings.IndexByte("._+-", c) < 0) {
			return false
		}
	}
	return s != ""
}

// isFullName tells whether the word is NAME/ARCH.
func isFullName(s string) bool {
	name, arch, ok := strings.Cut(s, "/")
	return ok && isKernelName(name) && isKernelName(arch)
}
