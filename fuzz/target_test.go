package fuzz

import (
	"dmafuzz/model/text"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/long"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

const reportKey = "same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform"

// story is the report: unbind frees IOMMU memory through the direct path.
const story = "gasmpu"

func mustTarget(tb testing.TB, kernel string, known ...model.Key) *target {
	tb.Helper()
	k, err := kernels.Load(kernel)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := newTarget(k, model.DriversWell, known)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func knownOf(tb testing.TB, kernel string) []model.Key {
	tb.Helper()
	known, err := knownKeys(kernel)
	if err != nil {
		tb.Fatal(err)
	}
	return known
}

// plainly is run without a graph.
func (t *target) plainly(data []byte) (r result) {
	var s model.State
	for _, e := range decode(data) {
		out := t.machine.Apply(&s, e)
		if !out.Executed {
			continue
		}
		r.steps++
		if r.violation, r.found = t.worst(out); r.found {
			return r
		}
		r.bucket = bucket(&s)
	}
	return r
}

func TestRunIsTheMachine(t *testing.T) {
	n := long.Size(t, 10_000, 30_000)
	for _, name := range []string{"v5.0/arm64", "v5.0/arm", kernels.Newest()} {
		target := mustTarget(t, name, knownOf(t, name)...)
		r := rand.New(rand.NewPCG(1, 2))
		found, buckets := 0, map[uint32]bool{}
		prefixes := [][]byte{nil, []byte("gas"), []byte("gaso"), []byte("asmq"), []byte("AgSMP")}
		for i := range n {
			data := slices.Clone(prefixes[r.IntN(len(prefixes))])
			for range r.IntN(40) {
				data = append(data, byte(r.Uint32()))
			}
			got, want := target.run(data), target.plainly(data)
			if got != want {
				t.Fatalf("%s: %q: got %+v, want %+v", name, data, got, want)
			}
			if got.found {
				found++
			}
			buckets[got.bucket] = true
			if i%(n/3) == 1 {
				target.graph.reset()
			}
		}
		if found == 0 && name != kernels.Newest() {
			t.Errorf("%s: nothing was found", name)
		}
		if len(buckets) < 100 {
			t.Errorf("%s: only %d buckets were reached", name, len(buckets))
		}
	}
}

func TestGraphStartsAnew(t *testing.T) {
	target := mustTarget(t, "v5.0/arm64")
	root := target.graph.nodes[0]
	for len(target.graph.nodes) <= maxNodes-maxLen {
		target.graph.nodes = append(target.graph.nodes, root)
	}
	if r := target.run([]byte(story)); !r.found || len(target.graph.nodes) > 10 {
		t.Errorf("a full graph: found %t, %d nodes", r.found, len(target.graph.nodes))
	}
}

func TestKnownFindingsAreNoNews(t *testing.T) {
	key, err := model.ParseKey(reportKey)
	if err != nil {
		t.Fatal(err)
	}
	if r := mustTarget(t, "v5.0/arm64").run([]byte(story)); !r.found || r.violation.Key != key || r.steps != len(story) {
		t.Errorf("the report's story: got %+v", r)
	}
	known := append(knownOf(t, "v5.0/arm64"), key)
	if r := mustTarget(t, "v5.0/arm64", known...).run([]byte(story)); r.found {
		t.Errorf("with all of it known: got %+v", r)
	}
	if r := mustTarget(t, "v5.2.1/arm64").run([]byte(story)); r.found {
		t.Errorf("on a kernel with the fix: got %+v", r)
	}
}

// TestVisitHasEachBucket fails if visit.go is of another number of buckets.
func TestVisitHasEachBucket(t *testing.T) {
	src, err := os.ReadFile("visit/visit.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(src), "\tcase "); n != buckets {
		t.Errorf("visit.go has %d cases, want %d: go generate ./fuzz", n, buckets)
	}
	target := mustTarget(t, kernels.Newest())
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(3, seed))
		var s model.State
		for range 64 {
			target.machine.Apply(&s, table[r.IntN(256)])
			if b := bucket(&s); b >= buckets {
				t.Fatalf("bucket %d of %d", b, buckets)
			}
		}
	}
}

// TestReport: the log of a failure has a trace that shows it, shortened, and
// the command that replays it.
func TestReport(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	target := mustTarget(t, "v5.0/arm64", knownOf(t, "v5.0/arm64")...)
	noisy := []byte("\x00AkgAadawgaisoftmyPpcu")
	r := target.run(noisy)
	if !r.found {
		noisy = []byte("\x00Aaggasomf\xffpu")
		r = target.run(noisy)
	}
	body := target.report(noisy, r.violation)
	for _, want := range []string{r.violation.Key.String(), "same-ops: Oops on v5.0/arm64", "(shortest possible)",
		"iommu register\nadd sata\nattach sata\n  alloc sata buf managed\n  probe sata ok\nunbind sata\n"} {
		if !strings.Contains(body, want) {
			t.Errorf("the report lacks %q:\n%s", want, body)
		}
	}
	_, command, ok := strings.Cut(body, "replay: go run ./cmd/dmafuzz replay ")
	if !ok {
		t.Fatalf("no command:\n%s", body)
	}
	src, err := os.ReadFile(command)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := text.ParseTrace(command, src)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.NewMachine(target.machine.Kernel(), tr.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	p := explore.NewPlayer(m)
	if !p.Play(tr.Events, r.violation.Key) {
		t.Errorf("the trace does not have the finding:\n%s", src)
	}
	var broken []model.Invariant
	for _, h := range p.Hits {
		broken = append(broken, h.Violation.Key.Invariant)
	}
	slices.Sort(broken)
	if !slices.Equal(broken, tr.Expect[0].Violations) {
		t.Errorf("the trace expects %v and breaks %v", tr.Expect[0].Violations, broken)
	}
}

func TestOptions(t *testing.T) {
	t.Setenv("DMAFUZZ_SEEDS", "")
	if c := newConfig(nil); !c.seeds || c.drivers != model.DriversWell || c.known != nil {
		t.Errorf("by default: %+v", c)
	}
	c := newConfig([]Option{Seeds(false), Drivers(model.DriversLate), Known(model.Key{Invariant: model.SameOps})})
	if c.seeds || c.drivers != model.DriversLate || len(c.known) != 1 {
		t.Errorf("with options: %+v", c)
	}
	t.Setenv("DMAFUZZ_SEEDS", "none")
	if c := newConfig([]Option{Seeds(true)}); c.seeds {
		t.Error("DMAFUZZ_SEEDS=none leaves the seeds on")
	}
	t.Setenv("DMAFUZZ_KERNEL", "v0.1/none")
	if _, _, err := shipped(); err == nil {
		t.Error("a kernel that is not shipped is no error")
	}
}

func TestSeeds(t *testing.T) {
	well, late := seeds(model.DriversWell), seeds(model.DriversLate)
	if len(well) < 5 || len(late) < len(well) {
		t.Errorf("%d seeds for well-behaved drivers, %d for late ones", len(well), len(late))
	}
	shared := &model.Trace{Events: []model.Event{{Kind: model.EventAdd, Device: 1}}}
	if _, ok := seed(shared, model.DriversAny); ok {
		t.Error("a trace of two groups became a seed")
	}
	shared.Group = true
	if _, ok := seed(shared, model.DriversAny); !ok {
		t.Error("a trace of a shared group became no seed")
	}
}
