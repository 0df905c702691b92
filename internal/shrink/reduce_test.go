package shrink

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What is left is exactly what is needed, wherever it stands.
func TestReduceFindsWhatIsNeeded(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		n := rng.IntN(120)
		items := rng.Perm(n)
		k := 0
		if n > 0 {
			k = rng.IntN(min(n, 8))
		}
		need := slices.Clone(items[:k])
		var want []int
		rng.Shuffle(n, func(i, j int) { items[i], items[j] = items[j], items[i] })
		for _, x := range items {
			if slices.Contains(need, x) {
				want = append(want, x)
			}
		}
		tries := 0
		got := Reduce(items, func(_ string, c []int) ([]int, bool) {
			tries++
			for _, x := range need {
				if !slices.Contains(c, x) {
					return nil, false
				}
			}
			return c, true
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%d of %d: got %v, want %v", k, n, got, want)
		}
		if k == 1 && tries > 30 {
			t.Errorf("1 of %d took %d attempts: no halving", n, tries)
		}
		if limit := 2*n + 2*k + k*(k+1)/2; tries > limit {
			t.Errorf("%d of %d took %d attempts, want at most %d", k, n, tries, limit)
		}
	}
}

// Brackets go in pairs only.
func TestReduceTakesPairs(t *testing.T) {
	balanced := func(_ string, c []byte) ([]byte, bool) {
		depth, x := 0, false
		for _, b := range c {
			switch b {
			case '(':
				depth++
			case ')':
				depth--
			case 'x':
				x = true
			}
			if depth < 0 {
				return nil, false
			}
		}
		return c, x && depth == 0
	}
	for _, s := range []string{"x", "(x)", "((a(b)x)c)", "()(()x())()"} {
		if got := Reduce([]byte(s), balanced); string(got) != "x" {
			t.Errorf("%s: got %s, want x", s, got)
		}
	}
}

// An attempt that comes back with less than the candidate is followed.
func TestReduceGoesOnWithLess(t *testing.T) {
	items := make([]int, 100)
	tries := 0
	got := Reduce(items, func(_ string, c []int) ([]int, bool) {
		tries++
		if len(c) < 3 {
			return nil, false
		}
		return c[:3], true
	})
	if len(got) != 3 || tries > 12 {
		t.Errorf("%d items after %d attempts, want 3 after a few", len(got), tries)
	}
}
