package uml

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// fake plays a script on a machine of its own, in place of a program: what the
// judge makes of a difference can so be tried without a kernel to compile.
type fake struct {
	kernel  *model.Kernel
	variant Variant
	dies    int // after so many lines of the script, if not 0
	killed  int // the first processes, after dies lines
}

var errDied = errors.New("exit status 134")

func (f *fake) Play(_ context.Context, script io.Reader, log io.Writer) error {
	tellers := map[string]*teller{}
	for _, d := range contracts {
		m, err := model.NewMachine(f.kernel, judgeBounds(d))
		if err != nil {
			return err
		}
		tellers[d.String()] = newTeller(m, f.variant)
	}
	var t *teller
	var buf []byte
	byLine := map[string]model.Event{}
	for _, e := range model.AllEvents() {
		byLine[e.String()] = e
	}
	in := bufio.NewScanner(script)
	for n := 1; in.Scan(); n++ {
		if drivers, ok := strings.CutPrefix(in.Text(), "drivers "); ok {
			if t != nil {
				buf, t.buf = append(buf, t.buf...), nil
			}
			t = tellers[drivers]
			continue
		}
		if number, ok := strings.CutPrefix(in.Text(), "S "); ok {
			t.begin(uint64(atoi(number)))
			continue
		}
		if !t.event(byLine[in.Text()]) && !t.state.Halted {
			t.buf = append(t.buf, "E 0\nX unsupported\n"...)
		}
		if t.oops {
			t.buf, t.oops = append(t.buf, "o oops free by another range map\n"...), false
		}
		if n == f.dies {
			if _, err := log.Write(append(buf, t.buf...)); err != nil {
				return err
			}
			if f.killed > 0 {
				if f.killed--; f.killed == 0 {
					f.dies = 0
				}
				return ErrKilled
			}
			return errDied
		}
	}
	_, err := log.Write(append(buf, t.buf...))
	return err
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

// oldAndNew are a kernel and the same with the two lines of 376991db4b64 in the
// order of before.
func oldAndNew(t *testing.T) (old, right *model.Kernel) {
	t.Helper()
	right, err := kernels.Load("v6.1.176/arm64")
	if err != nil {
		t.Fatal(err)
	}
	right = right.Resolve()
	r := *right
	r.Paths = append([]model.Path(nil), right.Paths...)
	for i, p := range r.Paths {
		if p.Kind != model.PathUnbindCleanup {
			continue
		}
		steps := append([]model.Step(nil), p.Steps...)
		for j := range steps[:len(steps)-1] {
			if steps[j].Op == model.OpDevresRelease {
				steps[j], steps[j+1] = steps[j+1], steps[j]
				break
			}
		}
		r.Paths[i].Steps = steps
	}
	return &r, right
}

func fakeOf(t *testing.T, k *model.Kernel) *fake {
	t.Helper()
	return &fake{kernel: k, variant: PerBind}
}

// show is a disagreement as text.
func show(d *Disagreement) string {
	if d == nil {
		return "no disagreement"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, drivers %s, %d -> %d events\n", d.Kind, d.Drivers, d.Raw, len(d.Events))
	for i, r := range d.Rows {
		mark := " "
		if i == d.First {
			mark = "!"
		}
		fmt.Fprintf(&b, "%s %-24s %-50s %-50s %s\n", mark, r.Event, r.Kernel, r.Machine, r.At)
	}
	fmt.Fprintf(&b, "kernel  %v\nmachine %v\n", d.Kernel, d.Machine)
	return b.String()
}
