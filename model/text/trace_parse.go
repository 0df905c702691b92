package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrActors is beneath the error for `until` and `continue` in a trace of one
// actor.
var ErrActors = errors.New("a trace of one actor; `actors 2` above the events makes it one of two")

// ParseTrace reads a trace. The name of the file serves only for errors, which
// are *[SyntaxError].
//
// The canonical names (sata, eth; buf, ring, page, skb) stand for their own
// number. Any other name takes, where it first appears in a line of the header
// or an event, the lowest number that no name has taken by then. A canonical
// name whose number another name has taken is an error; a `device` or `memory`
// line above the events settles who is who.
//
// Canonical names come back as empty ones, and Devices and Memory end with the
// last entry that says something. The trace is equal to what ParseTrace makes
// when it is printed.
func ParseTrace(file string, src []byte) (*model.Trace, error) {
	s, err := newScanner(file, src, 0)
	if err != nil {
		return nil, err
	}
	p := traceParser{scanner: s, trace: &model.Trace{},
		devices: nameTable{what: "device", canonical: deviceNames},
		memory:  nameTable{what: "memory slot", canonical: memoryNames}}
	for {
		ok, err := p.scan()
		if err == nil && ok {
			err = p.parseLine()
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
	}
	if err := p.checkSkips(); err != nil {
		return nil, err
	}
	p.setNames()
	return p.trace, nil
}

// ParseEvent reads one event with canonical names: the inverse of
// [Event.String]. Its errors are *[SyntaxError] with the file "event".
func ParseEvent(words string) (model.Event, error) {
	p := traceParser{scanner: &scanner{file: "event", text: words, line: 1},
		devices: nameTable{what: "device", canonical: deviceNames, fixed: true},
		memory:  nameTable{what: "memory slot", canonical: memoryNames, fixed: true}}
	if len(words) > MaxFileSize {
		return model.Event{}, p.errorAt(1, fmt.Sprintf("%d bytes", len(words)), fmt.Sprintf("at most %d", MaxFileSize))
	}
	if err := p.split(); err != nil {
		return model.Event{}, err
	}
	if p.marked {
		return model.Event{}, p.errorAt(strings.IndexByte(words, '#')+1, `"#"`, "an event without a comment")
	}
	e, err := p.parseEvent()
	if err != nil {
		return model.Event{}, err
	}
	return e, nil
}

type traceParser struct {
	*scanner
	trace   *model.Trace
	devices nameTable
	memory  nameTable
	setup   [model.MaxDevices]model.DeviceSetup

	kernels      map[string]int // lines of the expectations
	driversLine  int
	actorsLine   int
	groupLine    int
	supplierLine int
	devicesLines [model.MaxDevices]int
	memoryLines  [model.MaxMemory]int
	skips        []skipAt
	begun        bool // a line that is no comment has come
}

// parseLine reads a line, which may be blank or a comment.
func (p *traceParser) parseLine() error {
	if !p.more() {
		if p.marked && !p.begun {
			p.trace.Comments = append(p.trace.Comments, p.comment)
		}
		return nil
	}
	p.begun = true
	w := p.peek()
	parse := p.headerParser(w.text)
	if parse == nil {
		if len(p.trace.Events) >= MaxEvents {
			return p.errorWord(w, fmt.Sprintf("at most %d events", MaxEvents))
		}
		e, err := p.parseEvent()
		if err != nil {
			return err
		}
		p.trace.Events = append(p.trace.Events, e)
		return nil
	}
	if len(p.trace.Events) > 0 {
		return p.errorWord(w, "an event: expectations and other headers stand above the first one")
	}
	p.take()
	if err := parse(w); err != nil {
		return err
	}
	return p.finish("end of line")
}

var traceHeaders = []string{"on", "drivers", "actors", "group", "device", "memory"}

// headerParser returns what reads the rest of a header line, nil for other lines.
func (p *traceParser) headerParser(word string) func(word) error {
	switch word {
	case "on":
		return p.parseExpectation
	case "drivers":
		return p.parseDrivers
	case "actors":
		return p.parseActors
	case "group":
		return p.parseGroup
	case "device":
		return p.parseDevice
	case "memory":
		return p.parseMemory
	}
	return nil
}

// parseExpectation reads "on KERNEL pass" or "on KERNEL violation A, B", either
// with "skips N, M" behind it.
func (p *traceParser) parseExpectation(word) error {
	w := p.take()
	if !isFullName(w.text) {
		return p.errorWord(w, "the full name of a kernel, NAME/ARCH")
	}
	if line := p.kernels[w.text]; line > 0 {
		return p.errorWord(w, fmt.Sprintf("one line on a kernel, line %d has it", line))
	}
	if p.kernels == nil {
		p.kernels = map[string]int{}
	}
	p.kernels[w.text] = p.line
	x := model.Expectation{Kernel: w.text}
	verdict := p.take()
	switch verdict.text {
	case "pass":
	case "violation":
		if err := p.parseInvariants(&x); err != nil {
			return err
		}
	default:
		return p.errorName(verdict, "a verdict", []string{"pass", "violation"})
	}
	if p.accept("skips") {
		if err := p.parseSkips(&x); err != nil {
			return err
		}
	}
	p.trace.Expect = append(p.trace.Expect, x)
	return nil
}

// parseSkips reads the numbers of events behind "skips".
func (p *traceParser) parseSkips(x *model.Expectation) error {
	last := 0
	for {
		w := p.take()
		n, err := strconv.Atoi(w.text)
		if err != nil || n <= last || n > MaxEvents || strconv.Itoa(n) != w.text {
			return p.errorWord(w, fmt.Sprintf("the number of an event, %d to %d, in ascending order", last+1, MaxEvents))
		}
		last = n
		x.Skips = append(x.Skips, n)
		p.skips = append(p.skips, skipAt{w, p.line})
		if !p.accept(",") {
			return nil
		}
	}
}

// skipAt is the number of an event that is to be skipped, and where it stands.
type skipAt struct {
	word word
	line int
}

// checkSkips refuses numbers beyond the last event, once that is known.
func (p *traceParser) checkSkips() error {
	for _, s := range p.skips {
		if n, _ := strconv.Atoi(s.word.text); n > len(p.trace.Events) {
			e := p.errorWord(s.word, fmt.Sprintf("at most %d, which is the last event", len(p.trace.Events)))
			e.Line = s.line
			return e
		}
	}
	return nil
}

func (p *traceParser) parseInvariants(x *model.Expectation) error {
	for {
		w := p.take()
		i, ok := model.ParseInvariant(w.text)
		if !ok {
			return p.errorName(w, "an invariant", namesOf(model.Invariants()))
		}
		if slices.Contains(x.Violations, i) {
			return p.errorWord(w, "each invariant once")
		}
		x.Violations = append(x.Violations, i)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *traceParser) parseDrivers(header word) error {
	if p.driversLine > 0 {
		return p.errorWord(header, fmt.Sprintf("it once, line %d has it", p.driversLine))
	}
	p.driversLine = p.line
	w := p.take()
	d, ok := model.ParseDrivers(w.text)
	if !ok {
		return p.errorName(w, "a contract", namesOf(model.Contracts()))
	}
	p.trace.Drivers = d
	return nil
}

func (p *traceParser) parseActors(header word) error {
	if p.actorsLine > 0 {
		return p.errorWord(header, fmt.Sprintf("it once, line %d has it", p.actorsLine))
	}
	p.actorsLine = p.line
	if w := p.take(); w.text != "2" {
		return p.errorWord(w, `"2": a single actor needs no such line`)
	}
	p.trace.Actors = 2
	return nil
}

func (p *traceParser) parseGroup(header word) error {
	if p.groupLine > 0 {
		return p.errorWord(header, fmt.Sprintf("it once, line %d has it", p.groupLine))
	}
	p.groupLine = p.line
	if w := p.take(); w.text != "shared" {
		return p.errorWord(w, `"shared"`)
	}
	p.trace.Group = true
	return nil
}

// parseDevice reads "device NAME [bus BUS] [firmware FIRMWARE] [supplier NAME]".
func (p *traceParser) parseDevice(word) error {
	w := p.take()
	n, err := p.number(&p.devices, w)
	if err != nil {
		return err
	}
	if line := p.devicesLines[n]; line > 0 {
		return p.errorWord(w, fmt.Sprintf("a device once, line %d has it", line))
	}
	p.devicesLines[n] = p.line
	setup := &p.setup[n]
	for {
		switch {
		case setup.Bus == model.BusInvalid && p.accept("bus"):
			bus, err := oneOf(p.scanner, p.take(), "a bus", model.Buses())
			if err != nil {
				return err
			}
			setup.Bus = bus
		case setup.Firmware == model.FirmwareInvalid && p.accept("firmware"):
			firmware, err := oneOf(p.scanner, p.take(), "a firmware", model.Firmwares())
			if err != nil {
				return err
			}
			setup.Firmware = firmware
		case setup.Supplier == 0 && p.accept("supplier"):
			if err := p.parseSupplier(n); err != nil {
				return err
			}
		default:
			return p.finish("bus, firmware, supplier or end of line")
		}
	}
}

// parseSupplier reads the name of the device that device n is a consumer of.
func (p *traceParser) parseSupplier(n uint8) error {
	w := p.take()
	supplier, err := p.number(&p.devices, w)
	if err != nil {
		return err
	}
	if supplier == n {
		return p.errorWord(w, "another device")
	}
	if p.supplierLine > 0 {
		return p.errorWord(w, fmt.Sprintf("one device with a supplier, line %d has one", p.supplierLine))
	}
	p.supplierLine = p.line
	p.setup[n].Supplier = supplier + 1
	return nil
}

func (p *traceParser) parseMemory(word) error {
	w := p.take()
	n, err := p.number(&p.memory, w)
	if err != nil {
		return err
	}
	if line := p.memoryLines[n]; line > 0 {
		return p.errorWord(w, fmt.Sprintf("a memory slot once, line %d has it", line))
	}
	p.memoryLines[n] = p.line
	return nil
}

// setNames fills Devices and Memory with what is not canonical.
func (p *traceParser) setNames() {
	var devices [model.MaxDevices]model.TraceDevice
	last := 0
	for i := range devices {
		devices[i] = model.TraceDevice{Name: p.devices.given(i), Setup: p.setup[i]}
		if devices[i] != (model.TraceDevice{}) {
			last = i + 1
		}
	}
	p.trace.Devices = append([]model.TraceDevice(nil), devices[:last]...)
	var memory [model.MaxMemory]string
	last = 0
	for i := range memory {
		if memory[i] = p.memory.given(i); memory[i] != "" {
			last = i + 1
		}
	}
	p.trace.Memory = append([]string(nil), memory[:last]...)
}
