package main

import (
	"fmt"
	"io"
	"strings"

	"dmafuzz/internal/uml"
)

// columns writes the rows of a comparison: the event, what the kernel did, what
// the machine says, and where the source has that step.
func columns(w io.Writer, rows []uml.Row, first int) {
	wide := len("kernel")
	width := len("machine")
	for _, r := range rows {
		wide, width = max(wide, len(r.Kernel)), max(width, len(r.Machine))
	}
	line := func(mark, kernel, machine, at string) {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-2s%-*s  %-*s  %s", mark, wide, kernel, width, machine, at), " "))
	}
	line("", "kernel", "machine", "at")
	for i, r := range rows {
		if r.Event != "" {
			fmt.Fprintln(w, "  "+r.Event)
			continue
		}
		mark := ""
		switch {
		case i == first:
			mark = "!"
		case r.Differs:
			mark = "~"
		}
		line(mark, dash(r.Kernel), dash(r.Machine), r.At)
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// broke says which rules a side tells of.
func broke(faults []string) string {
	if len(faults) == 0 {
		return "nothing breaks"
	}
	return strings.Join(faults, "; ")
}
