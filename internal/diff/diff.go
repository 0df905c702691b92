// Package diff compares two kernels: which steps moved, came or went, which
// facts changed, and which findings.
//
// It is pure: [Kernels] compares descriptions, [Findings] what two searches
// found. Neither asks what a difference means.
package diff

import (
	"slices"

	"dmafuzz/model"
)

// Mark says what became of a line.
type Mark byte

const (
	// Same stands in both kernels, in the same order.
	Same Mark = ' '
	// Gone stands in the first only.
	Gone Mark = '-'
	// New stands in the second only.
	New Mark = '+'
	// Left is the old place of a step that moved.
	Left Mark = '<'
	// Came is its new place.
	Came Mark = '>'
)

// Line is one line of a comparison.
type Line struct {
	Mark Mark
	Text string
	Pos  string // in the kernel that the line stands in; in the second one for Same
}

// Path is the comparison of one path. Status lines come first where one kernel
// has no steps to compare.
type Path struct {
	Kind   model.PathKind
	A, B   model.PathStatus
	Lines  []Line
	Before string // position of the path in the first kernel
	After  string // and in the second
}

// Fact is a fact that changed.
type Fact struct {
	Kind model.FactKind
	A, B string // "" where a kernel does not state it
}

// Result is how the second kernel differs from the first.
type Result struct {
	Facts []Fact
	Paths []Path // those that differ, in declaration order
}

// Equal tells whether there is no difference.
func (r *Result) Equal() bool { return len(r.Facts) == 0 && len(r.Paths) == 0 }

// Kernels compares everything that the machine reads. Positions and comments
// do not count.
func Kernels(a, b *model.Kernel) *Result {
	r := &Result{}
	x, y := a.Resolve(), b.Resolve()
	for _, kind := range facts(x, y) {
		if v, w := a.Fact(kind), b.Fact(kind); v != w {
			r.Facts = append(r.Facts, Fact{kind, v, w})
		}
	}
	for _, p := range x.Paths { // Resolve writes out every path, in declaration order
		q := b.Path(p.Kind)
		if p.Status == q.Status && slices.Equal(words(p), words(q)) {
			continue
		}
		r.Paths = append(r.Paths, Path{p.Kind, p.Status, q.Status, compare(p, q), p.Pos, q.Pos})
	}
	return r
}

func facts(kernels ...*model.Kernel) []model.FactKind {
	var kinds []model.FactKind
	for _, k := range kernels {
		for _, f := range k.Facts {
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// words are a path's steps as a kernel file has them.
func words(p model.Path) []string {
	list := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		list[i] = s.String()
	}
	return list
}

// compare lines up two paths along their longest common subsequence; what is
// gone in one place and new in another has moved.
//
// Time and memory are the product of the lengths; a path has at most
// model.MaxPathSteps steps.
func compare(p, q model.Path) []Line {
	a, b := words(p), words(q)
	length := make([][]int, len(a)+1) // of the common subsequence of the tails
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var lines []Line
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, Line{Same, b[j], q.Steps[j].Pos})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && length[i+1][j] >= length[i][j+1]:
			lines = append(lines, Line{Gone, a[i], p.Steps[i].Pos})
			i++
		default:
			lines = append(lines, Line{New, b[j], q.Steps[j].Pos})
			j++
		}
	}
	markMoves(lines)
	return lines
}

// markMoves pairs each step that is gone with one of the same words that is new.
func markMoves(lines []Line) {
	for i := range lines {
		if lines[i].Mark != Gone {
			continue
		}
		j := slices.IndexFunc(lines, func(l Line) bool { return l.Mark == New && l.Text == lines[i].Text })
		if j >= 0 {
			lines[i].Mark, lines[j].Mark = Left, Came
		}
	}
}
