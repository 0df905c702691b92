package driver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
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
	facts := t.readCore()
	order := sync.OnceValues(func() (Order, error) {
		if opt.Order == nil {
			return Order{}, ErrNoOrder
		}
		return opt.Order()
	})
	results, defects := judgeAll(ctx, jobs, opt, func(j *job) (*judge, error) { return judgeJob(t, j, facts, order, opt.Trace) })
	res := &Result{}
	for _, j := range results {
		if j != nil {
			res.Findings = append(res.Findings, j.findings...)
			res.Counts.add(&j.counts)
		}
	}
	res.Findings = sortFindings(res.Findings)
	if err := errors.Join(defects...); err != nil {
		return res, err
	}
	return res, ctx.Err()
}

// judgeAll judges jobs side by side. What comes of each stands in its place, nil if it was not reached.
func judgeAll(ctx context.Context, jobs []*job, opt Options, judgeOne func(*job) (*judge, error)) ([]*judge, []error) {
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	results := make([]*judge, len(jobs))
	var wg sync.WaitGroup
	next := make(chan int)
	var mu sync.Mutex
	done := 0
	var defects []error
	var large sync.Mutex // two of them at once take too much memory
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				if jobs[i].size > largeJob {
					large.Lock()
				}
				j, err := judgeOne(jobs[i])
				if jobs[i].size > largeJob {
					large.Unlock()
				}
				results[i] = j
				mu.Lock()
				defects = append(defects, err)
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
	return results, defects
}

// largeJob is how many bytes of source make a job of which only one runs at a time.
const largeJob = 6 << 20

// ErrDefect is what an error wraps that only a mistake of this package can bring about.
var ErrDefect = errors.New("a driver could not be read")

// judgeJob reads and judges a job. A panic is an error that names the job.
func judgeJob(t *Tree, job *job, facts *core, order func() (Order, error), trace func(string, ...any)) (j *judge, err error) {
	defer func() {
		if p := recover(); p != nil {
			j, err = nil, fmt.Errorf("%w: %s, module %s: %v\n%s", ErrDefect, job.base, job.modules[0].name, p, debug.Stack())
		}
	}()
	j = &judge{u: newUnit(t, job), core: facts, order: order, trace: trace}
	j.run()
	j.u = nil
	return j, nil
}
