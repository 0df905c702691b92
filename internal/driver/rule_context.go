package driver

import (
	"fmt"
	"slices"
)

// maxChain is how many calls may lie between the place that turns interrupts off and the free.
const maxChain = 4

// context looks for frees that must not run with interrupts off, and do.
func (j *judge) context() {
	if !j.core.freeChecksIRQs {
		return
	}
	for _, f := range j.u.all {
		for _, c := range f.calls {
			if c.irqs != irqsOff {
				continue
			}
			if how, ok := freers[c.name]; ok && how.sleeps && j.u.api(f, c.name) {
				j.inContext(c, nil, "interrupts are off")
				continue
			}
			for _, g := range j.u.functions(f, c.name) {
				if chain := j.freesAtEntry(g, []*call{c}); chain != nil {
					j.inContext(c, chain, "interrupts are off")
					break
				}
			}
		}
	}
	for _, f := range j.u.all {
		for _, c := range f.calls {
			at := handlerArgument(c.name)
			if at < 0 {
				continue
			}
			for _, v := range c.arg(at) {
				if v.kind != vName {
					continue
				}
				for _, g := range j.u.functions(f, v.text) {
					if chain := j.freesAtEntry(g, nil); chain != nil {
						j.inContext(chain[0], chain[1:], "this is an interrupt handler")
					}
				}
			}
		}
	}
}

// handlerArgument is which argument of a call is a handler that runs with interrupts off.
func handlerArgument(name string) int {
	switch name {
	case "request_irq", "request_threaded_irq":
		return 1
	case "devm_request_irq", "devm_request_threaded_irq", "pci_request_irq":
		return 2
	}
	return -1
}

// freesAtEntry is a chain of calls to such a free that nothing stands before that changes interrupts, and
// that no condition on the way rules out. before are the calls that lead to f.
func (j *judge) freesAtEntry(f *function, before []*call) []*call {
	if len(before) > maxChain || slices.ContainsFunc(before, func(c *call) bool { return c.fn == f }) {
		return nil
	}
	known := reversed(before)
	open := func(c *call) bool {
		return c.irqs == irqsAtEntry && !j.contradicts(c, known) && !opposed(append(slices.Clone(before), c))
	}
	for _, c := range f.calls {
		if how, ok := freers[c.name]; ok && how.sleeps && open(c) && j.u.api(f, c.name) {
			return []*call{c}
		}
	}
	for _, c := range f.calls {
		list := j.u.functions(f, c.name)
		if len(list) == 0 || !open(c) {
			continue
		}
		for _, g := range list {
			if chain := j.freesAtEntry(g, append(before[:len(before):len(before)], c)); chain != nil {
				return append([]*call{c}, chain...)
			}
		}
	}
	return nil
}

func (j *judge) inContext(c *call, chain []*call, why string) {
	free := c
	if len(chain) > 0 {
		free = chain[len(chain)-1]
	}
	f := &Finding{Rule: "free-context", Severity: Warning, Pos: c.pos, Function: c.fn.name, Way: Anyhow, call: c,
		Text: fmt.Sprintf("%s is called where %s: a WARN", free.name, why)}
	if len(chain) > 0 {
		f.Text = fmt.Sprintf("%s comes to %s at %s, and %s: a WARN", c.name, free.name, short(free.pos), why)
	}
	f.Story = append(f.Story, Step{c.pos, c.fn.name + ": " + c.node.String()})
	for _, d := range chain {
		f.Story = append(f.Story, Step{d.pos, d.fn.name + ": " + d.node.String()})
	}
	j.findings = append(j.findings, f)
}
