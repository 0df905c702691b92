package main

import (
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/internal/uml"
)

// What the lab's verbs come to: a difference is found, and nothing that was not
// judged or did not happen is success.
func TestMutantTally(t *testing.T) {
	for _, c := range []struct {
		reason string
		tally  mutantTally
		named  bool
		want   int
	}{
		{"all agree", mutantTally{agree: 3}, false, exitClean},
		{"one differs", mutantTally{agree: 3, differ: 1, none: 1}, false, exitFound},
		{"no verdict on one", mutantTally{agree: 3, none: 1}, false, exitInconclusive},
		{"none at all", mutantTally{}, false, exitInconclusive},
		{"not one was judged", mutantTally{unjudged: 5}, false, exitInconclusive},
		{"some are not for this tree", mutantTally{agree: 1, unjudged: 5}, false, exitClean},
		{"and one was asked for", mutantTally{agree: 1, unjudged: 1}, true, exitInconclusive},
	} {
		if got := c.tally.code(c.named); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.reason, got, c.want)
		}
	}
	got := mutantTally{agree: 2, differ: 1, unjudged: 4}.String()
	if want := "7 mutants: machine and kernel agree on 2, they do not on 1, not judged: 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlayed(t *testing.T) {
	for _, c := range []struct {
		reason   string
		played   uml.Played
		want     check.Status
		sentence string
	}{
		{"nothing breaks", uml.Played{}, check.Clean, "machine and kernel agree: nothing breaks"},
		{"a rule breaks", uml.Played{Rules: []string{"same-ops"}}, check.Found, "machine and kernel agree: rules break"},
		{"they disagree", uml.Played{Kind: uml.KindLog}, check.Found, "machine and kernel disagree: the logs differ"},
		{"it did not happen", uml.Played{Skipped: 2}, check.Vacuous,
			"inconclusive: nothing breaks, but the trace did not happen as it is written (2 of 3 events skipped: not possible when their turn came)"},
	} {
		if got := playedStatus(&c.played); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
		if got := playedSentence(&c.played, 3); got != c.sentence {
			t.Errorf("%s: got %q, want %q", c.reason, got, c.sentence)
		}
	}
}
