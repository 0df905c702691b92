package csource

import (
	"fmt"
	"slices"
)

// A File is what a source file holds, each part in the order of the source.
type File struct {
	Name        string
	Functions   []*Function
	Inits       []*Init
	Macros      []*Macro
	MacroCalls  []*MacroCall
	Includes    []Include
	Structs     []*Struct
	Enums       []*Enumerator
	Typedefs    []*Typedef
	Vars        []*Var
	Diagnostics []*Error // what could not be read, and was skipped

	steps int // of all loops together: tests hold it against the size
	flows int // how many times the tokens were read
}

// A Function is a function definition. With an open Guard, there may be more of the same name.
type Function struct {
	Pos           // of its name
	End    Pos    // of its closing brace
	Name   string // of the macro, if a macro makes the head: SYSCALL_DEFINE3
	Spec   string // what stands before the name, as in "static int __init"
	Params []string
	Static bool
	Inline bool
	Weak   bool // __weak: another definition may replace it
	Guard  *Guard
	Body   []Stmt
}

// A Macro is a #define. If Function is set, it takes Params, of which there may be none.
type Macro struct {
	Pos
	Name     string
	Function bool
	Params   []string
	Body     string
	Guard    *Guard
}

// A MacroCall is a macro used as a declaration, as in EXPORT_SYMBOL_GPL(device_add).
type MacroCall struct {
	Pos
	Name  string
	Args  []string
	Guard *Guard
}

// Parse reads a source file. The name is for positions only.
//
// The error is not nil if and only if src is past a limit, and is then an *Error. What cannot be
// read otherwise is in File.Diagnostics.
func Parse(name string, src []byte, config Config) (*File, error) {
	if len(src) > MaxSize {
		return nil, tooLarge(name, len(src))
	}
	file := &File{Name: name}
	l := lex(src, false, &file.steps)
	if n := len(l.tokens); n > MaxTokens {
		pos := position(name, l.lines, l.tokens[n-1])
		return nil, &Error{Pos: pos, Err: ErrTooLarge, Msg: fmt.Sprintf("expected at most %d tokens", MaxTokens)}
	}
	r := resolve(l, file, config)
	if r.err != nil {
		return nil, r.err
	}
	if l.open >= 0 {
		file.report(r.posAt(l.open), "expected */, found end of file")
	}
	r.align()
	file.flows = r.variants()
	for v := range file.flows {
		p := &parser{flow: r.build(v), resolver: r, variant: v}
		p.parse()
	}
	if file.flows > 1 {
		file.sort()
	}
	return file, nil
}

// variants returns how many flows it takes to show every branch of every ragged conditional.
func (r *resolver) variants() int {
	most := 1
	for i := range r.groups {
		*r.steps++
		g := &r.groups[i]
		if !g.ragged {
			continue
		}
		n := len(g.alts)
		if !g.total {
			n++
		}
		if n > MaxVariants {
			n = MaxVariants
			r.file.add(&Error{
				Pos: g.pos, Err: ErrTooMany,
				Msg: fmt.Sprintf("expected at most %d branches where they cut through a statement", n),
			})
		}
		most = max(most, n)
	}
	return most
}

// Function returns the functions of that name: one for each variant of it.
func (f *File) Function(name string) []*Function {
	var found []*Function
	for _, fn := range f.Functions {
		if fn.Name == name {
			found = append(found, fn)
		}
	}
	return found
}

// Init returns the initialisers of the variables of that name.
func (f *File) Init(name string) []*Init {
	var found []*Init
	for _, in := range f.Inits {
		if in.Name == name {
			found = append(found, in)
		}
	}
	return found
}

func (f *File) report(pos Pos, msg string) { f.add(&Error{Pos: pos, Msg: msg}) }

func (f *File) add(e *Error) {
	if len(f.Diagnostics) < MaxDiagnostics {
		f.Diagnostics = append(f.Diagnostics, e)
	}
}

// sort puts the variants where the source has them.
func (f *File) sort() {
	slices.SortStableFunc(f.Functions, func(a, b *Function) int { return comparePos(a.Pos, b.Pos) })
	slices.SortStableFunc(f.Inits, func(a, b *Init) int { return comparePos(a.Pos, b.Pos) })
	slices.SortStableFunc(f.MacroCalls, func(a, b *MacroCall) int { return comparePos(a.Pos, b.Pos) })
	f.Structs = onceEach(f.Structs, func(s *Struct) Pos { return s.Pos })
	f.Enums = onceEach(f.Enums, func(e *Enumerator) Pos { return e.Pos })
	f.Typedefs = onceEach(f.Typedefs, func(t *Typedef) Pos { return t.Pos })
	f.Vars = onceEach(f.Vars, func(v *Var) Pos { return Pos{v.Name, v.Line, v.Col} })
	slices.SortStableFunc(f.Diagnostics, func(a, b *Error) int { return comparePos(a.Pos, b.Pos) })
}

// onceEach puts a list in the order of the source, and drops what a second flow has read again.
func onceEach[T any](list []T, pos func(T) Pos) []T {
	slices.SortStableFunc(list, func(a, b T) int { return comparePos(pos(a), pos(b)) })
	return slices.CompactFunc(list, func(a, b T) bool { return pos(a) == pos(b) })
}

func comparePos(a, b Pos) int {
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Col - b.Col
}
