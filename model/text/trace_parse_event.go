package text

import (
	"dmafuzz/model"
	"fmt"
	"slices"
	"strings"
)

// nameTable gives the names of a trace their numbers.
type nameTable struct {
	what      string
	canonical []string
	taken     [max(model.MaxDevices, model.MaxMemory)]string // by number; empty where no name has appeared
	fixed     bool                                           // canonical names only
}

// given is the name of a number, empty if it has none or its canonical one.
func (t *nameTable) given(n int) string {
	if t.taken[n] == t.canonical[n] {
		return ""
	}
	return t.taken[n]
}

// lookup returns the number of a name, which takes one if it has none; if it
// gets none, why says what to write instead.
func (t *nameTable) lookup(name string) (n int, why string) {
	if n = slices.Index(t.canonical, name); n >= 0 {
		if holder := t.taken[n]; holder != "" && holder != name {
			return 0, fmt.Sprintf("another name: %s %d, for which it stands, is %q already", t.what, n+1, holder)
		}
		t.taken[n] = name
		return n, ""
	}
	if t.fixed {
		return 0, fmt.Sprintf("a %s (%s)", t.what, strings.Join(t.canonical, ", "))
	}
	for n = range t.canonical {
		if t.taken[n] == name {
			return n, ""
		}
	}
	for n = range t.canonical {
		if t.taken[n] == "" {
			t.taken[n] = name
			return n, ""
		}
	}
	return 0, fmt.Sprintf("at most %d %ss (%s)", len(t.canonical), t.what, strings.Join(t.taken[:len(t.canonical)], ", "))
}

// number returns the number of the device or memory slot that a word names.
func (p *traceParser) number(t *nameTable, w word) (uint8, error) {
	if !isName(w.text) {
		return 0, p.errorWord(w, fmt.Sprintf("the name of a %s: a letter, then letters, digits and \"_.:-\", at most %d", t.what, MaxNameLength))
	}
	n, why := t.lookup(w.text)
	if why != "" {
		return 0, p.errorWord(w, why)
	}
	return uint8(n), nil
}

func isName(s string) bool {
	if s == "" || len(s) > MaxNameLength {
		return false
	}
	for i, c := range []byte(s) {
		if !isAlnum(c) && (i == 0 || strings.IndexByte("_.:-", c) < 0) || i == 0 && c <= '9' {
			return false
		}
	}
	return true
}

// Canonical names, by number.
var (
	deviceNames = canonical(model.MaxDevices, (*model.Trace)(nil).DeviceName)
	memoryNames = canonical(model.MaxMemory, (*model.Trace)(nil).MemoryName)
)

func canonical(n int, name func(uint8) string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = name(uint8(i))
	}
	return names
}

// parseEvent reads "EVENT [DEVICE] [MEMORY] [ARGUMENT]".
func (p *traceParser) parseEvent() (model.Event, error) {
	kind, err := p.parseKind()
	if err != nil {
		return model.Event{}, err
	}
	e := model.Event{Kind: kind}
	if kind.Object() != model.ObjectNone {
		if e.Device, err = p.number(&p.devices, p.take()); err != nil {
			return model.Event{}, err
		}
	}
	if kind.Object() == model.ObjectMemory {
		if e.Memory, err = p.number(&p.memory, p.take()); err != nil {
			return model.Event{}, err
		}
	}
	if e.Arg, err = p.parseArg(kind); err != nil {
		return model.Event{}, err
	}
	if w := p.peek(); w.text == "until" {
		if err := p.several(w, "end of line"); err != nil {
			return model.Event{}, err
		}
		p.take()
		if e.Until, err = p.parseUntil(); err != nil {
			return model.Event{}, err
		}
	}
	return e, p.finish("end of line")
}

// parseKind takes the one or two words that name an event.
func (p *traceParser) parseKind() (model.EventKind, error) {
	w := p.take()
	name := w.text
	if w.text == "iommu" {
		second := p.take()
		name += " " + second.text
		if _, ok := lookup(model.EventKinds(), name); !ok {
			return 0, p.errorName(second, "what the IOMMU does", []string{"register", "unregister"})
		}
	}
	if w.text == "continue" {
		if err := p.several(w, "an event"); err != nil {
			return 0, err
		}
		if p.peek().text == "iommu" {
			p.take()
			return model.EventContinueHost, nil
		}
	}
	kind, _ := lookup(model.EventKinds(), name)
	if kind != model.EventInvalid {
		return kind, nil
	}
	want, names := "an event", namesOf(model.EventKinds())
	if p.trace != nil && len(p.trace.Events) == 0 {
		want, names = "a header or an event", append(names, traceHeaders...)
	}
	return 0, p.errorName(w, want, names)
}

// several refuses a word of several actors in a trace of one.
func (p *traceParser) several(w word, want string) error {
	if p.trace == nil || p.trace.Actors > 1 {
		return nil
	}
	e := p.errorWord(w, want+" ("+ErrActors.Error()+")")
	e.Err = ErrActors
	return e
}

// parseUntil reads "POINT [xPASS]".
func (p *traceParser) parseUntil() (model.Point, error) {
	w := p.take()
	pt, err := model.ParsePoint(w.text)
	if err != nil {
		return model.Point{}, p.errorWord(w, err.Error())
	}
	if p.more() {
		w := p.take()
		for pt.Pass = 1; pt.Pass <= model.MaxPass; pt.Pass++ {
			if w.text == fmt.Sprintf("x%d", pt.Pass+1) {
				return pt, nil
			}
		}
		return model.Point{}, p.errorWord(w, fmt.Sprintf("x2 to x%d (which time the run comes by the point) or end of line", model.MaxPass+1))
	}
	return pt, nil
}

// parseArg takes an event's argument, of at most two words.
func (p *traceParser) parseArg(kind model.EventKind) (uint8, error) {
	args := kind.Args()
	w := p.peek()
	if w.text == "" || w.text == "until" {
		if args[0] == "" {
			return 0, nil
		}
		return 0, p.errorName(w, fmt.Sprintf("an argument of %q", kind), args)
	}
	if len(args) == 1 {
		return 0, nil // the caller refuses what is there
	}
	p.take()
	text := w.text
	if w.text == "fail" {
		w = p.take()
		text += " " + w.text
	}
	if i := slices.Index(args, text); i >= 0 {
		return uint8(i), nil
	}
	return 0, p.errorArg(kind, w, text)
}

// errorArg says which arguments there are; behind fail, which steps.
func (p *traceParser) errorArg(kind model.EventKind, w word, text string) error {
	var plain, steps []string
	for _, a := range kind.Args() {
		if step, ok := strings.CutPrefix(a, "fail "); ok {
			steps = append(steps, step)
		} else if a != "" {
			plain = append(plain, a)
		}
	}
	switch {
	case strings.HasPrefix(text, "fail ") && len(steps) > 0:
		return p.errorName(w, fmt.Sprintf("a step that %q can fail at", kind), steps)
	case len(steps) > 0:
		plain = append(plain, "fail")
	}
	return p.errorName(w, fmt.Sprintf("an argument of %q", kind), plain)
}
