package props

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/long"
	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// pair is a machine and an oracle that are led through the same events.
type pair struct {
	machine *model.Machine
	state   model.State
	world   *oracle.World
	path    []model.Event // executed
}

func newPair(tb testing.TB, s setting) *pair {
	tb.Helper()
	return &pair{machine: s.machine(tb), world: newWorld(tb, s)}
}

func newWorld(tb testing.TB, s setting) *oracle.World {
	tb.Helper()
	w, err := oracle.New(s.kernel, s.bounds)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// view is what can be seen of either side after an event.
type view struct {
	Executed   bool
	Violations []string // key and consequence, in order
	Goals      []string
	State      map[string]string
	Enabled    []string
}

func (v *view) goals(g model.Goals) {
	for _, goal := range g.List() {
		v.Goals = append(v.Goals, goal.String())
	}
}

func ofMachine(m *model.Machine, s *model.State, out model.Outcome) view {
	v := view{Executed: out.Executed, State: oracle.Summary(*s)}
	for _, x := range out.Violations() {
		v.Violations = append(v.Violations, violation(x.Key, x.Consequence, x.Device, x.Memory))
	}
	v.goals(out.Goals)
	for id := range m.Enabled(s).All() {
		e, _ := id.Event()
		v.Enabled = append(v.Enabled, e.String())
	}
	return v
}

func ofOracle(w *oracle.World, r oracle.Result) view {
	v := view{Executed: r.Executed, State: w.Describe()}
	for _, x := range r.Violations {
		v.Violations = append(v.Violations, violation(x.Key, x.Consequence, x.Device, x.Memory))
	}
	v.goals(r.Goals)
	for _, e := range w.Enabled() {
		v.Enabled = append(v.Enabled, e.String())
	}
	return v
}

func violation(k model.Key, c model.Consequence, device, memory uint8) string {
	s := fmt.Sprintf("%s (%s) on device %d", k, c, device)
	if k.Alloc != model.AllocNone {
		s += fmt.Sprintf(", slot %d", memory)
	}
	return s
}

// apply leads both through an event and returns how they differ after it.
func (p *pair) apply(e model.Event) string {
	out := p.machine.Apply(&p.state, e)
	want := ofOracle(p.world, p.world.Apply(e))
	if out.Executed {
		p.path = append(p.path, e)
	}
	return difference(want, ofMachine(p.machine, &p.state, out))
}

// difference is empty if and only if both sides say the same.
func difference(oracle, machine view) string { return cmp.Diff(oracle, machine) }

// TestCommands is the same by way of gopter's commands, which also shrink.
func TestCommands(t *testing.T) {
	agree(t, long.Size(t, 30, 300), settings(t))
}

// play returns the first difference on the way, and the events up to it.
func play(tb testing.TB, s setting, events []model.Event) (diff string, path []model.Event) {
	p := newPair(tb, s)
	for _, e := range events {
		n := len(p.path)
		if d := p.apply(e); d != "" {
			return d, append(p.path[:n:n], e)
		}
	}
	return "", nil
}

var walks = flag.Int("walks", 12, "random walks in each setting, and 30 times as many mutants")

// TestWalks leads machine and oracle over all kernels at random, and through an
// event that is not enabled now and then.
func TestWalks(t *testing.T) {
	n, length := long.Size(t, 1, *walks), 40
	for _, s := range long.Part(t, 3, settings(t)) {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			for seed := range n {
				walk(t, s, uint64(seed), length)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func walk(t *testing.T, s setting, seed uint64, length int) {
	p := newPair(t, s)
	r := rand.New(rand.NewPCG(1, seed))
	all := model.AllEvents()
	var events []model.Event
	for range length {
		e := all[r.IntN(len(all))]
		set := p.machine.Enabled(&p.state)
		if set.Empty() {
			return
		}
		if r.IntN(10) > 0 {
			e = draw(r, &set)
		}
		events = append(events, e)
		if p.apply(e) != "" {
			t.Errorf("seed %d\n%s", seed, disagreement(t, s, events))
			return
		}
	}
}

// draw picks an event of the set; what ends a run is picked rarely.
func draw(r *rand.Rand, set *model.EventSet) model.Event {
	ids := slices.Collect(set.All())
	for {
		e, _ := ids[r.IntN(len(ids))].Event()
		if e.Kind != model.EventShutdown || len(ids) == 1 || r.IntN(20) == 0 {
			return e
		}
	}
}

// disagreement shortens events on which the two sides differ, one at a time,
// and shows them with the difference.
func disagreement(tb testing.TB, s setting, events []model.Event) string {
	for again := true; again; {
		again = false
		for i := len(events) - 1; i >= 0; i-- {
			less := slices.Delete(slices.Clone(events), i, i+1)
			if d, _ := play(tb, s, less); d != "" {
				events, again = less, true
			}
		}
	}
	diff, events := play(tb, s, events)
	var b strings.Builder
	fmt.Fprintf(&b, "on %s machine and oracle disagree behind:\n", s)
	for _, e := range events {
		fmt.Fprintf(&b, "  %s\n", e)
	}
	return b.String() + "(-oracle +machine):\n" + diff
}
