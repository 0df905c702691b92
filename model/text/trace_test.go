package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkTraceText fails unless x survives its text, and the text a reading.
func checkTraceText(t testing.TB, x *model.Trace) {
	t.Helper()
	text := FormatTrace(x)
	back, err := ParseTrace("back", []byte(text))
	if err != nil {
		t.Fatalf("a printed trace is refused: %v\n%s", err, text)
	}
	if d := cmp.Diff(x, back); d != "" {
		t.Fatalf("a trace changes in its text (-was +is):\n%s\n%s", d, text)
	}
	if again := FormatTrace(back); again != text {
		t.Fatalf("a text changes when read and printed; got:\n%s\nwant:\n%s", again, text)
	}
}

func TestTraceTextGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.trace")
	if err != nil || len(files) < 3 {
		t.Fatalf("found %d traces, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		x, err := ParseTrace(file, src)
		if err != nil {
			t.Fatal(err)
		}
		checkTraceText(t, x)
		golden(t, filepath.Base(file)+".golden", FormatTrace(x))
	}
}

func TestEventTextRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range model.AllEvents() {
		text := e.String()
		if back, err := ParseEvent(text); err != nil || back != e {
			t.Errorf("%q is read as %v, %v", text, back, err)
		}
		if back, err := ParseEvent("  " + strings.ReplaceAll(text, " ", "\t ") + " "); err != nil || back != e {
			t.Errorf("%q with other blanks is read as %v, %v", text, back, err)
		}
		if seen[text] {
			t.Errorf("%q is the text of two events", text)
		}
		seen[text] = true
		checkTraceText(t, &model.Trace{Actors: 2, Events: []model.Event{e}})
	}
}

func TestTraceTextRandom(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	declared, free := 0, 0
	for range 20000 {
		x := randomTrace(r)
		checkTraceText(t, x)
		switch text := FormatTrace(x); {
		case strings.Contains(text, "\nmemory "), strings.HasPrefix(text, "memory "):
			declared++
		case len(x.Memory) > 0:
			free++
		}
	}
	if declared < 300 || free < 300 {
		t.Errorf("%d traces with memory lines, %d with names and without", declared, free)
	}
}

func TestTraceTextDamaged(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	read, refused := 0, 0
	for range 30000 {
		src := damage(r, FormatTrace(randomTrace(r)))
		x, err := ParseTrace("damaged", []byte(src))
		if err != nil {
			refused++
			checkPosition(t, src, err)
			continue
		}
		read++
		checkTraceText(t, x)
	}
	if read < 1000 || refused < 1000 {
		t.Errorf("%d read, %d refused: the damage is not a test of both", read, refused)
	}
}

// randomTrace makes a trace that keeps the rules of [FormatTrace].
func randomTrace(r *rand.Rand) *model.Trace {
	x := &model.Trace{Drivers: model.Drivers(r.Intn(numDrivers)), Group: r.Intn(2) == 0}
	for range r.Intn(3) {
		x.Comments = append(x.Comments, pick(r, "", "it breaks", "é # # on v5.0/arm64 pass"))
	}
	for _, i := range r.Perm(4)[:r.Intn(4)] {
		e := model.Expectation{Kernel: []string{"v5.0/arm64", "v5.0.1/arm64", "x/a", "v6.12-rc1/x86-amd"}[i]}
		for _, v := range r.Perm(numInvariants)[:r.Intn(4)] {
			if v > 0 {
				e.Violations = append(e.Violations, model.Invariant(v))
			}
		}
		x.Expect = append(x.Expect, e)
	}
	if r.Intn(3) > 0 {
		randomNames(r, x)
	}
	if r.Intn(2) == 0 {
		x.Actors = 2
	}
	for range r.Intn(8) {
		e := pick(r, model.AllEvents()...)
		if x.Actors == 2 && r.Intn(3) == 0 {
			e.Until = randomPoint(r)
		}
		if x.Actors == 2 || e.Kind < model.EventContinue {
			x.Events = append(x.Events, e)
		}
	}
	for i := range x.Expect {
		for n := range x.Events {
			if r.Intn(6) == 0 {
				x.Expect[i].Skips = append(x.Expect[i].Skips, n+1)
			}
		}
	}
	return x
}

// randomPoint makes any point that can be written.
func randomPoint(r *rand.Rand) model.Point {
	for {
		p := model.Point{Path: model.Paths()[r.Intn(numPaths-1)], Op: model.StepOps()[r.Intn(numOps-1)],
			Nth: uint8(r.Intn(4)), Test: r.Intn(3) == 0, Pass: uint8(r.Intn(model.MaxPass + 1))}
		if n := len(p.Op.Operand().Values()); n > 0 && (p.Op == model.OpLock || p.Op == model.OpCall) {
			p.Arg = uint8(r.Intn(n))
		}
		if p.Valid() {
			return p
		}
	}
}

func randomNames(r *rand.Rand, x *model.Trace) {
	linked := false
	for i := range r.Intn(model.MaxDevices + 1) {
		d := model.TraceDevice{Name: pick(r, "", fmt.Sprint("D.:_-", i), fmt.Sprint("on", i))}
		if r.Intn(2) == 0 {
			d.Setup = model.DeviceSetup{Bus: model.Bus(r.Intn(numBuses)), Firmware: model.Firmware(r.Intn(numFirmwares))}
		}
		if r.Intn(2) == 0 && !linked {
			linked = true
			d.Setup.Supplier = uint8(model.MaxDevices - i)
		}
		x.Devices = append(x.Devices, d)
	}
	for i := range r.Intn(model.MaxMemory + 1) {
		x.Memory = append(x.Memory, pick(r, "", fmt.Sprint("managed", i), fmt.Sprint("sata", i)))
	}
	// Both end with an entry that says something.
	for n := len(x.Devices); n > 0 && x.Devices[n-1] == (model.TraceDevice{}); n-- {
		x.Devices = x.Devices[:n-1]
	}
	for n := len(x.Memory); n > 0 && x.Memory[n-1] == ""; n-- {
		x.Memory = x.Memory[:n-1]
	}
	if len(x.Devices) == 0 {
		x.Devices = nil
	}
	if len(x.Memory) == 0 {
		x.Memory = nil
	}
}

func TestTraceTextErrors(t *testing.T) {
	tests := []struct{ reason, src, want string }{
		{"unknown event", "attch sata\n", `1:1: got "attch", want a header or an event (did you mean "attach"?)`},
		{"unknown event behind one", "add sata\ndrivrs any", `2:1: got "drivrs", want an event`},
		{"unknown header", "drivrs any\n", `1:1: got "drivrs", want a header or an event (did you mean "drivers"?)`},
		{"iommu does what", "iommu\n", `1:6: got end of line, want what the IOMMU does (register, unregister)`},
		{"iommu with a typo", "iommu unregistr # x\n", `1:7: got "unregistr", want what the IOMMU does (did you mean "unregister"?)`},
		{"no device", "unbind # x\n", `1:7: got end of line, want the name of a device: a letter, then letters, digits and "_.:-", at most 40`},
		{"no memory", "alloc sata\n", `1:11: got end of line, want the name of a memory slot: a letter, then letters, digits and "_.:-", at most 40`},
		{"name of a digit", "add 0000:00\n", `1:5: got "0000:00", want the name of a device: a letter, then letters, digits and "_.:-", at most 40`},
		{"name with a slash", "add a/b\n", `1:5: got "a/b", want the name of a device: a letter, then letters, digits and "_.:-", at most 40`},
		{"long name", "add " + strings.Repeat("a", 41) + "\n", `1:5: got "` + strings.Repeat("a", 41) + `", want the name of a device: a letter, then letters, digits and "_.:-", at most 40`},
		{"too many devices", "add a\nadd b\nadd c\n", `3:5: got "c", want at most 2 devices (a, b)`},
		{"too many slots", "map a a\nmap a b\nmap a c\nmap a skb\nmap a d\n", `5:7: got "d", want at most 4 memory slots (a, b, c, skb)`},
		{"canonical name of a number that is taken", "add disk\n add sata\n", `2:6: got "sata", want another name: device 1, for which it stands, is "disk" already`},
		{"canonical slot that is taken", "map sata x\nmap sata buf\n", `2:10: got "buf", want another name: memory slot 1, for which it stands, is "x" already`},

		{"argument missing", "type sata\n", `1:10: got end of line, want an argument of "type" (dma, identity, dma-fq)`},
		{"unknown argument", "mask sata wyde\n", `1:11: got "wyde", want an argument of "mask" (did you mean "wide"?)`},
		{"argument of nothing", "unbind sata now\n", `1:13: got "now", want end of line`},
		{"two arguments", "alloc sata buf managed twice\n", `1:24: got "twice", want end of line`},
		{"memory that is none", "unbind sata, buf\n", `1:12: got ",", want end of line`},
		{"fail where", "add sata fail\n", `1:14: got end of line, want a step that "add" can fail at (group_join, domain_alloc)`},
		{"fail at another event's step", "add sata fail sysfs_add\n", `1:15: got "sysfs_add", want a step that "add" can fail at (group_join, domain_alloc)`},
		{"fail with a typo", "attach sata fail sysfs_ad\n", `1:18: got "sysfs_ad", want a step that "attach" can fail at (did you mean "sysfs_add"?)`},
		{"fail of what never fails", "probe sata fail x\n", `1:17: got "x", want an argument of "probe" (ok, error, defer)`},
		{"other argument of what may fail", "add sata rangs\n", `1:10: got "rangs", want an argument of "add" (did you mean "ranges"?)`},
		{"no argument that is near", "add sata quickly\n", `1:10: got "quickly", want an argument of "add" (ranges, map, fail)`},

		{"until", "unbind sata until dma_cleanup\n", "1:13: got \"until\", want end of line (a trace of one actor; `actors 2` above the events makes it one of two)"},
		{"until for an argument", "alloc sata buf until take\n", "1:16: got \"until\", want end of line (a trace of one actor; `actors 2` above the events makes it one of two)"},
		{"until behind an argument", "attach sata fail sysfs_add until x\n", "1:28: got \"until\", want end of line (a trace of one actor; `actors 2` above the events makes it one of two)"},
		{"continue", "add sata\ncontinue sata\n", "2:1: got \"continue\", want an event (a trace of one actor; `actors 2` above the events makes it one of two)"},
		{"until what", "actors 2\nunbind sata until\n", `2:18: got end of line, want a point: PATH.STEP, as in "unbind_cleanup.devres_release"`},
		{"until a step without a path", "actors 2\nunbind sata until dma_cleanup\n", `2:19: got "dma_cleanup", want a point: PATH.STEP, as in "unbind_cleanup.devres_release"`},
		{"until a step of no meaning", "actors 2\nunbind sata until unbind.uevent\n", `2:19: got "unbind.uevent", want a step with a DMA meaning behind the dot`},
		{"the first by number", "actors 2\nunbind sata until unbind.lock_device:1\n", `2:19: got "unbind.lock_device:1", want a number from 2 to 255 behind the colon: which of the path's steps of that name it is`},
		{"a fourth time", "actors 2\nunbind sata until unbind.lock_device x4\n", `2:38: got "x4", want x2 to x3 (which time the run comes by the point) or end of line`},
		{"three actors", "actors 3\n", `1:8: got "3", want "2": a single actor needs no such line`},
		{"actors twice", "actors 2\nactors 2\n", `2:1: got "actors", want it once, line 1 has it`},

		{"on what", "on\n", `1:3: got end of line, want the full name of a kernel, NAME/ARCH`},
		{"on half a name", "on v5.0 pass\n", `1:4: got "v5.0", want the full name of a kernel, NAME/ARCH`},
		{"on one kernel twice", "on v5.0/x pass\n#\non v5.0/x pass\n", `3:4: got "v5.0/x", want one line on a kernel, line 1 has it`},
		{"no verdict", "on v5.0/x\n", `1:10: got end of line, want a verdict (pass, violation)`},
		{"other verdict", "on v5.0/x fails\n", `1:11: got "fails", want a verdict (pass, violation)`},
		{"pass with a rule", "on v5.0/x pass same-ops\n", `1:16: got "same-ops", want end of line`},
		{"violation of nothing", "on v5.0/x violation\n", `1:20: got end of line, want an invariant (same-ops, same-parameters, path-reaches-device, parameters-as-described, no-use-after-teardown, no-leak, no-double-free, no-detach-under-mapping, ops-stable-under-mapping, supplier-outlives-consumer, owner-balanced, no-deadlock)`},
		{"unknown rule", "on v5.0/x violation same-op\n", `1:21: got "same-op", want an invariant (did you mean "same-ops"?)`},
		{"rules without a comma", "on v5.0/x violation same-ops no-leak\n", `1:30: got "no-leak", want end of line`},
		{"rules with a comma too many", "on v5.0/x violation same-ops, no-leek,\n", `1:31: got "no-leek", want an invariant (did you mean "no-leak"?)`},
		{"skips what", "on v5.0/x pass skips\nadd sata\n", `1:21: got end of line, want the number of an event, 1 to 100000, in ascending order`},
		{"skips nothing that is", "on v5.0/x pass skips 1, 2\nadd sata\n", `1:25: got "2", want at most 1, which is the last event`},
		{"skips one twice", "on v5.0/x pass skips 1, 1\nadd sata\n", `1:25: got "1", want the number of an event, 2 to 100000, in ascending order`},
		{"skips the first", "on v5.0/x pass skips 01\nadd sata\n", `1:22: got "01", want the number of an event, 1 to 100000, in ascending order`},
		{"one rule twice", "on v5.0/x violation no-leak, no-leak\n", `1:30: got "no-leak", want each invariant once`},

		{"unknown contract", "drivers good\n", `1:9: got "good", want a contract (well-behaved, late, any)`},
		{"two contracts", "drivers any\ndrivers late\n", `2:1: got "drivers", want it once, line 1 has it`},
		{"group of what", "group own\n", `1:7: got "own", want "shared"`},
		{"group twice", "group shared\ngroup shared\n", `2:1: got "group", want it once, line 1 has it`},
		{"unknown bus", "device sata bus usb\n", `1:17: got "usb", want a bus (platform, pci, amba, fsl-mc, host1x)`},
		{"unknown firmware", "device sata firmware\n", `1:21: got end of line, want a firmware (of, acpi, none)`},
		{"bus twice", "device sata bus pci bus pci\n", `1:21: got "bus", want bus, firmware, supplier or end of line`},
		{"firmware twice", "device sata firmware of firmware of\n", `1:25: got "firmware", want bus, firmware, supplier or end of line`},
		{"its own supplier", "device sata supplier sata\n", `1:22: got "sata", want another device`},
		{"no supplier", "device sata supplier\n", `1:21: got end of line, want the name of a device: a letter, then letters, digits and "_.:-", at most 40`},
		{"two suppliers", "device sata supplier eth\ndevice eth supplier sata\n", `2:21: got "sata", want one device with a supplier, line 1 has one`},
		{"device twice", "device disk\ndevice disk bus pci\n", `2:8: got "disk", want a device once, line 1 has it`},
		{"memory twice", "memory m\nmemory m\n", `2:8: got "m", want a memory slot once, line 1 has it`},
		{"more behind memory", "memory m n\n", `1:10: got "n", want end of line`},
		{"header below an event", "add sata\non v5.0/x pass\n", `2:1: got "on", want an event: expectations and other headers stand above the first one`},

		{"NUL", "add sata\n\x00", `2:1: got byte 0x00, want text in UTF-8`},
		{"no UTF-8", "add sata # \xff\n", `1:12: got byte 0xff, want text in UTF-8`},
		{"many events", strings.Repeat("hotplug\n", MaxEvents+1), `100001:1: got "hotplug", want at most 100000 events`},
		{"big file", strings.Repeat("\n", MaxFileSize+1), `1:1: got 1048577 bytes, want at most 1048576`},
	}
	for _, test := range tests {
		_, err := ParseTrace("t", []byte(test.src))
		if err == nil {
			t.Errorf("%s: no error, want %s", test.reason, test.want)
			continue
		}
		if err.Error() != "t:"+test.want {
			t.Errorf("%s: got\n  %s, want\n  t:%s", test.reason, err, test.want)
		}
		if strings.Contains(test.want, "one actor") != errors.Is(err, ErrActors) {
			t.Errorf("%s: %v is ErrActors: %v", test.reason, err, errors.Is(err, ErrActors))
		}
		if len(test.src) <= MaxFileSize {
			checkPosition(t, test.src, err)
		}
	}
}

func TestParseEventErrors(t *testing.T) {
	tests := []struct{ reason, words, want string }{
		{"nothing", " ", `1:1: got end of line, want an event`},
		{"other name", "add disk", `1:5: got "disk", want a device (sata, eth)`},
		{"other slot", "map eth sata", `1:9: got "sata", want a memory slot (buf, ring, page, skb)`},
		{"two lines", "add sata\nadd eth", `1:9: got byte 0x0a, want text in UTF-8`},
		{"comment", "add sata # x", `1:10: got "#", want an event without a comment`},
		{"header", "drivers late", `1:1: got "drivers", want an event`},
		{"too long", strings.Repeat(" ", MaxFileSize+1), `1:1: got 1048577 bytes, want at most 1048576`},
	}
	for _, test := range tests {
		e, err := ParseEvent(test.words)
		if err == nil || err.Error() != "event:"+test.want || e != (model.Event{}) {
			t.Errorf("%s: got %v and\n  %v, want\n  event:%s", test.reason, e, err, test.want)
		}
	}
}

// Names take numbers in order of appearance; what stands for what is written
// out only where that order would tell it wrong.
func TestTraceTextNames(t *testing.T) {
	tests := []struct{ reason, src, names, header string }{
		{"canonical names", "map eth skb\nmap sata buf\n", "[sata eth] [buf ring page skb] 0 0", ""},
		{"other names in order", "map disk a\nmap net b\n", "[disk net] [a b page skb] 2 2", ""},
		{"lowest number that is free", "map eth ring\nmap disk a\nmap eth b\n", "[disk eth] [a ring b skb] 1 3", ""},
		{"declared, but in order", "device disk\nmemory a\nmap disk a\n", "[disk eth] [a ring page skb] 1 1", ""},
		{"declared out of order", "device sata\ndevice disk\nmemory buf\nmemory a\nmap disk a\n", "[sata disk] [buf a page skb] 2 2",
			"device sata\ndevice disk\nmemory buf\nmemory a\n"},
		{"declared, never used", "memory a\nadd sata\n", "[sata eth] [a ring page skb] 0 1", "memory a\n"},
		{"with a setup", "device eth bus pci\nadd sata\n", "[sata eth] [buf ring page skb] 2 0", "device eth bus pci\n"},
		{"setup in either order", "device sata firmware none bus pci\n", "[sata eth] [buf ring page skb] 1 0", "device sata bus pci firmware none\n"},
		{"setup of the second", "device d\ndevice n bus pci\nadd d\n", "[d n] [buf ring page skb] 2 0", "device d\ndevice n bus pci\n"},
	}
	for _, test := range tests {
		x, err := ParseTrace("t", []byte(test.src))
		if err != nil {
			t.Errorf("%s: %v", test.reason, err)
			continue
		}
		checkTraceText(t, x)
		var devices, memory []string
		for i := range model.MaxDevices {
			devices = append(devices, x.DeviceName(uint8(i)))
		}
		for i := range model.MaxMemory {
			memory = append(memory, x.MemoryName(uint8(i)))
		}
		if names := fmt.Sprint(devices, " ", memory, " ", len(x.Devices), " ", len(x.Memory)); names != test.names {
			t.Errorf("%s: names are %s, want %s", test.reason, names, test.names)
		}
		if got, _, _ := strings.Cut(FormatTrace(x), "\n\n"); test.header != "" && got+"\n" != test.header && got != test.header {
			t.Errorf("%s: header is\n%s, want\n%s", test.reason, got, test.header)
		} else if test.header == "" && strings.Contains(FormatTrace(x), "\n\n") {
			t.Errorf("%s: a header is printed:\n%s", test.reason, FormatTrace(x))
		}
	}
}

// FuzzParseTrace keeps the round trip for whatever the parser accepts.
func FuzzParseTrace(f *testing.F) {
	r := rand.New(rand.NewSource(3))
	for range 20 {
		f.Add([]byte(FormatTrace(randomTrace(r))))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		x, err := ParseTrace("fuzz", src)
		if err != nil {
			checkPosition(t, string(src), err)
			return
		}
		checkTraceText(t, x)
	})
}
