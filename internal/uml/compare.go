package uml

import (
	"bytes"
	"slices"

	"dmafuzz/model"
)

// Kind is how a kernel disagrees with the machine.
type Kind uint8

const (
	KindInvalid Kind = iota
	// KindLog: it did something else, or in another order.
	KindLog
	// KindVerdict: the rules that broke by its log are not those of the machine.
	KindVerdict
	// KindStopped: the program came to its end in the middle of the sequence.
	KindStopped
)

func (k Kind) String() string {
	return [...]string{"invalid", "the logs differ", "the logs agree, the verdicts do not", "the program stopped"}[k]
}

// expectation is what the machine says of a sequence.
type expectation struct {
	sequence
	log    []byte
	halted bool // the machine's kernel stopped; the player goes on, and is not listened to
	oops   bool // then the player must tell that it prevented a crash
	faults []fault
}

// expect has the teller's present sequence.
func (t *teller) expect(q sequence, from int) expectation {
	return expectation{q, t.buf[from:len(t.buf):len(t.buf)], t.state.Halted && !t.shut, t.oops, faultsOf(t.broken)}
}

// check compares the log of a sequence with what was expected of it. ended
// tells whether the program got past it.
func (x *expectation) check(log []byte, ended bool) Kind {
	switch {
	case x.oops && !bytes.HasPrefix(log[min(len(log), len(x.log)):], []byte("o oops ")):
		return KindLog
	case x.halted && !bytes.HasPrefix(log, x.log), !x.halted && ended && !bytes.Equal(log, x.log):
		return KindLog
	case !x.halted && !ended:
		if !bytes.HasPrefix(x.log, log) {
			return KindLog
		}
		return KindStopped
	}
	end := len(x.log)
	if x.oops {
		end += bytes.IndexByte(log[end:], '\n') + 1
	}
	if !sameFaults(x.audit(log[:end]), x.faults) {
		return KindVerdict
	}
	return KindInvalid
}

// audit returns the faults of a log of this sequence.
func (x *expectation) audit(log []byte) []fault {
	faults := audit(log, x.events)
	if x.race {
		faults = append(raceFaults(faults), ownerFaults(log, x.shared)...)
	}
	return faults
}

// difference is the first line in which two logs differ, and what each has there.
func difference(a, b []byte) (at int, x, y string) {
	as, bs := lines(a), lines(b)
	for at = 0; at < len(as) && at < len(bs) && as[at] == bs[at]; at++ {
	}
	return at, lineAt(as, at), lineAt(bs, at)
}

func lineAt(l []string, i int) string {
	if i < len(l) {
		return l[i]
	}
	return ""
}

func lines(b []byte) []string {
	var l []string
	for _, s := range bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")) {
		l = append(l, string(s))
	}
	return l
}

// splitter cuts a log into sequences as it comes in.
type splitter struct {
	buf  []byte
	each func(log []byte) // called with each sequence that another one follows
}

var startMark = []byte("\nS ")

func (s *splitter) Write(p []byte) (int, error) {
	// The mark may lie across two writes.
	from := max(0, len(s.buf)-len(startMark))
	s.buf = append(s.buf, p...)
	at := 0
	for {
		i := bytes.Index(s.buf[max(at, from):], startMark)
		if i < 0 {
			break
		}
		end := max(at, from) + i + 1
		s.each(s.buf[at:end])
		at, from = end, end
	}
	s.buf = slices.Delete(s.buf, 0, at)
	return len(p), nil
}

// sift takes the lines that begin with one of the words out of a log, in place.
func sift(log []byte, words []string) []byte {
	if len(words) == 0 {
		return log
	}
	kept := log[:0]
	for line := range bytes.Lines(log) {
		out := false
		for _, w := range words {
			out = out || len(line) >= len(w) && string(line[:len(w)]) == w
		}
		if !out {
			kept = append(kept, line...)
		}
	}
	return kept
}

// rest is what came last.
func (s *splitter) rest() []byte { return s.buf }

// play makes the teller say what it expects of a list of events, of which those
// that are not enabled are left out.
func (t *teller) play(n uint64, events []model.Event) expectation {
	from := len(t.buf)
	q := sequence{number: n, drivers: t.machine.Bounds().Drivers, link: linkLine(t.machine.Bounds())}
	t.begin(n)
	for _, e := range events {
		if t.event(e) {
			q.events = append(q.events, e)
		}
	}
	q.skipped = len(events) - len(q.events)
	q.events = t.finish(q.events)
	return t.expect(q, from)
}

// finish brings a callback that still waits to its end: what it must give back,
// then its result.
func (t *teller) finish(events []model.Event) []model.Event {
	for t.waits() && !t.state.Halted {
		set := t.machine.Enabled(&t.state)
		for i := range set {
			set[i] &= endings[i]
		}
		if set.Empty() {
			break
		}
		e := nth(&set, 0)
		for id := range set.All() {
			if last, _ := id.Event(); last.Kind != model.EventFree {
				e = last
				break
			}
		}
		events = append(events, e)
		t.event(e)
	}
	return events
}

// endings are the events that bring a callback to its end.
var endings = func() (set model.EventSet) {
	for _, e := range model.AllEvents() {
		if e.Kind == model.EventProbe || e.Kind == model.EventReturn || e.Kind == model.EventFree {
			set.Add(e.ID())
		}
	}
	return set
}()
