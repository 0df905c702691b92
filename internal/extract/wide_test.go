package extract

import (
	"context"
	"os"
	"testing"
	"time"

	"dmafuzz/internal/explore"
	"dmafuzz/internal/kernels"
	"dmafuzz/model"
)

// TestWider compares two devices in one group as well: there the walks over
// devices and groups show.
func TestWider(t *testing.T) {
	for _, c := range []struct{ dir, arch, shipped string }{{"6.1", "x86", "v6.1.176/x86"}, {"7.2", "x86", "v7.2.13/x86"}, {"7.2", "arm64", "v7.2.13/arm64"}} {
		res, err := Tree(os.DirFS(realTree(t, c.dir)), Options{Arch: c.arch, Assume: map[string]string{"null-ops": "direct"}})
		if err != nil {
			t.Fatal(err)
		}
		shipped, err := kernels.Load(c.shipped)
		if err != nil {
			t.Fatal(err)
		}
		b := model.DefaultBounds()
		b.Devices, b.Memory, b.SharedGroup = 2, 1, true
		b.Actions = 0
		run := func(k *model.Kernel) (uint64, uint64, int) {
			m, err := model.NewMachine(k, b)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
			defer cancel()
			r := explore.Exhaustive(ctx, m, explore.Options{})
			if r.Stopped != nil {
				t.Skip(r.Stopped)
			}
			return r.States, r.Transitions, len(r.Findings)
		}
		s1, t1, k1 := run(res.Kernel)
		s2, t2, k2 := run(shipped)
		if s1 != s2 || t1 != t2 || k1 != k2 {
			t.Errorf("%s/%s: %d states %d transitions %d keys, want %d %d %d", c.dir, c.arch, s1, t1, k1, s2, t2, k2)
		} else {
			t.Logf("%s/%s: %d states %d transitions %d keys", c.dir, c.arch, s1, t1, k1)
		}
	}
}
