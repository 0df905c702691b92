package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// core is what the tree's own core does, as far as a rule's verdict depends on it.
type core struct {
	freeChecksIRQs bool            // dma_free_attrs warns if interrupts are off
	mustAgree      map[string]bool // attributes that debugging compares at an unmap
	missing        []string        // files that were to say so, and are not there
}

// readCore reads kernel/dma.
func (t *Tree) readCore() *core {
	c := &core{mustAgree: map[string]bool{}}
	if f := t.parse("kernel/dma/mapping.c"); f != nil {
		for _, name := range []string{"dma_free_attrs", "dma_free_coherent"} {
			for _, fn := range f.Function(name) {
				for _, call := range csource.Calls(fn.Body) {
					c.freeChecksIRQs = c.freeChecksIRQs || call.Name == "irqs_disabled"
				}
			}
		}
	} else {
		c.missing = append(c.missing, "kernel/dma/mapping.c")
	}
	if f := t.parse("kernel/dma/debug.c"); f != nil {
		for _, m := range f.Macros {
			if m.Name == "DMA_ATTR_UNMAP_VALID" {
				for _, w := range strings.FieldsFunc(m.Body, func(r rune) bool { return r == '|' || r == '(' || r == ')' || r == ' ' }) {
					c.mustAgree[w] = true
				}
			}
		}
	}
	return c
}

func (t *Tree) parse(name string) *csource.File {
	src, err := readFile(t.fsys, name)
	if err != nil {
		return nil
	}
	f, err := csource.Parse(name, src, nil)
	if err != nil {
		return nil
	}
	return f
}
