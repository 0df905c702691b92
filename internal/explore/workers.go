package explore

import "sync"

// parallel calls f with 0 to workers-1 at the same time and returns when all
// calls have. It is no errgroup: a worker cannot fail, all of them are needed at
// once, for they wait for each other, and nothing is cancelled but by the search.
func parallel(workers int, f func(worker int)) {
	if workers == 1 {
		f(0)
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}
