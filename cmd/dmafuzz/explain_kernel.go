package main

import (
	"io"
	"strings"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/report"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
	"dmafuzz/model/text"
)

// isKernelArgument tells whether a name that is no topic's can only be meant
// for a kernel: a file, a folder, or a full name with a slip in it.
func isKernelArgument(name string) bool {
	return strings.Contains(name, "/") || strings.HasSuffix(name, ".kernel")
}

// printWhole writes the kernel as a file that needs no other.
func printWhole(a *app, name string) error {
	k, err := a.kernel(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(a.stdout, text.FormatKernel(k.Resolve()))
	return err
}

// explainKernel says where a kernel is from, what it is like, and what it
// changes there.
func explainKernel(p *printer, k *model.Kernel, name string) {
	for _, s := range k.Source {
		p.line("  source  %s", s)
	}
	bases := kernels.Bases(k)
	if len(bases) > 0 {
		explainBases(p, k, bases)
	}
	for _, f := range k.Resolve().Facts {
		p.line("  fact    %s %s", f.Kind, f.Value)
	}
	for _, u := range k.Unknown() {
		p.line("  unknown %s", u)
	}
	if len(bases) > 0 {
		explainChanges(p, diff.Kernels(bases[0], k), k)
	}
	p.line("  check   dmafuzz check %s", report.ShellQuote(name))
	p.line("  whole   dmafuzz explain %s --full", report.ShellQuote(name))
}

// explainBases lists the kernels below, nearest first, in lines that a terminal
// holds.
func explainBases(p *printer, k *model.Kernel, bases []*model.Kernel) {
	const width = 100
	word := "like"
	if k.Derived {
		word = "derived"
	}
	line := ""
	for i, b := range bases {
		name := b.FullName()
		if i < len(bases)-1 {
			name += ","
		}
		if line != "" && len(line)+len(name) > width {
			p.line("  %-7s %s", word, line)
			word, line = "", ""
		}
		line = strings.TrimPrefix(line+" "+name, " ")
	}
	p.line("  %-7s %s", word, line)
}

// explainChanges lists what the kernel has otherwise than its base: the steps
// that came, went or moved, marked as diff marks them.
func explainChanges(p *printer, r *diff.Result, k *model.Kernel) {
	switch {
	case r.Equal() && len(k.Paths) > 0:
		p.line("  changes no step and no fact of %s; the positions are its own", k.Base)
		return
	case r.Equal():
		p.line("  changes nothing of %s", k.Base)
		return
	}
	p.line("  changes to %s: + came, - went, < and > the old and new place of what moved", k.Base)
	for _, f := range r.Facts {
		p.line("    fact %s: %s -> %s", f.Kind, orNone(f.A), orNone(f.B))
	}
	for _, path := range r.Paths {
		p.line("    path %s%s", path.Kind, statusChange(path))
		for _, l := range path.Lines {
			if l.Mark != diff.Same {
				p.line("    %c   %-40s  %s", l.Mark, l.Text, l.Pos)
			}
		}
	}
}
