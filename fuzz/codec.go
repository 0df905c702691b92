package fuzz

import (
	"dmafuzz/model/text"
	"fmt"

	"dmafuzz/model"
)

// The table is frozen: inputs that engines have collected must keep their
// meaning. An entry may be added in place of an unused one, at the end of
// laterWords; nothing else may change. testdata/codec.golden pins every byte.
//
// Letters are the events that a life is mostly made of, once more: an engine
// comes upon them twice as often, and the native one, which makes inputs
// printable while it shortens them, leaves something to read. "gasmpu" is the
// story of the report. Lower case is sata, upper case eth.
const letterWords = `
a add
b bind
c claim
d del
e probe error
f free buf
g -
h map buf
i -
j action
k mapping attach
l release
m alloc buf managed
n alloc ring managed
o alloc buf
p probe ok
q probe defer
r retry
s attach
t type identity
u unbind
v devm buf
w put
x return
y free ring
z alloc ring
`

// Words of events that name no device, and of the letters that stand for them.
var globalWords = []string{"iommu register", "iommu register identity", "iommu register fail bus_probe",
	"iommu register fail group_join", "iommu register fail domain_alloc", "iommu unregister", "shutdown", "timeout", "hotplug"}

var globalLetters = map[byte]string{'g': "iommu register", 'G': "iommu register", 'i': "iommu unregister", 'I': "iommu register identity"}

// The words of each device's events, DEVICE aside.
var (
	bindWords = []string{"", "test_remove", "fail links_check", "fail pinctrl_bind", "fail fwspec_init", "fail group_join",
		"fail domain_alloc", "fail mapping_attach", "fail sysfs_add", "fail pm_activate", "fail groups_add", "fail synced_add"}
	deviceWords = []struct {
		name string
		args []string
	}{
		{"add", []string{"", "ranges", "map", "fail group_join", "fail domain_alloc"}},
		{"attach", bindWords},
		{"bind", bindWords},
		{"retry", bindWords},
		{"unbind", nil},
		{"del", nil},
		{"put", nil},
		{"type", []string{"dma", "identity", "dma-fq"}},
		{"claim", nil},
		{"release", nil},
		{"alloc", []string{"buf", "buf managed", "ring", "ring managed"}},
		{"map", []string{"buf", "ring"}},
		{"free", []string{"buf", "ring"}},
		{"mask", []string{"wide", "narrow"}},
		{"bypass", []string{"on", "off"}},
		{"pool", []string{"declare", "release"}},
		{"action", nil},
		{"mapping", []string{"attach", "detach"}},
		{"devm", []string{"buf", "ring"}},
		{"probe", []string{"ok", "error", "defer"}},
		{"return", nil},
	}
)

// laterWords are whole events that were added since the table was frozen.
var laterWords = []string{}

// table has the event of each byte. Entries that are not used yet have the
// zero event, which no machine ever enables.
var table = makeTable()

// bytesOf has a byte for each event of the table, a letter where there is one.
var bytesOf = func() map[model.Event]byte {
	m := map[model.Event]byte{}
	for i, e := range table {
		if _, ok := m[e]; !ok || isLetter(byte(i)) {
			m[e] = byte(i)
		}
	}
	delete(m, model.Event{})
	return m
}()

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func makeTable() (t [256]model.Event) {
	for _, line := range splitLines(letterWords) {
		for i, device := range []string{"sata", "eth"} {
			b := line[0] - byte(i)*0x20
			words := globalLetters[b]
			if words == "" {
				words = withDevice(line[2:], device)
			}
			t[b] = mustEvent(words)
		}
	}
	next := byte(0) // zero stays unused: it is what engines pad with
	put := func(words string) {
		for next++; isLetter(next); next++ {
		}
		t[next] = mustEvent(words)
	}
	for _, words := range globalWords {
		put(words)
	}
	for _, device := range []string{"sata", "eth"} {
		for _, w := range deviceWords {
			for _, arg := range w.args {
				put(withDevice(w.name+" "+arg, device))
			}
			if w.args == nil {
				put(withDevice(w.name, device))
			}
		}
	}
	for _, words := range laterWords {
		put(words)
	}
	return t
}

// encode returns bytes for the events; ok is false if the table lacks one.
func encode(events []model.Event) (data []byte, ok bool) {
	for _, e := range events {
		b, ok := bytesOf[e]
		if !ok {
			return nil, false
		}
		data = append(data, b)
	}
	return data, true
}

// decode returns the events of an input. It cannot fail; what is longer than
// maxLen is cut.
func decode(data []byte) []model.Event {
	data = data[:min(len(data), maxLen)]
	events := make([]model.Event, 0, len(data))
	for _, b := range data {
		if e := table[b]; e.Kind != model.EventInvalid {
			events = append(events, e)
		}
	}
	return events
}

// mustEvent reads an event of the table, which is ours: a test reads it all.
func mustEvent(words string) model.Event {
	e, err := text.ParseEvent(words)
	if err != nil {
		panic(fmt.Sprintf("fuzz: defect in the table of bytes: %q: %v", words, err))
	}
	return e
}
