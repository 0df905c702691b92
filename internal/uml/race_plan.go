package uml

import (
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// plan is a trace of two actors with places at which both the machine and the
// player can stop.
type plan struct {
	events []model.Event
	until  []place // of the player, by event
	notes  []string
}

// stop is a place at which an event can be made to stop.
type stop struct {
	point model.Point
	lines []raceLine // that the event has written by then
	state model.State
	place place // of the player, if it has one for it
}

// planRace finds, for each place at which a trace stops an actor, one at which
// the player can stop its thread: the nearest one with which the machine breaks
// the same rules.
func planRace(m *model.Machine, v Variant, trace *model.Trace) (*plan, error) {
	if err := besideShutdown(m, trace.Events); err != nil {
		return nil, err
	}
	p := &plan{events: slices.Clone(trace.Events), until: make([]place, len(trace.Events))}
	want := raceVerdict(m, p.events)
	for i := range p.events {
		e := &p.events[i]
		if e.Until == (model.Point{}) {
			continue
		}
		if v == PerBind && playersOwn(v, e.Until.Path) {
			return nil, &EventError{i, *e, fmt.Sprintf("%s is the player's own code in %s", e.Until.Path, v)}
		}
		stops, full := raceStops(m, v, p.events[:i], p.until, *e)
		at := slices.IndexFunc(stops, func(s stop) bool { return s.point == e.Until })
		if at < 0 {
			p.notes = append(p.notes, fmt.Sprintf("%s: does not come by that point here", e))
			e.Until = model.Point{}
			continue
		}
		if err := p.place(m, i, stops, at, full, want); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// place chooses the stop that is played for an event's own, which is stops[at].
func (p *plan) place(m *model.Machine, i int, stops []stop, at int, full []raceLine, want []string) error {
	e := p.events[i]
	named := false
	for away := range len(stops) {
		for _, j := range []int{at - away, at + away} {
			if j < 0 || j >= len(stops) || stops[j].place.name == "" {
				continue
			}
			named = true
			p.events[i].Until = stops[j].point
			if !slices.Equal(raceVerdict(m, p.events), want) {
				continue
			}
			p.until[i] = stops[j].place
			if j != at {
				p.notes = append(p.notes, fmt.Sprintf("%s: played at %s, where the machine breaks the same rules", e, stops[j].point))
			}
			return nil
		}
	}
	why := "no line of the player stands near it"
	if named {
		why = "where the player can stop the machine breaks other rules"
	}
	return &EventError{i, e, why + "; " + between(stops, at, full)}
}

// between says what lies between the lines before and behind a stop.
func between(stops []stop, at int, full []raceLine) string {
	n := len(stops[at].lines)
	var steps []string
	for _, s := range stops {
		if len(s.lines) == n && !slices.Contains(steps, s.point.String()) {
			steps = append(steps, s.point.String())
		}
	}
	line := func(i int) string {
		if i < 0 || i >= len(full) {
			return "the event's end"
		}
		return fmt.Sprintf("%q", full[i].text)
	}
	from := "its begin"
	if n > 0 {
		from = line(n - 1)
	}
	return fmt.Sprintf("between %s and %s lie %s", from, line(n), strings.Join(steps, ", "))
}

// raceStops returns the places at which an event can be made to stop behind
// others, and the lines that it writes if it is not.
func raceStops(m *model.Machine, v Variant, before []model.Event, places []place, e model.Event) ([]stop, []raceLine) {
	ready := func() *teller {
		t := newTeller(m, v)
		t.race = &race{marking: true}
		t.begin(0)
		for i, e := range before {
			t.race.until = places[i]
			t.event(e)
		}
		t.race.until = place{}
		return t
	}
	at := func(p model.Point) []raceLine {
		t := ready()
		e.Until = p
		t.event(e)
		return t.race.lines
	}
	t := ready()
	e.Until = model.Point{}
	if set := m.Enabled(&t.state); !set.Has(e.ID()) {
		return nil, nil
	}
	var stops []stop
	model.NewPreempter(m).Stops(&t.state, e, func(id model.PointID, after *model.State) {
		stops = append(stops, stop{point: m.Point(id), state: *after})
	})
	full := at(model.Point{})
	for j := range stops {
		s := &stops[j]
		s.lines = at(s.point)
		s.place = s.playable(m.Kernel(), full, j == 0 || len(stops[j-1].lines) < len(s.lines))
	}
	return stops, full
}

// playable is the player's place for a stop, if it has one: before the step of
// the line that comes next, if the player writes it before it does what it says; or
// behind what the event wrote last, if nothing that another could see lies between.
func (s *stop) playable(k *model.Kernel, full []raceLine, first bool) place {
	n := len(s.lines)
	if n < len(full) && !s.point.Test && full[n].before() {
		p := s.point
		p.Pass = 0
		if stepOf(k, full[n].ref) == p {
			return place{times(s.lines, full[n].text, 1), full[n].word != wordNone}
		}
	}
	if n > 0 && first && s.lines[n-1].behind() && sameButFrames(s.lines[n-1].state, s.state) {
		return place{times(s.lines, s.lines[n-1].text, 0), false}
	}
	return place{}
}

// behind tells whether the player has done what the line says when it writes it,
// before whether it has not begun.
func (l *raceLine) behind() bool {
	switch l.word {
	case wordNone:
		return !l.before()
	case wordConfigure, wordFirmware, wordCleanup, wordSetup, wordTeardown, wordUnuse, wordNotify, wordShutdown:
		return true
	case wordTake:
		return strings.HasPrefix(l.text, "alloc ") || strings.HasPrefix(l.text, "map ")
	case wordRanges:
		return strings.HasSuffix(l.text, " set")
	case wordDevres:
		return strings.HasPrefix(l.text, "action ")
	}
	return false
}

func (l *raceLine) before() bool {
	switch l.word {
	case wordNone:
		return strings.HasPrefix(l.text, "lock ") || strings.HasPrefix(l.text, "describe ")
	case wordAttach, wordClaim, wordRelease, wordDetach, wordInit, wordGone:
		return true
	case wordRanges:
		return strings.HasSuffix(l.text, " free")
	case wordDevres:
		return strings.HasPrefix(l.text, "devres ")
	}
	return false
}

// times is a line with the number of times that it was written, and more.
func times(list []raceLine, text string, more int) string {
	for _, l := range list {
		if l.text == text {
			more++
		}
	}
	if more > 1 {
		return fmt.Sprintf("%s x%d", text, more)
	}
	return text
}

// sameButFrames compares what others can see of two states: all but how far the
// actors have come.
func sameButFrames(a, b model.State) bool {
	plain := func(s *model.State) {
		s.Preempts = 0
		x, y := s.Actors[0].Locks, s.Actors[1].Locks
		s.Actors = [model.MaxActors]model.ActorState{{Locks: min(x, y)}, {Locks: max(x, y)}}
	}
	plain(&a)
	plain(&b)
	return a == b
}

// stepOf is the point before a step, behind its condition.
func stepOf(k *model.Kernel, ref model.StepRef) model.Point {
	steps := k.Path(ref.Path).Steps
	st := steps[ref.Step]
	p := model.Point{Path: ref.Path, Op: st.Op}
	if st.Op == model.OpLock || st.Op == model.OpCall {
		p.Arg = st.Arg
	}
	for _, s := range steps[:ref.Step] {
		if s.Op == st.Op && (p.Arg == 0 || s.Arg == st.Arg) {
			p.Nth++
		}
	}
	return p
}

// raceVerdict is what a trace breaks, in order.
func raceVerdict(m *model.Machine, events []model.Event) []string {
	var s model.State
	var list []string
	for _, e := range events {
		out := m.Apply(&s, e)
		for _, v := range out.Violations() {
			list = append(list, fmt.Sprintf("%s %s>%s %s", v.Key.Invariant, v.Key.From, v.Key.To, v.Consequence))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// playersOwn tells whether a path is the player's and not the tree's.
func playersOwn(v Variant, p model.PathKind) bool {
	_, own := fragmentPaths(Fragment(v))["path "+p.String()]
	return own
}
