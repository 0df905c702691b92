package model_test

import (
	"dmafuzz/model"
	"dmafuzz/model/text"
	"errors"
	"strings"
	"testing"
)

// tiny is a kernel with just enough for a machine; body replaces its path add.
func tiny(t *testing.T, body string) (*model.Machine, error) {
	t.Helper()
	k, err := text.ParseKernel("tiny.kernel", []byte("kernel tiny\narch arm64\nfact null-ops direct\nfact default-domain dma\n"+body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return model.NewMachine(k, model.DefaultBounds())
}

// A path that never ends is a finding, not a hang of ours.
func TestEndlessPath(t *testing.T) {
	m, err := tiny(t, "path add\nagain:\n  bus_add\n  goto again\n")
	if err != nil {
		t.Fatal(err)
	}
	var s model.State
	out := m.Apply(&s, model.Event{Kind: model.EventAdd})
	if v := out.Violations(); len(v) != 1 || v[0].Key.Invariant != model.NoDeadlock || v[0].Consequence != model.Hang || !s.Halted {
		t.Errorf("got %v, state %+v; want one no-deadlock that hangs", v, s)
	}
}

// Calls within calls within calls make an error, whether or not they make code.
func TestExplodingCalls(t *testing.T) {
	paths := []model.PathKind{model.PathAdd, model.PathAttach, model.PathBind, model.PathUnbind, model.PathDel, model.PathPut}
	for _, last := range []string{"", "  set_driver\n"} {
		var b strings.Builder
		for i, p := range paths {
			b.WriteString("path " + p.String() + "\n")
			if i+1 < len(paths) {
				b.WriteString(strings.Repeat("  call "+paths[i+1].String()+"\n", 100))
			} else {
				b.WriteString(last)
			}
		}
		if _, err := tiny(t, b.String()); !errors.Is(err, model.ErrKernel) {
			t.Errorf("got %v, want an error of the kernel", err)
		}
	}
}

// More silent steps than one instruction can carry are still shown, each once.
func TestManySilentSteps(t *testing.T) {
	m, err := tiny(t, "path add\n"+strings.Repeat("  uevent\n", 450)+"  registered\n")
	if err != nil {
		t.Fatal(err)
	}
	var s model.State
	seen := 0
	m.Apply(&s, model.Event{Kind: model.EventAdd}, model.With{See: func(ref model.StepRef, _ uint8, _ *model.State) {
		if int(ref.Step) != seen {
			t.Fatalf("step %d is shown when %d is due", ref.Step, seen)
		}
		seen++
	}})
	if seen != 451 {
		t.Errorf("%d steps shown, want 451", seen)
	}
}

func TestMissingFact(t *testing.T) {
	k, err := text.ParseKernel("x.kernel", []byte("kernel x\narch arm64\npath add\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.NewMachine(k, model.DefaultBounds()); !errors.Is(err, model.ErrKernel) || !strings.Contains(err.Error(), "null-ops") {
		t.Errorf("got %v, want an error that names the fact", err)
	}
}

func TestBoundsOutOfRange(t *testing.T) {
	k, err := text.ParseKernel("x.kernel", []byte("kernel x\narch arm64\nfact null-ops direct\nfact default-domain dma\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []model.Bounds{{}, {Devices: model.MaxDevices + 1, Memory: 1}, {Devices: 1, Memory: model.MaxMemory + 1}, {Devices: 1, Memory: 1, Actions: 3},
		{Devices: 1, Memory: 1, Setup: [model.MaxDevices]model.DeviceSetup{{Supplier: 2}}},
		{Devices: 2, Memory: 1, Setup: [model.MaxDevices]model.DeviceSetup{{Supplier: 1}}},
		{Devices: 2, Memory: 1, Setup: [model.MaxDevices]model.DeviceSetup{{Supplier: 2}, {Supplier: 1}}}} {
		if _, err := model.NewMachine(k, b); !errors.Is(err, model.ErrBounds) {
			t.Errorf("%+v: got %v, want ErrBounds", b, err)
		}
	}
}
