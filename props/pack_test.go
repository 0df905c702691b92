package props

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// TestPack: a state's key gives the state back, so no two states share one.
func TestPack(t *testing.T) {
	type place struct {
		setting setting
		key     model.PackedState
	}
	seen := map[place]model.State{}
	forAll(t, 5000, runs(t, settings(t)), func(c run) string {
		m := c.setting.machine(t)
		var s model.State
		for _, e := range c.events {
			m.Apply(&s, e)
			key := m.Pack(&s)
			if back := m.Unpack(key); back != s {
				return "a state does not come back:\n" + cmp.Diff(s, back)
			}
			for _, word := range key[m.PackedWords():] {
				if word != 0 {
					return "a key has more words than PackedWords says"
				}
			}
			if was, ok := seen[place{c.setting, key}]; ok && was != s {
				return "two states share a key:\n" + cmp.Diff(was, s)
			}
			seen[place{c.setting, key}] = s
		}
		return ""
	})
	if len(seen) < 1000 {
		t.Errorf("only %d states were reached", len(seen))
	}
}
