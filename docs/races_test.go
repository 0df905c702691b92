package docs_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/internal/extract"
	"dmafuzz/internal/long"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// Every finding that takes two actors has its cause in races.md, on every kernel, no
// pattern is idle, and the list of what is met on which kernel is up to date. A cause is
// known by where the shortest trace of a finding makes an actor wait.
func TestEveryRaceHasItsCause(t *testing.T) {
	if !*rewrite {
		long.Only(t, "a search of every kernel with two actors")
	}
	page, err := os.ReadFile("races.md")
	if err != nil {
		t.Fatal(err)
	}
	causes := parseReasons(t, string(page))
	met := map[string]bool{} // patterns
	var b strings.Builder
	b.WriteString("# Findings of two actors, by kernel and by where an actor waits\n")
	for _, name := range kernels.Names() {
		fmt.Fprintf(&b, "\n%s", races(t, load(t, name), causes, met))
	}
	b.WriteString("\n# With a device link\n")
	for _, name := range kernels.Names() {
		k := load(t, name)
		// The driver core is the same for all archs.
		if k.Arch == "arm64" && k.MakesLinks() {
			fmt.Fprintf(&b, "\n%s", linkRaces(t, k, causes, met))
		}
	}
	for _, c := range causes {
		for _, p := range c.patterns {
			if !met[p] {
				t.Errorf("the pattern %s matches nothing", p)
			}
		}
	}
	golden(t, racesGolden, b.String())
}

const racesGolden = "testdata/races.golden"

// The same of the newest kernel of each arch, by its part of the list.
func TestEveryNewRaceHasItsCause(t *testing.T) {
	if long.On() || *rewrite {
		t.Skip("TestEveryRaceHasItsCause does this and more")
	}
	page, err := os.ReadFile("races.md")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(racesGolden)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(list), "\n\n")
	newest := map[string]string{}
	for _, name := range kernels.Names() {
		newest[load(t, name).Arch] = name
	}
	if len(newest) < 3 {
		t.Errorf("the newest of %d archs, want three at least", len(newest))
	}
	for _, name := range newest {
		got := races(t, load(t, name), parseReasons(t, string(page)), map[string]bool{})
		if !strings.HasPrefix(got, name) || !slices.Contains(parts, strings.TrimSuffix(got, "\n")) {
			t.Errorf("%s does not have this part:\n%s\nrun `go test ./docs -rewrite` if this is meant", racesGolden, got)
		}
	}
}

// The same on kernel trees. The pool of trees moves on, so no list is kept.
func TestEveryRaceOfTheTreesHasItsCause(t *testing.T) {
	trees := os.Getenv("DMAFUZZ_TREES")
	if trees == "" {
		t.Skip("DMAFUZZ_TREES names no folder of kernel trees")
	}
	long.Only(t, "a search of each tree with two actors")
	page, err := os.ReadFile("races.md")
	if err != nil {
		t.Fatal(err)
	}
	causes := parseReasons(t, string(page))
	for _, tree := range []string{"5.10", "6.1", "6.12", "7.2"} {
		res, err := extract.Tree(os.DirFS(filepath.Join(trees, tree)), extract.Options{Name: "tree-" + tree})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(races(t, res.Kernel, causes, map[string]bool{}) + linkRaces(t, res.Kernel, causes, map[string]bool{}))
	}
}

// races searches a kernel with two actors and two preemptions, and says how many
// findings, of those that one actor does not have, there are by where actors wait.
func races(t *testing.T, k *model.Kernel, causes []reason, met map[string]bool) string {
	t.Helper()
	b := model.DefaultBounds()
	b.Actors, b.Preemptions = 2, 2
	v := searchPass(t, k, raced(check.DefaultPlan(b))[0])
	alone := keysOf(t, k)
	places := placesOf(t, v, causes, met, func(key model.Key) bool { return !slices.Contains(alone, key) })
	return listed(k, v.Passes[0].Certificate.States, v.Passes[0].Certificate.Sum.String(), places)
}

// raced are the passes of a plan that have two actors.
func raced(p check.Plan) []model.Bounds {
	return slices.DeleteFunc(p.Passes, func(b model.Bounds) bool { return b.Actors < 2 })
}

func searchPass(t *testing.T, k *model.Kernel, b model.Bounds) *check.Verdict {
	t.Helper()
	v, err := check.Run(context.Background(), k, check.FamiliesPlan(b, b.Families), check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Open() {
		t.Fatalf("%s is not closed: %s", k.FullName(), &v.Passes[0])
	}
	return v
}

// linkRaces is races for a consumer and its supplier, with one preemption, as to
// what a device link is for: that the supplier outlives the consumer, and nobody hangs.
func linkRaces(t *testing.T, k *model.Kernel, causes []reason, met map[string]bool) string {
	t.Helper()
	places := map[string]int{}
	var states uint64
	var sums []string
	linked := check.Linked(model.Bounds{Actors: 2, Preemptions: 1})
	for _, b := range raced(check.LinkPlan(linked)) {
		v := searchPass(t, k, b)
		states += v.Passes[0].Certificate.States
		sums = append(sums, v.Passes[0].Certificate.Sum.String())
		for at, n := range placesOf(t, v, causes, met, func(key model.Key) bool {
			return key.Invariant == model.NoDeadlock || key.Invariant == model.SupplierOutlivesConsumer && key.Site.Step == model.OpDriverRemove
		}) {
			places[at] += n
		}
	}
	return listed(k, states, strings.Join(sums, " "), places)
}

// placesOf counts the findings that are asked for by where actors wait, and sees that
// each place has a cause.
func placesOf(t *testing.T, v *check.Verdict, causes []reason, met map[string]bool, asked func(model.Key) bool) map[string]int {
	t.Helper()
	places := map[string]int{}
	m, err := model.NewMachine(v.Kernel, v.Passes[0].Bounds) // it counts preemptions
	if err != nil {
		t.Fatal(err)
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		if !asked(f.Key()) {
			continue
		}
		at := waits(m, f.Trace().Events)
		places[at]++
		if p, ok := causeOf(causes, at); ok {
			met[p] = true
		} else if places[at] == 1 {
			t.Errorf("%s: no cause in races.md for %q: %s", v.Kernel.FullName(), at, f.Key())
		}
	}
	return places
}

// listed is a kernel's part of the golden list.
func listed(k *model.Kernel, states uint64, sum string, places map[string]int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s  %d states, sum %s\n", k.FullName(), states, sum)
	for _, at := range slices.Sorted(maps.Keys(places)) {
		fmt.Fprintf(&s, "  %3d  %s\n", places[at], at)
	}
	return s.String()
}

func causeOf(causes []reason, at string) (string, bool) {
	for _, c := range causes {
		if p, ok := c.explains(at); ok {
			return p, true
		}
	}
	return "", false
}

// waits says where the preemptions of a trace are, without the names of devices and
// memory.
func waits(m *model.Machine, events []model.Event) string {
	var s model.State
	var places []string
	for _, e := range events {
		words := e.Kind.String()
		if a := e.ArgString(); a != "" {
			words += " " + a
		}
		var one model.EventSet
		one.Add(e.ID())
		if paid := m.Preempting(&s, &one); !paid.Empty() {
			places = append(places, words+" beside a callback")
		}
		if e.Until != (model.Point{}) {
			places = append(places, words+" until "+e.Until.String())
		}
		m.Apply(&s, e)
	}
	return strings.Join(places, " + ")
}
