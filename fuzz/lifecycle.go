package fuzz

import (
	"os"
	"testing"

	"dmafuzz/model"
)

// Option changes what [Lifecycle] looks for, or where it starts.
type Option func(*config)

type config struct {
	known   []model.Key
	drivers model.Drivers
	seeds   bool
}

// Known names findings that are no news: they do not fail the target, and the
// run goes on behind them.
func Known(keys ...model.Key) Option {
	return func(c *config) { c.known = append(c.known, keys...) }
}

// Drivers sets the contract that drivers keep, well-behaved by default.
func Drivers(d model.Drivers) Option { return func(c *config) { c.drivers = d } }

// Seeds tells whether the target starts from the traces of the corpus, as it
// does by default, or from nothing. DMAFUZZ_SEEDS=none has the last word.
func Seeds(on bool) Option { return func(c *config) { c.seeds = on } }

func newConfig(opts []Option) config {
	c := config{seeds: true}
	for _, o := range opts {
		o(&c)
	}
	c.seeds = c.seeds && os.Getenv("DMAFUZZ_SEEDS") != "none"
	return c
}

// Lifecycle makes the fuzz target f look for an order of events that breaks a
// rule on the kernel. It fails if and only if an input has a finding that is
// not known, or the kernel cannot be fuzzed: no driver can be bound on it, say. The
// log then has the finding's key, the shortened trace, and the command that
// replays it.
func Lifecycle(f *testing.F, k *model.Kernel, opts ...Option) {
	f.Helper()
	if k == nil {
		f.Fatal("fuzz.Lifecycle: got no kernel")
		return
	}
	c := newConfig(opts)
	t, err := newTarget(k, c.drivers, c.known)
	if err != nil {
		f.Fatal(err)
	}
	if c.seeds {
		for _, data := range seeds(c.drivers) {
			f.Add(data)
		}
	}
	f.Fuzz(func(tt *testing.T, data []byte) {
		if r := t.run(data); r.found {
			tt.Fatal(t.report(data, r.violation))
		}
	})
}
