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
	if err := labCounts(c.Length, c.Sequences); err != nil {
		return err
	}
	list, err := mutantsNamed(c.Only)
	if err != nil {
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
	var tally mutantTally
	for _, mu := range list {
		v, err := uml.JudgeMutant(a.ctx, os.DirFS(t.dir), t.name, mu, uml.JudgeOptions{Variant: t.variant, Control: wrong, ControlKernel: untouched,
			Sequences: c.Sequences, Seed: c.Seed, Length: c.Length},
			func(replace map[string][]byte) (uml.Player, error) { return t.build(a, replace) })
		if err != nil {
			return fmt.Errorf("%s: %w", mu.Name, err)
		}
		c.print(a, v)
		tally.add(v)
	}
	fmt.Fprintln(a.stdout, tally)
	return end(tally.code(len(c.Only) > 0))
}

// mutantsNamed are the mutants of the names, all if there are none. A name that
// no mutant has is an error: a filter that matches nothing proves nothing.
func mutantsNamed(names []string) ([]source.Mutant, error) {
	if len(names) == 0 {
		return source.List(), nil
	}
	var list []source.Mutant
	for _, name := range names {
		m, ok := source.Find(name)
		if !ok {
			var all []string
			for _, m := range source.List() {
				all = append(all, m.Name)
			}
			return nil, fmt.Errorf("--only: got %q, want one of %s", name, strings.Join(all, ", "))
		}
		list = append(list, m)
	}
	return list, nil
}

// mutantTally counts what became of the mutants.
type mutantTally struct{ agree, differ, none, unjudged int }

func (t *mutantTally) add(v *uml.MutantVerdict) {
	switch mutantWord(v) {
	case mutantAgrees:
		t.agree++
	case mutantNoVerdict:
		t.none++
	case mutantUnjudged:
		t.unjudged++
	default:
		t.differ++
	}
}

func (t mutantTally) String() string {
	text := fmt.Sprintf("%d mutants: machine and kernel agree on %d", t.agree+t.differ+t.none+t.unjudged, t.agree)
	for _, c := range []struct {
		n    int
		what string
	}{{t.differ, "they do not on"}, {t.none, "no verdict on"}, {t.unjudged, "not judged:"}} {
		if c.n > 0 {
			text += fmt.Sprintf(", %s %d", c.what, c.n)
		}
	}
	return text
}

// code is the exit code. Mutants that cannot be judged on a tree are no failure
// among others that are, but for those that were asked for by name.
func (t mutantTally) code(named bool) int {
	switch {
	case t.differ > 0:
		return exitFound
	case t.none > 0, t.agree == 0, named && t.unjudged > 0:
		return exitInconclusive
	}
	return exitClean
}

const (
	mutantAgrees    = "agree"
	mutantDisagrees = "DISAGREE"
	mutantDiffers   = "DIFFER"
	mutantNoVerdict = "none"
	mutantUnjudged  = "unjudged"
)

func mutantWord(v *uml.MutantVerdict) string {
	switch {
	case v.Verdict == nil:
		return mutantUnjudged
	case v.Verdict.Disagreement != nil:
		return mutantDisagrees
	case !v.Verdict.Agrees():
		return mutantNoVerdict
	case !v.Agrees():
		return mutantDiffers
	}
	return mutantAgrees
}

// print writes one line for a mutant, and the disagreement if there is one.
func (c *labMutantsCmd) print(a *app, v *uml.MutantVerdict) {
	word := mutantWord(v)
	if v.Verdict == nil {
		fmt.Fprintf(a.stdout, "%-36s %s  %s\n", v.Name, word, strings.ReplaceAll(v.Why, "\n", " "))
		return
	}
	fmt.Fprintf(a.stdout, "%-36s %-9s source: %s; kernel: %s\n", v.Name, word, broke(v.Source), broke(v.Kernel))
	if d := v.Verdict.Disagreement; d != nil {
		fmt.Fprintln(a.stdout)
		columns(a.stdout, d.Rows, d.First)
	}
}
