package patch

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

var (
	// ErrFormat is wrapped by the errors of Read: the input is no patch, or one
	// that is cut off or damaged.
	ErrFormat = errors.New("malformed patch")
	// ErrApply is wrapped by the errors of Apply: the tree is not the one that
	// the patch was made for.
	ErrApply = errors.New("does not apply")
)

// Pos is a place in a series.
type Pos struct {
	File string
	Line int // from 1
	// Decoded is the line in the mail's decoded text, 0 if the mail is plain.
	// Line is where the mail starts then.
	Decoded int
}

func (p Pos) String() string {
	if p.Decoded > 0 {
		return fmt.Sprintf("%s:%d: line %d of the decoded mail", p.File, p.Line, p.Decoded)
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Error says where a series is wrong, and what was expected there.
type Error struct {
	Pos     Pos
	Subject string // of the patch, if it has one
	Text    string
	Kind    error // ErrFormat or ErrApply
}

func (e *Error) Error() string {
	text := e.Pos.String() + ": " + e.Text
	if e.Subject != "" {
		text += fmt.Sprintf(" (patch %q)", e.Subject)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Kind }

func malformed(pos Pos, format string, args ...any) error {
	return &Error{Pos: pos, Text: printable(fmt.Sprintf(format, args...)), Kind: ErrFormat}
}

// printable keeps what a patch says from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}
