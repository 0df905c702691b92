package main

import (
	"fmt"
	"os"
	"strings"

	"dmafuzz/internal/mutate/source"
	"dmafuzz/internal/uml"
)

// labMutantsCmd judges known bugs: `dmafuzz lab mutants ~/linux -n 5000`.
type labMutantsCmd struct {
	Tree      string   `arg:"" help:"The top of a Linux source tree."`
	Only      []string `help:"Only these mutants." placeholder:"NAME" sep:"none"`
	Sequences uint64   `short:"n" help:"Random sequences for each." default:"20000"`
	Seed      uint64   `help:"The same seed makes the same sequences." default:"1"`
	Length    int      `help:"Events of a sequence." default:"24"`
	labFlags
}

func (c *labMutantsCmd) run(a *app) error {
	if err := labLength(c.Length); err != nil {
		return err
	}
	t, err := a.labTree(c.Tree, c.labFlags)
	if err != nil {
		return err
	}
	control, err := uml.ControlOf(os.DirFS(t.dir), t.variant)
	if err != nil {
		return fmt.Errorf("%s: the control: %w", t.dir, err)
	}
	wrong, err := t.build(a, control.Replace)
	if err != nil {
		return fmt.Errorf("the control: %w", err)
	}
	untouched, err := t.kernel(nil)
	if err != nil {
		return err
	}
	code := exitClean
	for _, mu := range source.List() {
		if len(c.Only) > 0 && !contains(c.Only, mu.Name) {
			continue
		}
		v, err := uml.JudgeMutant(a.ctx, os.DirFS(t.dir), t.name, mu, uml.JudgeOptions{Variant: t.variant, Control: wrong, ControlKernel: untouched,
			Sequences: c.Sequences, Seed: c.Seed, Length: c.Length},
			func(replace map[string][]byte) (uml.Player, error) { return t.build(a, replace) })
		if err != nil {
			return fmt.Errorf("%s: %w", mu.Name, err)
		}
		code = max(code, c.print(a, v))
	}
	return end(code)
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// print writes one line for a mutant, and the disagreement if there is one.
func (c *labMutantsCmd) print(a *app, v *uml.MutantVerdict) int {
	if v.Verdict == nil {
		fmt.Fprintf(a.stdout, "%-36s unjudged  %s\n", v.Name, strings.ReplaceAll(v.Why, "\n", " "))
		return exitClean
	}
	word, code := "agree", exitClean
	switch {
	case v.Verdict.Disagreement != nil:
		word, code = "DISAGREE", exitFound
	case !v.Verdict.Agrees():
		word, code = "none", exitInconclusive
	case !v.Agrees():
		word, code = "DIFFER", exitFound
	}
	fmt.Fprintf(a.stdout, "%-36s %-9s source: %s; kernel: %s\n", v.Name, word, broke(v.Source), broke(v.Kernel))
	if d := v.Verdict.Disagreement; d != nil {
		fmt.Fprintln(a.stdout)
		columns(a.stdout, d.Rows, d.First)
	}
	return code
}
