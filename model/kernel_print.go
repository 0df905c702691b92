package model

import (
	"strings"
	"unicode/utf8"
)

// positionColumn is where positions stand unless a line of their block is
// longer: most blocks of a file then agree.
const positionColumn = 37

// Text prints the kernel as a file that [ParseKernel] reads back as an equal
// kernel, own facts and paths only. Kernels with equal content have equal
// texts. The kernel must keep the rules that ParseKernel checks.
func (k *Kernel) Text() string {
	var b strings.Builder
	b.WriteString(k.headerBlock().String())
	if len(k.Facts) > 0 {
		b.WriteString("\n" + factBlock(k.Facts).String())
	}
	for i := range k.Paths {
		b.WriteString("\n" + pathBlock(&k.Paths[i]).String())
	}
	return b.String()
}

// row is a printed line in columns: what stands there, its conditions, its
// position and its comment, each of which may be empty.
type row struct{ head, tail, pos, comment string }

// block is a run of lines whose columns are aligned.
type block []row

func (b block) String() string {
	tailColumn, posColumn := 0, positionColumn
	for _, r := range b {
		if r.tail != "" {
			tailColumn = max(tailColumn, width(r.head)+2)
		}
	}
	for _, r := range b {
		if r.pos != "" {
			posColumn = max(posColumn, width(r.line(tailColumn))+2)
		}
	}
	var s strings.Builder
	for _, r := range b {
		line := r.line(tailColumn)
		if r.pos != "" {
			line = pad(line, posColumn) + r.pos
		}
		if r.comment != "" {
			line += "  # " + r.comment
		}
		s.WriteString(line + "\n")
	}
	return s.String()
}

// line joins head and tail.
func (r row) line(tailColumn int) string {
	if r.tail == "" {
		return r.head
	}
	return pad(r.head, tailColumn) + r.tail
}

func width(s string) int { return utf8.RuneCountInString(s) }

// pad puts blanks behind s until it is n columns wide.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

func (k *Kernel) headerBlock() block {
	rows := []struct{ word, value string }{{"kernel", k.Name}, {"arch", k.Arch}}
	add := func(header int, value string) {
		rows = append(rows, struct{ word, value string }{headerWords[header], value})
	}
	switch {
	case k.Base != "" && k.Derived:
		add(headerDerived, k.Base)
	case k.Base != "":
		add(headerLike, k.Base)
	}
	for _, s := range k.Source {
		add(headerSource, s)
	}
	if k.Bus != BusInvalid {
		add(headerBus, k.Bus.String())
	}
	if k.Firmware != FirmwareInvalid {
		add(headerFirmware, k.Firmware.String())
	}
	widest := 0
	for _, r := range rows {
		widest = max(widest, len(r.word))
	}
	var b block
	for _, r := range rows {
		b = append(b, row{head: pad(r.word, widest+1) + r.value})
	}
	return b
}

func factBlock(facts []Fact) block {
	widest := 0
	for _, f := range facts {
		widest = max(widest, len(f.Kind.String()))
	}
	var b block
	for _, f := range facts {
		b = append(b, row{head: "fact " + pad(f.Kind.String(), widest+2) + f.Value, pos: f.Pos})
	}
	return b
}

func pathBlock(p *Path) block {
	head := row{head: "path " + p.Kind.String(), pos: p.Pos, comment: p.Comment}
	if p.Status == PathNone || p.Status == PathUnknown {
		head.head += " " + p.Status.String()
	}
	b := block{head}
	depth := 1
	for _, s := range p.Steps {
		if s.Op == OpEnd {
			depth--
		}
		indent := depth
		if s.Op == OpLabel { // labels stand out, as in C
			indent--
		}
		b = append(b, row{head: strings.Repeat("  ", max(0, indent)) + s.head(), tail: s.tail(), pos: s.Pos})
		if s.Op == OpForEach {
			depth++
		}
	}
	return b
}

// String prints the step as a kernel file has it, without its position.
func (s Step) String() string {
	if t := s.tail(); t != "" {
		return s.head() + " " + t
	}
	return s.head()
}

// head is the step's name with its operand.
func (s Step) head() string {
	if s.Op == OpLabel {
		return s.Label + ":"
	}
	if s.Op == OpInvalid || s.Op >= numOpsKinds {
		return s.Op.String()
	}
	name := s.Op.String()
	switch opTable[s.Op].operand {
	case pathOperand:
		return name + " " + PathKind(s.Arg).String()
	case lockOperand:
		return name + " " + Lock(s.Arg).String()
	case opsOperand:
		return name + " " + Ops(s.Arg).String()
	case wayOperand:
		if Way(s.Arg) == WayInvalid {
			return name + " ops"
		}
		return name + " " + Way(s.Arg).String()
	case errOperand:
		return name + " " + enumName(refuseNames[:], s.Arg, "Err")
	case onOffOperand:
		return name + " " + enumName(onOffNames[:], s.Arg, "Switch")
	case loopOperand:
		return name + " " + enumName(loopNames[:], s.Arg, "Loop")
	case labelOperand:
		return name + " " + s.Label
	}
	return name
}

// tail is the step's conditions and its else.
func (s Step) tail() string {
	var words []string
	for i, c := range s.When {
		switch {
		case i == 0:
			words = append(words, "when")
		default:
			words[len(words)-1] += ","
		}
		words = append(words, c.String())
	}
	if s.Else != "" {
		words = append(words, "else", s.Else)
	}
	return strings.Join(words, " ")
}

// String prints the condition as a kernel file has it.
func (c Cond) String() string {
	s := c.Test.String()
	switch c.Test {
	case TestBus:
		s += " " + Bus(c.Arg).String()
	case TestFirmware:
		s += " " + Firmware(c.Arg).String()
	}
	if c.Not {
		s = "not " + s
	}
	return s
}
