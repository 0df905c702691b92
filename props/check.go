package props

import (
	"context"
	"dmafuzz/model/text"
	"strings"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// Option changes what [Check] looks at.
type Option func(*config)

type config struct {
	plan    check.Plan
	options check.Options
	known   []model.Key
}

// Known names findings that do not fail the check. One that the kernel does not
// have any more fails it: the list would hide its return.
func Known(keys ...model.Key) Option {
	return func(c *config) { c.known = append(c.known, keys...) }
}

// Bounds sets what is explored, in one pass. If not given, these are the passes
// that `dmafuzz check` makes.
func Bounds(b model.Bounds) Option {
	return func(c *config) { c.plan = check.FamiliesPlan(b, b.Families) }
}

// MaxStates ends a pass early; a check that it ends fails. 20 million if not
// given.
func MaxStates(n uint64) Option { return func(c *config) { c.options.MaxStates = n } }

// Unknown names paths that may be unknown: what needs them is left out without
// failing the check.
func Unknown(paths ...model.PathKind) Option {
	return func(c *config) { c.options.Accept = append(c.options.Accept, paths...) }
}

// Check explores everything that the kernel can do within the bounds, and
// passes tb if and only if `dmafuzz check` would call it clean: the bounds are
// closed, no rule breaks in a way that is not known, no known finding is gone,
// no path that an event needs is unknown unless [Unknown] names it, and every
// goal that can be met is met, an allocation and a free among them. Each finding
// comes with its shortest trace, as a file that `dmafuzz replay` reads. The log
// says what was closed.
func Check(tb testing.TB, k *model.Kernel, opts ...Option) {
	tb.Helper()
	if k == nil {
		tb.Fatal("props.Check: got no kernel")
		return
	}
	c := config{plan: check.DefaultPlan(model.DefaultBounds()), options: check.Options{MaxStates: 20e6, Symmetry: true}}
	for _, o := range opts {
		o(&c)
	}
	c.options.Known = check.KnownKeys("named by the test", c.known...)
	v, err := check.Run(context.Background(), k, c.plan, c.options)
	if err != nil {
		tb.Fatal(err)
		return
	}
	tb.Logf("%s: %s\n%s", k.FullName(), check.Overall(c.options.Known, v), basis(v))
	for i := range v.Findings {
		if f := &v.Findings[i]; f.Known == "" {
			tb.Errorf("%s breaks %s: %s\n%s\n\n%s", k.FullName(), f.Key().Invariant, f.Violation.Consequence, f.Key(), text.FormatTrace(trace(f)))
		}
	}
	if v.Open() {
		tb.Errorf("%s: not closed: what was not reached is not proven\n%s", k.FullName(), basis(v))
	}
	for _, g := range v.Missed.List() {
		tb.Errorf("%s: vacuous: the goal %s is never met: %s", k.FullName(), g, g.Doc())
	}
	for _, p := range v.Blind() {
		tb.Errorf("%s: partial: path %s is unknown, and what needs it is left out; props.Unknown names paths that may be", k.FullName(), p)
	}
	for _, gone := range c.options.Known.Gone(v) {
		tb.Errorf("%s: the known finding is gone, take it off the list: %s", k.FullName(), gone.Pattern)
	}
}

// basis is what a verdict rests on: bounds and certificate of each pass.
func basis(v *check.Verdict) string {
	var lines []string
	for i := range v.Passes {
		lines = append(lines, "within "+v.Passes[i].Bounds.String(), "  "+v.Passes[i].String())
	}
	for _, p := range v.Unknown {
		lines = append(lines, "unknown: "+p.String())
	}
	return strings.Join(lines, "\n")
}

// trace is a finding's trace with a sentence on the rule.
func trace(f *check.Finding) *model.Trace {
	t := *f.Trace()
	rule := f.Key().Invariant
	t.Comments = []string{rule.String() + ": " + rule.Doc() + "."}
	return &t
}
