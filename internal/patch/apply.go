package patch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// image is a file's lines while hunks are put into it.
type image struct {
	name  string
	lines []string // each with its line feed, but for a last one without
	fixed []bool   // lines that a hunk has brought or compared: no other may touch them
	crlf  bool     // the file's own lines end with CR LF
}

func newImage(name, text string) *image {
	g := &image{name: name, lines: strings.SplitAfter(text, "\n")}
	if n := len(g.lines); g.lines[n-1] == "" {
		g.lines = g.lines[:n-1]
	}
	g.fixed = make([]bool, len(g.lines))
	g.crlf = len(g.lines) > 0 && strings.HasSuffix(g.lines[0], "\r\n")
	return g
}

func (g *image) text() string { return strings.Join(g.lines, "") }

// side is one side of a hunk: its lines before, or after it.
func (g *image) side(h Hunk, keep func(gitdiff.Line) bool) []string {
	var lines []string
	for _, l := range h.Lines {
		if !keep(l) {
			continue
		}
		text := l.Line
		if g.crlf { // Read has taken the CRs of the mail away
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		lines = append(lines, text)
	}
	return lines
}

// apply puts a hunk in, and returns by how many lines it has moved.
func (g *image) apply(h Hunk) (offset int, err error) {
	before, after := g.side(h, gitdiff.Line.Old), g.side(h, gitdiff.Line.New)
	want := max(0, min(int(h.NewPosition)-1, len(g.lines)))
	places, near := g.find(before)
	best, found := 0, false
	for _, at := range places {
		switch {
		case h.OldPosition <= 1 && at != 0, // as git apply has it: a hunk of the first line stays there,
			h.TrailingContext == 0 && at+len(before) != len(g.lines): // and one without lines behind it ends the file
		case !found || closer(at, best, want):
			best, found = at, true
		}
	}
	if !found {
		return 0, g.mismatch(h, before, places, near)
	}
	g.lines = slices.Replace(g.lines, best, best+len(before), after...)
	g.fixed = slices.Replace(g.fixed, best, best+len(before), slices.Repeat([]bool{true}, len(after))...)
	return best - want, nil
}

// closer tells whether git apply looks at a before b: it goes away from want on
// both sides by turns, forward first.
func closer(a, b, want int) bool {
	da, db := max(a-want, want-a), max(b-want, want-b)
	return da < db || da == db && a > b
}

// near is the place where most of a hunk's first lines were found.
type near struct{ at, lines int }

// find returns all places of some lines among those that no hunk has touched,
// in order, in time linear in both (Knuth, Morris and Pratt). No lines are
// everywhere.
func (g *image) find(want []string) (places []int, best near) {
	if len(want) == 0 {
		for at := range len(g.lines) + 1 {
			places = append(places, at)
		}
		return places, best
	}
	back := make([]int, len(want)) // the longest proper border of each prefix
	for i, n := 1, 0; i < len(want); i++ {
		for n > 0 && want[i] != want[n] {
			n = back[n-1]
		}
		if want[i] == want[n] {
			n++
		}
		back[i] = n
	}
	n := 0
	for i, line := range g.lines {
		if g.fixed[i] {
			n = 0
			continue
		}
		if n == len(want) {
			n = back[n-1]
		}
		for n > 0 && line != want[n] {
			n = back[n-1]
		}
		if line == want[n] {
			n++
		}
		if n > best.lines {
			best = near{i - n + 1, n}
		}
		if n == len(want) {
			places = append(places, i-n+1)
		}
	}
	return places, best
}

// mismatch says where a hunk comes nearest, and what is there instead.
func (g *image) mismatch(h Hunk, before []string, places []int, n near) error {
	text := fmt.Sprintf("hunk %d of %s does not apply: ", h.Number, g.name)
	switch {
	case len(places) > 0 && h.TrailingContext == 0 && h.LeadingContext == 0:
		text += "it has no lines around it to be placed by; make it with git diff, not diff -U0"
	case len(places) > 0 && h.OldPosition <= 1:
		text += "expected the file to start with its lines"
	case len(places) > 0:
		text += "expected the file to end with its lines"
	case n.lines == 0:
		text += fmt.Sprintf("expected %q, which stands nowhere in the file", before[0])
	case n.at+n.lines >= len(g.lines):
		text += fmt.Sprintf("expected %q after line %d, found the end of the file", before[n.lines], len(g.lines))
	default:
		text += fmt.Sprintf("expected %q, found %q in line %d", before[n.lines], g.lines[n.at+n.lines], n.at+n.lines+1)
	}
	return &Error{Pos: h.Pos, Text: text, Kind: ErrApply}
}

// reversed is the hunk that takes h back.
func reversed(h Hunk) Hunk {
	f := *h.TextFragment
	f.OldPosition, f.NewPosition, f.OldLines, f.NewLines = h.NewPosition, h.OldPosition, h.NewLines, h.OldLines
	f.Lines = slices.Clone(h.Lines)
	for i := range f.Lines {
		switch f.Lines[i].Op {
		case gitdiff.OpAdd:
			f.Lines[i].Op = gitdiff.OpDelete
		case gitdiff.OpDelete:
			f.Lines[i].Op = gitdiff.OpAdd
		}
	}
	h.TextFragment = &f
	return h
}

// applied tells whether all hunks could be taken back: the patch is in already.
func applied(name, text string, hunks []Hunk) bool {
	g := newImage(name, text)
	for _, h := range hunks {
		if _, err := g.apply(reversed(h)); err != nil {
			return false
		}
	}
	return len(hunks) > 0
}
