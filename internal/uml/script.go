package uml

import (
	"strconv"

	"dmafuzz/model"
)

// sequence is a list of events from boot, each carried out when its turn comes.
type sequence struct {
	number  uint64
	drivers model.Drivers // what drivers promise
	events  []model.Event
	race    bool // two actors, or a group that devices share
	shared  bool
	link    string   // "link CONSUMER SUPPLIER", "" without one
	skipped int      // events that it was asked for and that were not enabled
	until   []string // race: where the player stops each event, "" to its end
}

// eventLines is each event by id as a script has it: in the words of a trace.
var eventLines = func() (lines [model.NumEvents]string) {
	for _, e := range model.AllEvents() {
		lines[e.ID()] = e.String() + "\n"
	}
	return lines
}()

// appendScript adds the sequence as the player reads it.
func (q *sequence) appendScript(b []byte) []byte {
	b = append(append(append(b, "drivers "...), q.drivers.String()...), '\n')
	if q.race {
		b = append(b, "actors 2\n"...)
	}
	if q.shared {
		b = append(b, "groups shared\n"...)
	}
	if q.link != "" {
		b = append(append(b, q.link...), '\n')
	}
	b = appendStart(b, q.number)
	for i, e := range q.events {
		b = append(b, eventLines[e.ID()]...)
		if i < len(q.until) && q.until[i] != "" {
			b = append(append(append(b[:len(b)-1], " until "...), q.until[i]...), '\n')
		}
	}
	return b
}

// appendStart adds the line with which a sequence begins, in scripts and in logs.
func appendStart(b []byte, n uint64) []byte {
	return append(strconv.AppendUint(append(b, 'S', ' '), n, 10), '\n')
}
