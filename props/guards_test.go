package props_test

import (
	"context"
	"slices"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// guards are what holds two paths of the kernel apart, and so keeps an alarm from
// being raised: each lock, and each check made under one. Taking a guard out of the
// kernel must raise an alarm that the kernel does not have, or the guard guards
// nothing that the machine can see; then silent says why.
var guards = []struct {
	name, kernel string
	link         bool // searched by one actor, with a consumer and its supplier
	drop         func(path model.PathKind, s model.Step) bool
	silent       string
}{
	{name: "device_lock: one bind, unbind or release of a device at a time", kernel: "v6.1.176/arm64", drop: lock(model.LockDevice)},
	{name: "device_lock, newest", kernel: "v7.3-rc7/arm64", drop: lock(model.LockDevice)},
	{name: "iommu_probe_device_lock: one iommu_probe of a device at a time", kernel: "v7.3-rc7/arm64", drop: lock(model.LockProbe)},
	{name: "group->mutex: default domain, attach and owner", kernel: "v7.3-rc7/arm64", drop: lock(model.LockGroup)},
	{name: "deferred_probe_mutex", kernel: "v7.3-rc7/arm64", drop: lock(model.LockDeferred),
		silent: "the list is one bit a device in the machine, taken off by one step"},
	{name: "dead: no new bind starts", kernel: "v7.3-rc7/arm64", drop: check(model.PathAttach, model.TestDead),
		silent: "device_del waits for device_lock, and a bind after it would find no driver to match: the machine attaches registered devices only"},
	{name: "a bound device is not bound again", kernel: "v7.3-rc7/arm64", drop: check(model.PathAttach, model.TestDriver)},
	{name: "the type file asks for an owner count of none", kernel: "v7.3-rc7/arm64", drop: check(model.PathTypeStore, model.TestOwnerCount)},
	{name: "the type file asks for no driver, up to 6.1.y", kernel: "v6.1.176/arm64", drop: check(model.PathTypeStore, model.TestBound)},
	{name: "claim asks for an owner count of none", kernel: "v7.3-rc7/arm64", drop: check(model.PathOwnerClaim, model.TestOwnerCount)},
	{name: "a bind waits for a default domain", kernel: "v7.3-rc7/arm64", drop: check(model.PathOwnerUse, model.TestDefaultDomain),
		silent: "the ready flag makes such binds wait already; corpus/13-bind-before-the-default-domain.trace shows the guard on a kernel without the flag"},
	{name: "dma_ops_setup: only who set up tears down", kernel: "v6.1.176/arm", drop: check(model.PathDMATeardown, model.TestOpsSetup),
		silent: "the flag is never reset, so what it is to prevent happens with it, too: docs/findings.md"},
	{name: "a module that devices pin does not go", kernel: "v7.3-rc7/arm64", drop: step(model.OpProviderGoing)},
	{name: "a supplier asks for its consumers first", kernel: "v7.3-rc7/arm64", link: true, drop: step(model.OpLinksBusy)},
	{name: "a supplier unbinds its consumers first", kernel: "v7.3-rc7/arm64", link: true, drop: step(model.OpUnbindConsumers)},
	{name: "a failed probe gives its link back", kernel: "v7.3-rc7/arm64", link: true, drop: step(model.OpLinksNoDriver)},
	{name: "an unbind gives its link back", kernel: "v7.3-rc7/arm64", link: true, drop: step(model.OpLinksCleanup),
		silent: "the link stays active, and the supplier unbinds a consumer that has no driver: the path ends at once"},
	{name: "a consumer waits for its supplier", kernel: "v7.3-rc7/arm64", link: true, drop: step(model.OpLinksCheck),
		silent: "what binds without its supplier does not rely on it"},
}

func lock(l model.Lock) func(model.PathKind, model.Step) bool {
	return func(_ model.PathKind, s model.Step) bool {
		return (s.Op == model.OpLock || s.Op == model.OpUnlock) && model.Lock(s.Arg) == l
	}
}

// check takes out the steps of a path that only jump, and ask about the test.
func check(path model.PathKind, test model.Test) func(model.PathKind, model.Step) bool {
	return func(p model.PathKind, s model.Step) bool {
		return p == path && (s.Op == model.OpRefuse || s.Op == model.OpGoto || s.Op == model.OpReturn) &&
			slices.ContainsFunc(s.When, func(c model.Cond) bool { return c.Test == test })
	}
}

func step(o model.Op) func(model.PathKind, model.Step) bool {
	return func(_ model.PathKind, s model.Step) bool { return s.Op == o }
}

// TestGuards drops one guard after the other.
func TestGuards(t *testing.T) {
	for _, g := range guards {
		t.Run(g.name, func(t *testing.T) {
			k, err := kernels.Load(g.kernel)
			if err != nil {
				t.Fatal(err)
			}
			search := raceKeys
			if g.link {
				search = linkKeys
			}
			before := search(t, k)
			without, dropped := dropSteps(k, g.drop)
			if dropped == 0 {
				t.Fatalf("%s has no such step", g.kernel)
			}
			var gained []model.Key
			for key := range search(t, without) {
				if !before[key] {
					gained = append(gained, key)
				}
			}
			slices.SortFunc(gained, explore.CompareKeys)
			switch {
			case len(gained) == 0 && g.silent == "":
				t.Errorf("without %d steps nothing new is found: the guard guards nothing", dropped)
			case len(gained) > 0 && g.silent != "":
				t.Errorf("%d findings are new, such as %s; it is said that nothing is, for: %s", len(gained), gained[0], g.silent)
			case len(gained) > 0:
				t.Logf("%d findings are new, such as %s", len(gained), gained[0])
			}
		})
	}
}

func raceKeys(t *testing.T, k *model.Kernel) map[model.Key]bool {
	b := model.DefaultBounds()
	b.Actors, b.Preemptions = 2, 1
	b.Memory, b.Actions = 1, 0
	b.Families = model.FamilyCore | model.FamilyIOMMU | model.FamilyOwnership | model.FamilyRemoval | model.FamilyThirdParty
	return keysOf(t, k, b)
}

func linkKeys(t *testing.T, k *model.Kernel) map[model.Key]bool {
	b := model.Bounds{Devices: 2, Memory: 1, Families: model.FamilyCore | model.FamilyFailures | model.FamilyIOMMU | model.FamilyRemoval}
	b.Setup[0].Supplier = 2
	return keysOf(t, k, b)
}

func keysOf(t *testing.T, k *model.Kernel, b model.Bounds) map[model.Key]bool {
	t.Helper()
	m, err := model.NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	r := explore.Exhaustive(context.Background(), m, explore.Options{})
	keys := map[model.Key]bool{}
	for _, f := range r.Findings {
		keys[f.Key()] = true
	}
	return keys
}

// dropSteps returns a copy of the kernel without some of its steps.
func dropSteps(k *model.Kernel, drop func(model.PathKind, model.Step) bool) (*model.Kernel, int) {
	c, n := k.Resolve(), 0
	for i := range c.Paths {
		p := &c.Paths[i]
		kept := slices.DeleteFunc(slices.Clone(p.Steps), func(s model.Step) bool { return drop(p.Kind, s) })
		n += len(p.Steps) - len(kept)
		p.Steps = kept
	}
	return c, n
}
