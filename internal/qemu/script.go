package qemu

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"dmafuzz/model"
)

// ErrUnplayable is beneath the error for a trace that the player cannot play.
var ErrUnplayable = errors.New("lab confirm cannot play it")

// EventError says which event of a trace cannot be played, and why.
type EventError struct {
	Index int // of the trace's events
	Event model.Event
	Why   string
}

func (e *EventError) Error() string {
	return fmt.Sprintf("%s: %v: %s", e.Event, ErrUnplayable, e.Why)
}

func (e *EventError) Unwrap() error { return ErrUnplayable }

// Script is a trace as the player reads it.
type Script struct {
	Text    []byte
	Events  []model.Event // one a line; those that were added too
	Added   []string      // what was put in that is not in the trace, in words
	Devices int           // how many have to be there
	Shared  bool          // in one group
}

// Translate makes a script of a trace, or says which event has no counterpart.
func Translate(t *model.Trace) (*Script, error) {
	for i, d := range t.Devices {
		if d.Setup.Supplier != 0 {
			return nil, fmt.Errorf("%w: device %s: its functions have no device links between them", ErrUnplayable, t.DeviceName(uint8(i)))
		}
		if d.Setup != (model.DeviceSetup{}) {
			return nil, fmt.Errorf("%w: device %s: bus and firmware are those of QEMU's machine, PCI and devicetree", ErrUnplayable, t.DeviceName(uint8(i)))
		}
	}
	w := &writer{script: &Script{Devices: 1, Shared: t.Group}}
	fmt.Fprintf(&w.text, "drivers %s\n", t.Drivers)
	for i, e := range t.Events {
		if why := w.add(e); why != "" {
			return nil, &EventError{i, e, why}
		}
	}
	w.finish(t.Events)
	w.script.Text = w.text.Bytes()
	return w.script, nil
}

// writer makes a script, event by event.
type writer struct {
	script *Script
	text   bytes.Buffer
	open   string // what has stopped and waits for its continue, "" for nothing
	listed bool   // the IOMMU is registered
}

// finish ends a probe that the trace leaves in the middle of its calls.
func (w *writer) finish(trace []model.Event) {
	if len(trace) == 0 {
		return
	}
	last := trace[len(trace)-1]
	switch last.Kind {
	case model.EventAlloc, model.EventMap, model.EventFree, model.EventMask, model.EventAction:
	default:
		return
	}
	for i := len(trace) - 1; i >= 0; i-- {
		e := trace[i]
		if e.Device != last.Device {
			continue
		}
		switch e.Kind {
		case model.EventProbe, model.EventAdd, model.EventUnbind, model.EventDel, model.EventReturn:
			return
		case model.EventAttach, model.EventBind, model.EventRetry:
			ok := model.Event{Kind: model.EventProbe, Device: e.Device, Arg: model.ProbeOK}
			w.line(ok, "")
			w.script.Added = append(w.script.Added, ok.String()+", at the end: the trace ends within the probe")
			return
		}
	}
}

// add adds an event's line. It returns why it cannot.
func (w *writer) add(e model.Event) string {
	if why := whyNot(e); why != "" {
		return why
	}
	if e.Kind == model.EventIOMMURegister {
		if w.listed {
			return "the IOMMU is registered already, and does not go while the kernel is up"
		}
		w.listed = true
	}
	w.script.Devices = max(w.script.Devices, int(e.Device)+1)
	if e.Until == (model.Point{}) {
		if w.open != "" && isContinue(e.Kind) {
			if e.String() != w.open {
				return "the one that came in is played to its end, and " + w.open + " comes next"
			}
			w.open = ""
		}
		w.line(e, "")
		return ""
	}
	if w.open != "" {
		return "a thread stops while another one waits; one window a time can be played"
	}
	point, why := w.window(e)
	if why != "" {
		return why
	}
	if isContinue(e.Kind) {
		return "a thread that has gone on is played to its end; one window an event can be played"
	}
	w.open = "continue " + deviceName(e.Device)
	if hosts(e.Kind) {
		w.open = "continue iommu"
	}
	w.line(e, point)
	return ""
}

func (w *writer) line(e model.Event, point string) {
	w.script.Events = append(w.script.Events, e)
	e.Until = model.Point{}
	w.text.WriteString(e.String())
	if point != "" {
		w.text.WriteString(" until " + point)
	}
	w.text.WriteByte('\n')
}

// window is the player's point for that of an event, with what it takes before.
func (w *writer) window(e model.Event) (point, why string) {
	name := deviceName(e.Device)
	if hosts(e.Kind) {
		name = deviceName(0) // the first that the walk comes to
	}
	switch p := e.Until; {
	case p.Pass > 0:
	case p.Op == model.OpDevresRelease:
		// The driver's last devm action is what devres releases first.
		w.line(model.Event{Kind: model.EventAction, Device: e.Device}, "")
		w.script.Added = append(w.script.Added, fmt.Sprintf("action %s, before %s: a devm action, the first that devres comes to, is where the thread waits", name, e))
		return "action." + name, ""
	case p.Path == model.PathDMAConfigure && p.Nth == 0 && (p.Op == model.OpGoto || p.Op == model.OpCall && model.PathKind(p.Arg) == model.PathFirmware):
		return "configure." + name, ""
	case p.Path == model.PathOwnerUse && p.Nth == 0 && p.Op == model.OpReturn:
		return "use." + name, ""
	}
	return "", "no window at " + e.Until.String() + "; there are windows at devres_release of any path, at dma_configure.goto and dma_configure.call_firmware, and at owner_use.return"
}

func isContinue(k model.EventKind) bool {
	return k == model.EventContinue || k == model.EventContinueHost
}

// hosts tells whether an event works on no device of its own.
func hosts(k model.EventKind) bool { return k == model.EventIOMMURegister }

func deviceName(n uint8) string { return (*model.Trace)(nil).DeviceName(n) }

// whyNot says why the player has nothing for an event, "" if it has.
func whyNot(e model.Event) string {
	arg := e.ArgString()
	switch e.Kind {
	case model.EventIOMMURegister:
		if arg != "" && arg != "identity" {
			return "the IOMMU is QEMU's and its driver the tree's, no step of them can be made to fail"
		}
	case model.EventAdd:
		if arg == "ranges" || arg == "map" {
			return "QEMU's PCI bus has no dma-ranges"
		}
		fallthrough
	case model.EventAttach, model.EventBind, model.EventRetry:
		if strings.HasPrefix(arg, "fail ") {
			return "no step of the kernel can be made to fail"
		}
		if arg != "" {
			return "the kernel is built without CONFIG_DEBUG_TEST_DRIVER_REMOVE"
		}
	case model.EventIOMMUUnregister:
		return "arm-smmu-v3 does not go while the kernel is up"
	case model.EventShutdown, model.EventTimeout, model.EventHotplug, model.EventPool, model.EventBypass, model.EventMapping:
		return "it has no counterpart here (lab run plays more events)"
	case model.EventContinue, model.EventContinueHost:
		if arg != "" {
			return "one thread works on a device at a time"
		}
	}
	return ""
}

// headers begin the lines of a trace that are no events.
var headers = []string{"on", "drivers", "actors", "group", "device", "memory"}

// EventLine is the line of a trace's text on which its event with that index
// stands, 0 if there is none.
func EventLine(src []byte, index int) int {
	n := 0
lines:
	for line := range bytes.Lines(src) {
		n++
		text, _, _ := bytes.Cut(line, []byte("#"))
		words := strings.Fields(string(text))
		if len(words) == 0 {
			continue
		}
		for _, h := range headers {
			if words[0] == h {
				continue lines
			}
		}
		if index--; index < 0 {
			return n
		}
	}
	return 0
}
