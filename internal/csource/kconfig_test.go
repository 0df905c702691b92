package csource

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const kconfig = `# SPDX
config ARM
	bool
	default y
	select ARCH_HAS_SETUP_DMA_OPS
	select ARCH_HAS_TEARDOWN_DMA_OPS if MMU && \
		!XEN
	select ODD if VERSION = y  # not "always"
	help
	  The text may say
	  select NOT_THIS

	  or config NOT_THAT.

config MMU
	def_bool y if !NOMMU

menu "Options"
	depends on ARM

if EXPERT
menuconfig DEEP
	tristate "Deep" if SOME
	depends on PCI || OF
	imply SHALLOW
endif

endmenu
config LAST
	int "n"
	range 1 9
	default 3 if DEEP
	default 5
source "lib/Kconfig"
`

func TestKconfig(t *testing.T) {
	k, err := ParseKconfig("Kconfig", []byte(kconfig))
	if err != nil || len(k.Diagnostics) > 0 {
		t.Fatal(err, k.Diagnostics)
	}
	var b strings.Builder
	for _, s := range k.Symbols {
		fmt.Fprintf(&b, "%d %s %s\n", s.Line, s.Name, s.Type)
		for i, list := range [][]Clause{s.Selects, s.Implies, s.Defaults, s.Depends} {
			for _, c := range list {
				fmt.Fprintf(&b, "  %d:%d %s %s if %q\n", c.Line, c.Col, [...]string{"select", "imply", "default", "depends"}[i], c.Value, c.If)
			}
		}
	}
	compare(t, b.String(), `2 ARM bool
  5:2 select ARCH_HAS_SETUP_DMA_OPS if ""
  6:2 select ARCH_HAS_TEARDOWN_DMA_OPS if "MMU && !XEN"
  8:2 select ODD if "VERSION = y"
  4:2 default y if ""
15 MMU bool
  16:2 default y if "!NOMMU"
22 DEEP tristate
  25:2 imply SHALLOW if ""
  19:2 depends ARM if ""
  21:1 depends EXPERT if ""
  24:2 depends PCI || OF if ""
29 LAST int
  32:2 default 3 if "DEEP"
  33:2 default 5 if ""
`)
}

func TestSelected(t *testing.T) {
	k, err := ParseKconfig("Kconfig", []byte(kconfig))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		reason, symbol string
		config         map[string]string
		want           Value
	}{
		{"always, by a symbol that is always set", "ARCH_HAS_SETUP_DMA_OPS", nil, Yes},
		{"by one that is not set here", "ARCH_HAS_SETUP_DMA_OPS", map[string]string{"CONFIG_ARM": "n"}, No},
		{"nobody selects it", "MMU", nil, No},
		{"help is not read", "NOT_THIS", nil, No},
		{"a condition that is not known", "ARCH_HAS_TEARDOWN_DMA_OPS", nil, Unknown},
		{"one that is", "ARCH_HAS_TEARDOWN_DMA_OPS", map[string]string{"CONFIG_MMU": "y", "CONFIG_XEN": "n"}, Yes},
		{"one that does not hold", "ARCH_HAS_TEARDOWN_DMA_OPS", map[string]string{"CONFIG_XEN": "m"}, No},
		{"a comparison", "ODD", map[string]string{"CONFIG_VERSION": "m"}, No},
	} {
		if got := k.Selected(test.symbol, Settings(test.config, Unknown)); got != test.want {
			t.Errorf("%s: %s is %v, want %v", test.reason, test.symbol, got, test.want)
		}
	}
}

func TestKconfigDiagnostics(t *testing.T) {
	for src, want := range map[string]string{
		"config\n":                  "K:1:1: expected one name after config",
		"config A B\n":              "K:1:1: expected one name after config",
		"config A\n\tselect\n":      "K:2:2: expected a value after select",
		"config A\n\tdepends X\n":   "K:2:2: expected on and an expression after depends",
		"config A\n\tselects B\n":   "K:2:2: expected an entry or an attribute, found selects",
		"endif\n":                   "K:1:1: expected if before, found endif",
		"menu \"x\"\nif A\nendif\n": "K:1:1: expected endmenu, found end of file",
	} {
		k, err := ParseKconfig("K", []byte(src))
		if err != nil || len(k.Diagnostics) != 1 || k.Diagnostics[0].Error() != want {
			t.Errorf("%q: %v %v, want %s", src, err, k.Diagnostics, want)
		}
	}
	k, err := ParseKconfig("K", []byte(strings.Repeat("if A\n", 10*MaxDepth)))
	if err != nil || len(k.Diagnostics) != MaxDiagnostics {
		t.Errorf("nested: %v, %d diagnostics", err, len(k.Diagnostics))
	}
}

func TestDotConfig(t *testing.T) {
	src := "#\n# Linux\n#\nCONFIG_A=y\nCONFIG_B=m\r\n# CONFIG_C is not set\nCONFIG_D=\"a b\"\nCONFIG_E=0x10\n"
	values, err := ParseDotConfig(".config", []byte(src))
	if err != nil || len(values) != 5 || values["CONFIG_D"] != "a b" {
		t.Fatal(values, err)
	}
	config := Settings(values, No)
	for symbol, want := range map[string]Value{
		"CONFIG_A": Yes, "CONFIG_B": Module, "CONFIG_C": No, "CONFIG_D": Unknown, "CONFIG_Z": No, "MODULE": Unknown,
	} {
		if got := config(symbol); got != want {
			t.Errorf("%s is %v, want %v", symbol, got, want)
		}
	}
	if got := Eval("defined(CONFIG_B_MODULE) && !defined(CONFIG_A_MODULE)", config); got != Yes {
		t.Errorf("_MODULE: %v", got)
	}
	for _, bad := range []string{"CONFIG_A\n", "\nX=y\n", "CONFIG_A =y\n"} {
		var e *Error
		if _, err := ParseDotConfig(".config", []byte(bad)); !errors.As(err, &e) || e.Line != strings.Count(bad, "\n") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	big := make([]byte, MaxSize+1)
	if _, err := ParseDotConfig("", big); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := ParseKconfig("", big); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}
