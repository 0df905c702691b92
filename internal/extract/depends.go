package extract

import (
	"dmafuzz/model/text"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
)

// depends returns a note for each CONFIG symbol that neither the caller nor
// Kconfig decides and that makes a difference to a step or a fact: the tree is read
// once more for each that what was read hangs on, the other way round.
func (t *tree) depends(opt Options, base *Result) (notes []Note) {
	want := bare(base)
	for _, s := range t.deciding() {
		other := opt
		other.Config = maps.Clone(opt.Config)
		if other.Config == nil {
			other.Config = map[string]string{}
		}
		is, flip := "n", "y"
		if t.cfg.ask("CONFIG_"+s.name) == csource.Yes {
			is, flip = "y", "n"
		}
		other.Config["CONFIG_"+s.name] = flip
		u, err := reopenTree(t.fsys, other, t)
		if err != nil {
			continue
		}
		u.codes, u.besides = t.codes, t.besides // by function: what was parsed anew has new ones
		if res, _, err := u.read(other); err == nil && bare(res) != want {
			notes = append(notes, Note{Pos: s.pos, Text: "depends on CONFIG_" + s.name + "; read as " + is, Depends: true})
		}
	}
	return notes
}

// A decider is a symbol with the first place where something hangs on it.
type decider struct{ name, pos string }

var configWord = regexp.MustCompile(`\bCONFIG_(\w+)`)

// factFunctions are those that facts are read of.
var factFunctions = []string{"iommu_subsys_init", "iommu_get_default_domain_type", "get_arch_dma_ops", "get_dma_ops", "iommu_get_dma_cookie"}

// deciding are the open symbols that stand in a function which was read, or decide
// which definition of one is compiled.
func (t *tree) deciding() []decider {
	found := map[string]string{}
	take := func(body, pos string) {
		for _, m := range configWord.FindAllStringSubmatch(body, -1) {
			name := strings.TrimSuffix(m[1], "_MODULE")
			if at, ok := found[name]; t.cfg.asked[name] && (!ok || pos < at) {
				found[name] = pos
			}
		}
	}
	for _, name := range t.order {
		if t.openAsks(name) {
			t.definitions(name, take)
		}
	}
	read := slices.Collect(maps.Keys(t.codes))
	for _, name := range factFunctions {
		read = append(read, t.index[name]...)
	}
	for _, fn := range read {
		for i, line := range t.lines(fn.File, fn.Line, fn.End.Line) {
			take(line, fmt.Sprintf("%s:%d", fn.File, fn.Line+i))
		}
	}
	var list []decider
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, decider{name, found[name]})
	}
	return list
}

// openAsks tells whether a conditional of a file hangs on an open symbol.
func (t *tree) openAsks(file string) bool {
	for s := range t.asks[file] {
		if t.cfg.asked[strings.TrimPrefix(s, "CONFIG_")] {
			return true
		}
	}
	return false
}

// definitions takes the conditions around each line at the margin of a file that
// may define a function which was asked for, whichever branch it is in.
func (t *tree) definitions(file string, take func(body, pos string)) {
	type condition struct {
		text string
		line int
	}
	var open [][]condition // the #if, and its #elif so far
	for i, line := range t.lines(file, 1, maxLine) {
		rest, hash := strings.CutPrefix(line, "#")
		rest = strings.TrimSpace(rest)
		switch n := len(open) - 1; {
		case hash && strings.HasPrefix(rest, "if"):
			open = append(open, []condition{{rest, i + 1}})
		case hash && strings.HasPrefix(rest, "elif") && n >= 0:
			open[n] = append(open[n], condition{rest, i + 1})
		case hash && strings.HasPrefix(rest, "endif") && n >= 0:
			open = open[:n]
		case !hash && n >= 0 && n < csource.MaxDepth && strings.Contains(line, "("):
			if !t.looked[definedName(line)] {
				continue
			}
			for _, c := range slices.Concat(open...) {
				take(c.text, fmt.Sprintf("%s:%d", file, c.line))
			}
		}
	}
}

// definedName is the name before the first parenthesis of a line that begins at the margin.
func definedName(line string) string {
	if c := line[0]; c == ' ' || c == '\t' || c == '/' || c == '*' {
		return ""
	}
	name := strings.TrimRight(line[:strings.IndexByte(line, '(')], " ")
	i := len(name)
	for i > 0 && isWord(name[i-1:]) {
		i--
	}
	return name[i:]
}

const maxLine = 1 << 30

// lines are some lines of a file's text.
func (t *tree) lines(file string, from, to int) []string {
	list, ok := t.texts[file]
	if !ok {
		body, _ := readAtMost(t.fsys, file, csource.MaxSize)
		list = strings.Split(string(body), "\n")
		t.texts[file] = list
	}
	from = min(max(from, 1), len(list)) - 1
	return list[from:max(from, min(to, len(list)))]
}

// recording remembers what is asked, and the answers.
func recording(ask csource.Config, answers map[string]csource.Value) csource.Config {
	return func(symbol string) csource.Value {
		v := ask(symbol)
		answers[symbol] = v
		return v
	}
}

// unchanged is a file that was read before, if what its conditionals hang on is
// as it was.
func (t *tree) unchanged(name string, ask csource.Config) (*csource.File, map[string]csource.Value) {
	if t == nil || t.files[name] == nil || t.asks[name] == nil {
		return nil, nil
	}
	for symbol, v := range t.asks[name] {
		if ask(symbol) != v {
			return nil, nil
		}
	}
	return t.files[name], t.asks[name]
}

// bare is the text of a kernel without positions.
func bare(r *Result) string {
	k := *r.Kernel
	var b strings.Builder
	for _, l := range strings.Split(text.FormatKernel(&k), "\n") {
		for _, w := range strings.Fields(l) {
			if !strings.Contains(w, ":") || strings.HasSuffix(w, ":") {
				b.WriteString(w + " ")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
