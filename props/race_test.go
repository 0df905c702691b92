package props

import (
	"context"
	"dmafuzz/model/text"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// races makes runs of two actors on all kernels, with stops wherever one is
// possible: by way of the machine only, which is faster than [TestRacingWalks].
func races(tb testing.TB) cases[run] {
	all := kernels.All()
	linkable := slices.DeleteFunc(kernels.All(), func(k *model.Kernel) bool { return !k.MakesLinks() })
	return cases[run]{
		make: func(r *rand.Rand, size int) run {
			b := racingBounds[r.Intn(len(racingBounds))]
			b.Preemptions = r.Intn(model.MaxPreemptions+2) + model.NoLimit
			from := all
			if b.Linked() {
				from = linkable
			}
			c := run{setting: setting{from[r.Intn(len(from))], b}}
			m := c.setting.machine(tb)
			p := model.NewPreempter(m)
			var s model.State
			for range size {
				set := m.Enabled(&s)
				if set.Empty() {
					break
				}
				e := nth(&set, r.Intn(set.Len()))
				if e.Kind == model.EventShutdown && r.Intn(10) > 0 {
					continue
				}
				var at []model.PointID
				p.Stops(&s, e, func(id model.PointID, _ *model.State) { at = append(at, id) })
				if len(at) > 0 && r.Intn(2) == 0 {
					e.Until = m.Point(at[r.Intn(len(at))])
				}
				c.events = append(c.events, e)
				m.Apply(&s, e)
			}
			return c
		},
		parts: func(c run) []any { return toParts(c.events) },
		join:  func(c run, parts []any) run { return run{c.setting, fromParts[model.Event](parts)} },
	}
}

// TestStops: where a run can stop, it stops, in the state that Stops gives; and
// all these states come back from their keys.
func TestStops(t *testing.T) {
	stopped := 0
	forAll(t, 1500, races(t), func(c run) string {
		m := c.setting.machine(t)
		p := model.NewPreempter(m)
		var s model.State
		for i, e := range c.events {
			if back := m.Unpack(m.Pack(&s)); back != s {
				return fmt.Sprintf("at %d, a state does not come back:\n%s", i, cmp.Diff(s, back))
			}
			if set := m.Enabled(&s); !set.Has(e.ID()) {
				continue
			}
			before, diff := s, ""
			p.Stops(&s, model.Event{Kind: e.Kind, Device: e.Device, Memory: e.Memory, Arg: e.Arg}, func(id model.PointID, after *model.State) {
				until := e
				until.Until = m.Point(id)
				got, _ := m.Step(s, until)
				if diff == "" && got != *after {
					diff = fmt.Sprintf("at %d, %s (-Stops +Step):\n%s", i, until, cmp.Diff(*after, got))
				}
				if back := m.Unpack(m.Pack(after)); diff == "" && back != *after {
					diff = fmt.Sprintf("at %d, %s: a state does not come back:\n%s", i, until, cmp.Diff(*after, back))
				}
				stopped++
			})
			if diff == "" && s != before {
				diff = fmt.Sprintf("at %d, %s: Stops changes the state:\n%s", i, e, cmp.Diff(before, s))
			}
			if diff != "" {
				return diff
			}
			m.Apply(&s, e)
		}
		return ""
	})
	if stopped < 1000 {
		t.Errorf("only %d places to stop at", stopped)
	}
}

// TestRaceText: a trace of two actors comes back from its text as it was.
func TestRaceText(t *testing.T) {
	forAll(t, 500, races(t), func(c run) string {
		trace := &model.Trace{Actors: 2, Drivers: c.setting.bounds.Drivers, Group: c.setting.bounds.SharedGroup, Events: c.events}
		back, err := text.ParseTrace("text", []byte(text.FormatTrace(trace)))
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(text.FormatTrace(trace), text.FormatTrace(back)) + cmp.Diff(trace.Events, back.Events)
	})
}

// TestOneActorOfTwo: what one actor does, two do alike if the second does nothing.
func TestOneActorOfTwo(t *testing.T) {
	forAll(t, 1500, runs(t, settings(t)), func(c run) string {
		one := c.setting.machine(t)
		b := c.setting.bounds
		b.Actors, b.Preemptions = 2, model.NoLimit
		two := setting{c.setting.kernel, b}.machine(t)
		var s, u model.State
		for i, e := range c.events {
			out := one.Apply(&s, e)
			if !out.Executed {
				continue
			}
			if other := two.Apply(&u, e); other != out {
				return fmt.Sprintf("at %d, %s (-one +two actors):\n%s", i, e, cmp.Diff(out, other, exact))
			}
		}
		return ""
	})
}

// TestWithoutStops: a trace may lose any of its stops and of what goes on behind
// them, and is still a trace, for two actors and for one.
func TestWithoutStops(t *testing.T) {
	forAll(t, 1500, races(t), func(c run) string {
		b := c.setting.bounds
		b.Actors, b.Preemptions = 1, 0
		for _, m := range []*model.Machine{c.setting.machine(t), setting{c.setting.kernel, b}.machine(t)} {
			var s model.State
			for i, e := range c.events {
				if e.Until = (model.Point{}); goesOn(e) {
					continue
				}
				before, set := s, m.Enabled(&s)
				out := m.Apply(&s, e)
				if out.Executed != set.Has(e.ID()) || !out.Executed && s != before {
					return fmt.Sprintf("at %d, %s: enabled %t, executed %t", i, e, set.Has(e.ID()), out.Executed)
				}
			}
		}
		return ""
	})
}

// closable is what closes in a second or so with two actors.
var closable = model.Bounds{Devices: 1, Memory: 2, Actions: 1,
	Families: model.FamilyCore | model.FamilyIOMMU | model.FamilyRemoval | model.FamilyOwnership}

// TestNoPreemptions: two actors that are never preempted find what one finds.
func TestNoPreemptions(t *testing.T) {
	for _, name := range []string{"v5.0/arm64", "v5.0/arm", "v5.14.2/arm64", "v6.1.176/arm64", "v7.3-rc7/arm64"} {
		one := setting{kernel(t, name), closable}
		two := one
		two.bounds.Actors = 2
		want, got := keys(t, one), keys(t, two)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-one +two actors):\n%s", name, d)
		}
		t.Logf("%s: %d findings", name, len(want))
	}
}

func keys(t *testing.T, s setting) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, f := range closed(t, s).Findings {
		found[f.Key().String()] = true
	}
	return found
}

func closed(t *testing.T, s setting) *explore.Result {
	t.Helper()
	r := explore.Exhaustive(context.Background(), s.machine(t), explore.Options{MaxStates: 3e6})
	if !r.Closed {
		t.Fatalf("%s: %v", s, r.Stopped)
	}
	return r
}

// TestRacesReplay: the trace of every finding of two actors, written down and
// read again, leads to it.
func TestRacesReplay(t *testing.T) {
	races := 0
	for _, name := range []string{"v5.0/arm64", "v5.14.2/arm64", "v6.1.176/arm64"} {
		s := setting{kernel(t, name), closable}
		s.bounds.Actors, s.bounds.Preemptions = 2, 1
		for _, f := range closed(t, s).Findings {
			parsed, err := text.ParseTrace("text", []byte(text.FormatTrace(s.bounds.Trace(f.Trace))))
			if err != nil {
				t.Fatal(err)
			}
			m, err := model.NewMachine(s.kernel, parsed.Bounds())
			if err != nil {
				t.Fatal(err)
			}
			p := explore.NewPlayer(m)
			if !p.Play(parsed.Events, f.Key()) {
				t.Errorf("%s: %s is not found again:\n%s", name, f.Key(), text.FormatTrace(parsed))
			}
			if parsed.Actors != 2 {
				t.Errorf("%s: %s: %d actors", name, f.Key(), parsed.Actors)
			}
			for _, e := range parsed.Events {
				if e.Until != (model.Point{}) {
					races++
					break
				}
			}
		}
	}
	if races == 0 {
		t.Error("no finding needs two actors")
	}
}
