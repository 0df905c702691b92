package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
	"dmafuzz/model/text"
)

// pair is a made-up kernel with what two actors can get in each other's way by.
const pair = `kernel pair
arch made-up
fact null-ops direct
fact default-domain dma
path add
  bus_add
  registered
  call iommu_probe
path attach
  lock device
  refuse error when driver else out
  call bind
  deferred_add when defer
out:
  unlock device
path bind_store
  call attach
path retry
  call attach
path bind
  set_driver
  call dma_setup
  driver_probe else failed
  bound
  return
failed:
  devres_release
  clear_driver
path unbind
  lock device
  goto out when not driver
  driver_remove
  devres_release
  call dma_teardown
  clear_driver
out:
  unlock device
path dma_configure
path dma_cleanup
path dma_setup
  set_ops iommu when domain_dma
path dma_teardown
  set_ops null
path del
  deleted
  call unbind
path put
  gone
path shutdown
  call iommu_release
path iommu_probe
  lock group
  refuse error when not provider else out
  group_join else out
  domain_alloc when not default_domain
  domain_attach
out:
  unlock group
path iommu_finalize
path iommu_configure
path iommu_release
  lock group
  group_leave
  unlock group
path iommu_register
  provider_list
  for each device
    call iommu_probe
  end
  provider_ready
path iommu_unregister
  provider_going
  provider_unlist
path owner_use
path owner_unuse
path type_store
  lock group
  lock device
  unlock device
  unlock group
path owner_claim
  lock device
  lock group
  unlock group
  unlock device
path owner_release
path firmware none
path mapping_attach none
path mapping_detach none
path unbind_cleanup none
path dma_alloc
  take direct when not ops
  take ops
path dma_free
  take direct when not ops
  take ops
path dma_map
  take direct when not ops
  take ops
path dma_unmap
  take direct when not ops
  take ops
path dmam_alloc
  call dma_alloc
  return when error
  devres_add
path dmam_free
  call dma_free
  devres_remove
`

// TestActors plays traces of two actors. Each line says what it came to: behind
// "=>" "skipped", or who is active afterwards and where he stands, and what broke.
func TestActors(t *testing.T) {
	for _, test := range []struct {
		reason, script string
		bounds         func(*model.Bounds)
	}{
		{reason: "a run stops before a step, condition included, and goes on there", script: `
			add sata => idle
			attach sata until dma_setup.set_ops? => stopped
			iommu register => stopped
			continue sata => probe
			probe sata ok => idle
		`},
		{reason: "a condition that is asked already is not asked again", script: `
			add sata => idle
			attach sata until dma_setup.set_ops => probe
			probe sata ok => idle
		`},
		{reason: "an actor waits for a lock that another holds, and takes it later", script: `
			add sata => idle
			attach sata => probe
			del sata => probe, stopped
			continue sata => skipped
			continue sata second => skipped
			probe sata ok => stopped
			continue sata => idle
		`},
		{reason: "of two actors that work on one device, second means the one that came later", script: `
			iommu register => idle
			add sata => idle
			attach sata => probe
			probe sata ok => idle
			alloc sata buf until dma_alloc.take => idle
			free sata buf => idle
			alloc sata buf managed until dmam_alloc.devres_add => stopped
			alloc sata ring managed until dmam_alloc.devres_add => stopped, stopped
			continue sata second => stopped
			continue sata second => skipped
			continue sata => idle
		`},
		{reason: "two that stop before each other's locks wait for ever", script: `
			iommu register => idle
			add sata => idle
			type sata dma until type_store.lock_device => stopped
			claim sata until owner_claim.lock_group => idle; no-deadlock
		`},
		{reason: "whoever waits for the other who waits for him waits for ever", script: `
			iommu register => idle
			add sata => idle
			type sata dma until type_store.lock_device => stopped
			claim sata => idle; no-deadlock
		`},
		{reason: "memory that is given away before its entry is gone leaves the wrong entry", script: `
			add sata => idle
			attach sata => probe
			alloc sata buf managed => probe
			probe sata ok => idle
			free sata buf until dmam_free.devres_remove => stopped
			free sata buf => skipped
			alloc sata buf managed => stopped
			continue sata => idle; no-double-free
		`},
		{reason: "a slot that a call has chosen is not given away", script: `
			add sata => idle
			attach sata => probe
			probe sata ok => idle
			alloc sata buf managed until dmam_alloc.devres_add => stopped
			alloc sata buf => skipped
			free sata buf => skipped
			map sata ring => stopped
			continue sata => idle
		`},
		{reason: "a remove callback waits for the driver's threads", script: `
			add sata => idle
			attach sata => probe
			probe sata ok => idle
			alloc sata buf managed until dmam_alloc.devres_add => stopped
			unbind sata => stopped, stopped
			continue sata second => skipped
			continue sata => stopped
			continue sata => idle
		`},
		{reason: "the driver does nothing once its remove has begun", script: `
			add sata => idle
			attach sata => probe
			alloc sata buf managed => probe
			probe sata ok => idle
			unbind sata until unbind.devres_release => stopped
			alloc sata ring => skipped
			free sata buf => skipped
			continue sata => idle
		`},
		{reason: "entries are released one by one", script: `
			add sata => idle
			attach sata => probe
			alloc sata buf managed => probe
			alloc sata ring managed => probe
			probe sata ok => idle
			unbind sata until unbind.devres_release x2 => stopped
			iommu register => stopped; no-detach-under-mapping
			continue sata => idle
		`},
		{reason: "a module that is going lets nobody in", script: `
			iommu register => idle
			iommu unregister until iommu_unregister.provider_unlist => stopped
			add sata => stopped
			continue iommu => idle
			type sata dma => skipped
		`},
		{reason: "a device is added by one at a time", script: `
			add sata until iommu_probe.lock_group => stopped
			add sata => skipped
			attach sata => stopped, probe
		`},
		{reason: "preemptions are counted: one for each that stops, one for each that begins beside a callback", script: `
			add sata => idle
			attach sata => probe
			iommu register until iommu_probe.lock_group => probe
			del sata => skipped
		`, bounds: func(b *model.Bounds) { b.Preemptions = 1 }},
		{reason: "a shutdown ends everything, and so does one that goes on", script: `
			add sata => idle
			shutdown until iommu_release.group_leave => stopped
			shutdown => skipped
			continue iommu => halted
		`},
	} {
		t.Run(test.reason, func(t *testing.T) { playActors(t, pair, test.script, test.bounds) })
	}
}

// TestWalk plays what another actor's release takes from under the walk.
func TestWalk(t *testing.T) {
	walk := strings.NewReplacer("    call iommu_probe\n", "    param_get\n    group_join\n    walk_add\n", "  end\n  provider_ready", "  end\n  goto undo when error\n"+
		"  for each listed\n    domain_alloc else undo\n    walk_del\n  end\n  bus_probe else undo\n  provider_ready\n  return\nundo:\n  for each device\n    group_leave\n  end\n  provider_unlist",
		"path del\n  deleted\n", "path del\n  deleted\n  group_leave\n  param_free\n", "  registered\n  call iommu_probe\n", "  registered\n").Replace(pair)
	for _, test := range []struct{ reason, script string }{
		{"dev->iommu is gone when the device would join", `
			add sata => idle
			iommu register until iommu_register.group_join => stopped
			del sata => stopped
			continue iommu => idle; no-use-after-teardown
		`},
		{"the device has left its group before that comes on the list", `
			add sata => idle
			iommu register until iommu_register.walk_add => stopped
			del sata => stopped
			continue iommu => idle; no-use-after-teardown
		`},
		{"the last device of a group goes that is on the list", `
			add sata => idle
			iommu register until iommu_register.for_each:2 => stopped
			del sata => idle; no-use-after-teardown
		`},
		{"the walk has done with the group", `
			add sata => idle
			iommu register until iommu_register.provider_ready => stopped
			del sata => stopped
			continue iommu => idle
		`},
		{"a walk that has failed looks at no group any more", `
			add sata => idle
			add eth => idle
			iommu register fail domain_alloc until iommu_register.for_each:3 => stopped
			del sata => stopped
			continue iommu => idle
		`},
		{"nor does it take from itself", `
			add sata => idle
			iommu register fail bus_probe => idle
		`},
	} {
		t.Run(test.reason, func(t *testing.T) { playActors(t, walk, test.script, nil) })
	}
}

func playActors(t *testing.T, kernel, script string, change func(*model.Bounds)) {
	k, err := text.ParseKernel("pair.kernel", []byte(kernel), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := model.MaxBounds()
	b.Actors = 2
	if change != nil {
		change(&b)
	}
	m, err := model.NewMachine(k, b)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	var s model.State
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		words, _, _ := strings.Cut(strings.TrimSpace(line), " => ")
		e, err := text.ParseEvent(words)
		if err != nil {
			t.Fatal(err)
		}
		out := m.Apply(&s, e)
		got = append(got, words+" => "+stand(m, &s, &out))
		want = append(want, strings.TrimSpace(line))
		if m.Unpack(m.Pack(&s)) != s {
			t.Errorf("%s: the state does not survive its key:\n%s", words, cmp.Diff(s, m.Unpack(m.Pack(&s))))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// stand says where the actors stand.
func stand(m *model.Machine, s *model.State, out *model.Outcome) string {
	if !out.Executed {
		return "skipped"
	}
	var at []string
	for i := range s.Actors {
		switch {
		case s.Actors[i].Frames[0].PC == 0:
		case m.Stopped(s, i):
			at = append(at, "stopped")
		default:
			at = append(at, "probe")
		}
	}
	body := strings.Join(at, ", ")
	switch {
	case len(out.Violations()) == 0 && s.Halted:
		body = "halted"
	case body == "":
		body = "idle"
	}
	for _, v := range out.Violations() {
		body += fmt.Sprintf("; %s", v.Key.Invariant)
	}
	return body
}
