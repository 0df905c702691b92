package oracle

import (
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/spec"
	"dmafuzz/model"
)

// makeKernel is the plain kernel of package spec with other paths.
func makeKernel(tb testing.TB, paths string) *model.Kernel {
	tb.Helper()
	k, err := spec.Rule{Paths: paths}.Kernel()
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func findEvent(tb testing.TB, text string) model.Event {
	tb.Helper()
	events, err := spec.ParseEvents(text)
	if err != nil || len(events) != 1 {
		tb.Fatalf("%q: %v", text, err)
	}
	return events[0]
}

func anyDrivers(b *model.Bounds)   { b.Drivers = model.DriversAny }
func anyAndShared(b *model.Bounds) { b.Drivers, b.SharedGroup = model.DriversAny, true }

func TestNewRefuses(t *testing.T) {
	good := makeKernel(t, "")
	bad := func(steps ...model.Step) *model.Kernel {
		k := *good
		k.Paths = append([]model.Path{{Kind: model.PathAdd, Status: model.PathKnown, Steps: steps}}, good.Paths...)
		return &k
	}
	forEach := model.Step{Op: model.OpForEach, Arg: eachDevice}
	label := model.Step{Op: model.OpLabel, Label: "here"}
	jump := model.Step{Op: model.OpGoto, Label: "here"}
	end := model.Step{Op: model.OpEnd}
	noFact := *good
	noFact.Facts = good.Facts[1:]
	for _, c := range []struct {
		reason string
		kernel *model.Kernel
		bounds func(*model.Bounds)
		want   string
	}{
		{"no devices", good, func(b *model.Bounds) { b.Devices = 0 }, "devices 0"},
		{"too much memory", good, func(b *model.Bounds) { b.Memory = model.MaxMemory + 1 }, "allocations 5"},
		{"too many actions", good, func(b *model.Bounds) { b.Actions = 3 }, "devm actions 3"},
		{"a contract that is none", good, func(b *model.Bounds) { b.Drivers = model.DriversAny + 1 }, "drivers 3"},
		{"a fact is missing", &noFact, nil, "fact bypass"},
		{"a jump to nowhere", bad(jump), nil, "jumps to here"},
		{"an else to nowhere", bad(model.Step{Op: model.OpRefuse, Arg: 1, Else: "here"}), nil, "jumps to here"},
		{"a jump into a block", bad(jump, forEach, label, end), nil, "into the block"},
		{"a jump back into a block", bad(forEach, label, end, jump), nil, "into the block"},
		{"a block without an end", bad(forEach), nil, "without an end"},
		{"an end without a block", bad(end), nil, "without a for each"},
		{"a block for what is not there", bad(model.Step{Op: model.OpForEach}, end), nil, "for each"},
		{"a call of what does not exist", makeKernel(t, "add = call firmware\nfirmware = none"), nil, "does not exist"},
	} {
		b := model.MaxBounds()
		if c.bounds != nil {
			c.bounds(&b)
		}
		_, err := New(c.kernel, b)
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.reason, err, c.want)
		}
	}
	for _, k := range []*model.Kernel{good, bad(forEach, jump, label, end), bad(forEach, jump, end, label)} {
		if _, err := New(k, model.DefaultBounds()); err != nil {
			t.Errorf("a kernel that can be run: %v", err)
		}
	}
}

// Every step that matters to DMA does something here, or panics.
func TestEveryStepHasAnEffect(t *testing.T) {
	for op := model.OpLabel; op <= model.OpModulePut; op++ {
		k := *makeKernel(t, "")
		s := model.Step{Op: op, Arg: 1, Label: "here"}
		k.Paths = append([]model.Path{{Kind: model.PathShutdown, Status: model.PathKnown, Steps: []model.Step{
			{Op: model.OpLabel, Label: "here"}, s, {Op: model.OpEnd},
		}}}, k.Paths...)
		if op != model.OpForEach {
			k.Paths[0].Steps = k.Paths[0].Steps[:2]
		}
		w, err := New(&k, model.MaxBounds())
		if op == model.OpEnd {
			if err == nil {
				t.Error("an end without a block is accepted")
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", op, err)
		}
		w.Enabled()
	}
}

// busy is a kernel in which most of what can happen does.
func busy(tb testing.TB, bounds func(*model.Bounds)) *World {
	tb.Helper()
	b := model.MaxBounds()
	if bounds != nil {
		bounds(&b)
	}
	w, err := New(makeKernel(tb, `
		add = range_map_add; call iommu_probe when provider; registered
		iommu_probe = param_get; group_join else out; domain_alloc when not default_domain; domain_attach; set_ops iommu when domain_dma; out:
		iommu_register = provider_list; for each device; call iommu_probe; end; provider_ready
		iommu_unregister = for each device; call iommu_release when group; end; provider_unlist
		iommu_release = domain_detach; domain_free when last_device; group_leave; param_free; set_ops null
		attach = lock device; call bind; deferred_add when defer; unlock device
		bind_store = lock device; call bind; unlock device
		retry = deferred_del; lock device; call bind; deferred_add when defer; unlock device
		bind = set_driver; again:; links_check else early; range_map_set when not range_map; owner_inc; sysfs_add else failed; driver_probe else failed; goto done when not test_remove; test_remove:; test_remove_off; driver_remove; devres_release; owner_dec; goto again; done:; bound; return; failed:; owner_dec; early:; devres_release; range_map_free; clear_driver
		unbind = lock device; driver_remove; devres_release; owner_dec; range_map_free; clear_driver; unlock device
		del = kill; call unbind when driver; devres_release; call iommu_release when group; deleted
		put = devres_release; range_map_free; gone
		type_store = domain_change when not owner_count; set_ops null when want_identity
		owner_claim = owner_claim when not owner_count
		owner_release = owner_release
		shutdown = for each device; driver_shutdown; end
		mapping_attach = mapping_attach
		mapping_detach = mapping_detach
	`), b)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func TestRandomRuns(t *testing.T) {
	seen := map[model.EventKind]bool{}
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 0))
		w := busy(t, func(b *model.Bounds) {
			b.Drivers, b.SharedGroup = model.Drivers(seed%3), seed%2 == 0
			b.Actors, b.Preemptions = 1+int(seed/2%2), int(seed%5)-1
		})
		for range 60 {
			enabled := w.Enabled()
			if len(enabled) == 0 {
				break
			}
			e := enabled[rng.IntN(len(enabled))]
			seen[e.Kind] = true
			if points := w.Points(e); len(points) > 0 && rng.IntN(2) == 0 {
				e.Until = points[rng.IntN(len(points))]
			}
			checkApply(t, w, e, enabled)
		}
	}
	for _, e := range model.AllEvents() {
		if !seen[e.Kind] {
			t.Errorf("%q was never taken", e.Kind)
		}
	}
}

// checkApply applies an event, and sees that a clone does the same, that the
// clone's life is its own, and that events that are not enabled do nothing.
func checkApply(t *testing.T, w *World, e model.Event, enabled []model.Event) {
	t.Helper()
	if !slices.IsSortedFunc(enabled, func(a, b model.Event) int { return int(a.ID()) - int(b.ID()) }) {
		t.Fatal("enabled events are not in order of id")
	}
	before := w.Describe()
	clone := w.Clone()
	for _, other := range model.AllEvents() {
		if !slices.Contains(enabled, other) && !reflect.DeepEqual(clone.Apply(other), Result{}) {
			t.Fatalf("%q is not enabled and does something", other)
		}
	}
	if !reflect.DeepEqual(clone, w) {
		t.Fatal("events that are not enabled change the world")
	}
	first := clone.Apply(e)
	if !maps.Equal(w.Describe(), before) {
		t.Fatalf("%q on a clone changes the world", e)
	}
	second := w.Apply(e)
	if !reflect.DeepEqual(first, second) || !reflect.DeepEqual(clone, w) {
		t.Fatalf("%q is not the same on a clone", e)
	}
	if !second.Executed || second.Halted != (w.Describe()["halted"] == "yes") {
		t.Fatalf("%q: result %+v, state %v", e, second, w.Describe())
	}
}

func TestSummaryOfTheSameState(t *testing.T) {
	w := busy(t, anyAndShared)
	for _, e := range []string{"iommu register", "add sata", "devm sata ring", "attach sata", "alloc sata buf managed", "action sata"} {
		if !w.Apply(findEvent(t, e)).Executed {
			t.Fatalf("%q is not enabled", e)
		}
	}
	st := model.State{Provider: model.ProviderReady}
	d := &st.Devices[0]
	*d = model.DeviceState{Life: model.LifeRegistered, Driver: true, Ops: model.DMAOpsIOMMU, Param: true, Group: true, Uses: 1}
	d.NumDevres, d.Devres = 3, [model.MaxDevres]model.DevresEntry{2, 1, model.DevresAction}
	st.Groups[0] = model.GroupState{Default: model.DomainDMA, Attached: model.AttachedDefault, OwnerCount: 1}
	st.Memory[0] = model.MemoryState{Alloc: model.AllocDmam, Path: model.DMAPathIOMMU}
	st.Memory[1] = model.MemoryState{Alloc: model.AllocOther, Path: model.DMAPathIOMMU}
	st.Actors[0].Frames[0].PC = 9
	st.Actors[0].Locks = 1
	if got, want := Summary(st), w.Describe(); !maps.Equal(got, want) {
		t.Errorf("summary\n got %v\nwant %v", got, want)
	}
	if got := Summary(model.State{Halted: true}); !maps.Equal(got, map[string]string{"halted": "yes"}) {
		t.Errorf("a halted state is %v", got)
	}
	if got := Summary(model.State{}); len(got) != 0 {
		t.Errorf("the state at boot is %v", got)
	}
}

// Every field that the world has shows under the name that the summary has for it.
func TestDescribeShowsEveryField(t *testing.T) {
	w := busy(t, nil)
	w.identity, w.timeout, w.hotplug, w.halted, w.provider = true, true, true, true, model.ProviderListed
	w.devices[1] = &device{number: 1, life: model.LifeDeleted, described: model.AddMap, dead: true, driver: true, bound: true,
		deferred: true, ops: model.DMAOpsArm, dmaIOMMU: true, bypass: true, wide: true, rangeMap: model.RangeAdded, pool: true,
		param: true, fwspec: true, dangling: true, quit: true, ready: true, opsSetup: true, ownMapping: true, others: true, unmapped: true, uses: 2, devres: []devresEntry{{slot: 3}, {action: true}}}
	w.groups[1] = &group{members: map[int]bool{1: true}, defaultDomain: model.DomainIdentity,
		attached: model.AttachedOwn, ownerCount: 3, owned: true}
	w.slots[3] = &allocation{kind: model.AllocMapped, device: 1, way: model.DMAPathVendor, wide: true, bypass: true,
		rangeMap: model.RangeFirmware, poolGone: true, domainGone: true, groupGone: true}
	w.preempts = 2
	w.actors = []*actor{
		{held: map[heldLock]bool{{model.LockProbe, 0}: true}, runs: []*run{
			{event: model.Event{Kind: model.EventPut, Device: 1}, err: model.ErrDefer, callback: actionCallback},
			{event: model.Event{Kind: model.EventAlloc, Device: 1, Memory: 2}, who: model.WhereAction, dma: &dmaCall{slot: 2}},
		}},
		{held: map[heldLock]bool{}, runs: []*run{{err: model.ErrFailed}, {release: true}}},
	}

	st := model.State{Identity: true, Timeout: true, Hotplug: true, Halted: true, Provider: model.ProviderListed}
	st.Devices[1] = model.DeviceState{Life: model.LifeDeleted, Described: model.AddMap, Dead: true, Driver: true, Bound: true,
		Deferred: true, Ops: model.DMAOpsArm, DMAIOMMU: true, Bypass: true, Wide: true, RangeMap: model.RangeAdded, Pool: true,
		Param: true, Fwspec: true, Dangling: true, Quit: true, Ready: true, Group: true, OpsSetup: true, OwnMapping: true, Others: true, Unmapped: true, Uses: 2,
		NumDevres: 2, Devres: [model.MaxDevres]model.DevresEntry{4, model.DevresAction}}
	st.Groups[1] = model.GroupState{Default: model.DomainIdentity, Attached: model.AttachedOwn, OwnerCount: 3, Owned: true}
	st.Memory[3] = model.MemoryState{Alloc: model.AllocMapped, Device: 1, Path: model.DMAPathVendor, Wide: true, Bypass: true,
		RangeMap: model.RangeFirmware, PoolGone: true, DomainGone: true, GroupGone: true}
	st.Preempts = 2
	st.Actors[0].Frames = [2]model.Frame{{PC: 1, Device: 1, Err: model.ErrDefer}, {PC: 1, Device: 1, Memory: 2, Caller: model.WhereAction}}
	st.Actors[0].Locks = 4
	st.Actors[1].Frames[0] = model.Frame{PC: 1, Err: model.ErrFailed}
	if got, want := w.Describe(), Summary(st); !maps.Equal(got, want) || len(got) != 51 {
		t.Errorf("%d entries\n got %v\nwant %v", len(got), got, want)
	}
}

// Every field of a state shows in its summary: two states that differ in one
// field have different summaries.
func TestSummaryShowsEveryField(t *testing.T) {
	base := model.State{}
	base.Memory[0] = model.MemoryState{Alloc: model.AllocDmam, Path: model.DMAPathDirect}
	base.Devices[0].NumDevres, base.Devices[0].Devres[0] = 1, 1
	var visit func(v reflect.Value, name string, st *model.State)
	visit = func(v reflect.Value, name string, st *model.State) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				visit(v.Field(i), name+"."+v.Type().Field(i).Name, st)
			}
			return
		case reflect.Array:
			visit(v.Index(0), name, st)
			return
		case reflect.Bool:
			v.SetBool(!v.Bool())
			defer v.SetBool(!v.Bool())
		default:
			old := v.Uint()
			v.SetUint(old + 1)
			defer v.SetUint(old)
		}
		hidden := strings.Contains(name, ".Frames") && !strings.HasSuffix(name, ".PC")
		if maps.Equal(Summary(*st), Summary(base)) != hidden {
			t.Errorf("%s: hidden %v", name, !hidden)
		}
	}
	st := base
	visit(reflect.ValueOf(&st).Elem(), "State", &st)
}

func TestWorldsShareNothing(t *testing.T) {
	w := busy(t, anyDrivers)
	w.Apply(findEvent(t, "add sata"))
	w.Apply(findEvent(t, "attach sata"))
	clone := w.Clone()
	clone.Apply(findEvent(t, "alloc sata buf managed"))
	clone.Apply(findEvent(t, "probe sata ok"))
	if got := w.Describe(); got["buf.kind"] != "" || got["thread"] == "" || got["sata.bound"] != "" || got["thread.locks"] != "1" {
		t.Errorf("a clone's events reach the world: %v", got)
	}
}
