package order

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/internal/long"
	"dmafuzz/model"
	"dmafuzz/model/kernels"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write the goldens anew; commit the change only if you understand it")

func load(t *testing.T, name string) *model.Kernel {
	t.Helper()
	k, err := kernels.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What every swap of neighbours does to the verdict, for the newest kernel whose
// source is at hand and for the first in which unbind and failure are right.
func TestSwapsOfNeighbours(t *testing.T) {
	for _, name := range []string{"v7.2.13/arm64", "v5.2.1/arm64"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "v5.2.1/arm64" {
				long.Only(t, "some hundred exhaustive searches")
			}
			k, b := load(t, name), check.DefaultPlan(model.DefaultBounds()).Passes[0]
			verdicts, err := Judge(context.Background(), k, b, Swaps(k))
			if err != nil {
				t.Fatal(err)
			}
			got := "# Swaps of neighbouring steps of " + name + ".\n# Bounds: " + b.String() + ".\n\n" + Text(verdicts)
			file := "testdata/" + strings.ReplaceAll(name, "/", "-") + ".golden"
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("%s differs (-want +got):\n%s\nrun `go test ./internal/mutate/order -rewrite` if this is meant", file, d)
			}
		})
	}
}

// The bug that started it, the other way round: swapping the two lines of the
// fix back must bring same-ops on unbind back, and nothing that was found before
// may go away unseen.
func TestSwapOfTheReport(t *testing.T) {
	k := load(t, "v5.2.1/arm64")
	for _, m := range Swaps(k) {
		if m.Path != model.PathUnbind || !strings.Contains(m.String(), "devres_release") || !strings.Contains(m.String(), "dma_teardown") {
			continue
		}
		verdicts, err := Judge(context.Background(), k, model.DefaultBounds(), []Mutant{m})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := model.ParseKey("same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform")
		for _, got := range verdicts[0].Gained {
			if got == want {
				return
			}
		}
		t.Fatalf("%s gains %v, want %s", m, verdicts[0].Gained, want)
	}
	t.Fatal("no mutant swaps dma_teardown and devres_release in unbind")
}

// Swaps leaves labels, jumps, locks and callbacks where they are.
func TestSwapsKeepTheirPlaces(t *testing.T) {
	k := load(t, "v7.2.13/arm64")
	all := Swaps(k)
	if len(all) == 0 {
		t.Fatal("no swaps")
	}
	for _, m := range all {
		before, after := k.Path(m.Path).Steps, m.Kernel.Path(m.Path).Steps
		for i := range before {
			moved := i == m.Index || i == m.Index+1
			if !moved && cmp.Diff(before[i], after[i]) != "" {
				t.Fatalf("%s: step %d changed as well", m, i)
			}
			if moved && (before[i].Else != "" || before[i].Op == model.OpLabel || before[i].Op == model.OpLock || before[i].Op == model.OpDriverRemove) {
				t.Fatalf("%s: moves %s", m, before[i].Op)
			}
		}
		if _, err := model.NewMachine(m.Kernel, model.DefaultBounds()); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
}
