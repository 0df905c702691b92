package explore

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// spaces are the kernels and bounds on which searches are compared.
func spaces(tb testing.TB) map[string]*model.Machine {
	fixed := []string{
		"  call dma_teardown\n  devres_release\n  clear_driver", "  devres_release\n  call dma_teardown\n  clear_driver",
		"probe_failed:\n    call dma_teardown", "probe_failed:\n    devres_release\n    call dma_teardown",
	}
	two, shared, late, any, three := small(), small(), small(), small(), small()
	actors, both := small(), small()
	actors.Actors, actors.Preemptions, actors.Families = 2, 1, model.FamilyCore|model.FamilyIOMMU|model.FamilyRemoval
	both = actors
	both.Preemptions, both.Devices, both.SharedGroup, both.Families, both.Actions = 2, 2, true, model.FamilyCore, 0
	two.Devices = 2
	two.Families = model.FamilyCore | model.FamilyIOMMU | model.FamilyRemoval
	shared = two
	shared.SharedGroup = true
	late.Drivers = model.DriversLate
	any.Drivers = model.DriversAny
	any.Families = model.FamilyCore | model.FamilyIOMMU | model.FamilyPools
	three.Memory, three.Families = 3, model.FamilyCore|model.FamilyIOMMU
	return map[string]*model.Machine{
		"wrong order":  machine(tb, kernel(tb), small()),
		"right order":  machine(tb, kernel(tb, fixed...), small()),
		"two devices":  machine(tb, kernel(tb), two),
		"shared group": machine(tb, kernel(tb), shared),
		"late frees":   machine(tb, kernel(tb), late),
		"any driver":   machine(tb, kernel(tb), any),
		"three slots":  machine(tb, kernel(tb), three),
		"two actors":   machine(tb, kernel(tb), actors),
		"two of each":  machine(tb, kernel(tb), both),
	}
}

func TestExhaustiveAgreesWithNaiveSearch(t *testing.T) {
	for name, m := range spaces(t) {
		t.Run(name, func(t *testing.T) {
			want := naiveSearch(m)
			got := Exhaustive(context.Background(), m, Options{Workers: 2})
			t.Log(got, len(got.Findings), "findings,", m.PackedWords(), "words")
			if !got.Closed || got.Stopped != nil {
				t.Fatalf("not closed: %v", got.Stopped)
			}
			if got.States != uint64(len(want.states)) || got.Transitions != want.transitions || got.Depth != want.depth {
				t.Errorf("%s; want %d states, %d transitions, depth %d", got, len(want.states), want.transitions, want.depth)
			}
			if got.Goals != want.goals || got.Events != want.events {
				t.Errorf("goals %v, events %v; want %v, %v", got.Goals, got.Events, want.goals, want.events)
			}
			var sum Sum
			for s := range want.states {
				k := m.Pack(&s)
				sum.add(sumKey(&k))
			}
			if got.Sum != sum {
				t.Errorf("sum %s, want %s", got.Sum, sum)
			}
			if len(got.Findings) != len(want.findings) {
				t.Errorf("%d findings, want %d", len(got.Findings), len(want.findings))
			}
			for _, f := range got.Findings {
				w := want.findings[f.Key()]
				if m.Bounds().Actors > 1 && len(f.Trace) == len(w.Trace) && preempted(m, f.Trace) == preempted(m, w.Trace) {
					continue // of equal traces the naive search need not have found the same one first
				}
				if !reflect.DeepEqual(f, w) {
					t.Errorf("%s:\n got %v\nwant %v", f.Key(), f, w)
				}
			}
		})
	}
}

func TestResultDoesNotDependOnWorkers(t *testing.T) {
	for name, m := range spaces(t) {
		t.Run(name, func(t *testing.T) {
			for _, o := range []Options{{}, {MaxStates: 3000}, {Cover: true}} {
				var want *Result
				for _, workers := range []int{1, 2, 3, 8} {
					o.Workers = workers
					got := Exhaustive(context.Background(), m, o)
					if want == nil {
						want = got
					}
					if !reflect.DeepEqual(got, want) {
						t.Fatalf("limit %d, %d workers: %s, %d findings; want %s, %d findings, or another part differs",
							o.MaxStates, workers, got, len(got.Findings), want, len(want.Findings))
					}
				}
			}
		})
	}
}

func TestLimitsAreHonest(t *testing.T) {
	m := machine(t, kernel(t), small())
	all := Exhaustive(context.Background(), m, Options{})
	if len(all.Findings) == 0 {
		t.Fatal("the kernel of the tests has no finding")
	}

	r := Exhaustive(context.Background(), m, Options{MaxStates: 100})
	if r.Closed || !errors.Is(r.Stopped, ErrStates) || r.States <= 100 {
		t.Errorf("limit of 100 states: %s, %v", r, r.Stopped)
	}
	for _, f := range r.Findings {
		if w, ok := all.Shortest(f.Key()); !ok || !reflect.DeepEqual(f, w) {
			t.Errorf("a limit changed a finding:\n got %v\nwant %v", f, w)
		}
	}
	if r := Exhaustive(context.Background(), m, Options{MaxStates: all.States}); !r.Closed {
		t.Errorf("a limit that is just enough: %s", r)
	}

	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	r = Exhaustive(ctx, m, Options{Progress: func(Certificate) {
		if n++; n == 5 {
			cancel()
		}
	}})
	if r.Closed || !errors.Is(r.Stopped, context.Canceled) || n != 5 {
		t.Errorf("cancelled: %s, %v after %d batches", r, r.Stopped, n)
	}
}

func TestShortestStopsEarly(t *testing.T) {
	m := machine(t, kernel(t), small())
	all := Exhaustive(context.Background(), m, Options{})
	for _, want := range all.Findings {
		got, ok, err := Shortest(context.Background(), m, want.Key(), Options{})
		if !ok || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v, %v", want.Key(), got, ok, err)
		}
	}
	none := model.Key{Invariant: model.NoDeadlock}
	if _, ok, err := Shortest(context.Background(), m, none, Options{}); ok || err != nil {
		t.Errorf("a key that does not exist: %v, %v, want a proof", ok, err)
	}
	if _, ok, err := Shortest(context.Background(), m, none, Options{MaxStates: 10}); ok || !errors.Is(err, ErrStates) {
		t.Errorf("a key that does not exist, within 10 states: %v, %v", ok, err)
	}
}

// The traces of findings are those that a replay confirms.
func TestFindingsReplay(t *testing.T) {
	for name, m := range spaces(t) {
		for _, f := range Exhaustive(context.Background(), m, Options{}).Findings {
			steps := Replay(m, f.Trace)
			for i, s := range steps {
				if !s.Outcome.Executed {
					t.Errorf("%s: %s: event %d of %v is skipped", name, f.Key(), i, f.Trace)
				}
			}
			vs := steps[len(steps)-1].Outcome.Violations()
			if !containsViolation(vs, f.Violation) {
				t.Errorf("%s: %v ends with %v, want %v", name, f.Trace, vs, f.Violation)
			}
		}
	}
}

func containsViolation(list []model.Violation, v model.Violation) bool {
	for _, w := range list {
		if w == v {
			return true
		}
	}
	return false
}

func TestWorstFindingComesFirst(t *testing.T) {
	list := Exhaustive(context.Background(), machine(t, kernel(t), small()), Options{}).Findings
	kinds := map[model.Consequence]bool{}
	for i, f := range list {
		kinds[f.Violation.Consequence] = true
		if i == 0 {
			continue
		}
		a, b := list[i-1].Violation, f.Violation
		if a.Consequence > b.Consequence || a.Consequence == b.Consequence && a.Key.Invariant > b.Key.Invariant || CompareKeys(a.Key, b.Key) == 0 {
			t.Errorf("%s (%s) comes before %s (%s)", a.Key, a.Consequence, b.Key, b.Consequence)
		}
	}
	if len(kinds) < 3 {
		t.Errorf("only %d consequences to compare", len(kinds))
	}
}

// TestSymmetry: taking mirror images for one loses nothing: the same findings, as
// short and with as few preemptions, and each state or its image.
func TestSymmetry(t *testing.T) {
	type counts struct{ states, transitions, alike, alikeTransitions uint64 }
	want := map[string]counts{
		"shared group": {3273, 10078, 1639, 5048},
		"two of each":  {8523, 26582, 4262, 13292},
		"two devices":  {3273, 10078, 1639, 5048},
	}
	for name, m := range spaces(t) {
		if !m.Symmetric() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			all := Exhaustive(context.Background(), m, Options{})
			got := Exhaustive(context.Background(), m, Options{Symmetry: true, Workers: 3})
			c := counts{all.States, all.Transitions, got.States, got.Transitions}
			if w := want[name]; c != w {
				t.Errorf("got %d, want %d", c, w)
			}
			images := map[model.PackedState]bool{}
			for s := range naiveSearch(m).states {
				images[m.PackAlike(&s)] = true
			}
			if got.States != uint64(len(images)) || got.Depth != all.Depth || got.Goals != all.Goals {
				t.Errorf("%s; want %d states, depth %d", got, len(images), all.Depth)
			}
			if len(got.Findings) != len(all.Findings) {
				t.Errorf("%d findings, want %d", len(got.Findings), len(all.Findings))
			}
			for _, f := range got.Findings {
				w, ok := all.Shortest(f.Key())
				if !ok || len(f.Trace) != len(w.Trace) || preempted(m, f.Trace) != preempted(m, w.Trace) {
					t.Errorf("%s: %v, without symmetry %v", f.Key(), f.Trace, w.Trace)
				}
				if !NewPlayer(m).Play(f.Trace, f.Key()) {
					t.Errorf("%s: its trace does not show it: %v", f.Key(), f.Trace)
				}
			}
		})
	}
}

// The longest keys that there are: what a search counts under bounds that need
// every word of one is what a plain map of whole states counts.
func TestLongestKeys(t *testing.T) {
	k, err := kernels.Load("v7.3-rc7/arm64")
	if err != nil {
		t.Fatal(err)
	}
	b := model.Bounds{Devices: 2, Memory: model.MaxMemory, Actors: model.MaxActors, Families: model.FamilyCore | model.FamilyIOMMU}
	b.Setup[0].Supplier = 2
	m := machine(t, k, b)
	if m.PackedWords() != len(model.PackedState{}) {
		t.Fatalf("keys of %d words, want bounds that need all %d", m.PackedWords(), len(model.PackedState{}))
	}
	states, transitions := map[model.State]bool{{}: true}, uint64(0)
	for todo := []model.State{{}}; len(todo) > 0; todo = todo[1:] {
		set := m.Choices(&todo[0])
		paid := m.Preempting(&todo[0], &set)
		for id := range set.All() {
			if paid.Has(id) {
				continue // the bounds have no preemption
			}
			e, _ := id.Event()
			after, _ := m.Step(todo[0], e)
			transitions++
			if !states[after] {
				states[after] = true
				todo = append(todo, after)
			}
		}
	}
	got := Exhaustive(context.Background(), m, Options{})
	if !got.Closed || got.States != uint64(len(states)) || got.Transitions != transitions {
		t.Errorf("%s; want %d states, %d transitions", got, len(states), transitions)
	}
	if got.States != 49348 || got.Transitions != 214646 {
		t.Errorf("%s; want 49348 states, 214646 transitions", got)
	}
}
