package uml

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"dmafuzz/model"
)

// supplied begins a trace of a consumer and its supplier: the supplier is bound, and
// the consumer in its probe.
var supplied = []model.Event{{Kind: model.EventTimeout}, {Kind: model.EventAdd}, {Kind: model.EventAdd, Device: 1},
	{Kind: model.EventAttach, Device: 1}, {Kind: model.EventProbe, Device: 1}, {Kind: model.EventAttach}}

// randomRace draws a trace of two actors that the player can play.
func randomRace(m *model.Machine, v Variant, r *rand.Rand, length int) *plan {
	p := &plan{}
	t := newTeller(m, v)
	t.race = &race{}
	t.begin(0)
	if m.Bounds().Linked() { // seldom drawn: a supplier that is bound
		length += len(supplied)
		for _, e := range supplied {
			t.event(e)
			p.events, p.until = append(p.events, e), append(p.until, place{})
		}
	}
	for len(p.events) < length && !t.state.Halted {
		set := m.Enabled(&t.state)
		var list []model.Event
		for id := range set.All() {
			e, _ := id.Event()
			if e.Kind == model.EventBind && !t.state.Devices[e.Device].Ready {
				continue // which error the writer of the file is given is not read of the source
			}
			if notTogether(t, e) {
				continue
			}
			if whyNot(e, v) != "" || e.Kind == model.EventShutdown || e.Kind == model.EventType && e.Arg != model.TypeIdentity {
				continue
			}
			list = append(list, e)
		}
		e := pick(r, list)
		at := place{}
		if stops, _ := raceStops(m, v, p.events, p.until, e); len(stops) > 0 && r.IntN(3) > 0 {
			var can []stop
			for _, s := range stops {
				if s.place.name != "" {
					can = append(can, s)
				}
			}
			if len(can) > 0 {
				s := can[r.IntN(len(can))]
				e.Until, at = s.point, s.place
			}
		}
		t.race.until = at
		if t.event(e) {
			p.events, p.until = append(p.events, e), append(p.until, at)
		}
	}
	return p
}

// apart are events that are not played beside each other, for there the kernel
// breaks, or does what the machine has no word for. Titles are those of docs/races.md.
var apart = []struct {
	one, other    []model.EventKind
	fails, shared bool // only if the other one is made to fail; only where devices share a group
	why           string
}{
	{one: []model.EventKind{model.EventDel}, other: []model.EventKind{model.EventIOMMURegister},
		why: "A device goes during the walk: the machine stops where the kernel goes on into freed memory, and tells only some of it"},
	{one: []model.EventKind{model.EventType, model.EventClaim}, other: []model.EventKind{model.EventIOMMURegister},
		why: "A claim or another type during the walk"},
	{one: []model.EventKind{model.EventAdd, model.EventAttach, model.EventBind, model.EventRetry}, other: []model.EventKind{model.EventIOMMURegister},
		fails: true, why: "A release beside a probe: the kernel frees what the probe or the bind has in hand"},
	{one: []model.EventKind{model.EventFree}, other: []model.EventKind{model.EventType},
		why: "a late free between the two effects of domain_change, where the player stops: the default domain is the new one, and not attached"},
	{one: []model.EventKind{model.EventDel}, other: []model.EventKind{model.EventType}, shared: true,
		why: "What has the group in hand: the machine asks for the group of a device that has left it"},
	{one: []model.EventKind{model.EventDel}, other: []model.EventKind{model.EventAdd, model.EventAttach, model.EventBind, model.EventRetry}, shared: true,
		why: "What has the group in hand: a device that waits for its group's lock is not in the kernel's group yet; the machine's group_join is one step"},
}

// notTogether tells whether an event must be kept from what an actor does.
func notTogether(t *teller, e model.Event) bool {
	for _, d := range t.race.doing {
		for _, a := range apart {
			one, other := e, d.top
			if slices.Contains(a.one, other.Kind) {
				one, other = other, one
			}
			if slices.Contains(a.one, one.Kind) && slices.Contains(a.other, other.Kind) &&
				(!a.fails || other.FailStep() != model.OpInvalid) && (!a.shared || t.machine.Bounds().SharedGroup) {
				return true
			}
		}
	}
	return false
}

// pick prefers kinds to arguments: most events are adds and binds that fail.
func pick(r *rand.Rand, list []model.Event) model.Event {
	kinds := map[model.EventKind][]model.Event{}
	var order []model.EventKind
	for _, e := range list {
		if len(kinds[e.Kind]) == 0 {
			order = append(order, e.Kind)
		}
		kinds[e.Kind] = append(kinds[e.Kind], e)
	}
	l := kinds[order[r.IntN(len(order))]]
	if r.IntN(3) > 0 {
		for range 8 { // mostly no failure
			if e := l[r.IntN(len(l))]; e.FailStep() == model.OpInvalid {
				return e
			}
		}
	}
	return l[r.IntN(len(l))]
}

const raceSeeds = 300

// Random traces of two actors: kernel and machine agree on every line.
func TestRaceRandom(t *testing.T) {
	for _, c := range []struct {
		tree string
		v    Variant
	}{{"6.12", Group}, {"7.2", Group}} {
		k, err := Kernel(os.DirFS(realTree(t, c.tree)), c.tree, c.v)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []struct{ shared, linked bool }{{}, {shared: true}, {linked: true}} {
			b := judgeBounds(model.DriversLate)
			b.Actors, b.SharedGroup = 2, in.shared
			if in.linked {
				b.Setup[0].Supplier = 2
			}
			m, err := model.NewMachine(k, b)
			if err != nil {
				t.Fatal(err)
			}
			var list []expectation
			stops := 0
			for seed := range uint64(raceSeeds) {
				p := randomRace(m, c.v, rand.New(rand.NewPCG(seed, 7)), 12)
				tl := newTeller(m, c.v)
				tl.race = &race{}
				x := tl.playPlan(p)
				x.shared, x.number = in.shared, 0
				list = append(list, x)
				for _, u := range x.until {
					if u != "" {
						stops++
					}
				}
			}
			got, err := answers(context.Background(), program(t, c.tree, c.v, ""), c.v, list)
			if err != nil {
				t.Error(err)
			}
			bad := 0
			for i := range got {
				if got[i].kind == KindInvalid {
					continue
				}
				at, x, y := difference(list[i].log, got[i].log)
				t.Logf("DIFF seed %d %s line %d: %q %q", i, got[i].kind, at, x, y)
				if bad++; bad > 100 {
					continue
				}
				t.Errorf("%s %+v, seed %d: %s: line %d: machine %q, kernel %q\n%s\n--- machine\n%s\n--- kernel\n%s", c.tree, in, i, got[i].kind, at, x, y, list[i].appendScript(nil), list[i].log, got[i].log)
			}
			t.Logf("%s %+v: %d traces, %d stops, %d disagree", c.tree, in, len(got), stops, bad)
		}
	}
}
