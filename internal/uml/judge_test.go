package uml

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dmafuzz/model"
)

func options(k *model.Kernel, p, control Player) JudgeOptions {
	return JudgeOptions{Kernel: k, Variant: PerBind, Program: p, Control: control, Sequences: 3000, Seed: 1, Batch: 500}
}

// The machine agrees with itself, and the control is caught.
func TestAgrees(t *testing.T) {
	old, right := oldAndNew(t)
	v, err := Judge(context.Background(), options(right, fakeOf(t, right), fakeOf(t, old)))
	if err != nil {
		t.Fatal(err)
	}
	if !v.Agrees() || v.Sequences != 3000 {
		t.Fatalf("%d sequences: %s", v.Sequences, show(v.Disagreement))
	}
	if v.Control == nil || len(v.Control.Events) > 8 {
		t.Errorf("the control: %+v", v.Control)
	}
	if v.Coverage.Steps == 0 || v.Coverage.Events == 0 || len(v.Coverage.Unplayed) == 0 {
		t.Errorf("the coverage: %+v", v.Coverage)
	}
}

// A kernel with the lines swapped is caught, minimized, and both verdicts are told.
func TestDisagrees(t *testing.T) {
	old, right := oldAndNew(t)
	v, err := Judge(context.Background(), options(right, fakeOf(t, old), fakeOf(t, old)))
	if err != nil {
		t.Fatal(err)
	}
	d := v.Disagreement
	if d == nil || v.Agrees() {
		t.Fatalf("no disagreement: %+v", v)
	}
	if len(d.Events) > 4 || len(d.Events) >= d.Raw {
		t.Errorf("minimized from %d to %d events: %v", d.Raw, len(d.Events), d.Events)
	}
	row := d.Rows[d.First]
	if !row.Differs || row.Machine != "o devres sata" && row.Machine != "o devres eth" || !strings.HasPrefix(row.Kernel, "o teardown ") {
		t.Errorf("first difference: %+v", row)
	}
	if !strings.Contains(row.At, "devres_release  drivers/base/dd.c") {
		t.Errorf("at %q", row.At)
	}
}

// A control that is not caught takes the verdict away.
func TestControlNotCaught(t *testing.T) {
	_, right := oldAndNew(t)
	v, err := Judge(context.Background(), options(right, fakeOf(t, right), fakeOf(t, right)))
	if err != nil {
		t.Fatal(err)
	}
	if v.Control != nil || v.Agrees() || v.Sequences != 0 || v.ControlTried != controlSequences {
		t.Errorf("%d tried, %d played; %s", v.ControlTried, v.Sequences, show(v.Control))
	}
}

// A program that stops where the machine knows of no crash disagrees.
func TestStops(t *testing.T) {
	old, right := oldAndNew(t)
	p := fakeOf(t, right)
	p.dies = 40
	v, err := Judge(context.Background(), options(right, p, fakeOf(t, old)))
	if err != nil {
		t.Fatal(err)
	}
	if d := v.Disagreement; d == nil || v.Agrees() || d.Kind != KindStopped || !d.Alone {
		t.Errorf("%s", show(d))
	}
}

// A program that somebody else kills says nothing about the kernel: what it had
// not played is played again.
func TestKilled(t *testing.T) {
	old, right := oldAndNew(t)
	p := fakeOf(t, right)
	p.dies, p.killed = 40, 3
	o := options(right, p, fakeOf(t, old))
	o.Workers = 1
	v, err := Judge(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !v.Agrees() || v.Sequences != 3000 || p.killed != 0 {
		t.Errorf("%d sequences, %d kills left: %s", v.Sequences, p.killed, show(v.Disagreement))
	}
}

// Interrupted: no verdict.
func TestInterrupted(t *testing.T) {
	old, right := oldAndNew(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	v, err := Judge(ctx, options(right, fakeOf(t, right), fakeOf(t, old)))
	if err != nil || v.Agrees() || v.Stopped == nil {
		t.Errorf("%v %+v", err, v)
	}
}

// The same seed and number make the same sequence, whatever came before.
func TestDrawAgain(t *testing.T) {
	_, right := oldAndNew(t)
	m, err := model.NewMachine(right, judgeBounds(model.DriversWell))
	if err != nil {
		t.Fatal(err)
	}
	draw := func(numbers ...uint64) string {
		d := &drawer{tellers: []*teller{newTeller(m, PerBind)}, plays: plays(PerBind), length: 24, seed: 7}
		var x expectation
		for _, n := range numbers {
			x = d.draw(n)
		}
		return string(x.appendScript(nil)) + string(x.log)
	}
	if a, b := draw(1, 2, 3, 9), draw(9); a != b {
		t.Errorf("sequence 9 differs:\n%s\n%s", a, b)
	}
	if draw(8) == strings.Replace(draw(9), "S 9", "S 8", 1) {
		t.Error("sequences 8 and 9 are the same")
	}
}

// A step in another place, or left out, is seen in the log, whatever rule it
// breaks or not.
func TestSees(t *testing.T) {
	old, right := oldAndNew(t)
	for _, c := range []struct {
		reason string
		path   model.PathKind
		change func([]model.Step) []model.Step
	}{
		{"the range map is freed before the teardown", model.PathUnbindCleanup, swapAt(model.OpRangeMapFree, -1)},
		{"the range map is lost with the device", model.PathPut, without(model.OpRangeMapFree)},
		{"no driver is told of a shutdown", model.PathShutdown, without(model.OpDriverShutdown)},
	} {
		k := *right
		k.Paths = slices.Clone(right.Paths)
		for i, p := range k.Paths {
			if p.Kind == c.path {
				k.Paths[i].Steps = c.change(slices.Clone(p.Steps))
			}
		}
		v, err := Judge(context.Background(), options(right, fakeOf(t, &k), fakeOf(t, old)))
		if err != nil {
			t.Fatal(err)
		}
		if v.Disagreement == nil {
			t.Errorf("%s: they agree", c.reason)
		}
	}
}

func without(op model.Op) func([]model.Step) []model.Step {
	return func(steps []model.Step) []model.Step {
		return slices.DeleteFunc(steps, func(s model.Step) bool { return s.Op == op })
	}
}

// swapAt changes a step's place with that of a neighbour.
func swapAt(op model.Op, by int) func([]model.Step) []model.Step {
	return func(steps []model.Step) []model.Step {
		i := slices.IndexFunc(steps, func(s model.Step) bool { return s.Op == op })
		steps[i], steps[i+by] = steps[i+by], steps[i]
		return steps
	}
}
