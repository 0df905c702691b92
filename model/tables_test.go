package model

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write golden files anew; commit the change only if you understand it")

// golden compares got with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s\nrun `go test ./model -rewrite` if this is meant", file, d)
	}
}

// Ids are absolute: traces do not hold them, but searches break ties by them
// and the fuzz codec is made from them. New events go to the end of a kind's
// arguments or of the kinds.
func TestEventIDsAreFrozen(t *testing.T) {
	var b strings.Builder
	for id, e := range AllEvents() {
		if int(e.ID()) != id {
			t.Errorf("event %d %s says that its id is %d", id, e, e.ID())
		}
		if back, ok := e.ID().Event(); !ok || back != e {
			t.Errorf("id %d gives %v, want %v", id, back, e)
		}
		fmt.Fprintf(&b, "%3d %s\n", id, e)
	}
	golden(t, "events.golden", b.String())
	if _, ok := EventID(NumEvents).Event(); ok {
		t.Error("an id past the end has an event")
	}
}

// Every name of the vocabulary is one word, stands once, and has a meaning.
func TestVocabulary(t *testing.T) {
	check := func(kind string, first, n int, name, doc func(int) string) {
		seen := map[string]int{}
		for i := first; i < n; i++ {
			if name(i) == "" || doc(i) == "" || strings.HasSuffix(doc(i), ".") {
				t.Errorf("%s %d: name %q, meaning %q: want both, the meaning without a full stop", kind, i, name(i), doc(i))
			}
			if j, ok := seen[name(i)]; ok {
				t.Errorf("%s %d and %d are both named %q", kind, j, i, name(i))
			}
			seen[name(i)] = i
		}
	}
	check("step", 1, int(numOps), func(i int) string { return Op(i).String() }, func(i int) string { return Op(i).Doc() })
	check("test", 1, int(numTests), func(i int) string { return Test(i).String() }, func(i int) string { return Test(i).Doc() })
	check("path", 1, int(numPaths), func(i int) string { return PathKind(i).String() }, func(i int) string { return PathKind(i).Doc() })
	check("event", 1, int(numEvents), func(i int) string { return EventKind(i).String() }, func(i int) string { return EventKind(i).Doc() })
	check("invariant", 1, int(numInvariants), func(i int) string { return Invariant(i).String() }, func(i int) string { return Invariant(i).Doc() })
	check("goal", 0, numGoals, func(i int) string { return Goals(1 << i).String() }, func(i int) string { return Goals(1 << i).Doc() })
	check("family", 0, numFamilies, func(i int) string { return familyTable[i].name }, func(i int) string { return familyTable[i].doc })
	check("fact", 1, int(numFacts), func(i int) string { return FactKind(i).String() }, func(i int) string { return factTable[i].doc })
	for p := PathKind(1); p < numPaths; p++ {
		if p.Owner() == BlameInvalid {
			t.Errorf("nobody owns path %s", p)
		}
	}
}

func TestKeyRoundTrip(t *testing.T) {
	for _, k := range []Key{
		{SameOps, AllocDmam, Site{WhereUnbind, OpDevresRelease, 0}, DMAPathIOMMU, DMAPathDirect, BusPlatform},
		{NoLeak, AllocNone, Site{WhereBind, OpRangeMapSet, 0}, DMAPathInvalid, DMAPathInvalid, BusPCI},
		{SameOps, AllocMapped, Site{WhereLate, 0, PathDMAUnmap}, DMAPathIOMMU, DMAPathArmIOMMU, BusAMBA},
		{OwnerBalanced, AllocNone, Site{}, DMAPathInvalid, DMAPathInvalid, BusFSLMC},
	} {
		back, err := ParseKey(k.String())
		if err != nil || back != k {
			t.Errorf("ParseKey(%q) = %+v, %v, want %+v", k, back, err, k)
		}
	}
	for _, bad := range []string{"", "same-ops", "same-ops:dmam_alloc:unbind.nothing:iommu>direct:platform",
		"same-ops:dmam_alloc:unbind.devres_release:iommu:platform", "a:b:c:d>e:f", "same-ops:dmam_alloc:none:iommu>direct:isa"} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("ParseKey(%q) takes it", bad)
		}
	}
}

func TestFamiliesRoundTrip(t *testing.T) {
	for f := Families(1); f <= AllFamilies; f++ {
		if back, ok := ParseFamilies(f.String()); !ok || back != f {
			t.Fatalf("ParseFamilies(%q) = %v, %v", f, back, ok)
		}
	}
	if _, ok := ParseFamilies("core+nothing"); ok {
		t.Error("ParseFamilies takes a family that does not exist")
	}
}

func TestEventSet(t *testing.T) {
	var s EventSet
	if !s.Empty() || s.Len() != 0 {
		t.Error("a zero set is not empty")
	}
	ids := []EventID{0, 3, 63, 64, 127, 128, NumEvents - 1}
	for _, id := range ids {
		s.Add(id)
	}
	var got []EventID
	for id := range s.All() {
		got = append(got, id)
	}
	if d := cmp.Diff(ids, got); d != "" || s.Len() != len(ids) {
		t.Errorf("All or Len (%d) differs (-want +got):\n%s", s.Len(), d)
	}
	s.Remove(64)
	if s.Has(64) || !s.Has(63) {
		t.Error("Remove took the wrong event")
	}
}

// The argument of a failing event reaches the machine: tables that are made from
// other tables are not empty.
func TestFailTable(t *testing.T) {
	n := 0
	for id, e := range AllEvents() {
		if eventFail[id] != e.FailStep() {
			t.Errorf("%s: fails %s, want %s", e, eventFail[id], e.FailStep())
		}
		if eventFail[id] != OpInvalid {
			n++
		}
	}
	if n == 0 {
		t.Error("no event fails a step")
	}
}
