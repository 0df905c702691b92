package extract

import (
	"io/fs"
	"maps"
	"sort"
	"strings"

	"dmafuzz/internal/csource"
)

// Depends reads the tree once more for each CONFIG symbol that neither the
// caller nor Kconfig decided, the other way round, and returns a note for each
// that makes a difference to a step or a fact. It takes as many readings as
// there are such symbols.
func Depends(fsys fs.FS, opt Options) ([]Note, error) {
	t, err := openTree(fsys, withDefaults(opt))
	if err != nil {
		return nil, err
	}
	base, err := Tree(fsys, opt)
	if err != nil {
		return nil, err
	}
	want := bare(base)
	var symbols []string
	for s := range t.cfg.asked {
		symbols = append(symbols, s)
	}
	sort.Strings(symbols)
	var notes []Note
	for _, s := range symbols {
		other := opt
		other.Config = maps.Clone(opt.Config)
		if other.Config == nil {
			other.Config = map[string]string{}
		}
		other.Config["CONFIG_"+s] = "y"
		if t.cfg.ask("CONFIG_"+s) == csource.Yes {
			other.Config["CONFIG_"+s] = "n"
		}
		res, err := Tree(fsys, other)
		if err == nil && bare(res) != want {
			notes = append(notes, Note{Text: "depends on CONFIG_" + s})
		}
	}
	return notes, nil
}

// bare is the text of a kernel without positions.
func bare(r *Result) string {
	k := *r.Kernel
	var b strings.Builder
	for _, l := range strings.Split(k.Text(), "\n") {
		for _, w := range strings.Fields(l) {
			if !strings.Contains(w, ":") || strings.HasSuffix(w, ":") {
				b.WriteString(w + " ")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
