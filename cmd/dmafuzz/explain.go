package main

import (
	"fmt"
	"strings"

	"dmafuzz/model"
)

// explainCmd says what a name means: `dmafuzz explain same-ops`.
type explainCmd struct {
	Name []string `arg:"" help:"An event, invariant, step, test, path, goal, consequence, effect, verb, kernel, or a finding's key."`
	Full bool     `help:"Print a kernel as a file of its own, with all that it takes from its bases."`
}

func (c *explainCmd) run(a *app) error {
	name := strings.Join(c.Name, " ")
	p := &printer{w: a.stdout}
	if c.Full {
		return printWhole(a, name)
	}
	if key, err := model.ParseKey(name); err == nil {
		explainKey(p, key)
		return p.err
	}
	shown := 0
	for _, t := range topics {
		for _, n := range t.all() {
			if !strings.EqualFold(n.name, name) {
				continue
			}
			if shown > 0 {
				p.line("")
			}
			shown++
			p.line("%s: %s", t.one, n.name)
			if t.one != "kernel" { // its source lines say more
				p.line("  %s", n.doc)
			}
			c.more(a, p, t.one, n.name)
		}
	}
	if shown == 0 && isKernelArgument(name) {
		k, err := a.kernel(name)
		if err != nil {
			return err
		}
		p.line("kernel: %s", name)
		explainKernel(p, k, name)
		return p.err
	}
	if shown == 0 {
		return fmt.Errorf("explain: %q is no name of dmafuzz; %s are listed by dmafuzz list", name, topicWords())
	}
	return p.err
}

// more says what else there is to say of one name.
func (c *explainCmd) more(a *app, p *printer, kind, name string) {
	switch kind {
	case "event":
		explainEvent(p, name)
	case "kernel":
		if k, err := a.kernel(name); err == nil {
			explainKernel(p, k, name)
		}
	case "verb":
		p.line("  dmafuzz %s --help lists its flags", strings.TrimSuffix(name, " --bisect"))
	case "path":
		for path := model.PathAdd; path <= model.PathMappingDetach; path++ {
			if path.String() == name {
				p.line("  its steps are the fault of: %s", path.Owner())
			}
		}
	}
}

// explainEvent lists how the event is written in a trace.
func explainEvent(p *printer, name string) {
	p.line("  in a trace:")
	for _, e := range model.AllEvents() {
		if e.Kind.String() == name && e.Device == 0 && e.Memory == 0 {
			p.line("    %-36s families %s", e, e.Family())
		}
	}
}

func explainKey(p *printer, k model.Key) {
	p.line("finding: %s", k)
	p.line("  rule       %s: %s", k.Invariant, k.Invariant.Doc())
	p.line("  memory     %s", k.Alloc)
	p.line("  where      %s", k.Site)
	p.line("  allocated  %s", orDash(k.From))
	p.line("  then       %s", orDash(k.To))
	p.line("  bus        %s", k.Bus)
}

func orDash(w model.DMAPath) string {
	if w == model.DMAPathInvalid {
		return "-"
	}
	return w.String()
}
