package props

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
)

// Option changes what [Check] looks at.
type Option func(*config)

type config struct {
	known  []model.Key
	bounds model.Bounds
	states uint64
}

// Known names findings that do not fail the check. One that the kernel does not
// have any more fails it: the list would hide its return.
func Known(keys ...model.Key) Option {
	return func(c *config) { c.known = append(c.known, keys...) }
}

// Bounds sets what is explored, model.DefaultBounds() if not given.
func Bounds(b model.Bounds) Option { return func(c *config) { c.bounds = b } }

// MaxStates ends the search early; a check that it ends fails. 20 million if
// not given.
func MaxStates(n uint64) Option { return func(c *config) { c.states = n } }

// Check explores everything that the kernel can do within the bounds, and
// fails tb if and only if it breaks a rule in a way that is not known, a known
// finding is gone, or the bounds could not be closed. Each finding comes with
// its shortest trace, as a file that `dmafuzz replay` reads. The log says what
// was closed.
func Check(tb testing.TB, k *model.Kernel, opts ...Option) {
	tb.Helper()
	c := config{bounds: model.DefaultBounds(), states: 20e6}
	for _, o := range opts {
		o(&c)
	}
	m, err := model.NewMachine(k, c.bounds)
	if err != nil {
		tb.Fatal(err)
		return
	}
	r := explore.Exhaustive(context.Background(), m, explore.Options{MaxStates: c.states})
	tb.Logf("%s: %s\nwithin %s%s", k.FullName(), r.Certificate, c.bounds, partial(m))
	var seen []model.Key
	for _, f := range r.Findings {
		seen = append(seen, f.Key())
		if !slices.Contains(c.known, f.Key()) {
			tb.Errorf("%s breaks %s: %s\n%s\n\n%s", k.FullName(), f.Key().Invariant, f.Violation.Consequence, f.Key(), trace(m, f).Text())
		}
	}
	if !r.Closed {
		tb.Errorf("%s: not closed: %v; what was not reached is not proven", k.FullName(), r.Stopped)
		return
	}
	for _, key := range c.known {
		if !slices.Contains(seen, key) {
			tb.Errorf("%s: the known finding is gone, take it off the list: %s", k.FullName(), key)
		}
	}
}

// partial says which paths could not be looked into.
func partial(m *model.Machine) string {
	var names []string
	for _, p := range m.UnknownPaths() {
		names = append(names, p.String())
	}
	if names == nil {
		return ""
	}
	return "; partial, unknown: " + strings.Join(names, ", ")
}

// trace writes a finding down with what it breaks on the machine's kernel.
func trace(m *model.Machine, f explore.Finding) *model.Trace {
	b := m.Bounds()
	t := b.Trace(f.Trace)
	t.Comments = []string{fmt.Sprintf("%s: %s.", f.Key().Invariant, f.Key().Invariant.Doc())}
	x := model.Expectation{Kernel: m.Kernel().FullName()}
	for _, step := range explore.Replay(m, f.Trace) {
		for _, v := range step.Outcome.Violations() {
			if !slices.Contains(x.Violations, v.Key.Invariant) {
				x.Violations = append(x.Violations, v.Key.Invariant)
			}
		}
	}
	t.Expect = []model.Expectation{x}
	return t
}
