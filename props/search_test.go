package props

import (
	"context"
	"fmt"
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/shrink"
	"dmafuzz/model"
)

// TestChoices: Choices is a part of Enabled, and a search that goes by it loses
// no finding and no shortest distance.
func TestChoices(t *testing.T) {
	forAll(t, 1000, runs(t, settings(t)), func(c run) string {
		m := c.setting.machine(t)
		var s model.State
		for _, e := range c.events {
			m.Apply(&s, e)
			enabled, choices := m.Enabled(&s), m.Choices(&s)
			for id := range choices.All() {
				if !enabled.Has(id) {
					e, _ := id.Event()
					return fmt.Sprintf("%s is a choice and not enabled", e)
				}
			}
		}
		return ""
	})
	small := model.Bounds{Devices: 1, Memory: 2, Actions: 1, Families: model.AllFamilies &^ (model.FamilyStreaming | model.FamilyRanges | model.FamilyPools)}
	for _, name := range []string{"v5.0/arm64", "v5.0/arm", "v6.14/arm64"} {
		s := setting{kernel(t, name), small}
		want := distances(s.machine(t))
		got := map[model.Key]int{}
		for _, f := range explore.Exhaustive(context.Background(), s.machine(t), explore.Options{}).Findings {
			got[f.Key()] = len(f.Trace)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-enabled +choices):\n%s", s, d)
		}
		if len(want) == 0 && name != "v6.14/arm64" {
			t.Errorf("%s: nothing is found either way", s)
		}
	}
}

// distances is the plainest exhaustive search there is: by Enabled, with a map.
func distances(m *model.Machine) map[model.Key]int {
	keys := map[model.Key]int{}
	seen := map[model.State]bool{{}: true}
	level := []model.State{{}}
	for depth := 1; len(level) > 0; depth++ {
		var next []model.State
		for _, s := range level {
			for id := range m.Enabled(&s).All() {
				e, _ := id.Event()
				after, out := m.Step(s, e)
				for _, v := range out.Violations() {
					if _, ok := keys[v.Key]; !ok {
						keys[v.Key] = depth
					}
				}
				if !seen[after] {
					seen[after] = true
					next = append(next, after)
				}
			}
		}
		level = next
	}
	return keys
}

// TestMinimize: minimizing never slips to another finding, leaves a trace from
// which no event can go, and reaches the exhaustive distance.
func TestMinimize(t *testing.T) {
	var of []setting
	shortest := map[setting]*explore.Result{}
	for _, name := range []string{"v5.0/arm64", "v4.20/arm64", "v5.0/arm", "v5.11/arm64"} {
		s := setting{kernel(t, name), model.DefaultBounds()}
		of = append(of, s)
		shortest[s] = explore.Exhaustive(context.Background(), s.machine(t), explore.Options{})
		if !shortest[s].Closed || len(shortest[s].Findings) == 0 {
			t.Fatalf("%s: %s, %d findings", s, shortest[s].Certificate, len(shortest[s].Findings))
		}
	}
	tried, longer := 0, 0
	c := runs(t, of)
	shrinkable := c.make
	c.make = func(r *rand.Rand, size int) run { return shrinkable(r, 4*size) }
	forAll(t, 2000, c, func(c run) string {
		m := c.setting.machine(t)
		p := explore.NewPlayer(m)
		p.Play(c.events, model.Key{})
		var keys []model.Key
		for _, h := range p.Hits {
			keys = append(keys, h.Violation.Key)
		}
		for _, key := range keys {
			best, ok := shortest[c.setting].Shortest(key)
			if !ok {
				return fmt.Sprintf("%s: a closed search has not found it", key)
			}
			r, err := shrink.Minimize(m, c.events, key, shrink.Options{Shortest: best.Trace})
			if err != nil {
				return err.Error()
			}
			tried++
			if r.Violation.Key != key {
				return fmt.Sprintf("slipped from %s to %s", key, r.Violation.Key)
			}
			for _, events := range [][]model.Event{r.Reduced, r.Events()} {
				if d := minimal(m, events, key); d != "" {
					return fmt.Sprintf("%s: %s", key, d)
				}
			}
			if len(r.Events()) != len(best.Trace) {
				return fmt.Sprintf("%s: minimized to %d, the shortest is %d", key, len(r.Events()), len(best.Trace))
			}
			if len(r.Reduced) > len(best.Trace) {
				longer++
			}
		}
		return ""
	})
	t.Logf("%d of %d traces got stuck before the shortest, without the help of a search", longer, tried)
	if tried < 20 {
		t.Errorf("only %d findings were minimized", tried)
	}
}

// minimal says what is wrong with a minimized trace, if anything.
func minimal(m *model.Machine, events []model.Event, key model.Key) string {
	p := explore.NewPlayer(m)
	if !p.Play(events, key) || len(p.Executed) != len(events) {
		return fmt.Sprintf("%v does not have it, or has events that are skipped", events)
	}
	for i := range events {
		less := append(append([]model.Event(nil), events[:i]...), events[i+1:]...)
		if p.Play(less, key) {
			return fmt.Sprintf("%s can go from %v", events[i], events)
		}
	}
	return ""
}
