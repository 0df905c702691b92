package uml

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// Disagreement is a sequence about which machine and kernel disagree, as short
// as it was made.
type Disagreement struct {
	Kind     Kind
	Sequence uint64 // its number
	Drivers  model.Drivers
	Raw      int  // events that it had
	Alone    bool // played alone it agrees: the program did not go back to boot
	Events   []model.Event
	Rows     []Row
	First    int // the row in which the first difference is
	// Of a verdict that differs: the rules that broke, by machine and by log.
	Machine, Kernel []string
}

// Row is one line of the log beside what was expected.
type Row struct {
	Event   string // the event that begins with this row, else empty
	Machine string
	Kernel  string
	At      string // the machine's step: its path and words, and where the source has it
	Differs bool
}

// answer is what became of one sequence of a list.
type answer struct {
	kind Kind
	log  []byte
}

// maxRestarts is how often a program that stops is started again for one list.
const maxRestarts = 50

// answers plays all of a list, whatever comes of it.
func answers(ctx context.Context, p Player, v Variant, list []expectation) ([]answer, error) {
	got := make([]answer, 0, len(list))
	for start := 0; len(got) < len(list); start++ {
		if start > maxRestarts {
			return got, fmt.Errorf("the program stopped %d times", start)
		}
		before := len(got)
		err := stream(ctx, p, v, list[before:], func(log []byte, ended bool) {
			if len(got) < len(list) {
				got = append(got, answer{list[len(got)].check(log, ended), bytes.Clone(log)})
			}
		})
		if cerr := ctx.Err(); cerr != nil {
			return got, cerr
		}
		if len(got) == before {
			return got, errors.Join(ErrNothing, err)
		}
	}
	return got, nil
}

// sameness is what makes two disagreements the same: how they differ, and the
// first lines that do, without the names of devices and memory.
func sameness(x *expectation, a answer) string {
	if a.kind == KindVerdict {
		return fmt.Sprint(a.kind)
	}
	_, m, k := difference(x.log, a.log)
	return fmt.Sprint(a.kind, "|", plain(m, k), "|", plain(k, m))
}

// plain is a line without names; of a state only the fields that the other line
// has otherwise.
func plain(line, other string) string {
	w := strings.Fields(line)
	if len(w) == 0 {
		return ""
	}
	o := strings.Fields(other)
	out := w[:1:1]
	for i, s := range w[1:] {
		switch {
		case slices.Contains(deviceWords[:], s), slices.Contains(memoryWords[:], s):
		case (w[0] == "s" || w[0] == "g") && i+1 < len(o) && o[i+1] == s:
		case w[0] == "E" || w[0] == "S":
		default:
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// teller returns a new one for a contract.
func (r *run) teller(drivers model.Drivers) (*teller, error) {
	m, err := model.NewMachine(r.o.Kernel, r.o.bounds(drivers))
	if err != nil {
		return nil, err
	}
	return newTeller(m, r.o.Variant), nil
}

// explain makes a disagreement short and sets both sides beside each other.
func (r *run) explain(ctx context.Context, f *found) (*Disagreement, error) {
	t, err := r.teller(f.drivers)
	if err != nil {
		return nil, err
	}
	x := t.play(0, f.events)
	got, err := answers(ctx, r.o.Program, r.o.Variant, []expectation{x})
	if err != nil {
		return nil, err
	}
	d := &Disagreement{Kind: f.kind, Sequence: f.number, Drivers: f.drivers, Raw: len(f.events), Events: f.events}
	if got[0].kind != KindInvalid {
		if d.Events, err = r.shorten(ctx, x, got[0]); err != nil {
			return nil, err
		}
	}
	t.marking = true
	t.buf = nil
	x = t.play(0, d.Events)
	if got, err = answers(ctx, r.o.Program, r.o.Variant, []expectation{x}); err != nil {
		return nil, err
	}
	if got[0].kind == KindInvalid {
		// It came of what was played before it: the program kept something.
		d.Alone = true
		got[0] = answer{f.kind, f.log}
	}
	if d.Kind = got[0].kind; d.Alone {
		x.number = f.number
	}
	d.fill(r.o.Kernel, t, &x, got[0])
	return d, nil
}

// shorten takes out of a sequence what its disagreement does not need: ever
// smaller chunks, single events, pairs. A round is one process.
func (r *run) shorten(ctx context.Context, x expectation, a answer) ([]model.Event, error) {
	want := sameness(&x, a)
	events := x.events
	for {
		shorter, err := r.round(ctx, x.drivers, events, want, without1(events))
		if err == nil && shorter == nil {
			shorter, err = r.round(ctx, x.drivers, events, want, without2(events))
		}
		if err != nil || shorter == nil {
			return events, err
		}
		events = shorter
	}
}

// without1 are the lists without one chunk, without2 those without two events.
func without1(events []model.Event) (lists [][]model.Event) {
	for size := len(events) / 2; size > 0; size /= 2 {
		for lo := 0; lo < len(events); lo += size {
			lists = append(lists, slices.Delete(slices.Clone(events), lo, min(lo+size, len(events))))
		}
	}
	return lists
}

func without2(events []model.Event) (lists [][]model.Event) {
	for i := range events {
		for j := i + 1; j < len(events); j++ {
			l := slices.Delete(slices.Clone(events), j, j+1)
			lists = append(lists, slices.Delete(l, i, i+1))
		}
	}
	return lists
}

// round plays candidates, and returns the shortest that disagrees in the same
// way and is shorter than events; nil if there is none.
func (r *run) round(ctx context.Context, drivers model.Drivers, events []model.Event, want string, lists [][]model.Event) ([]model.Event, error) {
	t, err := r.teller(drivers)
	if err != nil {
		return nil, err
	}
	var list []expectation
	for i, l := range lists {
		if x := t.play(uint64(i), l); len(x.events) < len(events) {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	got, err := answers(ctx, r.o.Program, r.o.Variant, list)
	if err != nil && len(got) == 0 {
		return nil, err
	}
	var best []model.Event
	for i := range got {
		if got[i].kind != KindInvalid && sameness(&list[i], got[i]) == want && (best == nil || len(list[i].events) < len(best)) {
			best = list[i].events
		}
	}
	return best, nil
}

// fill makes the rows.
func (d *Disagreement) fill(k *model.Kernel, t *teller, x *expectation, a answer) {
	d.Events = x.events
	for _, f := range x.faults {
		d.Machine = append(d.Machine, f.String())
	}
	for _, f := range x.audit(a.log) {
		d.Kernel = append(d.Kernel, f.String())
	}
	d.Rows, d.First = rows(k, t, x, a.log)
}

// rows sets the two logs beside each other, event by event.
func rows(k *model.Kernel, t *teller, x *expectation, log []byte) ([]Row, int) {
	at := map[int]model.StepRef{} // by line of the expected log
	for _, m := range t.marks {
		at[bytes.Count(x.log[:m.at], []byte("\n"))] = m.ref
	}
	ms, ks := events(x.log), events(log)
	first, line := -1, 1
	var list []Row
	for i, e := range x.events {
		var m, l []string
		if i < len(ms) {
			m = ms[i]
		}
		if i < len(ks) {
			l = ks[i]
		}
		line++ // the line that begins the event
		list = append(list, Row{Event: x.eventWords(i, e)})
		for j := 0; j < max(len(m), len(l)); j++ {
			row := Row{Machine: lineAt(m, j), Kernel: lineAt(l, j)}
			if ref, ok := at[line+j]; ok && j < len(m) {
				row.At = stepAt(k, ref)
			}
			past := x.halted && i == len(x.events)-1 && j >= len(m) // nobody listens any more
			if row.Differs = row.Machine != row.Kernel && !past; row.Differs && first < 0 {
				first = len(list)
			}
			list = append(list, row)
		}
		line += len(m)
	}
	return list, first
}

// stepAt says where a step stands.
func stepAt(k *model.Kernel, ref model.StepRef) string {
	words, pos := k.Describe(ref)
	words, _, _ = strings.Cut(words, " else ")
	words, _, _ = strings.Cut(words, " when ")
	return strings.TrimSpace(strings.Join(strings.Fields(words), " ") + "  " + pos)
}

// events cuts a sequence's log into its events' lines, without those that begin them.
func events(log []byte) [][]string {
	var list [][]string
	for _, l := range lines(log) {
		switch {
		case strings.HasPrefix(l, "S "):
		case strings.HasPrefix(l, "E "):
			list = append(list, nil)
		case len(list) > 0:
			list[len(list)-1] = append(list[len(list)-1], l)
		}
	}
	return list
}
