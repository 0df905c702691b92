package props

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// exact compares outcomes with what they do not export.
var exact = cmp.AllowUnexported(model.Outcome{})

// differently plays events on two machines and says where they part.
func differently(a, b *model.Machine, events []model.Event) string {
	var s, t model.State
	for i, e := range events {
		x, y := a.Apply(&s, e), b.Apply(&t, e)
		if x != y || !sameState(s, t) {
			return fmt.Sprintf("at %d, %s:\n%s%s", i, e, cmp.Diff(x, y, exact), cmp.Diff(s, t))
		}
	}
	return ""
}

// sameState compares all but positions, which differ between compiled kernels.
func sameState(s, t model.State) bool {
	for i := range s.Actors {
		for j := range s.Actors[i].Frames {
			if (s.Actors[i].Frames[j].PC == 0) != (t.Actors[i].Frames[j].PC == 0) {
				return false
			}
			s.Actors[i].Frames[j].PC, t.Actors[i].Frames[j].PC = 0, 0
		}
	}
	return s == t
}

// TestApply: Apply does the same twice, by way of Step, under an observer, with
// cover, and without asking again what is enabled; an event that is not enabled
// does nothing at all.
func TestApply(t *testing.T) {
	forAll(t, 3000, runs(t, settings(t)), func(c run) string {
		m := c.setting.machine(t)
		var s model.State
		var cover model.Cover
		for i, e := range c.events {
			before, set := s, m.Enabled(&s)
			out := m.Apply(&s, e)
			if enabled := e.Valid() && set.Has(e.ID()); out.Executed != enabled {
				return fmt.Sprintf("at %d, %s: enabled %t, executed %t", i, e, enabled, out.Executed)
			}
			if !out.Executed && (s != before || out != model.Outcome{}) {
				return fmt.Sprintf("at %d, %s was skipped, and left:\n%s%s", i, e, cmp.Diff(before, s), cmp.Diff(model.Outcome{}, out, exact))
			}
			for name, apply := range map[string]func(s *model.State) model.Outcome{
				"again": func(s *model.State) model.Outcome { return m.Apply(s, e) },
				"Step": func(s *model.State) (o model.Outcome) {
					was := *s
					*s, o = m.Step(was, e)
					return o
				},
				"observed": func(s *model.State) model.Outcome {
					return m.Apply(s, e, model.With{See: func(model.StepRef, uint8, *model.State) {}})
				},
				"covered": func(s *model.State) model.Outcome {
					if !out.Executed {
						return model.Outcome{}
					}
					return m.Apply(s, e, model.With{Chosen: true, Cover: &cover})
				},
				"chosen": func(s *model.State) model.Outcome {
					if !out.Executed {
						return model.Outcome{}
					}
					return m.Apply(s, e, model.With{Chosen: true})
				},
			} {
				other := before
				if o := apply(&other); o != out || other != s {
					return fmt.Sprintf("at %d, %s: %s does otherwise:\n%s%s", i, e, name, cmp.Diff(out, o, exact), cmp.Diff(s, other))
				}
			}
		}
		return ""
	})
}

// TestDeletedEvents: events that were skipped may go and nothing changes; and
// what is left when others go does what it would do by itself.
func TestDeletedEvents(t *testing.T) {
	forAll(t, 2000, runs(t, settings(t)), func(c run) string {
		m := c.setting.machine(t)
		for keep := range 3 {
			var some []model.Event
			for i, e := range c.events {
				if keep == 0 || i%3 != keep {
					some = append(some, e)
				}
			}
			var done []model.Event
			var want model.State
			for _, e := range some {
				if m.Apply(&want, e).Executed {
					done = append(done, e)
				}
			}
			var s model.State
			for i, e := range done {
				if !m.Apply(&s, e).Executed {
					return fmt.Sprintf("without the skipped events, %s (%d) is skipped too", e, i)
				}
			}
			if s != want {
				return cmp.Diff(want, s)
			}
		}
		return ""
	})
}

// TestBoundsOnlyTakeAway: what is enabled under narrow bounds is enabled under
// the widest with the same contract, and does the same.
func TestBoundsOnlyTakeAway(t *testing.T) {
	forAll(t, 2000, runs(t, settings(t)), func(c run) string {
		narrow := c.setting.machine(t)
		b := model.MaxBounds()
		b.Drivers, b.SharedGroup, b.Setup = c.setting.bounds.Drivers, c.setting.bounds.SharedGroup, c.setting.bounds.Setup
		wide := setting{c.setting.kernel, b}.machine(t)
		var events []model.Event
		var s model.State
		for _, e := range c.events {
			few, many := narrow.Enabled(&s), wide.Enabled(&s)
			for id := range few.All() {
				if !many.Has(id) {
					e, _ := id.Event()
					return fmt.Sprintf("behind %v: %s is enabled under %s only", events, e, c.setting.bounds)
				}
			}
			if narrow.Apply(&s, e).Executed {
				events = append(events, e)
			}
		}
		return differently(narrow, wide, events)
	})
}
