package fuzz

import (
	"context"
	"dmafuzz/model/text"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dmafuzz/internal/atomicfile"
	"dmafuzz/internal/check"
	"dmafuzz/internal/explore"
	"dmafuzz/internal/shrink"
	"dmafuzz/model"
)

// report shortens a failing input and says what it found, and how to see it
// again. The trace goes into a file too, so that the command can be pasted.
func (t *target) report(data []byte, v model.Violation) string {
	events, note := decode(data), ""
	r, err := shrink.Minimize(t.machine, events, v.Key, shrink.Options{Shortest: t.shortest(v.Key)})
	if err == nil {
		events, note = r.Events(), r.String()
	} else { // a defect of ours; the raw trace is better than none
		note = fmt.Sprintf("not minimized: %v", err)
	}
	body := text.FormatTrace(t.trace(events, v.Key))
	kernel := t.machine.Kernel().FullName()
	file, err := save(kernel, v.Key, body)
	if err != nil {
		note += fmt.Sprintf("; not saved: %v", err)
		file = "FILE"
	}
	return fmt.Sprintf("%s: %s on %s\n%s\n%s\n\n%s\nreplay: go run ./cmd/dmafuzz replay %s",
		v.Key.Invariant, v.Consequence, kernel, v.Key, note, body, file)
}

// shortest searches for a key as far as a report may take: half a second. An
// engine that fails again and again while it shortens its input asks once.
func (t *target) shortest(key model.Key) []model.Event {
	if events, ok := t.searched.Load(key); ok {
		return events.([]model.Event)
	}
	f, _, _ := explore.Shortest(context.Background(), t.machine, key, explore.Options{MaxStates: 200_000})
	t.searched.Store(key, f.Trace)
	return f.Trace
}

// trace writes the events down with what they break on the kernel.
func (t *target) trace(events []model.Event, key model.Key) *model.Trace {
	b := t.machine.Bounds()
	tr := &model.Trace{
		Comments: []string{"Found by fuzzing: " + key.String()},
		Drivers:  b.Drivers,
		Group:    slices.ContainsFunc(events, func(e model.Event) bool { return e.Device != 0 }),
		Events:   events,
	}
	if x, err := check.Expect(t.machine.Kernel(), tr); err == nil {
		tr.Expect = []model.Expectation{x}
	}
	return tr
}

// save writes the trace to a file of the temporary folder that is named after
// kernel and key: an engine that fails a thousand times leaves one file.
func save(kernel string, key model.Key, body string) (file string, err error) {
	plain := func(r rune) rune {
		if strings.ContainsRune("/:>", r) {
			return '-'
		}
		return r
	}
	name := strings.Map(plain, kernel+"-"+key.String()) + ".trace"
	file = filepath.Join(os.TempDir(), name)
	return file, atomicfile.Write(file, []byte(body))
}
