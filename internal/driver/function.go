package driver

import (
	"fmt"

	"dmafuzz/internal/csource"
)

// A function is one definition in a module, and what walking it found, in the order of the source.
type function struct {
	name    string
	src     *csource.Function
	scope   *scope
	unit    *unit
	params  []csource.Declarator
	calls   []*call
	stores  []*store
	returns []set
	walked  bool
	asValue bool // its name stands somewhere without a call
	outs    map[int][]*store
	callers []*call
	reads   map[string]bool // places that are named in it
}

// A call is a call in a function, with what its arguments may be.
type call struct {
	pos   csource.Pos
	fn    *function
	name  string
	node  *csource.Node
	args  []set
	irqs  irqState
	seq   int
	cond  int // how many branches stand around
	loop  int
	under []string // the conditions of the branches around it
	label string   // the last label before it
	sites *site    // what it allocates
}

func (c *call) at() string { return fmt.Sprintf("%s:%d:%d", c.pos.File, c.pos.Line, c.pos.Col) }

func (c *call) arg(i int) set {
	if i < 0 || i >= len(c.args) {
		return unknownSet
	}
	return c.args[i]
}

// A store is an assignment to something that outlives a statement: a field, a global, what a pointer
// parameter points to.
type store struct {
	pos csource.Pos
	fn  *function
	to  *value
	set set
	op  string
	seq int
}

// irqState is what is known of interrupts: bits, because both may be possible.
type irqState uint8

const (
	irqsOff     irqState = 1
	irqsOn      irqState = 2
	irqsAtEntry irqState = 4 // as where the function was called
)

func newFunction(u *unit, sc *scope, src *csource.Function) *function {
	f := &function{name: src.Name, src: src, scope: sc, unit: u, outs: map[int][]*store{}, reads: map[string]bool{}}
	for _, p := range src.Params {
		d := csource.ParseDecl(p)
		if len(d) != 1 {
			d = []csource.Declarator{{}}
		}
		d[0].Type = sc.real(d[0].Type)
		if n := len(d[0].Type.Dims); n > 0 { // an array parameter is a pointer
			d[0].Type.Dims, d[0].Type.Ptr = nil, d[0].Type.Ptr+n
		}
		f.params = append(f.params, d[0])
	}
	return f
}

func (f *function) param(i int) *value {
	return (&value{kind: vParam, fn: f, num: int64(i), text: f.params[i].Name, typ: f.params[i].Type}).finish()
}
