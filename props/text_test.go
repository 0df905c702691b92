package props

import (
	"dmafuzz/model/text"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// TestTraceText: a trace comes back from its text as it was.
func TestTraceText(t *testing.T) {
	forAll(t, 2000, traces(), func(c traceCase) string {
		back, err := text.ParseTrace("text", []byte(text.FormatTrace(c.Trace)))
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(c.Trace, back, cmpopts.EquateEmpty())
	})
}

// TestKernelText: a kernel comes back from its text as it was, its base aside.
func TestKernelText(t *testing.T) {
	check := func(c kernelCase) string {
		back, err := text.ParseKernel("text", []byte(text.FormatKernel(c.Kernel)), kernels.Load)
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(c.Kernel, back, cmpopts.IgnoreUnexported(model.Kernel{}), cmpopts.EquateEmpty())
	}
	for _, k := range kernels.All() {
		if d := check(kernelCase{k}); d != "" {
			t.Errorf("%s: %s", k.FullName(), d)
		}
	}
	forAll(t, 600, wildKernels(t), check)
}

// TestResolvedKernel: written out in full, a kernel does the same without its base.
func TestResolvedKernel(t *testing.T) {
	forAll(t, 300, runs(t, settings(t)), func(c run) string {
		full, err := text.ParseKernel("text", []byte(text.FormatKernel(c.setting.kernel.Resolve())), nil)
		if err != nil {
			return err.Error()
		}
		m, err := model.NewMachine(full, c.setting.bounds)
		if err != nil {
			return err.Error()
		}
		return differently(c.setting.machine(t), m, c.events)
	})
}

// TestDeletedLine: a line less in the text is an event less, and nothing else.
func TestDeletedLine(t *testing.T) {
	forAll(t, 500, traces(), func(c traceCase) string {
		lines := strings.Split(strings.TrimSuffix(text.FormatTrace(c.Trace), "\n"), "\n")
		head := len(lines) - len(c.Events)
		for i := range c.Events {
			less := *c.Trace
			less.Events = append(append([]model.Event(nil), c.Events[:i]...), c.Events[i+1:]...)
			// With the names declared, so that they do not hang on the first use.
			body := strings.Join(declared(c.Trace), "\n") + "\n" + strings.Join(append(append([]string(nil), lines[head:head+i]...), lines[head+i+1:]...), "\n")
			back, err := text.ParseTrace("text", []byte(body))
			if err != nil {
				return err.Error()
			}
			if d := cmp.Diff(less.Events, back.Events, cmpopts.EquateEmpty()); d != "" {
				return "without line " + lines[head+i] + ":\n" + d
			}
		}
		return ""
	})
}

func declared(t *model.Trace) []string {
	var lines []string
	if t.Actors > 1 {
		lines = append(lines, fmt.Sprintf("actors %d", t.Actors))
	}
	for n := range model.MaxDevices {
		lines = append(lines, "device "+t.DeviceName(uint8(n)))
	}
	for n := range model.MaxMemory {
		lines = append(lines, "memory "+t.MemoryName(uint8(n)))
	}
	return lines
}
