package driver

import (
	"context"
	"io/fs"
	"runtime"
	"sync"
)

// Options say what is read, and how.
type Options struct {
	Paths    []string              // files and folders of the tree; none means drivers and sound
	Workers  int                   // 0 means as many as there are processors
	Order    func() (Order, error) // what the tree's driver core does; asked for if a finding depends on it
	Progress func(done, all int)
	Trace    func(format string, args ...any)
}

// A Result is what was found, and how much was looked at.
type Result struct {
	Findings []*Finding
	Counts   Counts
}

// Run reads drivers of a tree and judges them. The result does not depend on the number of workers.
func Run(ctx context.Context, fsys fs.FS, opt Options) (*Result, error) {
	t := Open(fsys)
	paths := opt.Paths
	if len(paths) == 0 {
		paths = []string{"drivers", "sound"}
	}
	jobs, err := t.plan(paths)
	if err != nil {
		return nil, err
	}
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	facts := t.readCore()
	order := sync.OnceValues(func() (Order, error) {
		if opt.Order == nil {
			return Order{}, ErrNoOrder
		}
		return opt.Order()
	})
	results := make([]*judge, len(jobs))
	var wg sync.WaitGroup
	next := make(chan int)
	var mu sync.Mutex
	done := 0
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				j := &judge{u: newUnit(t, jobs[i]), core: facts, order: order, trace: opt.Trace}
				j.run()
				j.u = nil
				results[i] = j
				mu.Lock()
				done++
				if opt.Progress != nil {
					opt.Progress(done, len(jobs))
				}
				mu.Unlock()
			}
		}()
	}
	for i := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	res := &Result{}
	for _, j := range results {
		if j != nil {
			res.Findings = append(res.Findings, j.findings...)
			res.Counts.add(&j.counts)
		}
	}
	res.Findings = sortFindings(res.Findings)
	return res, ctx.Err()
}
