package fuzz

import (
	"dmafuzz/model/text"
	"fmt"

	"dmafuzz/corpus"
	"dmafuzz/model"
)

// seeds encodes the traces of the corpus that a target with this contract can
// play: those whose drivers keep it, on devices as the kernel has them, with
// events that the table has. Most other traces would end at once, or mean
// something else.
func seeds(drivers model.Drivers) [][]byte {
	var all [][]byte
	for _, file := range corpus.Files() {
		t, err := text.ParseTrace(file.Name, []byte(file.Text))
		if err != nil { // our own file: a test reads each
			panic(fmt.Sprintf("fuzz: defect in the corpus: %v", err))
		}
		if data, ok := seed(t, drivers); ok {
			all = append(all, data)
		}
	}
	return all
}

func seed(t *model.Trace, drivers model.Drivers) (data []byte, ok bool) {
	if t.Drivers > drivers || t.Actors > 1 || len(t.Events) > maxLen {
		return nil, false
	}
	for _, d := range t.Devices {
		if d.Setup != (model.DeviceSetup{}) {
			return nil, false
		}
	}
	for _, e := range t.Events {
		if e.Device != 0 && !t.Group {
			return nil, false
		}
	}
	return encode(t.Events)
}
