package uml

import (
	"context"
	"dmafuzz/model/text"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/corpus"
	"dmafuzz/model"
)

// raceTrees are the trees on which the traces of two actors are played.
var raceTrees = []struct {
	version string
	variant Variant
}{{"6.1", PerBind}, {"6.12", Group}, {"7.2", Group}}

// races are the traces of the corpus for which the player needs two threads or a
// group that devices share.
func races(t *testing.T) map[string]*model.Trace {
	t.Helper()
	list := map[string]*model.Trace{}
	for _, f := range corpus.Files() {
		trace, err := text.ParseTrace(f.Name, []byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		if trace.Actors > 1 || trace.Group {
			list[f.Name] = trace
		}
	}
	return list
}

// TestRaces plays every trace of two actors on every tree: the table of what was
// played, with which end, and what was not, is testdata/races.txt.
func TestRaces(t *testing.T) {
	var table strings.Builder
	traces := races(t)
	for _, c := range raceTrees {
		k, err := Kernel(os.DirFS(realTree(t, c.version)), c.version, c.variant)
		if err != nil {
			t.Fatal(err)
		}
		p := program(t, c.version, c.variant, "")
		fmt.Fprintf(&table, "%s, %s\n", c.version, c.variant)
		for _, f := range corpus.Files() {
			if traces[f.Name] == nil {
				continue
			}
			got, err := PlayTrace(context.Background(), k, c.variant, p, traces[f.Name])
			fmt.Fprintf(&table, "  %s: %s", f.Name, raceLineOf(t, f.Name, got, err))
		}
	}
	const golden = "testdata/races.txt"
	if *rewrite {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.FromSlash(golden))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), table.String()); d != "" {
		t.Errorf("%s (-want +got)\n%s", golden, d)
	}
}

func raceLineOf(t *testing.T, name string, got *Played, err error) string {
	t.Helper()
	switch {
	case errors.Is(err, ErrUnplayable):
		return fmt.Sprintf("not playable\n    %v\n", err)
	case err != nil:
		t.Fatalf("%s: %v", name, err)
	case got.Kind != KindInvalid:
		t.Errorf("%s: %s\n%s", name, got.Kind, show(&Disagreement{Rows: got.Rows, First: got.First, Machine: got.Machine, Kernel: got.Kernel}))
		return "DISAGREE\n"
	}
	s := "agree, one actor at a time"
	for _, r := range got.Rows {
		if strings.Contains(r.Event, " (at ") {
			s = "agree"
		}
	}
	if len(got.Rules) > 0 {
		s += ": " + strings.Join(got.Rules, ", ")
	}
	for _, f := range got.Kernel {
		s += "\n    log: " + f
	}
	for _, r := range got.Rows {
		if strings.Contains(r.Event, " (at ") {
			s += "\n    " + r.Event
		}
	}
	for _, n := range got.Notes {
		s += "\n    " + n
	}
	return s + "\n"
}

// A program that does something else than the machine's kernel is caught with two
// actors too: here the IOMMU core forgets to clear dev->dma_iommu on release.
func TestRaceControl(t *testing.T) {
	tree := realTree(t, "7.2")
	k, err := Kernel(os.DirFS(tree), "7.2", Group)
	if err != nil {
		t.Fatal(err)
	}
	const name = "drivers/iommu/iommu.c"
	core, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(core), "\t\tdev_clear_dma_iommu(dev);\n", "\t\t;\n", 1)
	p := buildReal(t, "7.2", Group, map[string][]byte{name: []byte(bad)})
	got, err := PlayTrace(context.Background(), k, Group, p, races(t)["open-register-fails-under-a-bound-driver.trace"])
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind != KindLog {
		t.Errorf("got %s, want a log that differs", got.Kind)
	}
}
