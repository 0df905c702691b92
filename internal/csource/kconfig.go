package csource

import "strings"

// A Kconfig is what a Kconfig file says of its symbols: enough to ask what an architecture selects.
// Files that it sources are not read.
type Kconfig struct {
	Name        string
	Symbols     []*Symbol
	Diagnostics []*Error // lines that could not be read, and were skipped
}

// A Symbol is one config or menuconfig block. A symbol may have several.
type Symbol struct {
	Pos
	Name     string // without CONFIG_
	Type     string // bool, tristate, string, hex, int, or empty
	Prompt   bool   // it is asked for; one that is not has what selects and defaults say
	Selects  []Clause
	Implies  []Clause
	Defaults []Clause
	Depends  []Clause // its own, and those of the if and menu blocks around it
}

// A Clause is VALUE [if EXPR] on one line: what is selected, a default, or a dependency.
type Clause struct {
	Pos
	Value string
	If    string // empty for always
}

// Symbol returns the blocks of that symbol.
func (k *Kconfig) Symbol(name string) []*Symbol {
	var found []*Symbol
	for _, s := range k.Symbols {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// Selected returns Yes if a symbol of the file that is set selects name, No if none does, and Unknown if
// config does not decide it. A symbol is set if config says so, or if config does not know it and
// it has the default y without a condition and depends on nothing.
func (k *Kconfig) Selected(name string, config Config) Value {
	selected := No
	for _, s := range k.Symbols {
		for _, c := range s.Selects {
			if c.Value != name {
				continue
			}
			switch set, cond := s.set(config), EvalKconfig(c.If, config); {
			case set == Yes && cond == Yes:
				return Yes
			case set != No && cond != No:
				selected = Unknown
			}
		}
	}
	return selected
}

// set returns Yes for y and m alike: both select.
func (s *Symbol) set(config Config) Value {
	switch v := config.ask("CONFIG_" + s.Name); {
	case v == Module:
		return Yes
	case v != Unknown:
		return v
	}
	if len(s.Defaults) > 0 && len(s.Depends) == 0 {
		if d := s.Defaults[0]; d.Value == "y" && d.If == "" {
			return Yes
		}
	}
	return Unknown
}

// EvalKconfig returns what an expression of Kconfig comes to, with y and m both as Yes. An
// empty one is Yes.
func EvalKconfig(expr string, config Config) Value {
	if expr == "" {
		return Yes
	}
	steps := 0
	return evalTokens(lex([]byte(expr), true, &steps), config, true)
}

// A kconfigParser reads a Kconfig line by line: no construct needs more.
type kconfigParser struct {
	out    *Kconfig
	symbol *Symbol  // the block at hand, or nil
	around []*block // if, menu and choice blocks that are open
	menu   *block   // the one that just opened: a "depends on" is its own
	help   int      // indentation of the help keyword, or -1
	text   bool     // a line of help has come, indented by help
}

// A block is what stands around symbols. Its clauses hold for all of them.
type block struct {
	Pos
	word    string
	clauses []Clause
}

// ParseKconfig reads a Kconfig file. The error is not nil if and only if src is past a limit.
func ParseKconfig(name string, src []byte) (*Kconfig, error) {
	if len(src) > MaxSize {
		return nil, tooLarge(name, len(src))
	}
	p := &kconfigParser{out: &Kconfig{Name: name}, help: -1}
	lines := strings.Split(string(src), "\n")
	for i := 0; i < len(lines); i++ {
		pos := Pos{name, i + 1, 1}
		var b strings.Builder
		for {
			line, more := strings.CutSuffix(strings.TrimSuffix(lines[i], "\r"), `\`)
			b.WriteString(line)
			if !more || i+1 == len(lines) {
				break
			}
			i++
		}
		p.line(pos, b.String())
	}
	for _, b := range p.around {
		p.complain(b.Pos, "expected end"+b.word+", found end of file")
	}
	return p.out, nil
}

func (p *kconfigParser) complain(pos Pos, msg string) {
	if len(p.out.Diagnostics) < MaxDiagnostics {
		p.out.Diagnostics = append(p.out.Diagnostics, &Error{Pos: pos, Msg: msg})
	}
}

// line reads one line, or skips it if it is help.
func (p *kconfigParser) line(pos Pos, line string) {
	trimmed := strings.TrimLeft(line, " \t")
	if trimmed == "" {
		return
	}
	indent := indentation(line[:len(line)-len(trimmed)])
	if p.help >= 0 { // help ends where the text is indented less than its first line
		if !p.text {
			p.help, p.text = indent, true
		}
		if indent >= p.help && indent > 0 {
			return
		}
		p.help, p.text = -1, false
	}
	if trimmed[0] == '#' {
		return
	}
	pos.Col += len(line) - len(trimmed)
	word, rest := trimmed, ""
	if i := strings.IndexAny(trimmed, " \t("); i >= 0 {
		word, rest = trimmed[:i], strings.TrimSpace(comment(trimmed[i:]))
	}
	p.entry(pos, word, rest, indent)
}

func indentation(white string) int {
	n := 0
	for _, c := range white {
		n++
		if c == '\t' {
			n = (n + 7) &^ 7
		}
	}
	return n
}

// comment returns s without the comment at its end.
func comment(s string) string {
	quote := rune(0)
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			return s[:i]
		}
	}
	return s
}

func (p *kconfigParser) entry(pos Pos, word, rest string, indent int) {
	switch word {
	case "config", "menuconfig":
		p.open(pos, word, rest)
	case "if", "menu", "choice":
		p.symbol = nil
		if len(p.around) >= MaxDepth {
			p.complain(pos, "expected less nesting of "+word)
			return
		}
		p.menu = &block{Pos: pos, word: word}
		if word == "if" {
			p.menu.clauses = []Clause{{Pos: pos, Value: rest}}
		}
		p.around = append(p.around, p.menu)
	case "endif", "endmenu", "endchoice":
		p.symbol, p.menu = nil, nil
		n := len(p.around) - 1
		if n < 0 || "end"+p.around[n].word != word {
			p.complain(pos, "expected "+word[3:]+" before, found "+word)
			return
		}
		p.around = p.around[:n]
	case "source", "rsource", "osource", "orsource", "comment", "mainmenu":
		p.symbol, p.menu = nil, nil
	case "help", "---help---":
		p.help, p.text = indent, false
	case "depends":
		p.depends(pos, rest)
	default:
		p.attribute(pos, word, rest)
	}
}

func (p *kconfigParser) open(pos Pos, word, name string) {
	p.symbol, p.menu = nil, nil
	if name == "" || strings.ContainsAny(name, " \t") {
		p.complain(pos, "expected one name after "+word)
		return
	}
	p.symbol = &Symbol{Pos: pos, Name: name}
	for _, b := range p.around {
		p.symbol.Depends = append(p.symbol.Depends, b.clauses...)
	}
	p.out.Symbols = append(p.out.Symbols, p.symbol)
}

func (p *kconfigParser) depends(pos Pos, rest string) {
	expr, ok := strings.CutPrefix(rest, "on")
	if expr = strings.TrimSpace(expr); !ok || expr == "" {
		p.complain(pos, "expected on and an expression after depends")
		return
	}
	c := clause(pos, expr)
	switch {
	case p.symbol != nil:
		p.symbol.Depends = append(p.symbol.Depends, c)
	case p.menu != nil:
		p.menu.clauses = append(p.menu.clauses, c)
	}
}

// attribute reads a line that belongs to the symbol at hand.
func (p *kconfigParser) attribute(pos Pos, word, rest string) {
	s := p.symbol
	if s == nil {
		s = &Symbol{} // of a choice, or of a block that was skipped
	}
	switch word {
	case "select":
		p.clause(&s.Selects, pos, word, rest)
	case "imply":
		p.clause(&s.Implies, pos, word, rest)
	case "default":
		p.clause(&s.Defaults, pos, word, rest)
	case "def_bool", "def_tristate":
		s.Type = word[len("def_"):]
		p.clause(&s.Defaults, pos, word, rest)
	case "bool", "tristate", "string", "hex", "int":
		s.Type = word
		s.Prompt = s.Prompt || rest != ""
	case "prompt":
		s.Prompt = true
	case "range", "visible", "option", "optional", "modules", "transitional", "boolean":
	default:
		if !strings.Contains(word+rest, "=") && !strings.HasPrefix(word, "$") { // macros of Kconfig
			p.complain(pos, "expected an entry or an attribute, found "+word)
		}
	}
}

func (p *kconfigParser) clause(list *[]Clause, pos Pos, word, rest string) {
	c := clause(pos, rest)
	if c.Value == "" {
		p.complain(pos, "expected a value after "+word)
		return
	}
	*list = append(*list, c)
}

// clause cuts VALUE if EXPR in two.
func clause(pos Pos, text string) Clause {
	fields := strings.Fields(text)
	for i, f := range fields {
		if f == "if" && i > 0 {
			return Clause{pos, strings.Join(fields[:i], " "), strings.Join(fields[i+1:], " ")}
		}
	}
	return Clause{Pos: pos, Value: strings.Join(fields, " ")}
}
