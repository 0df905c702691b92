package qemu

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Console is what a kernel printed, taken apart.
type Console struct {
	Kernel  string   // its banner
	Lines   []string // the player's: "E 0 add sata", "o free buf direct", ...
	Started bool     // the player began with the script
	Ended   bool     // and came to its end
	Odd     []string // what it could not do
	Faults  []Fault  // what the kernel complained of, in order
}

// FaultKind is how bad a fault is.
type FaultKind uint8

const (
	FaultInvalid FaultKind = iota
	// FaultWarning is a WARN: the kernel goes on.
	FaultWarning
	// FaultBadPage is the page allocator's: the kernel goes on without the page.
	FaultBadPage
	// FaultOops ends the kernel: a bad access, a BUG, a panic.
	FaultOops
)

func (k FaultKind) String() string {
	return [...]string{"invalid", "warning", "bad page", "Oops"}[k]
}

// Fault is one complaint of the kernel.
type Fault struct {
	Kind  FaultKind
	Title string   // its first line
	At    int      // the player's lines before it
	Where string   // the function, where it is told
	Trace []string // the call trace's functions, innermost first
}

const prefix = "dmafuzz: "

// opening are the lines with which a fault begins. The first that comes names it;
// what else an Oops prints belongs to it.
var opening = []struct {
	text string
	kind FaultKind
}{
	{"Unable to handle kernel ", FaultOops},
	{"Internal error: ", FaultOops},
	{"kernel BUG at ", FaultOops},
	{"Kernel panic - not syncing", FaultOops},
	{"BUG: Bad page state", FaultBadPage},
	{"BUG: Bad page map", FaultBadPage},
	{"BUG: ", FaultOops},
	{"WARNING: ", FaultWarning},
}

// symbol is a function with its offset, as a trace has it.
var symbol = regexp.MustCompile(`^\s*([A-Za-z_][\w.]*)\+0x[0-9a-f]+/0x[0-9a-f]+`)

// ParseConsole reads a console, whatever is on it.
func ParseConsole(text []byte) *Console {
	c := &Console{}
	var open *Fault
	for raw := range bytes.Lines(text) {
		line := clean(raw)
		if own, ok := strings.CutPrefix(line, prefix); ok {
			open = nil
			c.own(own)
			continue
		}
		if f, ok := opens(line); ok {
			if open != nil && open.Kind == FaultOops && f.Kind == FaultOops {
				continue // the rest of the same one
			}
			f.At = len(c.Lines)
			c.Faults = append(c.Faults, f)
			open = &c.Faults[len(c.Faults)-1]
			continue
		}
		if open != nil {
			open.more(line)
		}
	}
	return c
}

// own takes a line of the player's in.
func (c *Console) own(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "kernel":
		c.Kernel = rest
	case "S":
		c.Started = true
	case "end":
		c.Ended = true
	case "X":
		c.Odd = append(c.Odd, rest)
		c.Lines = append(c.Lines, line)
	case "E", "o", "s", "g":
		if c.Started { // before, it puts the devices of boot away
			c.Lines = append(c.Lines, line)
		}
	}
}

func opens(line string) (Fault, bool) {
	for _, o := range opening {
		if strings.HasPrefix(line, o.text) {
			return Fault{Kind: o.kind, Title: line}, true
		}
	}
	return Fault{}, false
}

// more takes in what stands below a fault's first line.
func (f *Fault) more(line string) {
	if at, ok := strings.CutPrefix(line, "pc : "); ok {
		if m := symbol.FindStringSubmatch(at); m != nil && f.Where == "" {
			f.Where = m[1]
		}
		return
	}
	if m := symbol.FindStringSubmatch(line); m != nil {
		f.Trace = append(f.Trace, m[1])
	}
}

// clean is a line without its end and what no terminal shows.
func clean(raw []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, string(raw))
}

// Worst is the first of the worst faults, nil if there are none but warnings.
func (c *Console) Worst() *Fault {
	var worst *Fault
	for i := range c.Faults {
		f := &c.Faults[i]
		if f.Kind >= FaultBadPage && (worst == nil || f.Kind > worst.Kind) {
			worst = f
		}
	}
	return worst
}

// events begin the lines that are no part of a callback and have a result.
var events = []string{"iommu", "add", "attach", "bind", "retry", "unbind", "del", "put", "type", "claim", "release"}

// refused are the events that ended in an error, but for binds that came as far
// as the driver's probe: those end as the trace has it.
func (c *Console) refused() []string {
	var list []string
	var open [2]string // the event of the first thread, and of the one that came in
	actor, probed := 0, false
	for _, l := range c.Lines {
		w := strings.Fields(l)
		switch {
		case l == "o at begin":
			actor = 1
		case l == "o at end" || l == "o at blocked":
			actor = 0
		case len(w) > 2 && w[0] == "E" && slices.Contains(events, w[2]):
			open[actor], probed = strings.Join(w[2:], " "), false
		case len(w) > 1 && w[1] == "probe":
			probed = true
		case l == "o result error at":
			list = append(list, open[1])
		case l == "o result error" && !probed:
			list = append(list, open[0])
		}
	}
	return list
}
