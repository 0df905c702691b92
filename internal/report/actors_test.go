package report_test

import (
	"bytes"
	"context"
	"dmafuzz/model/text"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/report"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// edited is the kernel of the tests with some of its text replaced: pairs of old
// and new.
func edited(t *testing.T, pairs ...string) *model.Kernel {
	t.Helper()
	src, err := os.ReadFile("testdata/test.kernel")
	if err != nil {
		t.Fatal(err)
	}
	body := string(src)
	for pair := range slices.Chunk(pairs, 2) {
		if strings.Count(body, pair[0]) != 1 {
			t.Fatalf("testdata/test.kernel does not have %q once", pair[0])
		}
		body = strings.Replace(body, pair[0], pair[1], 1)
	}
	k, err := text.ParseKernel("testdata/test.kernel", []byte(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// crossed is a kernel in which unbind takes the group's lock under the device's, and
// the type file takes them the other way round.
func crossed(t *testing.T) *model.Kernel {
	return edited(t,
		"  links_cleanup\n", "  links_cleanup\n  call owner_unuse when group  drivers/base/dd.c:960\n",
		"path type_store none\n", `path type_store                      drivers/iommu/iommu.c:3000
  refuse error when not group
  lock group                         drivers/iommu/iommu.c:3010
  lock device                        drivers/iommu/iommu.c:3020
  domain_change
  unlock device
  unlock group
path owner_unuse                     drivers/iommu/iommu.c:3300
  lock group                         drivers/iommu/iommu.c:3310
  unlock group
`)
}

// freeing is a kernel in which a probe of the IOMMU that fails frees the fwspec
// before it clears dev->iommu, and the walk of a registration looks at it.
func freeing(t *testing.T) *model.Kernel {
	return edited(t,
		"  group_join\n", "  group_join else failed\n",
		"  domain_attach\n", "  domain_attach\n  return\n failed:\n  fwspec_free  drivers/iommu/iommu.c:200\n  param_free   drivers/iommu/iommu.c:201\n",
		"  provider_list\n", "  provider_list\n  for each device\n    call iommu_probe when fwspec  drivers/iommu/iommu.c:300\n  end\n")
}

const (
	lockStory = "actors 2\niommu register\nadd sata\nattach sata until iommu_configure.fwspec_init\nunbind sata\ncontinue sata\n" +
		"alloc sata buf managed\nprobe sata ok\ncontinue sata\n"
	deadlockStory = "actors 2\niommu register\nadd sata\nattach sata\nprobe sata ok\nunbind sata until unbind.call_owner_unuse\n" +
		"type sata identity\ncontinue sata\n"
	atLockStory = "actors 2\niommu register\nadd sata\nattach sata\nprobe sata ok\nunbind sata until owner_unuse.lock_group\n" +
		"type sata identity\n"
	fwspecStory = "actors 2\nadd sata\niommu register until iommu_register.for_each\n" +
		"attach sata fail group_join until iommu_probe.param_free\ncontinue iommu\n"
)

// Two devices, an actor that keeps its letter when the other one is done, what acts
// at once, a point that is not on the way, a remove that waits, a skipped event.
const runTrace = `on test/arm64 violation ops-stable-under-mapping
actors 2
iommu register
add sata
add eth
attach sata until iommu_configure.fwspec_init
attach eth
continue sata
probe sata ok
mask sata wide
timeout
alloc sata buf managed until dmam_alloc.devres_add
mask eth wide
continue eth
map eth page until dma_map.take
continue sata
probe eth ok
alloc sata ring managed until dmam_alloc.devres_add
unbind sata
continue sata
continue sata
`

func TestActorsRun(t *testing.T) {
	tr, err := text.ParseTrace("actors.trace", []byte(runTrace))
	if err != nil {
		t.Fatal(err)
	}
	run := replay(t, "actors.trace", testKernel(t), tr)
	var b bytes.Buffer
	if err := report.Text(&b, &report.Report{Runs: []report.Run{run}}, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "actors-run.txt", b.Bytes())
	got, want := "", "AAAABAA--AB-BABABAB" // who carries each event out
	for _, r := range run.Rows {
		got += max(r.Actor, "-")
	}
	if got != want {
		t.Errorf("actors %s, want %s", got, want)
	}
}

// One actor registers the IOMMU while another binds a driver: no shorter trace has
// devres free memory through an IOMMU that it did not come from.
const registerStory = "actors 2\nadd sata\niommu register until firmware.goto\nattach sata\nalloc sata buf managed\nprobe sata ok\ncontinue iommu\nunbind sata\n"

func TestActorsRegister(t *testing.T) {
	k, err := kernels.Load("v7.2.13/arm64")
	if err != nil {
		t.Fatal(err)
	}
	found := discover(t, k, registerStory)
	i := slices.IndexFunc(found, func(f check.Finding) bool { return f.Key().Invariant == model.SameOps })
	if i < 0 {
		t.Fatalf("the last event breaks %v, want same-ops", found)
	}
	b := model.DefaultBounds()
	b.Devices, b.Memory, b.Actors, b.Preemptions = 1, 1, 2, 1
	b.Families, _ = model.ParseFamilies("core+iommu+removal")
	m, err := model.NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := explore.Exhaustive(context.Background(), m, explore.Options{}).Shortest(found[i].Violation.Key)
	if want := found[i].Trace().Events; !ok || len(f.Trace) != len(want) {
		t.Errorf("the shortest trace is %v, want one as long as %v", f.Trace, want)
	}
	goldenText(t, "actors-register.txt", newKernel(&check.Verdict{Kernel: k, Findings: found[i : i+1]}, k.FullName()), report.TextOptions{})
}

func goldenText(t *testing.T, file string, k report.Kernel, o report.TextOptions) {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, &report.Report{Kernels: []report.Kernel{k}}, o); err != nil {
		t.Fatal(err)
	}
	golden(t, file, b.Bytes())
}

func storyOf(t *testing.T, k *model.Kernel, body string) report.Kernel {
	t.Helper()
	return newKernel(&check.Verdict{Kernel: k, Findings: discover(t, k, body)}, "./test.kernel")
}

func TestActorsText(t *testing.T) {
	for _, c := range []struct {
		file, story string
		kernel      *model.Kernel
		options     report.TextOptions
	}{
		{"actors-lock.txt", lockStory, testKernel(t), report.TextOptions{AllSteps: true}},
		{"actors-deadlock.txt", deadlockStory, crossed(t), report.TextOptions{}},
		{"actors-at-lock.txt", atLockStory, crossed(t), report.TextOptions{}},
		{"actors-fwspec.txt", fwspecStory, freeing(t), report.TextOptions{}},
	} {
		t.Run(c.file, func(t *testing.T) { goldenText(t, c.file, storyOf(t, c.kernel, c.story), c.options) })
	}
}

// What a deadlock says of who waits for what.
func TestActorsDeadlock(t *testing.T) {
	lost := edited(t, "  unlock device\npath del\n", "path del\n",
		"path type_store none\n", "path type_store\n  refuse error when not group\n  domain_change\n  lock device\n  unlock device\n")
	for _, c := range []struct {
		reason, story string
		kernel        *model.Kernel
		want          string
	}{
		{"both stand at a lock", deadlockStory, crossed(t),
			"A waits for group(sata), held by B, and B waits for device(sata), held by A"},
		{"the other has stopped before a lock, and cannot take it", atLockStory, crossed(t),
			"B waits for device(sata), held by A, and A waits for group(sata), held by B"},
		{"one group for all has no device's name", strings.Replace(deadlockStory, "actors 2\n", "actors 2\ngroup shared\n", 1), crossed(t),
			"A waits for group, held by B, and B waits for device(sata), held by A"},
		{"a thread waits for itself", "actors 2\niommu register\nadd sata\nattach sata\nprobe sata ok\nunbind sata\nattach sata\n", lost,
			"lock device waits for a lock that its own thread holds"},
		{"the other is done and has kept the lock",
			"actors 2\niommu register\nadd sata\nattach sata\nprobe sata ok\ntype sata identity until type_store.domain_change\nunbind sata\ncontinue sata\n", lost,
			"A waits for device(sata), which B has kept"},
	} {
		k := storyOf(t, c.kernel, c.story)
		if got := k.Stories[0].Findings[0].Message; got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}

func TestActorsJSON(t *testing.T) {
	k := storyOf(t, crossed(t), deadlockStory)
	var b bytes.Buffer
	if err := report.JSON(&b, &report.Report{Kernels: []report.Kernel{k}}); err != nil {
		t.Fatal(err)
	}
	golden(t, "actors.json", b.Bytes())
	var back report.Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k.Stories[0].Rows, back.Kernels[0].Stories[0].Rows); diff != "" {
		t.Errorf("the rows do not come back from JSON (-want +got):\n%s", diff)
	}
}

// Of two stories that are as bad, the one stands first in which one thing comes
// after the other, even if something has to fail in it.
func TestActorsOrder(t *testing.T) {
	k := testKernel(t)
	v := &check.Verdict{Kernel: k, Findings: append(discover(t, k, lockStory), discover(t, k, "actors 2\n"+failStory)...)}
	var first []string
	for _, s := range newKernel(v, "").Stories {
		first = append(first, s.Events[len(s.Events)-1])
	}
	if diff := cmp.Diff([]string{"probe sata error", "continue sata"}, first); diff != "" {
		t.Errorf("last events of the stories (-want +got):\n%s", diff)
	}
}
