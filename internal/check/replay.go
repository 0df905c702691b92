package check

import (
	"slices"

	"dmafuzz/model"
)

// Replayed is one trace on one kernel, with what the trace expects of it.
type Replayed struct {
	*Play
	// Expect is what the trace says of the kernel; nil if it says nothing.
	Expect *model.Expectation
}

// Replay carries out a trace on a kernel.
func Replay(k *model.Kernel, t *model.Trace) (*Replayed, error) {
	p, err := NewPlay(k, t)
	if err != nil {
		return nil, err
	}
	r := &Replayed{Play: p}
	for i := range t.Expect {
		if t.Expect[i].Kernel == k.FullName() {
			r.Expect = &t.Expect[i]
		}
	}
	return r, nil
}

// Status is Clean if and only if the trace did what it expects: exactly its
// rules broke, and exactly the events that it names were skipped. Found stands
// for any difference. Of a trace that expects nothing of the kernel it is Found
// if a rule breaks, and Vacuous if an event was skipped or there is none: such a
// run shows nothing.
func (r *Replayed) Status() Status {
	broken, skipped := r.Broken(), r.Skipped()
	switch {
	case r.Expect != nil && sameRules(broken, r.Expect.Violations) && slices.Equal(skipped, r.Expect.Skips) && len(r.Events) > 0:
		return Clean
	case r.Expect != nil && len(r.Events) > 0:
		return Found
	case len(broken) > 0:
		return Found
	case len(skipped) > 0 || len(r.Events) == 0:
		return Vacuous
	}
	return Clean
}

func sameRules(broken, want []model.Invariant) bool {
	want = slices.Clone(want)
	slices.Sort(want)
	return slices.Equal(broken, want)
}

// Blind lists the numbers of the events that were skipped only because the
// kernel may then come upon a path that is not known: what they would have done,
// nobody can tell.
func (r *Replayed) Blind() []int {
	return slices.DeleteFunc(r.Skipped(), func(n int) bool {
		e := &r.Events[n-1]
		return !r.Machine.MeetsUnknown(&e.Before, e.Event)
	})
}

// Expect is the expectation that a trace meets on a kernel: the rules that
// break there, and the events that are skipped.
func Expect(k *model.Kernel, t *model.Trace) (model.Expectation, error) {
	p, err := NewPlay(k, t)
	if err != nil {
		return model.Expectation{}, err
	}
	return p.expectation(), nil
}

func (p *Play) expectation() model.Expectation {
	return model.Expectation{Kernel: p.Kernel.FullName(), Violations: p.Broken(), Skips: p.Skipped()}
}
