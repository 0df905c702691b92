package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"dmafuzz/model"
)

// rule is one sentence of docs/machine.md, shown on the smallest kernel and
// sequence that it speaks of.
type rule struct {
	reason string // why the outcome is as it is
	facts  string // "KIND VALUE; ..." that differ from plainFacts
	paths  string // "PATH = STEP; STEP" one a line, put over plainPaths
	bounds func(*model.Bounds)
	events string // "add sata; attach sata": all must be executed

	broken   string // the last event's findings, "KEY CONSEQUENCE" one a line
	state    string // "sata.ops=iommu; buf.way=": what the summary must have, or must not
	goals    string // goals of the last event that must be met, "!name" must not
	enabled  string // events that must be enabled at the end, separated by ";"
	disabled string // the same for those that must not
}

var plainFacts = map[string]string{
	"null-ops": "direct", "default-domain": "dma", "bypass": "arch", "iommu-registers": "any-time",
}

// plainPaths are a kernel without bugs in which nothing but the rule happens.
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

func makeKernel(tb testing.TB, facts, paths string) *model.Kernel {
	tb.Helper()
	f, p := maps.Clone(plainFacts), maps.Clone(plainPaths)
	for _, fact := range parts(facts, ";") {
		kind, value, _ := strings.Cut(fact, " ")
		f[kind] = value
	}
	for _, line := range parts(paths, "\n") {
		name, steps, _ := strings.Cut(line, "=")
		p[strings.TrimSpace(name)] = strings.TrimSpace(steps)
	}
	var b strings.Builder
	b.WriteString("kernel test\narch none\n")
	for _, kind := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&b, "fact %s %s\n", kind, f[kind])
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		switch steps := p[name]; steps {
		case "none", "unknown":
			fmt.Fprintf(&b, "path %s %s\n", name, steps)
		default:
			fmt.Fprintf(&b, "path %s\n", name)
			for _, step := range parts(steps, ";") {
				fmt.Fprintf(&b, "  %s\n", step)
			}
		}
	}
	k, err := model.ParseKernel("test.kernel", []byte(b.String()), nil)
	if err != nil {
		tb.Fatalf("%v\n%s", err, b.String())
	}
	return k
}

func parts(s, separator string) []string {
	var list []string
	for part := range strings.SplitSeq(s, separator) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func findEvent(tb testing.TB, text string) model.Event {
	tb.Helper()
	for _, e := range model.AllEvents() {
		if e.String() == text {
			return e
		}
	}
	tb.Fatalf("no event %q", text)
	return model.Event{}
}

func (c rule) world(tb testing.TB) *World {
	tb.Helper()
	b := model.MaxBounds()
	if c.bounds != nil {
		c.bounds(&b)
	}
	w, err := New(makeKernel(tb, c.facts, c.paths), b)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func (c rule) check(t *testing.T) {
	t.Helper()
	w := c.world(t)
	var last Result
	for _, text := range parts(c.events, ";") {
		last = w.Apply(findEvent(t, text))
		if !last.Executed {
			t.Fatalf("%q is not enabled; state %v", text, w.Describe())
		}
	}
	var broken []string
	for _, v := range last.Violations {
		broken = append(broken, fmt.Sprintf("%s %s", v.Key, v.Consequence))
	}
	if want := parts(c.broken, "\n"); !slices.Equal(broken, want) {
		t.Errorf("findings\n got %q\nwant %q", broken, want)
	}
	c.checkState(t, w)
	for _, g := range parts(c.goals, ";") {
		name, not := strings.CutPrefix(g, "!")
		if met := slices.ContainsFunc(last.Goals.List(), func(m model.Goals) bool { return m.String() == name }); met == not {
			t.Errorf("goal %s met: %v", name, met)
		}
	}
	enabled := w.Enabled()
	for _, e := range parts(c.enabled, ";") {
		if !slices.Contains(enabled, findEvent(t, e)) {
			t.Errorf("%q is not enabled", e)
		}
	}
	for _, e := range parts(c.disabled, ";") {
		if slices.Contains(enabled, findEvent(t, e)) {
			t.Errorf("%q is enabled", e)
		}
	}
}

func (c rule) checkState(t *testing.T, w *World) {
	t.Helper()
	got := w.Describe()
	for _, item := range parts(c.state, ";") {
		key, want, _ := strings.Cut(item, "=")
		if got[key] != want {
			t.Errorf("%s is %q, want %q; state %v", key, got[key], want, got)
		}
	}
}

func checkRules(t *testing.T, rules []rule) {
	t.Helper()
	for _, c := range rules {
		if c.reason == "" {
			t.Fatal("a rule without a reason")
		}
		t.Run(strings.ReplaceAll(c.reason, " ", "_"), c.check)
	}
}

func shared(b *model.Bounds)       { b.SharedGroup = true }
func well(b *model.Bounds)         { b.Drivers = model.DriversWell }
func late(b *model.Bounds)         { b.Drivers = model.DriversLate }
func anyDrivers(b *model.Bounds)   { b.Drivers = model.DriversAny }
func anyAndShared(b *model.Bounds) { b.Drivers, b.SharedGroup = model.DriversAny, true }
