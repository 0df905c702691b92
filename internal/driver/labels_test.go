package driver

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A label is a row of testdata/labels.tsv: a report of an early study that somebody read against the C of 7.2.13.
type label struct {
	check, file string
	line        int
	verdict     string
	reason      string
	missed      string // why no finding is expected though it is true
}

// ruleOf is the rule that a check of the study has become.
func ruleOf(check string) string {
	switch check {
	case "device":
		return "free-device"
	case "direction":
		return "free-direction"
	case "devm-dma-manual-free", "family":
		return "free-function"
	case "devm-manual":
		return "devm-freed-by-hand"
	case "free-before-unregister":
		return "freed-before-unregister"
	case "free-irqs-off":
		return "free-context"
	case "irq-devid-freed", "irq-order":
		return "irq-outlives-data"
	case "size-const", "size-factor", "size-other", "size-sizeof":
		return "free-size"
	case "unmap-sg-nents":
		return "free-count"
	}
	return "" // of the order alone
}

func readLabels(t *testing.T) []label {
	t.Helper()
	f, err := os.Open("testdata/labels.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []label
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) < 4 || cells[0] == "check" {
			continue
		}
		file, line, _ := strings.Cut(cells[1], ":")
		n, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(cells, err)
		}
		l := label{check: cells[0], file: file, line: n, verdict: cells[2], reason: cells[3]}
		if len(cells) > 4 {
			l.missed = cells[4]
		}
		list = append(list, l)
	}
	return list
}

// near tells whether a finding is about the line of a label: it stands there, or its story goes through it.
func near(f *Finding, l label) bool {
	if f.Rule != ruleOf(l.check) || f.Pos.File != l.file {
		return false
	}
	for _, s := range f.Story {
		if s.Pos.File == l.file && s.Pos.Line == l.line {
			return true
		}
	}
	return f.Pos.Line == l.line || f.Pos.Line-l.line <= 4 && l.line-f.Pos.Line <= 4
}

// DMAFUZZ_WHOLE names the whole tree of 7.2 (.ci/trees --whole). On it, every true row is found, and no false one.
func TestLabels(t *testing.T) {
	dir := os.Getenv("DMAFUZZ_WHOLE")
	if dir == "" {
		t.Skip("DMAFUZZ_WHOLE does not name a tree")
	}
	list := readLabels(t)
	var paths []string
	seen := map[string]bool{}
	for _, l := range list {
		if ruleOf(l.check) != "" && !seen[l.file] {
			seen[l.file] = true
			paths = append(paths, l.file)
		}
	}
	res, err := Run(context.Background(), os.DirFS(dir), Options{Paths: paths, Order: usualOrder})
	if err != nil {
		t.Fatal(err)
	}
	found, missed := 0, 0
	for _, l := range list {
		if ruleOf(l.check) == "" {
			continue
		}
		var hit *Finding
		for _, f := range res.Findings {
			if near(f, l) {
				hit = f
				break
			}
		}
		at := fmt.Sprintf("%s:%d: %s: %s (%s)", l.file, l.line, l.check, l.verdict, l.reason)
		switch {
		case strings.HasPrefix(l.verdict, "TRUE") && hit != nil:
			if found++; l.missed != "" {
				t.Errorf("%s: found, though the row says that it is missed: %s", at, l.missed)
			}
		case strings.HasPrefix(l.verdict, "TRUE"):
			if missed++; l.missed == "" {
				t.Errorf("%s: not found", at)
			}
		case l.verdict == "FALSE" && hit != nil && hit.Pos.Line == l.line:
			t.Errorf("%s: reported: %s", at, hit.Text)
		}
	}
	t.Logf("%d true rows found, %d not", found, missed)
}

// usualOrder is what the driver core of every kernel here does since 4.x: remove, then devres.
func usualOrder() (Order, error) { return Order{DevresAfterRemove: true, DevresAfterProbe: true}, nil }
