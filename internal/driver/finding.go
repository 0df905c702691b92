package driver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dmafuzz/internal/csource"
)

// A Severity says what a finding does to a running kernel.
type Severity uint8

const (
	invalidSeverity Severity = iota
	Note                     // the contract is broken, and only a debugging option would say so
	Warning                  // a WARN, a leak in operation, an access that an IOMMU would refuse
	Error                    // memory is used after it was freed, freed twice or corrupted, or the kernel stops
)

func (s Severity) String() string { return [...]string{"invalid", "note", "warning", "error"}[s&3] }

// A Way says when code runs.
type Way string

// The ways, in the order of how often they are taken.
const (
	InOperation Way = "normal operation"
	OnError     Way = "an error path"
	OnUnbind    Way = "unbind"
	OnUnload    Way = "module removal"
	Anyhow      Way = "not known"
)

// A Finding is a free that does not match its allocation.
type Finding struct {
	Rule     string
	Severity Severity
	Pos      csource.Pos // of the free
	Function string      // that it stands in
	Text     string      // one line
	Story    []Step      // allocation, the way, the free
	Way      Way

	call *call // that the position is of
}

// A Step is a line of a finding's story.
type Step struct {
	Pos  csource.Pos
	Text string
}

// Key names a finding through changes of lines: rule, file, function.
func (f *Finding) Key() string { return f.Rule + ":" + f.Pos.File + ":" + f.Function }

func place(p csource.Pos) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// sortFindings puts findings in the order of files and lines, each once.
func sortFindings(list []*Finding) []*Finding {
	slices.SortStableFunc(list, func(a, b *Finding) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(list, func(a, b *Finding) bool { return a.Pos == b.Pos && a.Rule == b.Rule })
}

// Counts say how much was looked at, and how much of it was understood.
type Counts struct {
	Files, Functions      int
	Allocations, Frees    int
	Judged                int            // frees all of whose allocations are known
	NotJudged             map[string]int // why the others were not, by the first words of the reason
	Parameters, Undecided int            // comparisons of one parameter, and those that no way could decide
}

func (c *Counts) add(d *Counts) {
	c.Files += d.Files
	c.Functions += d.Functions
	c.Allocations += d.Allocations
	c.Frees += d.Frees
	c.Judged += d.Judged
	c.Parameters += d.Parameters
	c.Undecided += d.Undecided
	if c.NotJudged == nil {
		c.NotJudged = map[string]int{}
	}
	for k, n := range d.NotJudged {
		c.NotJudged[k] += n
	}
}

// short is a position without folders.
func short(p csource.Pos) string {
	name := p.File[strings.LastIndexByte(p.File, '/')+1:]
	return fmt.Sprintf("%s:%d", name, p.Line)
}
