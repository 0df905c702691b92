package props

import (
	"dmafuzz/model/text"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/long"
	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// racing is some kernels under some bounds, with two actors: every contract,
// grouping and limit of preemptions, on kernels of each kind.
func racing(tb testing.TB) []setting {
	tb.Helper()
	var all []setting
	for i, name := range []string{"v7.3-rc7/arm64", "v6.1.176/arm64", "v5.14.2/arm64", "v5.0/arm64", "v6.12.107/x86", "v5.0/arm", "v4.19/arm64"} {
		for j, b := range racingBounds {
			if b.Linked() && !kernel(tb, name).MakesLinks() {
				continue
			}
			b.Preemptions = []int{0, 1, 2, model.NoLimit, model.NoLimit}[(i+j)%5]
			all = append(all, setting{kernel(tb, name), b})
		}
	}
	return all
}

var racingBounds = []model.Bounds{
	{Actors: 2, Devices: 1, Memory: 2, Actions: 1, Families: model.AllFamilies},
	{Actors: 2, Devices: 1, Memory: 2, Actions: 1, Drivers: model.DriversLate, Families: model.AllFamilies},
	{Actors: 2, Devices: 1, Memory: 3, Actions: 2, Drivers: model.DriversAny, Families: model.AllFamilies},
	{Actors: 2, Devices: 2, Memory: 2, Actions: 1, Families: model.AllFamilies},
	{Actors: 2, Devices: 2, Memory: 4, Actions: 2, SharedGroup: true, Families: model.AllFamilies},
	{Actors: 2, Devices: 2, Memory: 3, Actions: 1, SharedGroup: true, Drivers: model.DriversAny, Families: model.AllFamilies},
	{Actors: 2, Devices: 2, Memory: 2, Actions: 1, SharedGroup: true, Drivers: model.DriversLate, Families: model.AllFamilies &^ model.FamilyFailures},
	{Actors: 2, Devices: 2, Memory: 2, Actions: 1, Families: linkFamilies, Setup: consumes},
	{Actors: 2, Devices: 2, Memory: 2, Actions: 1, Drivers: model.DriversAny, Families: model.FamilyCore | model.FamilyFailures,
		Setup: [model.MaxDevices]model.DeviceSetup{{}, {Supplier: 1}}},
}

// stops is where an event can be made to stop, by name, in order, and the
// state there.
type stops struct {
	Points []string
	States []map[string]string
}

func stopsOfMachine(m *model.Machine, s *model.State, e model.Event) (at stops) {
	model.NewPreempter(m).Stops(s, e, func(id model.PointID, after *model.State) {
		at.Points = append(at.Points, m.Point(id).String())
		at.States = append(at.States, oracle.Summary(*after))
	})
	return at
}

func stopsOfOracle(w *oracle.World, e model.Event) (at stops) {
	for _, p := range w.Points(e) {
		c := w.Clone()
		e.Until = p
		c.Apply(e)
		at.Points = append(at.Points, p.String())
		at.States = append(at.States, c.Describe())
	}
	return at
}

// TestRacingWalks leads machine and oracle through events of two actors at
// random, half of which are made to stop somewhere, and compares all the places
// where each can be made to stop.
func TestRacingWalks(t *testing.T) {
	n, length := long.Size(t, 1, max(*walks, 1)), 40
	for _, s := range racing(t) {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			for seed := range n {
				racingWalk(t, s, uint64(seed), length)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func racingWalk(t *testing.T, s setting, seed uint64, length int) {
	p := newPair(t, s)
	r := rand.New(rand.NewPCG(2, seed))
	all := model.AllEvents()
	var events []model.Event
	for range length {
		set := p.machine.Enabled(&p.state)
		if set.Empty() {
			return
		}
		e := all[r.IntN(len(all))]
		if r.IntN(20) > 0 {
			e = draw(r, &set)
		}
		if set.Has(e.ID()) {
			at := stopsOfMachine(p.machine, &p.state, e)
			if d := cmp.Diff(stopsOfOracle(p.world, e), at); d != "" {
				t.Errorf("seed %d: behind\n%s\nmachine and oracle disagree about where %s can stop (-oracle +machine):\n%s", seed, lines(p.path), e, d)
				return
			}
			if points := p.world.Points(e); len(points) > 0 && r.IntN(2) == 0 {
				e.Until = points[r.IntN(len(points))]
			}
		}
		events = append(events, e)
		if p.apply(e) != "" {
			t.Errorf("seed %d\n%s", seed, disagreement(t, s, events))
			return
		}
	}
}

func lines(events []model.Event) (s string) {
	for _, e := range events {
		s += fmt.Sprintf("  %s\n", e)
	}
	return s
}

// TestRacingCases are what walks seldom come by.
func TestRacingCases(t *testing.T) {
	lock := func(o model.Op, l model.Lock) model.Step { return model.Step{Op: o, Arg: uint8(l)} }
	crossed := with(kernel(t, "v6.1.176/arm64"), map[model.PathKind][]model.Step{
		model.PathAttach:    {lock(model.OpLock, model.LockDevice), lock(model.OpLock, model.LockDeferred), lock(model.OpUnlock, model.LockDeferred), lock(model.OpUnlock, model.LockDevice)},
		model.PathBindStore: {lock(model.OpLock, model.LockDeferred), lock(model.OpLock, model.LockDevice)},
	})
	leaking := with(kernel(t, "v6.1.176/arm64"), map[model.PathKind][]model.Step{
		model.PathAttach:    {lock(model.OpUnlock, model.LockDeferred), lock(model.OpLock, model.LockDevice), lock(model.OpUnlock, model.LockDevice)},
		model.PathBindStore: {lock(model.OpLock, model.LockDeferred)},
	})
	const looks = "iommu register\nadd sata fail group_join until iommu_probe.refuse:2\nbind sata\nprobe sata error\n" +
		"bind sata until iommu_configure.return:2\ncontinue sata until iommu_probe.param_free\ncontinue sata second"
	unasked := dangling(kernel(t, "v5.11/arm"))
	configure := slices.Clone(unasked.Path(model.PathIOMMUConfigure).Steps)
	configure[1].When = append([]model.Cond{{Test: model.TestDead}}, configure[1].When...)
	unasked = with(unasked, map[model.PathKind][]model.Step{model.PathIOMMUConfigure: configure})
	whole := kernel(t, "v7.2.13/arm64").Path(model.PathIOMMURegister).Steps
	kept := with(kernel(t, "v7.2.13/arm64"), map[model.PathKind][]model.Step{model.PathIOMMURegister: slices.DeleteFunc(slices.Clone(whole),
		func(st model.Step) bool { return st.Op == model.OpWalkDel })})
	const hang = "no-deadlock:none:bind.lock:->-:platform"
	for _, c := range []struct {
		reason string
		kernel *model.Kernel
		trace  string
		broken string // at the last event
	}{
		{"a look into a fwspec that another has freed", dangling(kernel(t, "v5.11/arm")), looks,
			"no-use-after-teardown:none:bind.return:->-:platform"},
		{"a condition that is not asked is no look", unasked, looks, ""},
		{"two that wait for each other's lock", crossed, "add sata\nattach sata until attach.lock_deferred\nbind sata", hang},
		{"one waits for who goes on", crossed, "add sata\nattach sata until attach.lock_deferred\nadd eth\nattach eth until attach.lock_deferred", ""},
		{"a lock that an idle actor has lost", crossed, "add sata\nbind sata\nattach sata", hang},
		{"who has left a lock held comes first, and may drop it", leaking, "add sata\nattach sata until attach.lock_device\nbind sata\n" +
			"continue sata\nattach sata\nbind sata", ""},
		{"the list goes with the walk", kept, "add sata\niommu register", ""},
		{"only one releases", kernel(t, "v6.1.176/arm64"), "timeout\niommu register\nadd sata\nattach sata\nprobe sata ok\nunbind sata\n" +
			"claim sata\nrelease sata until owner_release.owner_release", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := setting{c.kernel, racingBounds[3]}
			s.bounds.Preemptions = model.NoLimit
			trace, err := text.ParseTrace("text", []byte("actors 2\n"+c.trace+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			p := newPair(t, s)
			var broken []string
			for i, e := range trace.Events {
				_, out := p.machine.Step(p.state, e)
				if !out.Executed {
					t.Fatalf("%s (%d) is not enabled", e, i)
				}
				broken = nil
				for _, v := range out.Violations() {
					broken = append(broken, v.Key.String())
				}
				if d := p.apply(e); d != "" {
					t.Fatalf("%s: (-oracle +machine):\n%s", e, d)
				}
			}
			if got := strings.Join(broken, " "); got != c.broken {
				t.Errorf("got %q, want %q", got, c.broken)
			}
		})
	}
}

// with is a kernel with other steps in some paths.
func with(k *model.Kernel, steps map[model.PathKind][]model.Step) *model.Kernel {
	c := *k.Resolve()
	c.Name += "-changed"
	c.Paths = slices.Clone(c.Paths)
	for i, p := range c.Paths {
		if s, ok := steps[p.Kind]; ok {
			c.Paths[i].Steps = s
		}
	}
	return &c
}
