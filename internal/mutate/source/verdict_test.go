package source_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/mutate/source"
)

func TestParseVerdict(t *testing.T) {
	for _, c := range []struct{ in, out string }{ // out is empty where reading fails
		{"finding +same-ops:{dma_alloc,dmam_alloc}:{unbind,del}.devres_release:iommu>direct:pci",
			"finding +same-ops:dma_alloc:del.devres_release:iommu>direct:pci +same-ops:dma_alloc:unbind.devres_release:iommu>direct:pci " +
				"+same-ops:dmam_alloc:del.devres_release:iommu>direct:pci +same-ops:dmam_alloc:unbind.devres_release:iommu>direct:pci"},
		{"finding -no-leak:none:bind.range_map_set:->-:platform", "finding -no-leak:none:bind.range_map_set:->-:platform"},
		{"no change: the hook is empty", "no change: the hook is empty"},
		{"not applicable:  no hook", "not applicable: no hook"},
		{"not read: path bind", "not read: path bind"},
		{"", ""},
		{"finding", ""},
		{"no change:", ""},
		{"not applicable", ""},
		{"finding same-ops:dma_alloc:unbind.devres_release:iommu>direct:pci", ""},
		{"finding +same-ops", ""},
		{"finding +no-leak:none:bind.range_map_set:->-:pci +no-leak:none:bind.range_map_set:->-:pci", ""},
		{"maybe +no-leak:none:bind.range_map_set:->-:pci", ""},
	} {
		v, err := source.ParseVerdict(c.in)
		if c.out == "" {
			if !errors.Is(err, source.ErrTable) {
				t.Errorf("%q: %v, %v", c.in, v, err)
			}
			continue
		}
		if err != nil || v.String() != c.out {
			t.Errorf("%q: %v\n%s", c.in, err, cmp.Diff(c.out, v.String()))
			continue
		}
		again, err := source.ParseVerdict(v.String())
		if err != nil || !cmp.Equal(again, v) {
			t.Errorf("%q: the second time %v, %v", c.in, again, err)
		}
	}
}

// TestTables: every line can be read, names a mutant, and no surprise is what
// was foretold.
func TestTables(t *testing.T) {
	all, err := source.Expected()
	if err != nil {
		t.Fatal(err)
	}
	foretold, err := source.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	does := map[string]bool{}
	for i, c := range all {
		if _, ok := source.Find(c.Mutant); !ok {
			t.Errorf("%s: no such mutant: %s", c.Pos, c.Mutant)
		}
		if c.Blame != "" && c.String() == foretold[i].String() {
			t.Errorf("%s: no surprise: verdicts.txt foretells it", c.Pos)
		}
		if foretold[i].Kind == source.NotRead {
			t.Errorf("%s: not read: nobody foretells that", foretold[i].Pos)
		}
		does[c.Mutant] = does[c.Mutant] || c.Kind != source.NotApplicable
	}
	for _, m := range source.List() {
		if !does[m.Name] {
			t.Errorf("%s: not applicable anywhere", m.Name)
		}
	}
}
