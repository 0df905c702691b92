package text

import (
	"dmafuzz/model"
	"fmt"
	"strconv"
	"strings"
)

// FormatTrace prints the trace as a file that [ParseTrace] reads back as an equal
// trace, if the trace keeps these rules: every event is valid; no device or
// slot bears the canonical name of another, nor its own one instead of none;
// no two share a name; Devices and Memory end with an entry that says
// something; and comments have no blanks around them. ParseTrace returns only
// such traces.
//
// The calls inside of a callback are indented: the driver's events behind an
// event that is not the driver's, up to the last probe or return among them.
func FormatTrace(t *model.Trace) string {
	head := headerLines(t)
	var b strings.Builder
	for _, l := range head {
		b.WriteString(l + "\n")
	}
	if len(head) > 0 && len(t.Events) > 0 {
		b.WriteByte('\n')
	}
	inside := 0 // events up to this one stand in a callback
	for i, e := range t.Events {
		if !e.Kind.ByDriver() {
			inside = callbackEnd(t.Events, i+1)
		}
		if e.Kind.ByDriver() && i < inside {
			b.WriteString("  ")
		}
		b.WriteString(e.Format(t) + "\n")
	}
	return b.String()
}

// callbackEnd returns the index behind the last probe or return of the run of
// driver's events that starts at i, and i if the run has none.
func callbackEnd(events []model.Event, i int) int {
	end := i
	for ; i < len(events) && events[i].Kind.ByDriver(); i++ {
		if events[i].Kind == model.EventProbe || events[i].Kind == model.EventReturn {
			end = i + 1
		}
	}
	return end
}

func headerLines(t *model.Trace) []string {
	var lines []string
	for _, c := range t.Comments {
		lines = append(lines, strings.TrimRight("# "+c, " "))
	}
	widest := 0
	for _, x := range t.Expect {
		widest = max(widest, width(x.Kernel))
	}
	for _, x := range t.Expect {
		lines = append(lines, "on "+pad(x.Kernel, widest+2)+verdict(x))
	}
	if t.Drivers != model.DriversWell {
		lines = append(lines, "drivers "+t.Drivers.String())
	}
	if t.Actors > 1 {
		lines = append(lines, fmt.Sprintf("actors %d", t.Actors))
	}
	if t.Group {
		lines = append(lines, "group shared")
	}
	for _, n := range declaredDevices(t) {
		lines = append(lines, "device "+t.DeviceName(n)+setupWords(t, setupOf(t, n)))
	}
	for _, n := range declaredMemory(t) {
		lines = append(lines, "memory "+t.MemoryName(n))
	}
	return lines
}

// verdict is what stands behind the kernel: the rules that break there, and the
// events that are skipped.
func verdict(x model.Expectation) string {
	text := "pass"
	if len(x.Violations) > 0 {
		names := make([]string, len(x.Violations))
		for i, v := range x.Violations {
			names[i] = v.String()
		}
		text = "violation " + strings.Join(names, ", ")
	}
	if len(x.Skips) > 0 {
		numbers := make([]string, len(x.Skips))
		for i, n := range x.Skips {
			numbers[i] = strconv.Itoa(n)
		}
		text += " skips " + strings.Join(numbers, ", ")
	}
	return text
}

func setupOf(t *model.Trace, n uint8) model.DeviceSetup {
	if int(n) < len(t.Devices) {
		return t.Devices[n].Setup
	}
	return model.DeviceSetup{}
}

// setupWords is what stands behind a device's name.
func setupWords(t *model.Trace, s model.DeviceSetup) string {
	w := ""
	if s.Bus != model.BusInvalid {
		w += " bus " + s.Bus.String()
	}
	if s.Firmware != model.FirmwareInvalid {
		w += " firmware " + s.Firmware.String()
	}
	if s.Supplier != 0 {
		w += " supplier " + t.DeviceName(s.Supplier-1)
	}
	return w
}

// declaredDevices lists the devices that need a line: those with a setup of
// their own, or all if the names alone would be given other numbers.
func declaredDevices(t *model.Trace) []uint8 {
	table := nameTable{canonical: deviceNames}
	var lines []uint8
	for n := range t.Devices {
		if t.Devices[n].Setup != (model.DeviceSetup{}) {
			table.lookup(t.DeviceName(uint8(n)))
			if s := t.Devices[n].Setup.Supplier; s != 0 {
				table.lookup(t.DeviceName(s - 1))
			}
			lines = append(lines, uint8(n))
		}
	}
	for _, e := range t.Events {
		if e.Valid() && e.Kind.Object() != model.ObjectNone {
			table.lookup(t.DeviceName(e.Device))
		}
	}
	for n, d := range t.Devices {
		if d.Name != "" && table.taken[n] != d.Name {
			return firstNumbers(len(t.Devices))
		}
	}
	return lines
}

// declaredMemory is declaredDevices for memory slots, which have names only.
func declaredMemory(t *model.Trace) []uint8 {
	table := nameTable{canonical: memoryNames}
	for _, e := range t.Events {
		if e.Valid() && e.Kind.Object() == model.ObjectMemory {
			table.lookup(t.MemoryName(e.Memory))
		}
	}
	for n, name := range t.Memory {
		if name != "" && table.taken[n] != name {
			return firstNumbers(len(t.Memory))
		}
	}
	return nil
}

// firstNumbers lists 0 to n-1.
func firstNumbers(n int) []uint8 {
	list := make([]uint8, n)
	for i := range list {
		list[i] = uint8(i)
	}
	return list
}
