package main

import (
	"fmt"
	"strings"
)

// listCmd lists names: `dmafuzz list invariants`.
type listCmd struct {
	What string `arg:"" optional:"" help:"kernels, events, invariants, steps, tests, paths, goals, families, consequences, effects or verbs; all of them if not given."`
}

func (c *listCmd) run(a *app) error {
	p := &printer{w: a.stdout}
	shown := 0
	for _, t := range topics {
		if c.What != "" && c.What != t.word {
			continue
		}
		if shown > 0 {
			p.line("")
		}
		shown++
		if c.What == "" {
			p.line("%s", t.word)
		}
		printNames(p, t.all(), c.What == "")
	}
	if shown == 0 {
		return fmt.Errorf("list: got %q, want %s", c.What, topicWords())
	}
	return p.err
}

func printNames(p *printer, list []named, indent bool) {
	widest := 0
	for _, n := range list {
		widest = max(widest, len(n.name))
	}
	before := ""
	if indent {
		before = "  "
	}
	for _, n := range list {
		p.line("%s%-*s  %s", before, widest, n.name, n.doc)
	}
}

func topicWords() string {
	var words []string
	for _, t := range topics {
		words = append(words, t.word)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
