package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	var errs bytes.Buffer
	a := &app{args: []string{"check", "x.kernel"}, stderr: &errs, subject: "x.kernel"}
	if code := a.guard(func() int { panic("model: defect: boom") }); code != exitDefect {
		t.Errorf("a panic of ours: exit %d, want %d", code, exitDefect)
	}
	for _, want := range []string{"model: defect: boom", "Please report it", "dmafuzz check x.kernel", "working on x.kernel"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("the message does not have %q:\n%s", want, errs.String())
		}
	}
	if code := a.code(defect{errors.New("the trace does not break it")}); code != exitDefect {
		t.Errorf("a defect: exit %d, want %d", code, exitDefect)
	}
	a.bisect = true
	if code := a.code(defect{errors.New("the trace does not break it")}); code != bisectSkip {
		t.Errorf("a defect under git bisect: exit %d, want %d", code, bisectSkip)
	}
}

// Ctrl-C: what was found so far is printed, and the exit code is 1 if that was
// anything, else 3.
func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	for _, c := range []struct {
		reason string
		verb   verb
	}{
		{"one kernel", &checkCmd{Kernels: []string{"testdata/old.kernel"}, boundFlags: boundFlags{Drivers: "well-behaved", Actions: -1}, outputFlags: outputFlags{Format: "text"}}},
		{"the table", &checkCmd{boundFlags: boundFlags{Drivers: "well-behaved", Actions: -1}, outputFlags: outputFlags{Format: "text"}}},
		{"fuzz", &fuzzCmd{Kernel: "testdata/old.kernel", boundFlags: boundFlags{Drivers: "well-behaved", Actions: -1}, outputFlags: outputFlags{Format: "text"}}},
	} {
		var out, errs bytes.Buffer
		a := &app{ctx: ctx, stdout: &out, stderr: &errs}
		if code := a.code(c.verb.run(a)); code != exitInconclusive {
			t.Errorf("%s: exit %d, want %d; %s", c.reason, code, exitInconclusive, errs.String())
		}
		if out.Len() == 0 {
			t.Errorf("%s: nothing is printed", c.reason)
		}
	}
	var errs bytes.Buffer
	a := &app{ctx: ctx, stderr: &errs}
	if code := a.code(fmt.Errorf("make linux: %w", context.Canceled)); code != exitInconclusive {
		t.Errorf("a build: exit %d, want %d", code, exitInconclusive)
	}
	if want := "dmafuzz: interrupted: make linux: context canceled\n"; errs.String() != want {
		t.Errorf("a build: got %q, want %q", errs.String(), want)
	}
}
