package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dmafuzz/internal/oracle"
	"dmafuzz/model"
)

// subject is an implementation of docs/machine.md.
type subject interface {
	apply(model.Event) outcome
	enabled() []model.Event
	stops(model.Event) []string
	words() map[string]string // of the state, what is as at boot left out
}

// outcome is what one event did.
type outcome struct {
	Executed bool
	Broken   []string
	Goals    model.Goals
}

// machine is package model.
type machine struct {
	m     *model.Machine
	state model.State
}

func (s *machine) apply(e model.Event) outcome {
	o := s.m.Apply(&s.state, e)
	out := outcome{Executed: o.Executed, Goals: o.Goals}
	for _, v := range o.Violations() {
		out.Broken = append(out.Broken, fmt.Sprintf("%s %s", v.Key, v.Consequence))
	}
	return out
}

func (s *machine) enabled() []model.Event {
	set := s.m.Enabled(&s.state)
	return slices.DeleteFunc(slices.Clone(model.AllEvents()), func(e model.Event) bool { return !set.Has(e.ID()) })
}

func (s *machine) stops(e model.Event) []string {
	var at []string
	model.NewPreempter(s.m).Stops(&s.state, e, func(id model.PointID, _ *model.State) { at = append(at, s.m.Point(id).String()) })
	return at
}

func (s *machine) words() map[string]string { return oracle.Summary(s.state) }

// second is internal/oracle.
type second struct{ w *oracle.World }

func (s second) apply(e model.Event) outcome {
	r := s.w.Apply(e)
	out := outcome{Executed: r.Executed, Goals: r.Goals}
	for _, v := range r.Violations {
		out.Broken = append(out.Broken, fmt.Sprintf("%s %s", v.Key, v.Consequence))
	}
	return out
}

func (s second) enabled() []model.Event { return s.w.Enabled() }

func (s second) stops(e model.Event) []string {
	var at []string
	for _, p := range s.w.Points(e) {
		at = append(at, p.String())
	}
	return at
}

func (s second) words() map[string]string { return s.w.Describe() }

func newMachine(k *model.Kernel, b model.Bounds) (subject, error) {
	m, err := model.NewMachine(k, b)
	return &machine{m: m}, err
}

func newOracle(k *model.Kernel, b model.Bounds) (subject, error) {
	w, err := oracle.New(k, b)
	return second{w}, err
}

// subject makes an implementation for a rule.
func (r Rule) subject(t *testing.T, make func(*model.Kernel, model.Bounds) (subject, error)) subject {
	t.Helper()
	k, err := r.Kernel()
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Limits()
	if err != nil {
		t.Fatal(err)
	}
	s, err := make(k, b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func events(t *testing.T, text string) []model.Event {
	t.Helper()
	list, err := ParseEvents(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestMachine and TestOracle run every rule.
func TestMachine(t *testing.T) {
	eachRule(t, func(t *testing.T, r Rule) { r.check(t, r.subject(t, newMachine)) })
}

func TestOracle(t *testing.T) {
	eachRule(t, func(t *testing.T, r Rule) { r.check(t, r.subject(t, newOracle)) })
}

func eachRule(t *testing.T, check func(*testing.T, Rule)) {
	for _, r := range Rules() {
		t.Run(r.Section+"/"+r.Reason, func(t *testing.T) { check(t, r) })
	}
}

func (r Rule) check(t *testing.T, s subject) {
	var last outcome
	for _, e := range events(t, r.Events) {
		if last = s.apply(e); !last.Executed {
			t.Fatalf("%q is not enabled; state %v", e, s.words())
		}
	}
	if want := list(r.Broken, "\n"); !slices.Equal(last.Broken, want) {
		t.Errorf("findings\n got %q\nwant %q", last.Broken, want)
	}
	words := s.words()
	for _, item := range list(r.State, ";") {
		key, want, _ := strings.Cut(item, "=")
		if words[key] != want {
			t.Errorf("%s is %q, want %q; state %v", key, words[key], want, words)
		}
	}
	for _, g := range list(r.Goals, ";") {
		name, not := strings.CutPrefix(g, "!")
		if met := slices.ContainsFunc(last.Goals.List(), func(m model.Goals) bool { return m.String() == name }); met == not {
			t.Errorf("goal %s met: %v", name, met)
		}
	}
	r.checkNext(t, s)
}

// checkNext looks at what can come next.
func (r Rule) checkNext(t *testing.T, s subject) {
	var enabled []model.Event
	if r.Enabled+r.Disabled != "" {
		enabled = s.enabled()
	}
	for _, e := range events(t, r.Enabled) {
		if !slices.Contains(enabled, e) {
			t.Errorf("%q is not enabled; state %v", e, s.words())
		}
	}
	for _, e := range events(t, r.Disabled) {
		if slices.Contains(enabled, e) {
			t.Errorf("%q is enabled; state %v", e, s.words())
		}
	}
	if r.Stops == "" {
		return
	}
	words, points, _ := strings.Cut(r.Stops, ":")
	for _, e := range events(t, words) {
		if d := cmp.Diff(list(points, ";"), s.stops(e)); d != "" {
			t.Errorf("%q comes by (-want +got):\n%s", e, d)
		}
	}
}

// TestAgree compares machine and oracle after each event of each rule, in all
// that a rule does not mention.
func TestAgree(t *testing.T) {
	eachRule(t, func(t *testing.T, r Rule) {
		m, o := r.subject(t, newMachine), r.subject(t, newOracle)
		for _, e := range events(t, r.Events) {
			if d := cmp.Diff(o.apply(e), m.apply(e)); d != "" {
				t.Fatalf("%s does something else (-oracle +machine):\n%s", e, d)
			}
			if d := cmp.Diff(o.words(), m.words()); d != "" {
				t.Fatalf("after %s, the states differ (-oracle +machine):\n%s", e, d)
			}
		}
		if d := cmp.Diff(o.enabled(), m.enabled(), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("other events are enabled (-oracle +machine):\n%s", d)
		}
	})
}
