package lab

import (
	"strconv"

	"dmafuzz/model"
)

// sequence is a list of events from boot, each carried out when its turn comes.
type sequence struct {
	number  uint64
	drivers model.Drivers // what drivers promise
	events  []model.Event
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
	b = appendStart(b, q.number)
	for _, e := range q.events {
		b = append(b, eventLines[e.ID()]...)
	}
	return b
}

// appendStart adds the line with which a sequence begins, in scripts and in logs.
func appendStart(b []byte, n uint64) []byte {
	return append(strconv.AppendUint(append(b, 'S', ' '), n, 10), '\n')
}
