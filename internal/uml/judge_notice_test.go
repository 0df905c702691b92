package uml

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"dmafuzz/internal/long"
	"dmafuzz/internal/mutate/order"
	"dmafuzz/model"
)

// What the judge would not notice: each wrong kernel of the machine, made by two
// neighbouring steps swapped or one left out, is compared with what the real one
// did. Those that agree all the same are listed in testdata, with the reason.
func TestNotices(t *testing.T) {
	for _, c := range []struct {
		tree string
		v    Variant
	}{{"6.1", PerBind}, {"7.2", Group}} {
		t.Run(c.tree, func(t *testing.T) {
			tree := realTree(t, c.tree)
			long.Only(t, "a minute of judging kernels with one step changed")
			k, err := Kernel(os.DirFS(tree), c.tree, c.v)
			if err != nil {
				t.Fatal(err)
			}
			rec := record(t, program(t, c.tree, c.v, ""), c.v, k, 4000)
			file := filepath.Join("testdata", "unnoticed-"+c.v.String()+".txt")
			known := unnoticed(t, file)
			all := wrongKernels(k)
			work := make(chan wrongKernel)
			var wg sync.WaitGroup
			for range runtime.GOMAXPROCS(0) {
				wg.Go(func() {
					for w := range work {
						yes, err := rec.notices(w.kernel)
						switch {
						case err != nil:
							t.Errorf("%s: %v", w.name, err)
						case !yes && !slices.Contains(known, w.name):
							t.Errorf("not noticed, and not in %s: %s", file, w.name)
						}
					}
				})
			}
			for _, w := range all {
				work <- w
			}
			close(work)
			wg.Wait()
			for _, name := range known {
				if !slices.ContainsFunc(all, func(w wrongKernel) bool { return w.name == name }) {
					t.Logf("%s: this tree has no such kernel: %s", file, name)
				}
			}
		})
	}
}

func unnoticed(t *testing.T, file string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			names = append(names, line)
		}
	}
	return names
}

// wrongKernel is what was judged with one step in another place, or none.
type wrongKernel struct {
	name   string
	kernel *model.Kernel
}

// wrongKernels are all kernels that differ from k by two neighbouring steps
// swapped, or by one step left out that has a DMA meaning or decides the way.
func wrongKernels(k *model.Kernel) []wrongKernel {
	var all []wrongKernel
	for _, m := range order.Swaps(k) {
		all = append(all, wrongKernel{"swap " + oneSpaced(m.String()), m.Kernel})
	}
	whole := k.Resolve()
	for at, p := range whole.Paths {
		for i, st := range p.Steps {
			switch st.Op {
			case model.OpLabel, model.OpForEach, model.OpEnd, model.OpLock, model.OpUnlock:
				continue
			case model.OpGoto, model.OpReturn, model.OpRefuse, model.OpIgnoreError:
			default:
				if !st.Op.HasDMAMeaning() && st.Else == "" {
					continue
				}
			}
			words, _ := whole.Describe(model.StepRef{Path: p.Kind, Step: uint16(i)})
			w := *whole
			w.Paths = slices.Clone(whole.Paths)
			w.Paths[at].Steps = slices.Delete(slices.Clone(p.Steps), i, i+1)
			all = append(all, wrongKernel{fmt.Sprintf("drop %s: %s", p.Kind, oneSpaced(words)), &w})
		}
	}
	return all
}

func oneSpaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// recorded are sequences with what the program did.
type recorded struct {
	variant Variant
	list    []expectation
	logs    [][]byte
}

func record(t *testing.T, p Player, v Variant, k *model.Kernel, sequences uint64) *recorded {
	t.Helper()
	r, err := newRun(JudgeOptions{Kernel: k, Variant: v, Contracts: contracts})
	if err != nil {
		t.Fatal(err)
	}
	d := &drawer{plays: r.plays, length: 24, seed: 5}
	for _, m := range r.machines {
		d.tellers = append(d.tellers, newTeller(m, v))
	}
	rec := &recorded{variant: v}
	for n := range sequences {
		rec.list = append(rec.list, d.draw(n))
	}
	got, err := answers(context.Background(), p, v, rec.list)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range got {
		if a.kind != KindInvalid {
			t.Fatalf("sequence %d: %s", i, a.kind)
		}
		rec.logs = append(rec.logs, a.log)
	}
	return rec
}

// notices tells whether a judgement of another kernel by the recorded logs
// would disagree. A sequence counts up to the first event that the kernel does
// not enable: a judgement of it would not have drawn that.
func (rec *recorded) notices(k *model.Kernel) (bool, error) {
	tellers := map[model.Drivers]*teller{}
	for i := range rec.list {
		x := &rec.list[i]
		tl := tellers[x.drivers]
		if tl == nil {
			m, err := model.NewMachine(k, judgeBounds(x.drivers))
			if err != nil {
				return false, err
			}
			tl = newTeller(m, rec.variant)
			tellers[x.drivers] = tl
		}
		tl.buf = tl.buf[:0]
		tl.begin(x.number)
		n := 0
		for n < len(x.events) && !tl.state.Halted && tl.event(x.events[n]) {
			n++
		}
		log := rec.logs[i]
		if at := bytes.Index(log, fmt.Appendf(nil, "\nE %d\n", n)); at >= 0 {
			log = log[:at+1]
		}
		y := tl.expect(sequence{number: x.number, drivers: x.drivers, events: x.events[:n]}, 0)
		if y.check(log, true) != KindInvalid {
			return true, nil
		}
	}
	return false, nil
}
