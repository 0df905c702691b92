package csource

import (
	"errors"
	"fmt"
)

// Limits. They are far above what the sources of the driver core hold, and only bound what hostile
// input can cost.
const (
	MaxSize        = 16 << 20 // bytes in a file
	MaxTokens      = 4 << 20  // tokens in a file, a directive counting as one
	MaxDepth       = 256      // nesting of brackets, of statements, and of conditionals
	MaxVariants    = 8        // branches of one conditional that cuts through a statement
	MaxDiagnostics = 100      // diagnostics kept of one file
)

// What an Error that tells of a limit wraps.
var (
	ErrTooLarge = errors.New("file too large")
	ErrTooDeep  = errors.New("nested too deep")
	ErrTooMany  = errors.New("too many branches cut through a statement")
)

// A Pos is a place in a source file. Line and Col count from 1, Col in bytes.
type Pos struct {
	File      string
	Line, Col int
}

// String returns the position as file:line:column, which editors know.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Position returns p. It makes every node that embeds a Pos tell where it is.
func (p Pos) Position() Pos { return p }

// An Error says where a source could not be read, and what was expected there.
type Error struct {
	Pos
	Msg string // "expected ..., found ..."
	Err error  // the limit that was passed, or nil
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Unwrap returns the limit that was passed, or nil.
func (e *Error) Unwrap() error { return e.Err }

func tooLarge(name string, size int) *Error {
	return &Error{
		Pos: Pos{File: name, Line: 1, Col: 1}, Err: ErrTooLarge,
		Msg: fmt.Sprintf("expected at most %d bytes, found %d", MaxSize, size),
	}
}
