package text

import (
	"dmafuzz/model"
	"fmt"
	"strings"
)

// pathBody is what must be known of the path being read, beyond its steps.
type pathBody struct {
	path   *model.Path // nil above the first path; points into Kernel.Paths
	labels map[string]labelAt
	jumps  []jump
	loops  []loop // every `for each` of the path
	inside int    // the innermost open loop plus one, 0 outside
}

type labelAt struct{ line, inside int }

// jump is a goto or else whose label may stand further down.
type jump struct {
	label        word
	line, inside int
}

type loop struct {
	word   word
	line   int
	outer  int // the loop that it stands in plus one, 0 for none
	nested int // how many loops it stands in
}

// parseFact reads "fact KIND VALUE [POSITION]" behind its first word.
func (p *kernelParser) parseFact() error {
	w := p.take()
	kind, err := oneOf(p.scanner, w, "a fact", model.Facts())
	if err != nil {
		return err
	}
	if line := p.factLines[kind]; line > 0 {
		return p.errorWord(w, fmt.Sprintf("it once, line %d states it", line))
	}
	p.factLines[kind] = p.line
	f := model.Fact{Kind: kind}
	v := p.take()
	if _, err := p.index(v, "a value of "+f.Kind.String(), kind.Values()); err != nil {
		return err
	}
	f.Value = v.text
	pos, err := p.parsePosition()
	if err != nil {
		return err
	}
	f.Pos = pos
	p.kernel.Facts = append(p.kernel.Facts, f)
	return p.finish("end of line")
}

// parsePath reads "path KIND [none | unknown] [POSITION] [# COMMENT]" behind
// its first word.
func (p *kernelParser) parsePath() error {
	w := p.take()
	kind, err := oneOf(p.scanner, w, "a path", model.Paths())
	if err != nil {
		return err
	}
	if line := p.pathLines[kind]; line > 0 {
		return p.errorWord(w, fmt.Sprintf("it once, line %d has it", line))
	}
	p.pathLines[kind] = p.line
	path := model.Path{Kind: kind, Status: model.PathKnown, Comment: p.comment}
	switch {
	case p.accept("none"):
		path.Status = model.PathNone
	case p.accept("unknown"):
		path.Status = model.PathUnknown
	}
	pos, err := p.parsePosition()
	if err != nil {
		return err
	}
	path.Pos = pos
	p.kernel.Paths = append(p.kernel.Paths, path)
	p.body = pathBody{path: &p.kernel.Paths[len(p.kernel.Paths)-1], labels: map[string]labelAt{}}
	return p.finish("none, unknown, a position or end of line")
}

// parseLabel reads "LABEL:".
func (p *kernelParser) parseLabel() (model.Step, error) {
	w := p.take()
	label := word{strings.TrimSuffix(w.text, ":"), w.column}
	if err := p.checkLabel(label); err != nil {
		return model.Step{}, err
	}
	if at, ok := p.body.labels[label.text]; ok {
		return model.Step{}, p.errorWord(w, fmt.Sprintf("a label once in a path, line %d has it", at.line))
	}
	p.body.labels[label.text] = labelAt{p.line, p.body.inside}
	return model.Step{Op: model.OpLabel, Label: label.text}, nil
}

// checkLabel accepts the names that C accepts for labels, but for the words
// that stand behind steps.
func (p *kernelParser) checkLabel(w word) error {
	const want = "a label of letters, digits and _"
	switch w.text {
	case "when", "else", "not":
		return p.errorWord(w, want+", not a word of the grammar")
	case "":
		return p.errorWord(w, want)
	}
	for i, c := range []byte(w.text) {
		if c != '_' && (!isAlnum(c) || i == 0 && c <= '9') {
			return p.errorWord(w, want)
		}
	}
	return nil
}

// takeJump takes a label that the path must have somewhere.
func (p *kernelParser) takeJump() (string, error) {
	w := p.take()
	if err := p.checkLabel(w); err != nil {
		return "", err
	}
	p.body.jumps = append(p.body.jumps, jump{w, p.line, p.body.inside})
	return w.text, nil
}

func (p *kernelParser) openLoop(w word) error {
	b := &p.body
	l := loop{word: w, line: p.line, outer: b.inside}
	if b.inside > 0 {
		l.nested = b.loops[b.inside-1].nested + 1
	}
	if l.nested >= MaxLoops {
		return p.errorWord(w, fmt.Sprintf("at most %d for each blocks inside one another", MaxLoops))
	}
	b.loops = append(b.loops, l)
	b.inside = len(b.loops)
	return nil
}

// closePath checks what only the whole path tells: open blocks, and jumps.
func (p *kernelParser) closePath() error {
	b := &p.body
	if b.path == nil {
		return nil
	}
	if b.inside > 0 {
		l := b.loops[b.inside-1]
		e := p.errorAt(l.word.column, "a for each block that is open at the end of its path", "an end")
		e.Line = l.line
		return e
	}
	for _, j := range b.jumps {
		at, ok := b.labels[j.label.text]
		want := ""
		if !ok {
			want = "a label that the path has"
			if near := closest(j.label.text, p.labelNames()); near != "" {
				want += fmt.Sprintf(" (did you mean %q?)", near)
			}
		} else if !b.around(at.inside, j.inside) {
			want = fmt.Sprintf("no jump into the for each block around line %d", at.line)
		}
		if want != "" {
			e := p.errorWord(j.label, want)
			e.Line = j.line
			return e
		}
	}
	b.path = nil
	return nil
}

// labelNames lists the labels of the path in the order of its steps.
func (p *kernelParser) labelNames() []string {
	var names []string
	for _, s := range p.body.path.Steps {
		if s.Op == model.OpLabel {
			names = append(names, s.Label)
		}
	}
	return names
}

// around tells whether the loop outer is inner or one that inner stands in;
// 0 is no loop, around all.
func (b *pathBody) around(outer, inner int) bool {
	for inner != outer && inner != 0 {
		inner = b.loops[inner-1].outer
	}
	return inner == outer
}

// parseEnd checks what only the whole file tells.
func (p *kernelParser) parseEnd() error {
	for _, h := range []int{headerKernel, headerArch} {
		if p.seen[h] == 0 {
			return p.errorAt(p.end, "end of file", fmt.Sprintf("a line %q", headerWords[h]+" NAME"))
		}
	}
	if err := p.closePath(); err != nil {
		return err
	}
	return p.checkBase()
}
