package props

import (
	"dmafuzz/model/text"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// run is a sequence of events in a setting. Some of them are not enabled.
type run struct {
	setting setting
	events  []model.Event
}

func (r run) String() string {
	t := model.Trace{Events: r.events, Group: r.setting.bounds.SharedGroup, Drivers: r.setting.bounds.Drivers}
	return fmt.Sprintf("on %s:\n%s", r.setting, text.FormatTrace(&t))
}

// runs makes runs in the settings, mostly of events that are enabled.
func runs(tb testing.TB, of []setting) cases[run] {
	return cases[run]{
		make: func(r *rand.Rand, size int) run {
			c := run{setting: of[r.Intn(len(of))]}
			m := c.setting.machine(tb)
			all := model.AllEvents()
			var s model.State
			for range size {
				e := all[r.Intn(len(all))]
				if set := m.Enabled(&s); r.Intn(8) > 0 && !set.Empty() {
					e = nth(&set, r.Intn(set.Len()))
				}
				if e.Kind == model.EventShutdown && r.Intn(10) > 0 {
					continue
				}
				c.events = append(c.events, e)
				m.Apply(&s, e)
			}
			return c
		},
		parts: func(c run) []any { return toParts(c.events) },
		join: func(c run, parts []any) run {
			return run{c.setting, fromParts[model.Event](parts)}
		},
	}
}

func nth(set *model.EventSet, n int) model.Event {
	for id := range set.All() {
		if n--; n < 0 {
			e, _ := id.Event()
			return e
		}
	}
	panic("props: the set has fewer events")
}

func toParts[T any](list []T) []any {
	parts := make([]any, len(list))
	for i, v := range list {
		parts[i] = v
	}
	return parts
}

func fromParts[T any](parts []any) []T {
	list := make([]T, len(parts))
	for i, v := range parts {
		list[i] = v.(T)
	}
	return list
}

// traceCase is a trace with everything that a trace may have.
type traceCase struct{ *model.Trace }

func (c traceCase) String() string { return fmt.Sprintf("%+v", *c.Trace) }

func traces() cases[traceCase] {
	return cases[traceCase]{
		make: func(r *rand.Rand, size int) traceCase {
			t := &model.Trace{Drivers: model.Drivers(r.Intn(3)), Group: r.Intn(2) == 0}
			for range r.Intn(3) {
				t.Comments = append(t.Comments, pick(r, "", "a b", "# on v5.0/arm64  pass", "é"))
			}
			for _, name := range kernels.Names()[:r.Intn(4)] {
				x := model.Expectation{Kernel: name}
				for _, i := range r.Perm(len(model.Invariants()))[:r.Intn(3)] {
					x.Violations = append(x.Violations, model.Invariants()[i])
				}
				t.Expect = append(t.Expect, x)
			}
			for i := range r.Intn(model.MaxDevices + 1) {
				setup := model.DeviceSetup{Bus: model.Bus(r.Intn(6)), Firmware: model.Firmware(r.Intn(4))}
				t.Devices = append(t.Devices, model.TraceDevice{Name: pick(r, "", fmt.Sprint("dev", i), fmt.Sprint("disk.", i)), Setup: setup})
			}
			if n := len(t.Devices); n > 0 && t.Devices[n-1] == (model.TraceDevice{}) {
				t.Devices = t.Devices[:0:0]
			}
			for i := range r.Intn(model.MaxMemory + 1) {
				t.Memory = append(t.Memory, fmt.Sprint("mem", i))
			}
			t.Actors = pick(r, uint8(0), 2)
			all := model.AllEvents()
			for range size {
				if e := all[r.Intn(len(all))]; t.Actors > 1 || !goesOn(e) {
					t.Events = append(t.Events, e)
				}
			}
			return traceCase{t}
		},
		parts: func(c traceCase) []any { return toParts(c.Events) },
		join: func(c traceCase, parts []any) traceCase {
			t := *c.Trace
			t.Events = fromParts[model.Event](parts)
			return traceCase{&t}
		},
	}
}

// goesOn tells whether an event is one that only several actors have.
func goesOn(e model.Event) bool {
	return e.Kind == model.EventContinue || e.Kind == model.EventContinueHost
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.Intn(len(of))] }

// kernelCase is a kernel with the settings' bounds to run it in.
type kernelCase struct{ *model.Kernel }

func (c kernelCase) String() string { return text.FormatKernel(c.Kernel) }

// wildKernels makes kernels that can be written down, though hardly one can be
// run: paths of steps from all over, with any status and any fact.
func wildKernels(tb testing.TB) cases[kernelCase] {
	var pool []model.Step
	for _, k := range kernels.All() {
		for _, p := range k.Paths {
			for _, s := range p.Steps {
				if s.Op != model.OpLabel && s.Op != model.OpGoto && s.Op != model.OpForEach && s.Op != model.OpEnd {
					pool = append(pool, s)
				}
			}
		}
	}
	return cases[kernelCase]{
		make: func(r *rand.Rand, size int) kernelCase {
			k := *kernels.All()[r.Intn(len(kernels.Names()))].Resolve()
			k.Name, k.Arch = pick(r, "mine", "v1-rc2"), pick(r, "arm64", "x86-amd")
			paths := k.Paths
			k.Paths = nil
			for _, i := range r.Perm(len(paths))[:r.Intn(5)] {
				p := model.Path{Kind: paths[i].Kind, Status: model.PathStatus(1 + r.Intn(3)), Comment: pick(r, "", "é # when else"), Pos: pick(r, "", "a/b.c:1")}
				for range size {
					s := pool[r.Intn(len(pool))]
					if s.Else != "" {
						s.Else = "out"
					}
					if p.Status == model.PathKnown {
						p.Steps = append(p.Steps, s)
					}
				}
				if p.Status == model.PathKnown {
					p.Steps = append(p.Steps, model.Step{Op: model.OpLabel, Label: "out"})
				}
				k.Paths = append(k.Paths, p)
			}
			return kernelCase{&k}
		},
		parts: func(c kernelCase) []any { return toParts(c.Paths) },
		join: func(c kernelCase, parts []any) kernelCase {
			k := *c.Kernel
			k.Paths = fromParts[model.Path](parts)
			return kernelCase{&k}
		},
	}
}

// mutant is a shipped kernel in which some neighbours have changed places.
func mutant(r *rand.Rand) *model.Kernel {
	k := *kernels.All()[r.Intn(len(kernels.Names()))].Resolve()
	k.Name += "-mutant"
	var words []string
	for range 1 + r.Intn(3) {
		i := r.Intn(len(k.Paths))
		p := k.Paths[i]
		if len(p.Steps) < 2 {
			continue
		}
		j := r.Intn(len(p.Steps) - 1)
		if anchored(p.Steps[j]) || anchored(p.Steps[j+1]) {
			continue
		}
		steps := append([]model.Step(nil), p.Steps...)
		steps[j], steps[j+1] = steps[j+1], steps[j]
		k.Paths[i].Steps = steps
		words = append(words, fmt.Sprintf("%s.%d", p.Kind, j))
	}
	k.Name += strings.Join(words, "-")
	return &k
}

// anchored tells whether a step cannot change places without a change of the
// path's shape.
func anchored(s model.Step) bool {
	switch s.Op {
	case model.OpLabel, model.OpForEach, model.OpEnd:
		return true
	}
	return false
}
