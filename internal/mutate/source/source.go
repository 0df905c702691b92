package source

import (
	"bytes"
	"fmt"
	"strings"

	"dmafuzz/internal/csource"
)

// source is a C file. Every change reads it anew, so that positions are those
// of the present text.
type source struct {
	name   string
	before []byte
	text   []byte
	file   *csource.File
	lines  []int // where each line begins
}

func (s *source) set(text []byte) error {
	file, err := csource.Parse(s.name, text, nil)
	if err != nil {
		return err
	}
	s.text, s.file, s.lines = text, file, []int{0}
	for i, c := range text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return nil
}

// function returns the definition of a function, or nil.
func (s *source) function(name string) *csource.Function {
	if all := s.file.Function(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// shape is an error that says what was expected.
func (s *source) shape(pos csource.Pos, format string, args ...any) error {
	if pos.File == "" {
		pos = csource.Pos{File: s.name, Line: 1, Col: 1}
	}
	return fmt.Errorf("%s: %w: expected %s", pos, ErrShape, fmt.Sprintf(format, args...))
}

func (s *source) offset(p csource.Pos) int { return s.lines[p.Line-1] + p.Col - 1 }

// span returns the whole lines that a statement takes. It fails if something
// else stands on them.
func (s *source) span(st csource.Stmt) (from, to int, err error) {
	p := st.Position()
	start := s.offset(p)
	end := statement(s.text, start)
	if l, ok := st.(*csource.Label); ok {
		end = past(s.text, start+len(l.Name), ":")
	}
	from = s.lines[p.Line-1]
	to = past(s.text, end, "\n")
	if lead, tail := s.text[from:start], bytes.TrimSpace(s.text[end:to]); len(bytes.TrimSpace(lead)) > 0 || len(tail) > 0 && !bytes.HasPrefix(tail, []byte("/")) {
		return 0, 0, s.shape(p, "a statement on lines of its own")
	}
	return from, to, nil
}

// head returns where the line of a function's head begins.
func (s *source) head(fn *csource.Function) (int, error) {
	at := s.lines[fn.Line-1]
	if !bytes.HasPrefix(s.text[at:], []byte("static ")) {
		return 0, s.shape(fn.Pos, "static before %s, on the same line", fn.Name)
	}
	return at, nil
}

// drop takes statements out.
func (s *source) drop(list ...csource.Stmt) error {
	_, err := s.cut(list)
	return err
}

// cut takes statements out and returns their lines.
func (s *source) cut(list []csource.Stmt) (string, error) {
	var lines strings.Builder
	var rest bytes.Buffer
	at := 0
	for _, st := range list { // in the order of the source
		from, to, err := s.span(st)
		if err != nil {
			return "", err
		}
		lines.Write(s.text[from:to])
		rest.Write(s.text[at:from])
		at = to
	}
	rest.Write(s.text[at:])
	return lines.String(), s.set(rest.Bytes())
}

// move puts statements before another one.
func (s *source) move(list []csource.Stmt, before csource.Stmt) error {
	at, _, err := s.span(before)
	if err != nil {
		return err
	}
	earlier := list[0].Position().Line < before.Position().Line
	lines, err := s.cut(list)
	if err != nil {
		return err
	}
	if earlier {
		at -= len(lines)
	}
	return s.put(at, at, lines)
}

// insert puts lines before a statement, as deep as that is.
func (s *source) insert(before csource.Stmt, lines ...string) error {
	at, _, err := s.span(before)
	if err != nil {
		return err
	}
	indent := string(s.text[at:s.offset(before.Position())])
	return s.put(at, at, indent+strings.Join(lines, "\n"+indent)+"\n")
}

func (s *source) put(from, to int, text string) error {
	return s.set(bytes.Join([][]byte{s.text[:from], s.text[to:]}, []byte(text)))
}

// inline puts the statements of a function without results in the place of a
// call of it. The arguments must have the names of the parameters.
func (s *source) inline(call csource.Stmt, fn *csource.Function) error {
	if len(fn.Body) == 0 {
		return s.shape(fn.Pos, "statements in %s", fn.Name)
	}
	args := call.(*csource.ExprStmt).Expr.Calls[0].Args
	for i, p := range fn.Params {
		if i >= len(args) || p[strings.LastIndexAny(p, " *")+1:] != args[i] {
			return s.shape(call.Position(), "the argument of %s to be called as its parameter %q", fn.Name, p)
		}
	}
	var bad csource.Stmt
	csource.Walk(fn.Body, func(st csource.Stmt) bool {
		switch st.(type) {
		case *csource.Decl, *csource.Return, *csource.Label:
			bad = st
		}
		return true
	})
	if bad != nil {
		return s.shape(bad.Position(), "neither a declaration nor a return nor a label in %s", fn.Name)
	}
	from, _, err := s.span(fn.Body[0])
	if err != nil {
		return err
	}
	_, to, err := s.span(fn.Body[len(fn.Body)-1])
	if err != nil {
		return err
	}
	at, end, err := s.span(call)
	if err != nil {
		return err
	}
	deeper := bytes.TrimPrefix(s.text[at:s.offset(call.Position())], []byte("\t"))
	var lines strings.Builder
	for l := range strings.Lines(string(s.text[from:to])) {
		if strings.TrimSpace(l) != "" {
			lines.Write(deeper)
		}
		lines.WriteString(l)
	}
	return s.put(at, end, lines.String())
}
