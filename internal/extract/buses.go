package extract

import (
	"fmt"
	"strings"

	"dmafuzz/model"
)

// A bus has a dma_configure of its own. One kernel file has one path for all of
// them, that of the bus its devices sit on by default; the others are read and
// held against it.
type bus struct {
	name, variable, file string
	of                   bool // only where a device tree describes devices
}

var buses = []bus{
	{"platform", "platform_bus_type", "drivers/base/platform.c", false},
	{"pci", "pci_bus_type", "drivers/pci/pci-driver.c", false},
	{"amba", "amba_bustype", "drivers/amba/bus.c", true},
	{"fsl-mc", "fsl_mc_bus_type", "drivers/bus/fsl-mc/fsl-mc-bus.c", true},
	{"cdx", "cdx_bus_type", "drivers/cdx/cdx.c", true},
	{"host1x", "host1x_bus_type", "drivers/gpu/host1x/bus.c", true},
}

// busPaths are what a bus has of its own.
var busPaths = []struct {
	kind   model.PathKind
	member string
}{{model.PathDMAConfigure, "dma_configure"}, {model.PathDMACleanup, "dma_cleanup"}}

// otherBuses notes for each bus where it goes another way than the default one.
func (t *tree) otherBuses(k *model.Kernel, texts []string) {
	for _, b := range buses {
		if b.variable == arches[t.arch].bustype || b.of && arches[t.arch].firmware != "of" {
			continue
		}
		if t.files[b.file] == nil {
			t.note(b.file, "bus "+b.name+": not there, and not read")
			continue
		}
		for _, p := range busPaths {
			t.otherBus(k, texts, b, p.kind, p.member)
		}
	}
}

func (t *tree) otherBus(k *model.Kernel, texts []string, b bus, kind model.PathKind, member string) {
	say := func(pos, text string) { t.note(pos, "bus "+b.name+": "+text) }
	fn, file := t.busMember(b.variable, member)
	switch {
	case len(t.inits[b.variable]) == 0:
		say(b.file, "expected the initialiser of "+b.variable)
		return
	case fn == "" && k.Path(kind).Status == model.PathKnown:
		say(fmt.Sprintf("%s:%d", b.file, t.inits[b.variable][0].Line), "has no "+member)
		return
	case fn == "":
		return
	}
	text, missing := t.readPath(entry{path: kind.String(), fn: fn, file: file, args: []string{"dev"}})
	if missing != nil {
		say(missing.Pos, fn+" is not understood: expected "+missing.Expected)
		return
	}
	pos := b.file
	if f := t.function(fn, file); f != nil {
		pos = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	other, err := parse(withPath(texts, kind.String(), text), nil)
	if err != nil {
		say(pos, fn+" cannot be written down: "+err.Error())
		return
	}
	// a driver that manages DMA itself stands in the file as a device on host1x
	known := map[string]bool{"bus host1x": false}
	found := compareFrom(other, k, kind, known, func(string, map[string]bool) bool { return false })
	for _, d := range found {
		say(pos, member+" is not that of "+arches[t.arch].bus+": "+d)
	}
}

// busMember is the function that a bus's initialiser names, and its file.
func (t *tree) busMember(variable, member string) (string, string) {
	for _, in := range t.inits[variable] {
		if f := in.Field(member); f != nil {
			return f.Value, in.File
		}
	}
	return "", ""
}

// withPath is the text of a kernel with another path in place of its own.
func withPath(texts []string, path, text string) []string {
	var out []string
	for _, old := range texts {
		if words := strings.Fields(old); len(words) > 1 && words[0] == "path" && words[1] == path {
			old = "\n" + text
		}
		out = append(out, old)
	}
	return out
}
