package report

import (
	"slices"
	"strings"

	"dmafuzz/model"
)

// wish is what an actor waits for.
type wish struct {
	actor  int
	lock   string        // "" for the end of a call by the driver's own thread, or of a consumer's probe
	lost   bool          // the other actor has come to its end, and kept the lock
	ref    model.StepRef // the step at which it waits
	moment int
	probe  bool // it is a consumer's probe
}

// wish is what the actor that stands there waits for; ok is false if nothing
// keeps it.
func (st stand) wish(actor int) (w wish, ok bool) {
	switch st.kind {
	case standLock:
		return wish{actor: actor, lock: st.what, ref: st.ref, moment: st.moment}, true
	case standRemove, standConsumer:
		return wish{actor: actor, ref: st.ref, moment: st.moment, probe: st.kind == standConsumer}, true
	case standPoint:
		return wish{actor: actor, lock: st.wants, ref: st.ref, moment: -1}, st.wants != ""
	}
	return wish{}, false
}

// words say what is waited for, and for whom.
func (w wish) words() string {
	other := letter(1 - w.actor)
	switch {
	case w.probe && w.lost:
		return "waits for a probe of its consumer, which is over and has left the link as it was"
	case w.probe:
		return "waits for the probe of its consumer by " + other
	case w.lock == "":
		return "waits for a DMA call of the driver's own thread, " + other
	case w.lost:
		return "waits for " + w.lock + ", which " + other + " has kept"
	}
	return "waits for " + w.lock + ", held by " + other
}

// wishes are what the actors of a deadlock wait for, the one that closes it
// first; none if a thread waits for itself.
func (p *play) wishes(h hit) []wish {
	if !p.two() {
		return nil
	}
	m := &p.moments[h.moment]
	actor := p.actor(h.moment)
	st, _ := p.step(h.Step)
	w := wish{actor: actor, ref: h.Step, moment: h.moment}
	switch st.Op {
	case model.OpLock:
		w.lock = p.lockOf(h.Step, h.Device)
		if slices.Contains(p.locks(&m.before, m.place[actor]), w.lock) {
			return nil
		}
	case model.OpDriverRemove:
	case model.OpUnbindConsumers:
		w.probe = true
	default: // it goes round for ever
		return nil
	}
	list := []wish{w}
	switch other, ok := p.standAt(m.event, 1-actor).wish(1 - actor); {
	case ok:
		list = append(list, other)
	case !running(&m.before, m.place[1-actor]):
		list[0].lost = true
	}
	return list
}

// deadlock says who waits for what, "" if a thread waits for itself.
func (p *play) deadlock(h hit) string {
	var words []string
	for _, w := range p.wishes(h) {
		words = append(words, letter(w.actor)+" "+w.words())
	}
	return strings.Join(words, ", and ")
}

// stuck says where the actors of a deadlock stand.
func (p *play) stuck(h hit) string {
	var stands, locks []string
	for _, w := range p.wishes(h) {
		stands = append(stands, letter(w.actor)+" at "+p.position(w.ref)+" ("+w.ref.Path.String()+")")
		if w.lock != "" {
			locks = append(locks, w.lock)
		}
	}
	text := strings.Join(stands, " and ") + " wait for ever"
	if len(locks) > 0 {
		text += ", and so does everybody who wants " + strings.Join(locks, " or ")
	}
	return text
}
