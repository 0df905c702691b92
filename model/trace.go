package model

// Trace is a sequence of events with names for what it speaks of, and what is
// expected of it on given kernels. It is the only durable form of a finding.
type Trace struct {
	Comments []string // leading comment lines without '#'
	Expect   []Expectation
	Drivers  Drivers
	Actors   uint8 // "actors 2"; 0 for one
	Group    bool  // "group shared": all devices share one IOMMU group
	Devices  []TraceDevice
	Memory   []string // names by slot; canonical ones where none is given
	Events   []Event
}

// TraceDevice names a device of a trace.
type TraceDevice struct {
	Name  string // canonical name if empty
	Setup DeviceSetup
}

// Expectation is one `on` line: the exact set of invariants that the trace
// breaks on a kernel, none for `pass`, and the events that are skipped there.
type Expectation struct {
	Kernel     string // full name: "v5.0/arm64"
	Violations []Invariant
	Skips      []int // "skips 7, 9": numbers of events, from 1, in ascending order
}

// Canonical names, by number.
var (
	deviceNames = [MaxDevices]string{"sata", "eth"}
	memoryNames = [MaxMemory]string{"buf", "ring", "page", "skb"}
)

// Bounds returns the bounds under which the trace is replayed: the maxima,
// with the trace's contract, grouping and devices.
func (t *Trace) Bounds() Bounds {
	b := MaxBounds()
	b.Drivers, b.SharedGroup, b.Actors = t.Drivers, t.Group, int(t.Actors)
	for i, d := range t.Devices {
		b.Setup[i] = d.Setup
	}
	return b
}

// Trace makes a trace of events that means the same without the bounds: the
// inverse of [Trace.Bounds].
func (b Bounds) Trace(events []Event) *Trace {
	t := &Trace{Drivers: b.Drivers, Group: b.SharedGroup && b.Devices > 1, Events: events}
	if b.races() {
		t.Actors = uint8(b.Actors)
	}
	for i, s := range b.Setup {
		if s == (DeviceSetup{}) {
			continue
		}
		for len(t.Devices) <= i {
			t.Devices = append(t.Devices, TraceDevice{})
		}
		t.Devices[i].Setup = s
	}
	return t
}

// DeviceName is the name of a device in the trace.
func (t *Trace) DeviceName(n uint8) string {
	if t != nil && int(n) < len(t.Devices) && t.Devices[n].Name != "" {
		return t.Devices[n].Name
	}
	return deviceNames[n]
}

// MemoryName is the name of a memory slot in the trace.
func (t *Trace) MemoryName(n uint8) string {
	if t != nil && int(n) < len(t.Memory) && t.Memory[n] != "" {
		return t.Memory[n]
	}
	return memoryNames[n]
}

// Format prints the event with the names of a trace, nil for canonical ones.
func (e Event) Format(t *Trace) string {
	if !e.Valid() {
		return "invalid event"
	}
	s := e.Kind.String()
	if eventTable[e.Kind].object != ObjectNone {
		s += " " + t.DeviceName(e.Device)
	}
	if eventTable[e.Kind].object == ObjectMemory {
		s += " " + t.MemoryName(e.Memory)
	}
	if a := e.ArgString(); a != "" {
		s += " " + a
	}
	if e.Until != (Point{}) {
		s += " until " + e.Until.String()
	}
	return s
}
