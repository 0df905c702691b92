package uml

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"dmafuzz/internal/check"
	"dmafuzz/internal/mutate/source"
	"dmafuzz/model"
)

// MutantVerdict is what came of one mutant of a tree.
type MutantVerdict struct {
	Name, Doc string
	// Why says why there is no verdict: it is not applicable, its files are not
	// in the program, or the changed tree cannot be read.
	Why string
	// Source are the rules that check derives from the changed source, of those
	// that a log shows; Kernel those that the program broke.
	Source, Kernel []string
	Verdict        *Verdict
}

// Agrees tells whether the verdict by the source is what the kernel did.
func (m *MutantVerdict) Agrees() bool {
	return m.Verdict != nil && m.Verdict.Agrees() && slices.Equal(m.Source, m.Kernel)
}

// compiled tells whether a file of a tree is in the program of a variant.
func compiled(file string, v Variant) bool {
	for _, dir := range []string{"drivers/base/", "kernel/dma/", "include/linux/"} {
		if strings.HasPrefix(file, dir) {
			return true
		}
	}
	return v == Group && strings.HasPrefix(file, "drivers/iommu/") && strings.Count(file, "/") == 2 && file != "drivers/iommu/of_iommu.c"
}

// JudgeMutant judges one mutant: the machine of the changed source against the
// program that is built of it. o has the control and its kernel,
// and no kernel and program. Drivers are well-behaved, as for check by default.
func JudgeMutant(ctx context.Context, tree fs.FS, name string, mu source.Mutant, o JudgeOptions,
	build func(replace map[string][]byte) (Player, error)) (*MutantVerdict, error) {
	out := &MutantVerdict{Name: mu.Name, Doc: mu.Doc}
	files, err := mu.Edit(tree)
	switch {
	case errors.Is(err, source.ErrNotApplicable):
		out.Why = err.Error()
		return out, nil
	case err != nil:
		return nil, err
	}
	for file := range files {
		if !compiled(file, o.Variant) {
			out.Why = file + " is not in the program"
			return out, nil
		}
	}
	if o.Kernel, err = Kernel(source.Overlay(tree, files), name, o.Variant); err != nil {
		out.Why = err.Error()
		return out, nil
	}
	if out.Source, err = bySource(ctx, o.Kernel, o.Variant); err != nil {
		return nil, err
	}
	o.Contracts = []model.Drivers{model.DriversWell}
	if o.Program, err = build(files); err != nil {
		return nil, err
	}
	if out.Verdict, err = Judge(ctx, o); err != nil {
		return nil, err
	}
	out.Kernel = out.Verdict.Broke
	return out, nil
}

// bySource searches the machine exhaustively at check's own bounds, and returns
// the rules that break, of those that a log shows.
func bySource(ctx context.Context, k *model.Kernel, v Variant) ([]string, error) {
	var rules []string
	res, err := check.Run(ctx, k, check.DefaultPlan(model.DefaultBounds()), check.Options{})
	if err != nil {
		return nil, err
	}
	if res.Open() {
		return nil, fmt.Errorf("%s: %w", k.FullName(), check.ErrNotClosed)
	}
	for i := range res.Findings {
		f := &res.Findings[i]
		if slices.ContainsFunc(f.Trace().Events, func(e model.Event) bool { return whyNot(e, v) != "" }) {
			continue
		}
		for _, fault := range faultsOf([]broken{{0, f.Violation}}) {
			rules = append(rules, fault.class())
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules), nil
}
