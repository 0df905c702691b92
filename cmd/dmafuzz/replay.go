package main

import (
	"fmt"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// replayCmd runs traces: `dmafuzz replay corpus/01-unbind.trace`.
type replayCmd struct {
	Traces []string `arg:"" name:"trace" help:"A .trace file; - is standard input."`
	On     string   `help:"The kernel; those of the trace's own on lines if not given." placeholder:"KERNEL"`
	outputFlags
	treeFlags
}

func (c *replayCmd) run(a *app) error {
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	r := &report.Report{Tool: "dmafuzz", Command: strings.Join(a.args, " ")}
	worst := check.Clean
	for _, file := range c.Traces {
		t, err := a.trace(file)
		if err != nil {
			return err
		}
		list, err := a.kernelsOf(t, file, c.On)
		if err != nil {
			return err
		}
		for _, k := range list {
			replayed, err := check.Replay(k.kernel, t)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			worst = min(worst, replayed.Status())
			r.Runs = append(r.Runs, report.NewRun(file, replayed))
		}
	}
	if err := c.write(a, r); err != nil {
		return err
	}
	return end(exitOf(worst))
}

// kernelsOf is the kernel that the command line names, else those that the
// trace names.
func (a *app) kernelsOf(t *model.Trace, file, on string) ([]target, error) {
	if on != "" {
		return a.targets([]string{on})
	}
	if len(t.Expect) == 0 {
		return nil, fmt.Errorf("%s: the trace names no kernel; give one: --on v5.0/arm64", file)
	}
	var names []string
	for _, x := range t.Expect {
		names = append(names, x.Kernel)
	}
	list, err := a.targets(names)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}
