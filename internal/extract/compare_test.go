package extract

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// trees are the real trees, by their folder in DMAFUZZ_TREES, and the shipped
// kernels nearest to them.
var trees = []struct{ dir, arch, shipped string }{
	{"7.3", "arm64", "v7.3-rc7/arm64"}, {"7.3", "arm", "v7.3-rc7/arm"}, {"7.3", "x86", "v7.3-rc7/x86"},
	{"7.2", "arm64", "v7.2.13/arm64"}, {"7.2", "arm", "v7.2.13/arm"}, {"7.2", "x86", "v7.2.13/x86"},
	{"6.12", "arm64", "v6.12.107/arm64"}, {"6.12", "arm", "v6.12.107/arm"}, {"6.12", "x86", "v6.12.107/x86"},
	{"6.1", "arm64", "v6.1.176/arm64"}, {"6.1", "arm", "v6.1.176/arm"}, {"6.1", "x86", "v6.1.176/x86"},
	{"5.10", "arm64", "v5.10.223/arm64"}, {"5.10", "arm", "v5.10.223/arm"}, {"5.10", "x86-intel", "v5.10.223/x86-intel"},
	{"5.10", "x86-amd", "v5.10.223/x86-amd"},
}

// newest is a tree that need not be there: a candidate that its suite soon
// replaces.
const newest = "7.3"

func realTree(t testing.TB, dir string) string {
	t.Helper()
	top := os.Getenv("DMAFUZZ_TREES")
	if top == "" {
		t.Skip("left out: DMAFUZZ_TREES names no folder with kernel trees")
	}
	path := filepath.Join(top, dir)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("left out: no tree %s", path)
	}
	return path
}

// version is the package that a tree was unpacked from, or what its Makefile says.
func version(top string) string {
	if b, err := os.ReadFile(filepath.Join(top, ".debian-version")); err == nil {
		return "Debian " + strings.TrimSpace(string(b))
	}
	b, err := os.ReadFile(filepath.Join(top, "Makefile"))
	if err != nil {
		return "of no known version"
	}
	var parts []string
	for _, m := range regexp.MustCompile(`(?m)^(?:VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *= *(\S+)`).FindAllStringSubmatch(string(b), 4) {
		parts = append(parts, m[1])
	}
	return strings.Join(parts, ".")
}

// TestRealTrees compares what the trees say with the kernels that people
// wrote: steps, facts and findings. differences.txt gives a reason for each
// difference, and no more.
func TestRealTrees(t *testing.T) {
	list := readReasons(t)
	missing := map[string]bool{} // trees that have to be there for each reason to be asked for
	for _, c := range trees {
		missing[c.dir+"/"+c.arch] = c.dir != newest
	}
	for _, c := range trees {
		t.Run(c.dir+"/"+c.arch, func(t *testing.T) {
			top := realTree(t, c.dir)
			missing[c.dir+"/"+c.arch] = false
			t.Logf("tree %s is %s, compared with %s", c.dir, version(top), c.shipped)
			res, err := Tree(os.DirFS(top), Options{Arch: c.arch, Name: "v" + c.dir})
			if err != nil {
				t.Fatal(err)
			}
			shipped, err := kernels.Load(c.shipped)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range res.Missing {
				t.Error("missing: ", m)
			}
			compare(t, c.dir+"/"+c.arch, res, shipped, list)
		})
	}
	for _, m := range missing {
		if m {
			return
		}
	}
	list.unused(t)
}

// compare fails for each difference without a reason.
func compare(t *testing.T, where string, res *Result, want *model.Kernel, list reasons) {
	got := res.Kernel
	for p := model.PathKind(1); p <= model.PathMappingDetach; p++ {
		for _, d := range compareWays(got, want, p, list.of(where, p.String())) {
			t.Errorf("path %s: %s", p, d)
		}
	}
	allow := list.of(where, "fact")
	for f := model.FactNullOps; f <= model.FactRegisters; f++ {
		d := f.String() + " " + got.Fact(f) + " <> " + want.Fact(f)
		if got.Fact(f) != want.Fact(f) && !allow(d, nil) {
			t.Errorf("fact %s", d)
		}
	}
	compareNotes(t, res.Notes, list.of(where, "bus"))
	wide := model.DefaultBounds()
	wide.Devices, wide.Memory, wide.Actions, wide.SharedGroup = 2, 1, 0, true
	wide.Families = model.FamilyCore | model.FamilyFailures | model.FamilyIOMMU | model.FamilyOwnership |
		model.FamilyRemoval | model.FamilyThirdParty // without masks, pools, ranges and streaming it closes in seconds
	two := model.DefaultBounds()
	two.Actors, two.Preemptions, two.Devices = 2, 1, 1
	two.Families = model.FamilyCore | model.FamilyIOMMU | model.FamilyOwnership | model.FamilyRemoval
	for _, c := range []struct {
		name   string
		bounds model.Bounds
	}{{"keys", model.DefaultBounds()}, {"wide", wide}, {"actors", two}} {
		a, b := findings(t, got, c.bounds), findings(t, want, c.bounds)
		for _, d := range compareSets(a, b, list.of(where, c.name)) {
			t.Errorf("%s: %s", c.name, d)
		}
		t.Logf("%s: %d read, %d written", c.name, len(a), len(b))
	}
}

// compareNotes fails for each bus that is not like the default one, and for
// which there is no reason.
func compareNotes(t *testing.T, notes []Note, allow allowed) {
	for _, n := range notes {
		if text, ok := strings.CutPrefix(n.Text, "bus "); ok {
			if text, _, _ = strings.Cut(text, "  ("); !allow(text, nil) {
				t.Errorf("bus %s", text)
			}
		}
	}
}

// findings are the keys within the bounds, sorted.
func findings(t *testing.T, k *model.Kernel, b model.Bounds) []string {
	t.Helper()
	m, err := model.NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	r := explore.Exhaustive(ctx, m, explore.Options{})
	if r.Stopped != nil {
		t.Fatalf("not closed: %v", r.Stopped)
	}
	var keys []string
	for _, f := range r.Findings {
		keys = append(keys, f.Key().String())
	}
	sort.Strings(keys)
	return keys
}
