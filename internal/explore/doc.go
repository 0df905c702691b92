// Package explore searches the states of a [model.Machine] for broken
// invariants.
//
// There is one step loop, in loop.go, and a chooser that says which event comes
// next:
//
//	Exhaustive  every event from every state, level by level; proves or refutes
//	Random      seeded random runs, for spaces that are too large to close
//	Replay      a given sequence of events, and Player many of them
//	PCT         the threads of a given trace in a random order, for Player
//
// Beside it stands one more loop: where two actors run, an expander asks the
// machine's [model.Preempter] for every place at which an event can be made to
// stop, and that carries the event out from place to place by itself.
//
// With two actors a search goes preemption by preemption, and takes two devices
// that are alike for one another. There is no partial-order reduction beyond the
// machine's own, by which steps that only their actor can see are one: under a
// bound on preemptions an order that is left out may be the only one of its kind
// within the bound, and that it never is has not been proven here.
//
// All answers are deterministic: equal inputs give equal results, whatever the
// number of workers.
package explore
