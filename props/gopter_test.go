package props

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/commands"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"dmafuzz/internal/long"
	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// This file is all that knows gopter; the rest speaks of cases and of pairs.

// maxSize is how large gopter lets its cases grow: events of a run.
const maxSize = 40

// cases makes and shrinks what a property is about.
type cases[T any] struct {
	make func(r *rand.Rand, size int) T
	// parts and join take a case apart for gopter's slice shrinker; with nil a
	// case is not shrunk.
	parts func(T) []any
	join  func(T, []any) T
}

// forAll fails the test if check finds anything to say about one of n cases.
// The case is shown as small as gopter gets it.
func forAll[T fmt.Stringer](t *testing.T, n int, c cases[T], check func(T) string) {
	t.Helper()
	n = long.Size(t, n/10, n)
	generator := gopter.Gen(func(p *gopter.GenParameters) *gopter.GenResult {
		return gopter.NewGenResult(c.make(p.Rng, p.MaxSize), c.shrink)
	})
	verdict(t, n, prop.ForAll(func(v T) string { return check(v) }, generator))
}

func (c cases[T]) shrink(v any) gopter.Shrink {
	if c.parts == nil {
		return gopter.NoShrink
	}
	whole := v.(T)
	return gen.SliceShrinker(gopter.NoShrinker)(c.parts(whole)).Map(func(parts []any) T { return c.join(whole, parts) })
}

// verdict checks a property with a seed of its own, always the same.
func verdict(t *testing.T, n int, p gopter.Prop) {
	t.Helper()
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests, params.MinSize, params.MaxSize = n, 1, maxSize
	r := p.Check(params)
	if r.Passed() {
		return
	}
	var b strings.Builder
	for _, a := range r.Args {
		fmt.Fprintf(&b, "%s\n", a.ArgFormatted)
	}
	t.Errorf("%s after %d cases: %v\n%s%s\n%s", r.Status, r.Succeeded, r.Error, b.String(), strings.Join(r.Labels, "\n"), r.ErrorStack)
}

// command is an event as gopter's commands have it: the machine is the system
// under test, the oracle the state that is expected.
type command struct{ event model.Event }

// expected is the oracle after some events, and what it said to the last.
type expected struct {
	setting setting
	world   *oracle.World
	last    oracle.Result
}

func (x expected) String() string { return x.setting.String() }

// underTest is the machine after the same events.
type underTest struct {
	machine *model.Machine
	state   model.State
}

func (c command) String() string { return c.event.String() }

// Every event may come at any time: one that is not enabled must be skipped.
func (c command) PreCondition(commands.State) bool { return true }

func (c command) NextState(s commands.State) commands.State {
	x := s.(expected)
	x.world = x.world.Clone()
	x.last = x.world.Apply(c.event)
	return x
}

func (c command) Run(sut commands.SystemUnderTest) commands.Result {
	u := sut.(*underTest)
	out := u.machine.Apply(&u.state, c.event)
	return ofMachine(u.machine, &u.state, out)
}

func (c command) PostCondition(s commands.State, r commands.Result) *gopter.PropResult {
	x := s.(expected)
	if d := difference(ofOracle(x.world, x.last), r.(view)); d != "" {
		return &gopter.PropResult{Status: gopter.PropFalse, Labels: []string{"(-oracle +machine):\n" + d}}
	}
	return &gopter.PropResult{Status: gopter.PropTrue}
}

// agree has gopter lead the machine and the oracle through n sequences of
// events, each in one of the settings.
func agree(t *testing.T, n int, of []setting) {
	t.Helper()
	verdict(t, n, commands.Prop(&commands.ProtoCommands{
		InitialStateGen: func(p *gopter.GenParameters) *gopter.GenResult {
			s := of[p.Rng.Intn(len(of))]
			return gopter.NewGenResult(expected{setting: s, world: newWorld(t, s)}, gopter.NoShrinker)
		},
		NewSystemUnderTestFunc: func(s commands.State) commands.SystemUnderTest {
			return &underTest{machine: s.(expected).setting.machine(t)}
		},
		GenCommandFunc: func(s commands.State) gopter.Gen {
			return func(p *gopter.GenParameters) *gopter.GenResult {
				events := s.(expected).world.Enabled()
				if len(events) == 0 || p.Rng.Intn(10) == 0 {
					events = model.AllEvents()
				}
				e := events[p.Rng.Intn(len(events))]
				if e.Kind == model.EventShutdown { // seldom: nothing comes after it
					e = events[p.Rng.Intn(len(events))]
				}
				return gopter.NewGenResult(command{e}, gopter.NoShrinker)
			}
		},
	}))
}
