package spec

import (
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dmafuzz/model"
)

// Rule is one sentence of docs/machine.md. Its fields are text, so that a rule
// reads as a whole; lists are separated by semicolons, lines where so stated.
type Rule struct {
	Section string // the heading of docs/machine.md under which the rule stands
	Reason  string // why the outcome is as it is; unique within a section

	Facts  string // "KIND VALUE; ...": facts that differ from those of the plain kernel
	Paths  string // "PATH = STEP; STEP", one a line: paths put over those of the plain kernel
	Bounds string // "drivers any; group shared; ...": what differs from the widest bounds
	Events string // what happens, in order; each event must be executed

	Broken   string // the last event's findings, "KEY CONSEQUENCE", one a line; all of them, in order
	State    string // "sata.ops=iommu; buf.way=": words of the state at the end that must be there, or, without a value, must not
	Goals    string // goals that the last event must meet; those after a ! it must not
	Enabled  string // events that must be enabled at the end
	Disabled string // events that must not
	Stops    string // "EVENT: POINT; POINT": every point that the event comes by at the end, in order
}

// ErrRule is returned for a rule whose text cannot be read.
var ErrRule = errors.New("malformed rule")

// plainFacts and plainPaths are a kernel without bugs in which nothing but the
// rule happens.
var plainFacts = map[string]string{
	"null-ops": "direct", "default-domain": "dma", "bypass": "arch", "iommu-registers": "any-time",
}

var plainPaths = map[string]string{
	"add":              "registered",
	"attach":           "call bind",
	"bind":             "set_driver; driver_probe else failed; bound; return; failed:; devres_release; clear_driver",
	"unbind":           "driver_remove; devres_release; clear_driver",
	"del":              "deleted",
	"put":              "devres_release; gone",
	"iommu_register":   "provider_ready",
	"iommu_unregister": "provider_unlist",
	"dma_alloc":        "take pool when pool; take ops",
	"dma_free":         "take pool when from_pool; take ops",
	"dma_map":          "take ops",
	"dma_unmap":        "take ops",
	"dmam_alloc":       "call dma_alloc else out; devres_add; out:",
	"dmam_free":        "devres_remove; call dma_free",
}

// behind is an add path that puts the device behind an IOMMU with a DMA domain.
const behind = "add = param_get; group_join; domain_alloc; domain_attach; set_ops iommu; registered\n"

// Kernel is the rule's kernel: the plain one with the rule's facts and paths.
func (r Rule) Kernel() (*model.Kernel, error) {
	facts, paths := maps.Clone(plainFacts), maps.Clone(plainPaths)
	for _, fact := range list(r.Facts, ";") {
		kind, value, _ := strings.Cut(fact, " ")
		facts[kind] = value
	}
	for _, line := range list(r.Paths, "\n") {
		name, steps, _ := strings.Cut(line, "=")
		paths[strings.TrimSpace(name)] = strings.TrimSpace(steps)
	}
	var b strings.Builder
	b.WriteString("kernel rule\narch none\n")
	for _, kind := range slices.Sorted(maps.Keys(facts)) {
		fmt.Fprintf(&b, "fact %s %s\n", kind, facts[kind])
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		switch steps := paths[name]; steps {
		case "none", "unknown":
			fmt.Fprintf(&b, "path %s %s\n", name, steps)
		default:
			fmt.Fprintf(&b, "path %s\n", name)
			for _, step := range list(steps, ";") {
				fmt.Fprintf(&b, "  %s\n", step)
			}
		}
	}
	k, err := text.ParseKernel("rule.kernel", []byte(b.String()), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w\n%s", ErrRule, r.Reason, err, b.String())
	}
	return k, nil
}

// Limits are the rule's bounds: the widest ones with what the rule changes.
func (r Rule) Limits() (model.Bounds, error) {
	b := model.MaxBounds()
	for _, item := range list(r.Bounds, ";") {
		if !limit(&b, strings.Fields(item)) {
			return b, fmt.Errorf("%w: %q: bound %q", ErrRule, r.Reason, item)
		}
	}
	return b, nil
}

// limit applies one bound, "group shared" or "bus sata pci", and tells whether
// it could be read.
func limit(b *model.Bounds, words []string) bool {
	number := func(at *int) bool {
		n, err := strconv.Atoi(words[1])
		*at = n
		return err == nil
	}
	var ok bool
	switch {
	case len(words) == 3:
		return setup(b, words[0], words[1], words[2])
	case len(words) != 2:
		return false
	case words[0] == "devices":
		return number(&b.Devices)
	case words[0] == "allocs":
		return number(&b.Memory)
	case words[0] == "actions":
		return number(&b.Actions)
	case words[0] == "actors":
		return number(&b.Actors)
	case words[0] == "preemptions":
		return number(&b.Preemptions)
	case words[0] == "drivers":
		b.Drivers, ok = model.ParseDrivers(words[1])
		return ok
	case words[0] == "families":
		b.Families, ok = model.ParseFamilies(words[1])
		return ok
	}
	b.SharedGroup = true
	return words[0] == "group" && words[1] == "shared"
}

// setup says of a device what a trace would.
func setup(b *model.Bounds, what, device, value string) bool {
	names := []string{"sata", "eth"}
	n := slices.Index(names, device)
	if n < 0 {
		return false
	}
	switch what {
	case "bus":
		for bus := model.BusPlatform; bus <= model.BusHost1x; bus++ {
			if bus.String() == value {
				b.Setup[n].Bus = bus
			}
		}
		return b.Setup[n].Bus != model.BusInvalid
	case "firmware":
		for f := model.FirmwareOF; f <= model.FirmwareNone; f++ {
			if f.String() == value {
				b.Setup[n].Firmware = f
			}
		}
		return b.Setup[n].Firmware != model.FirmwareInvalid
	case "supplier":
		b.Setup[n].Supplier = uint8(slices.Index(names, value) + 1)
		return b.Setup[n].Supplier != 0
	}
	return false
}

// ParseEvents reads events that are separated by semicolons.
func ParseEvents(body string) ([]model.Event, error) {
	var events []model.Event
	for _, words := range list(body, ";") {
		e, err := text.ParseEvent(words)
		if err != nil {
			return nil, fmt.Errorf("%w: event %q: %w", ErrRule, words, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// list is the trimmed parts of a text that are not empty.
func list(body, separator string) []string {
	var parts []string
	for part := range strings.SplitSeq(body, separator) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// Bounds that many rules have.
const (
	shared       = "group shared"
	well         = "drivers well-behaved"
	late         = "drivers late"
	anyDrivers   = "drivers any"
	anyAndShared = anyDrivers + "; " + shared
)
