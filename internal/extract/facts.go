package extract

import (
	"fmt"
	"strings"

	"dmafuzz/internal/csource"
)

// facts reads the facts of the kernel, and writes them.
func (t *tree) facts(b *strings.Builder, res *Result) {
	for _, f := range []struct {
		name string
		read func() (value, pos string)
	}{
		{"null-ops", t.readNullOps}, {"default-domain", t.readDefaultDomain},
		{"bypass", t.readBypass}, {"iommu-registers", t.readRegisters},
	} {
		v, pos := f.read()
		if a, ok := t.assume[f.name]; ok {
			v, pos = a, ""
		}
		if v == "" {
			res.Missing = append(res.Missing, Missing{What: "fact " + f.name, Pos: pos, Expected: "a pattern that is known",
				Assume: f.name + "=VALUE"})
			v = map[string]string{"null-ops": "direct", "default-domain": "none", "bypass": "never", "iommu-registers": "any-time"}[f.name]
			pos = ""
		}
		switch f.name {
		case "null-ops":
			t.nullOps = v
		case "iommu-registers":
			t.registers = v
		}
		fmt.Fprintf(b, "fact %s %s", f.name, v)
		if pos != "" {
			b.WriteString("  " + pos)
		}
		b.WriteByte('\n')
	}
}

// readNullOps reads what get_arch_dma_ops returns: NULL is dma-direct, as is
// the variable dma_ops of x86, which nothing sets there where an IOMMU is.
func (t *tree) readNullOps() (string, string) {
	fn := t.function("get_arch_dma_ops", archHeader(t.arch))
	if fn == nil { // without ARCH_HAS_DMA_OPS there are none
		fn = t.function("get_dma_ops", "include/linux/dma-map-ops.h")
	}
	if fn == nil {
		return "", archHeader(t.arch)
	}
	ret := t.firstReturn(fn.Body)
	pos := fmt.Sprintf("%s:%d", fn.File, fn.Line)
	switch text := strings.Join(tokens(ret), ""); {
	case text == "NULL" || text == "dma_ops":
		return "direct", pos
	case text == "&arm_dma_ops":
		return "arm", pos
	case text == "&dma_dummy_ops":
		return "dummy", pos
	}
	return "", pos
}

// archHeader is where the architecture says so; without one it is asm-generic's.
func archHeader(arch string) string { return "arch/" + archFolder(arch) + "/include/asm/dma-mapping.h" }

// archFolder is its folder below arch.
func archFolder(arch string) string {
	arch, _, _ = strings.Cut(arch, "-")
	return arch
}

// firstReturn is the value that a function returns by its configuration.
func (t *tree) firstReturn(list []csource.Stmt) string {
	for _, s := range list {
		switch s := s.(type) {
		case *csource.Return:
			return s.Expr.Text
		case *csource.If:
			if csource.Eval(s.Cond.Text, t.cfg.ask) == csource.Yes {
				if r := t.firstReturn(s.Then); r != "" {
					return r
				}
			}
		}
	}
	return ""
}
