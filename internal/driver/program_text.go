package driver

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Text writes a driver as a file that ParseDriver reads back.
func (d *Driver) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "driver %s\n", d.Name)
	if d.Source != "" {
		fmt.Fprintf(&b, "source %s\n", strconv.Quote(d.Source))
	}
	if len(d.Entries) > 0 {
		b.WriteByte('\n')
	}
	for _, e := range d.Entries {
		fmt.Fprintf(&b, "entry %s.%s %s\n", e.Table, e.Member, e.Path)
	}
	if len(d.Objects) > 0 {
		b.WriteByte('\n')
	}
	for _, o := range d.Objects {
		line := "object " + o.Name + " with " + o.With + " family " + strconv.Quote(o.Family)
		if o.Managed {
			line += " managed"
		}
		for _, p := range [][2]string{{"device", o.Device}, {"size", o.Size}, {"direction", o.Direction}} {
			if p[1] != "" {
				line += " " + p[0] + " " + strconv.Quote(p[1])
			}
		}
		b.WriteString(at(line, o.Pos))
	}
	for _, p := range d.Paths {
		b.WriteString("\n" + at("path "+p.Name, p.Pos))
		for _, s := range p.Steps {
			b.WriteString(s.text())
		}
	}
	return b.String()
}

// at puts a position behind a line, in a column of its own where the line leaves room.
func at(line, pos string) string {
	if pos == "" {
		return line + "\n"
	}
	return fmt.Sprintf("%-60s  %s\n", line, pos)
}

func (s PathStep) text() string {
	if s.Kind == StepLabel {
		return at(s.Name+":", s.Pos)
	}
	line := "  " + stepWords[s.Kind]
	if s.Name != "" {
		line += " " + s.Name
	}
	if s.With != "" {
		line += " with " + s.With
	}
	if s.When != "" {
		line += " when " + strconv.Quote(s.When)
	}
	if s.Else != "" {
		line += " else " + s.Else
	}
	return at(line, s.Pos)
}

// ErrDriver is what an error of ParseDriver wraps.
var ErrDriver = errors.New("not a driver file")

// MaxDriverSize is how large a driver file may be.
const MaxDriverSize = 8 << 20

// ParseDriver reads a driver file. The name is for positions in errors.
func ParseDriver(name string, src []byte) (*Driver, error) {
	if len(src) > MaxDriverSize {
		return nil, fmt.Errorf("%s:1:1: got more than %d bytes: %w", name, MaxDriverSize, ErrDriver)
	}
	p := &driverParser{d: &Driver{}}
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, MaxDriverSize)
	for n := 1; lines.Scan(); n++ {
		if err := p.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %w: %w", name, n, p.column, err, ErrDriver)
		}
	}
	if p.d.Name == "" {
		return nil, fmt.Errorf("%s:1:1: got no driver line, want driver NAME: %w", name, ErrDriver)
	}
	return p.d, nil
}

type driverParser struct {
	d      *Driver
	words  []word
	i      int
	column int
}

type word struct {
	text   string
	quoted bool
	column int
}

var (
	wordPattern     = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|[^\s"#]+)`)
	positionPattern = regexp.MustCompile(`^[^\s":]+:\d+$`)
	namePattern     = regexp.MustCompile(`^[\w.$?-]+$`)
)

// cut cuts a line into words.
func (p *driverParser) cut(line string) error {
	p.words, p.i, p.column = nil, 0, 1
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case c == '#':
			return nil
		}
		p.column = i + 1
		m := wordPattern.FindString(line[i:])
		if m == "" {
			return fmt.Errorf("got %q, want a word, or text in quotes", line[i:])
		}
		w := word{text: m, column: i + 1}
		if m[0] == '"' {
			text, err := strconv.Unquote(m)
			if err != nil {
				return fmt.Errorf("got %s, want text in quotes", m)
			}
			w.text, w.quoted = text, true
		}
		p.words = append(p.words, w)
		i += len(m)
	}
	return nil
}

// next is the next word, which must be a name, or quoted if text is set.
func (p *driverParser) next(what string, text bool) (string, error) {
	if p.i >= len(p.words) {
		return "", fmt.Errorf("got the end of the line, want %s", what)
	}
	w := p.words[p.i]
	p.column = w.column
	if w.quoted != text || !text && !namePattern.MatchString(w.text) {
		return "", fmt.Errorf("got %q, want %s", w.text, what)
	}
	p.i++
	return w.text, nil
}

func (p *driverParser) accept(text string) bool {
	if p.i < len(p.words) && !p.words[p.i].quoted && p.words[p.i].text == text {
		p.i++
		return true
	}
	return false
}

// pos is the position at the end of a line, and nothing may follow it.
func (p *driverParser) pos() (string, error) {
	pos := ""
	if p.i < len(p.words) && !p.words[p.i].quoted && positionPattern.MatchString(p.words[p.i].text) {
		pos = p.words[p.i].text
		p.i++
	}
	if p.i < len(p.words) {
		p.column = p.words[p.i].column
		return "", fmt.Errorf("got %q, want the end of the line", p.words[p.i].text)
	}
	return pos, nil
}

func (p *driverParser) line(text string) error {
	if err := p.cut(text); err != nil || len(p.words) == 0 {
		return err
	}
	first := p.words[0]
	p.column = first.column
	switch {
	case p.accept("driver"):
		return p.header(&p.d.Name, "a name", false)
	case p.d.Name == "":
		return fmt.Errorf("got %q, want driver NAME first", first.text)
	case p.accept("source"):
		return p.header(&p.d.Source, "text in quotes", true)
	case p.accept("entry"):
		return p.entry()
	case p.accept("object"):
		return p.object()
	case p.accept("path"):
		return p.path()
	}
	return p.step(first)
}

func (p *driverParser) header(to *string, what string, text bool) error {
	v, err := p.next(what, text)
	if err != nil {
		return err
	}
	if *to != "" {
		return errors.New("got it a second time")
	}
	*to = v
	_, err = p.pos()
	return err
}

func (p *driverParser) entry() error {
	w, err := p.next("TABLE.MEMBER", false)
	if err != nil {
		return err
	}
	table, member, ok := strings.Cut(w, ".")
	if !ok || strings.Contains(member, ".") || table == "" || member == "" {
		return fmt.Errorf("got %q, want TABLE.MEMBER", w)
	}
	path, err := p.next("a path", false)
	if err != nil {
		return err
	}
	p.d.Entries = append(p.d.Entries, Entry{table, member, path})
	_, err = p.pos()
	return err
}

func (p *driverParser) object() (err error) {
	var o Object
	if o.Name, err = p.next("a name", false); err != nil {
		return err
	}
	if !p.accept("with") {
		return errors.New("want with FUNCTION after the name")
	}
	if o.With, err = p.next("a function", false); err != nil {
		return err
	}
	if p.accept("family") {
		if o.Family, err = p.next("a family in quotes", true); err != nil {
			return err
		}
	}
	o.Managed = p.accept("managed")
	for _, f := range []struct {
		word string
		to   *string
	}{{"device", &o.Device}, {"size", &o.Size}, {"direction", &o.Direction}} {
		if p.accept(f.word) {
			if *f.to, err = p.next("text in quotes", true); err != nil {
				return err
			}
		}
	}
	o.Pos, err = p.pos()
	p.d.Objects = append(p.d.Objects, o)
	return err
}

func (p *driverParser) path() (err error) {
	var path Path
	if path.Name, err = p.next("a name", false); err != nil {
		return err
	}
	path.Pos, err = p.pos()
	p.d.Paths = append(p.d.Paths, path)
	return err
}

func (p *driverParser) step(first word) (err error) {
	p.column = first.column
	if len(p.d.Paths) == 0 {
		return fmt.Errorf("got %q, want entry, object or path", first.text)
	}
	path := &p.d.Paths[len(p.d.Paths)-1]
	var s PathStep
	if label, ok := strings.CutSuffix(first.text, ":"); ok && !first.quoted && namePattern.MatchString(label) {
		s.Kind, s.Name = StepLabel, label
		p.i++
		s.Pos, err = p.pos()
		path.Steps = append(path.Steps, s)
		return err
	}
	for k, w := range stepWords {
		if w != "" && p.accept(w) {
			s.Kind = StepKind(k)
		}
	}
	if s.Kind == invalidStep {
		return fmt.Errorf("got %q, want a step (alloc, free, call, irq, irq_free, register, unregister, goto, return) or a label", first.text)
	}
	if p.i < len(p.words) && !p.words[p.i].quoted && namePattern.MatchString(p.words[p.i].text) && !keyword(p.words[p.i].text) {
		s.Name, _ = p.next("", false)
	} else if s.Kind != StepReturn && s.Kind != StepIRQ && s.Kind != StepIRQFree {
		_, err := p.next("a name", false)
		return errors.Join(err, errors.New("a name is missing"))
	}
	if p.accept("with") {
		if s.With, err = p.next("a function", false); err != nil {
			return err
		}
	}
	if p.accept("when") {
		if s.When, err = p.next("a condition in quotes", true); err != nil {
			return err
		}
	}
	if p.accept("else") {
		if s.Else, err = p.next("a label", false); err != nil {
			return err
		}
	}
	s.Pos, err = p.pos()
	path.Steps = append(path.Steps, s)
	return err
}

func keyword(w string) bool { return w == "with" || w == "when" || w == "else" }
