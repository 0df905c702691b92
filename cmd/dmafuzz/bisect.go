package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/extract"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// Exit codes with --bisect. Git takes 1 to 127 for a bad commit, 125 for one to
// skip, and stops at 128 and above.
const (
	bisectGood  = 0
	bisectBad   = 1
	bisectSkip  = 125
	bisectUsage = 128
	bisectStop  = 130 // Ctrl-C, as shells have it
)

// bisectFlags make check a judge for git bisect run.
type bisectFlags struct {
	Bisect bool     `help:"For git bisect run: one line of reason; exit 0 good, 1 bad, 125 cannot be judged, 128 usage. What the good commit has already is not bad, unless --key or --known says what is."`
	Key    []string `help:"With --bisect: bad is only this finding, by its key, or any of this rule; can be given again." placeholder:"KEY|RULE" sep:"none"`
}

// bisect judges one tree: `git bisect run dmafuzz check --bisect .`.
func (c *checkCmd) bisect(a *app) error {
	switch {
	case !c.Bisect:
		return errors.New("--key: goes with --bisect; a file of --known findings leaves some out")
	case len(c.Kernels) != 1:
		return fmt.Errorf("--bisect: got %d kernels, want one tree (git bisect run dmafuzz check --bisect .)", len(c.Kernels))
	}
	bad, err := c.bad()
	if err != nil {
		return err
	}
	plan, err := c.plan(model.DefaultBounds())
	if err != nil {
		return err
	}
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	for _, file := range c.Patch { // one that is none is no reason to skip each commit; one that does not apply is
		if file == "-" {
			return errors.New("--patch -: git bisect run gives no standard input; want a file")
		}
		if _, _, err := a.series(file); err != nil {
			return fmt.Errorf("--patch: %w", err)
		}
	}
	known, err := a.known(c.Known)
	if err != nil {
		return err
	}
	arg := c.Kernels[0]
	list, err := a.targets(c.Kernels)
	var d defect
	switch {
	case errors.As(err, &d), errors.Is(err, extract.ErrOptions), errors.Is(err, errNoTree):
		return err
	case err != nil && !exists(arg):
		return err // on every commit
	case err != nil:
		return c.end(a, bisectSkip, "cannot judge: "+err.Error())
	}
	o := c.options(c.Symmetry, known)
	if len(c.Key) == 0 && c.Known == "" {
		if o.Known, err = a.ofOld(arg, plan, o); err != nil {
			return err
		}
	}
	v, err := list[0].run(a.ctx, plan, o)
	switch {
	case err != nil:
		return err
	case a.ctx.Err() != nil:
		return c.end(a, bisectStop, "interrupted")
	}
	code, reason := c.verdict(a, v, report.New(v, list[0].source()), bad)
	return c.end(a, code, reason)
}

// ofOld are the findings of the commits that a bisection under way began with as
// good ones: what is there already cannot be what is looked for.
func (a *app) ofOld(dir string, plan check.Plan, o check.Options) (check.Known, error) {
	if _, tree := a.trees.known[dir]; !tree {
		return nil, nil
	}
	var known check.Known
	for _, commit := range goodCommits(a.ctx, dir) {
		v, err := a.commit(dir, commit, plan, o)
		if err != nil {
			return nil, fmt.Errorf("the commit %.12s, which is good, cannot be judged: %w; --key or --known FILE says what is bad", commit, err)
		}
		for i := range v.Findings {
			known = append(known, check.KnownKeys(fmt.Sprintf("the good commit %.12s has it", commit), v.Findings[i].Key())...)
		}
	}
	return known, nil
}

// commit searches the tree of a commit, as far as all of it is known.
func (a *app) commit(dir, commit string, plan check.Plan, o check.Options) (*check.Verdict, error) {
	files, err := newCommitFS(a.ctx, dir, commit)
	if err != nil {
		return nil, err
	}
	fsys, err := a.withPatches(dir, files)
	if err != nil {
		return nil, err
	}
	res, err := a.extractFS(dir, fsys)
	switch {
	case err != nil:
		return nil, err
	case len(res.Missing) > 0:
		return nil, errors.New(res.Missing[0].String())
	}
	v, err := target{arg: dir, kernel: res.Kernel}.run(a.ctx, plan, o)
	if err == nil && v.Open() && a.ctx.Err() == nil {
		err = errors.New("the search did not reach its end")
	}
	return v, err
}

func exists(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || strings.HasSuffix(arg, ".kernel")
}

func (c *checkCmd) end(a *app, code int, reason string) error {
	fmt.Fprintf(a.stderr, "dmafuzz: %s\n", strings.ReplaceAll(reason, "\n", "; "))
	return result(code)
}

// bad tells which findings make a tree bad: those of --key, else all.
func (c *checkCmd) bad() (func(*report.Finding) bool, error) {
	var words []string
	for _, word := range c.Key {
		_, err := model.ParseKey(word)
		if _, ok := model.ParseInvariant(word); err != nil && !ok {
			return nil, fmt.Errorf("--key: got %q, want a rule, or INVARIANT:ALLOC:WHERE.STEP:WAY>WAY:BUS as check prints it", word)
		}
		words = append(words, word)
	}
	return func(f *report.Finding) bool {
		return f.Known == "" && (len(words) == 0 || slices.Contains(words, f.Key) || slices.Contains(words, f.Invariant))
	}, nil
}

// verdict is the exit code with its reason. A finding is bad whatever else is
// not known; without one, all must be known for good.
func (c *checkCmd) verdict(a *app, v *check.Verdict, k report.Kernel, bad func(*report.Finding) bool) (code int, reason string) {
	var found []*report.Finding
	others := 0
	for i := range k.Stories {
		for j := range k.Stories[i].Findings {
			if f := &k.Stories[i].Findings[j]; bad(f) {
				found = append(found, f)
			} else {
				others++
			}
		}
	}
	switch {
	case len(found) > 0:
		more := ""
		if n := len(found) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return bisectBad, fmt.Sprintf("bad: %s, key %s%s", found[0].Head("error"), found[0].Key, more)
	case len(a.trees.missing) > 0:
		m := a.trees.missing[0]
		more := ""
		if n := len(a.trees.missing) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		return bisectSkip, fmt.Sprintf("cannot judge: %s: %s: expected %s%s", m.Pos, m.What, m.Expected, more)
	case v.Open():
		return bisectSkip, fmt.Sprintf("cannot judge: %s: the search did not reach its end", k.Name)
	case len(k.Unknown) > 0:
		return bisectSkip, fmt.Sprintf("cannot judge: %s: path %s is unknown", k.Name, k.Unknown[0])
	case len(k.Missed) > 0:
		return bisectSkip, fmt.Sprintf("cannot judge: %s: goal %s is never met: %s", k.Name, k.Missed[0].Name, k.Missed[0].Doc)
	case others > 0:
		return bisectGood, fmt.Sprintf("good: %s: closed, nothing found that counts (others: %d)", k.Name, others)
	}
	return bisectGood, fmt.Sprintf("good: %s: closed, nothing found", k.Name)
}
