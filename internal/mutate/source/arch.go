package source

import (
	"strings"

	"dmafuzz/internal/csource"
)

const (
	armFile     = "arch/arm/mm/dma-mapping.c"
	ofFile      = "drivers/of/device.c"
	x86File     = "arch/x86/kernel/pci-dma.c"
	x86Kconfig  = "arch/x86/Kconfig"
	hookSymbol  = "ARCH_HAS_TEARDOWN_DMA_OPS"
	kconfigHead = "\nconfig X86\n"
)

var archMutants = []Mutant{
	{"arm-teardown-any-mapping", "arm tears down any mapping, as v4.9 did.", editing(func(e *editor) error {
		return e.dropIf(armFile, "arch_teardown_dma_ops", "dma_ops_setup", "no dma_ops_setup")
	})},
	{"arm-teardown-keeps-ops", "arm keeps the ops that detaching a mapping left, as up to v4.20.", editing(armKeeps)},
	{"rangemap-read-twice", "of_dma_configure_id reads the firmware again where a range map is set already.", editing(readTwice)},
	{"x86-teardown-hook", "x86 clears the ops on unbind: the patch of April 2021 that was rejected.", editing(x86Hook)},
}

func armKeeps(e *editor) error {
	s, fn, err := e.function(armFile, "arch_teardown_dma_ops")
	if err != nil {
		return err
	}
	st := first(fn.Body, calls("set_dma_ops", "dev", "NULL"))
	if st == nil {
		return notApplicable("%s clears no ops", fn.Name)
	}
	return s.drop(st)
}

// readTwice takes out the if, and the label that only it jumps to.
func readTwice(e *editor) error {
	s, fn, err := e.function(ofFile, "of_dma_configure_id")
	if err != nil {
		return err
	}
	st := first(fn.Body, func(st csource.Stmt) bool {
		x, ok := st.(*csource.If)
		return ok && x.Cond.Text == "dev->dma_range_map"
	})
	if st == nil {
		return notApplicable("it does not ask for a map")
	}
	list := []csource.Stmt{st}
	jump, _ := deep(st.(*csource.If).Then, func(st csource.Stmt) bool { _, ok := st.(*csource.Goto); return ok })
	if jump != nil {
		list = append(list, first(fn.Body, func(st csource.Stmt) bool {
			l, ok := st.(*csource.Label)
			return ok && l.Name == jump.(*csource.Goto).Label
		}))
	}
	if list[len(list)-1] == nil {
		return s.shape(jump.Position(), "a label at the top of %s", fn.Name)
	}
	return s.drop(list...)
}

func x86Hook(e *editor) error {
	s, err := e.open(x86File)
	if err != nil {
		return err
	}
	if s.function("arch_teardown_dma_ops") != nil {
		return notApplicable("x86 has a hook")
	}
	hook := "\nvoid arch_teardown_dma_ops(struct device *dev)\n{\n\tset_dma_ops(dev, NULL);\n}\n"
	if err := s.put(len(s.text), len(s.text), hook); err != nil {
		return err
	}
	k, err := e.open(x86Kconfig) // not C; only its text is used
	if err != nil {
		return err
	}
	head, body, ok := strings.Cut(string(k.text), kconfigHead)
	first := strings.Index(body, "\tselect ")
	if !ok || first < 0 {
		return k.shape(csource.Pos{}, "config X86 with a select")
	}
	k.text = []byte(head + kconfigHead + body[:first] + "\tselect " + hookSymbol + "\n" + body[first:])
	return nil
}
