package explore

import "dmafuzz/model"

// Where preemptions are bounded, a search goes stage by stage: first all states
// that can be reached without a preemption, level by level, then those that
// take one, and so on. A state that has been met with fewer preemptions is not
// looked at again with more: whatever follows from it then follows from it as it
// was met first, and more besides. So states are told apart without the count, each is
// expanded once, and what is found first has the fewest preemptions, then the
// fewest events.
//
// The choices of a state fall into those that cost nothing, those that are a
// preemption in themselves, and either kind made to stop at a point, which is one
// more. A stage therefore takes up states of the two stages before it, too, each
// at its depth.
type stages struct {
	last    int       // the number of the last stage
	mode    mode      // of the states of the present stage
	stage   int       // the present one
	depth   int       // of the frontier
	deepest int       // the greatest depth of a frontier so far
	levels  [][][]ref // by stage and depth; only where preemptions are counted
	present []ref     // the present level, where they are not
	spare   []ref     // room for the next one
}

// mode says which choices of a state are carried out.
type mode uint8

const (
	modeInvalid mode = iota
	// modeAll: every choice, and every place at which it can be made to stop.
	modeAll
	// modeFree: choices that are no preemption.
	modeFree
	// modeOnce: choices that are one, and the others made to stop.
	modeOnce
	// modeTwice: choices that are one, made to stop.
	modeTwice
)

// frontier is what is expanded together, by rank: states of the stage that came
// second before the present one, of the one before it, and of its own.
type frontier struct {
	parts [3]part
}

type part struct {
	states []ref
	mode   mode
	stage  int // of the states: so many preemptions have been
}

func (f *frontier) len() int {
	return len(f.parts[0].states) + len(f.parts[1].states) + len(f.parts[2].states)
}

// at returns the state of a rank, and what is to be done with it.
func (f *frontier) at(rank int) (ref, mode, int) {
	for _, p := range f.parts {
		if rank < len(p.states) {
			return p.states[rank], p.mode, p.stage
		}
		rank -= len(p.states)
	}
	panic("explore: a rank beyond the frontier")
}

func newStages(b model.Bounds) stages {
	g := stages{mode: modeAll, depth: -1}
	if b.Actors > 1 && b.Preemptions != model.NoLimit {
		g.mode, g.last = modeFree, b.Preemptions
		g.levels = make([][][]ref, g.last+1)
	}
	return g
}

// advance is given the states that the last frontier led to, and returns the next
// frontier. ok is false if there is none: the search is closed.
func (g *stages) advance(next []ref) (f frontier, ok bool) {
	for {
		g.depth++
		if g.levels == nil {
			g.present, g.spare = next, g.present[:0]
			f.parts[2] = part{next, g.mode, 0}
		} else {
			g.levels[g.stage] = append(g.levels[g.stage], next)
			f = g.frontier()
		}
		switch {
		case f.len() > 0:
			g.deepest = max(g.deepest, g.depth)
			return f, true
		case g.levels != nil && (g.deeper(g.stage-1) || g.deeper(g.stage-2)):
		case g.stage == g.last:
			return f, false
		default:
			g.stage++
			g.depth = -1
		}
		next = nil
	}
}

// frontier collects what leads from the present depth into the present stage.
func (g *stages) frontier() (f frontier) {
	for i, m := range [3]mode{modeTwice, modeOnce, modeFree} {
		stage := g.stage - 2 + i
		if stage >= 0 && g.depth < len(g.levels[stage]) {
			f.parts[i] = part{g.levels[stage][g.depth], m, stage}
		}
	}
	return f
}

// deeper tells whether an earlier stage has states below the present depth.
func (g *stages) deeper(stage int) bool {
	if stage < 0 {
		return false
	}
	for _, level := range g.levels[stage][min(len(g.levels[stage]), g.depth+1):] {
		if len(level) > 0 {
			return true
		}
	}
	return false
}

// room is where the next level is collected. What is still needed is not in it.
func (g *stages) room() []ref { return g.spare }
