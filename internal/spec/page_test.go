package spec

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dmafuzz/model"
)

// page is docs/machine.md by its headings.
func page(t *testing.T) (headings []string, text map[string]string) {
	t.Helper()
	src, err := os.ReadFile("../../docs/machine.md")
	if err != nil {
		t.Fatal(err)
	}
	text = map[string]string{}
	for line := range strings.Lines(string(src)) {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "##") {
			headings = append(headings, strings.TrimSpace(heading))
			continue
		}
		if len(headings) > 0 {
			text[headings[len(headings)-1]] += line
		}
	}
	return headings, text
}

// TestSections: every rule stands under a heading of the page, and says in words
// of its own what it shows; under every heading stand rules.
func TestSections(t *testing.T) {
	headings, _ := page(t)
	if len(headings) < 10 {
		t.Fatalf("the page has the headings %q only", headings)
	}
	count, seen := map[string]int{}, map[string]bool{}
	for _, r := range Rules() {
		count[r.Section]++
		if !slices.Contains(headings, r.Section) {
			t.Errorf("%q: the page has no heading %q", r.Reason, r.Section)
		}
		if name := r.Section + "/" + r.Reason; r.Reason == "" || seen[name] {
			t.Errorf("%q: no reason, or one that another rule has", name)
		} else {
			seen[name] = true
		}
		if r.Broken+r.State+r.Goals+r.Enabled+r.Disabled+r.Stops == "" && r.Events == "" {
			t.Errorf("%q says nothing", r.Reason)
		}
	}
	for _, heading := range headings {
		if count[heading] == 0 {
			t.Errorf("no rule stands under %q", heading)
		}
	}
}

// subjects are the steps and events that the page's tables give a row to, by section.
func subjects(t *testing.T) map[string][]string {
	t.Helper()
	named := map[string]bool{}
	for op := model.OpLabel; op <= model.OpModulePut; op++ {
		named[op.String()] = true
	}
	for _, e := range model.AllEvents() {
		named[e.Kind.String()] = true
		named[e.String()] = true
	}
	_, text := page(t)
	found := map[string][]string{}
	for section, lines := range text {
		for line := range strings.Lines(lines) {
			cells := strings.Split(line, "|")
			if len(cells) < 3 || strings.HasPrefix(line, "|---") {
				continue
			}
			for _, name := range strings.FieldsFunc(cells[1], func(r rune) bool { return r == ',' || r == '/' }) {
				name = strings.TrimSpace(name)
				for name != "" && !named[name] {
					name = name[:max(0, strings.LastIndexByte(name, ' '))]
				}
				if name != "" {
					found[section] = append(found[section], name)
				}
			}
		}
	}
	return found
}

// TestTables: every step and event that has a row in a table of the page has a
// rule in that section which takes it.
func TestTables(t *testing.T) {
	bySection := map[string]string{}
	for _, r := range Rules() {
		paths := strings.NewReplacer("=", ";", "\n", ";").Replace(r.Paths)
		for _, words := range slices.Concat(list(paths, ";"), list(r.Events, ";"), list(r.Enabled, ";"), list(r.Disabled, ";")) {
			words = strings.ReplaceAll(strings.ReplaceAll(words, " sata", ""), " eth", "")
			bySection[r.Section] += "\n" + words + " "
		}
	}
	total := 0
	for section, names := range subjects(t) {
		total += len(names)
		for _, name := range names {
			if !strings.Contains(bySection[section], "\n"+name+" ") {
				t.Errorf("%s: no rule about %s", section, name)
			}
		}
	}
	if total < 70 {
		t.Errorf("the tables of the page name %d steps and events only", total)
	}
}

// TestEveryTest: each test of a condition is asked somewhere.
func TestEveryTest(t *testing.T) {
	asked := ""
	for _, r := range Rules() {
		if r.Section == tests {
			asked += " " + strings.NewReplacer(",", " ", ";", " ", "\n", " ").Replace(r.Paths) + " "
		}
	}
	for test := model.Test(1); !strings.HasPrefix(test.String(), "Test("); test++ {
		if !strings.Contains(asked, " "+test.String()+" ") {
			t.Errorf("no rule asks %s", test)
		}
	}
}

// TestGoals: each goal is met by a rule, and missed by another that could have.
func TestGoals(t *testing.T) {
	met := map[string]bool{}
	for _, r := range Rules() {
		for _, g := range list(r.Goals, ";") {
			met[g] = true
		}
	}
	for _, g := range model.Goals(1<<16 - 1).List() {
		if !met[g.String()] || !met["!"+g.String()] {
			t.Errorf("goal %s: met %v, missed %v", g, met[g.String()], met["!"+g.String()])
		}
	}
}

// TestMalformed: a rule that cannot be read is an error, not a rule about nothing.
func TestMalformed(t *testing.T) {
	for _, bounds := range []string{"drivers bad", "devices many", "group", "group alone", "bus disk pci", "bus sata isa", "firmware sata bios", "supplier sata disk", "families none", "speed 3"} {
		if _, err := (Rule{Bounds: bounds}).Limits(); err == nil {
			t.Errorf("bounds %q are read", bounds)
		}
	}
	if _, err := (Rule{Paths: "add = fly"}).Kernel(); err == nil {
		t.Error("a step that is none is read")
	}
	if _, err := ParseEvents("add sata; add disk"); err == nil {
		t.Error("an event of a device that is none is read")
	}
}
