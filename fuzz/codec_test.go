package fuzz

import (
	"dmafuzz/model/text"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dmafuzz/corpus"
	"dmafuzz/model"
)

var rewrite = flag.Bool("rewrite", false, "rewrite golden files; read what TestCodecGolden says first")

// TestCodecGolden pins the meaning of every byte. Rewrite the golden only if
// all that changed is that unused entries got an event: any other change gives
// every input that engines have collected, here and elsewhere, another meaning.
func TestCodecGolden(t *testing.T) {
	var b strings.Builder
	for i, e := range table {
		words := "unused"
		if e.Kind != model.EventInvalid {
			words = e.String()
		}
		fmt.Fprintf(&b, "%02x %s\n", i, words)
	}
	const file = "testdata/codec.golden"
	old, err := os.ReadFile(file)
	if err != nil && !*rewrite {
		t.Fatal(err)
	}
	was, is := strings.Split(string(old), "\n"), strings.Split(b.String(), "\n")
	for i := range min(len(was), len(is)) {
		if len(old) == 0 || was[i] == is[i] {
			continue
		}
		if !strings.HasSuffix(was[i], " unused") {
			t.Errorf("byte %q became %q: the table is frozen", was[i], is[i])
		} else if !*rewrite {
			t.Errorf("byte %q became %q: go test ./fuzz -run Codec -rewrite", was[i], is[i])
		}
	}
	if !*rewrite && len(was) != len(is) {
		t.Errorf("%s has %d lines, want %d", file, len(was), len(is))
	}
	if *rewrite && !t.Failed() {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCodecCovers fails if the bound of the table has an event that no byte
// stands for, or a byte stands for an event outside of it.
func TestCodecCovers(t *testing.T) {
	b := bounds(model.DriversAny)
	for _, e := range model.AllEvents() {
		// A single actor has nobody to go on after.
		inside := int(e.Device) < b.Devices && int(e.Memory) < b.Memory && e.Kind != model.EventContinue && e.Kind != model.EventContinueHost
		if _, ok := bytesOf[e]; ok != inside {
			t.Errorf("%s: in the table %t, in its bound %t; new events go into laterWords", e, ok, inside)
		}
	}
	if table[0] != (model.Event{}) {
		t.Errorf("byte 0 is %s, want it unused", table[0])
	}
}

func TestCodecRoundTrip(t *testing.T) {
	n := 0
	for _, file := range corpus.Files() {
		tr, err := text.ParseTrace(file.Name, []byte(file.Text))
		if err != nil {
			t.Fatal(err)
		}
		data, ok := encode(tr.Events)
		if !ok {
			continue
		}
		n++
		if got := decode(data); !slices.Equal(got, tr.Events) {
			t.Errorf("%s: got %v", file.Name, got)
		}
	}
	if n < 5 {
		t.Errorf("only %d traces of the corpus can be encoded", n)
	}
	if _, ok := encode([]model.Event{{Kind: model.EventAlloc, Memory: 3}}); ok {
		t.Error("an event outside of the bound was encoded")
	}
}

// TestDecodeTakesAnything: unused bytes mean nothing, length is limited.
func TestDecodeTakesAnything(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	used := 0
	for i := range all {
		used += len(decode(all[i : i+1]))
	}
	if want := 256 - strings.Count(golden(t), " unused\n"); used != want {
		t.Errorf("%d bytes are events, want %d", used, want)
	}
	if got := len(decode(make([]byte, 1000))); got != 0 {
		t.Errorf("zeros are %d events", got)
	}
	if got := len(decode([]byte(strings.Repeat("g", 1000)))); got != maxLen {
		t.Errorf("a long input is %d events, want %d", got, maxLen)
	}
}

func golden(t *testing.T) string {
	body, err := os.ReadFile("testdata/codec.golden")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
