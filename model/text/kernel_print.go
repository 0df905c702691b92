package text

import (
	"dmafuzz/model"
	"strings"
	"unicode/utf8"
)

// positionColumn is where positions stand unless a line of their block is
// longer: most blocks of a file then agree.
const positionColumn = 37

// FormatKernel prints the kernel as a file that [ParseKernel] reads back as an equal
// kernel, own facts and paths only. Kernels with equal content have equal
// texts. The kernel must keep the rules that ParseKernel checks.
func FormatKernel(k *model.Kernel) string {
	var b strings.Builder
	b.WriteString(headerBlock(k).String())
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

func headerBlock(k *model.Kernel) block {
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
	if k.Bus != model.BusInvalid {
		add(headerBus, k.Bus.String())
	}
	if k.Firmware != model.FirmwareInvalid {
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

func factBlock(facts []model.Fact) block {
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

func pathBlock(p *model.Path) block {
	head := row{head: "path " + p.Kind.String(), pos: p.Pos, comment: p.Comment}
	if p.Status == model.PathNone || p.Status == model.PathUnknown {
		head.head += " " + p.Status.String()
	}
	b := block{head}
	depth := 1
	for _, s := range p.Steps {
		if s.Op == model.OpEnd {
			depth--
		}
		indent := depth
		if s.Op == model.OpLabel { // labels stand out, as in C
			indent--
		}
		b = append(b, row{head: strings.Repeat("  ", max(0, indent)) + s.Head(), tail: s.Tail(), pos: s.Pos})
		if s.Op == model.OpForEach {
			depth++
		}
	}
	return b
}
