// Package explore searches the states of a [model.Machine] for broken
// invariants.
//
// There is one step loop, in loop.go, and a chooser that says which event comes
// next:
//
//	Exhaustive  every event from every state, level by level; proves or refutes
//	Random      seeded random runs, for spaces that are too large to close
//	Replay      a given sequence of events
//
// All answers are deterministic: equal inputs give equal results, whatever the
// number of workers.
package explore
