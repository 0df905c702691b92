package csource

import "strings"

// A Value is what is known of a symbol, or of a condition over symbols.
type Value uint8

// A condition is Unknown, No or Yes; only a symbol can be Module.
const (
	Unknown Value = iota
	No
	Yes
	Module
)

// String returns the value as Kconfig writes it, and "?" if it is not known.
func (v Value) String() string { return [...]string{"?", "n", "y", "m"}[v&3] }

// A Config says what is known of a symbol. It is asked with the full name, as in CONFIG_IOMMU_DMA,
// and also for other macros that a condition names; Unknown is always a right answer. A nil Config
// knows nothing.
type Config func(symbol string) Value

// kernelMacros are set or not in every kernel build of C for a machine, whatever its Config.
var kernelMacros = map[string]Value{
	"__KERNEL__": Yes, "__ASSEMBLY__": No, "__ASSEMBLER__": No, "__CHECKER__": No, "__cplusplus": No,
}

func (c Config) ask(name string) Value {
	if c != nil {
		if v := c(name); v != Unknown {
			return v
		}
	}
	return kernelMacros[name]
}

// A Guard is the condition under which something exists in the compiled file: its own and all of
// the Outer ones. A nil Guard means always.
type Guard struct {
	Cond  string // such as defined(CONFIG_X)
	Not   bool   // the branch where Cond does not hold
	Outer *Guard
}

// String returns the guard as one C condition, and "" for always.
func (g *Guard) String() string {
	var parts []string
	said := map[string]bool{}
	for ; g != nil; g = g.Outer {
		if part := g.one(); !said[part] {
			parts = append(parts, part)
			said[part] = true
		}
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, " && ")
}

func (g *Guard) one() string {
	cond := g.Cond
	simple := !strings.ContainsAny(cond, " |&?=<>+-")
	switch {
	case !g.Not && !strings.ContainsAny(cond, "|?"):
		return cond
	case !g.Not:
		return "(" + cond + ")"
	case simple && strings.HasPrefix(cond, "!"):
		return cond[1:]
	case simple:
		return "!" + cond
	}
	return "!(" + cond + ")"
}

// Value returns Yes if all of g holds with config, No if a part does not, else Unknown.
func (g *Guard) Value(config Config) Value {
	all := Yes
	for ; g != nil; g = g.Outer {
		v := Eval(g.Cond, config)
		if g.Not && v != Unknown {
			v = Yes + No - v
		}
		if v == No {
			return No
		}
		if v == Unknown {
			all = Unknown
		}
	}
	return all
}
