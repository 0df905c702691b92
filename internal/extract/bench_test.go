package extract

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// BenchmarkTree reads a tree: the time, and as peak-MB what it allocates in all,
// which is more than it ever holds.
func BenchmarkTree(b *testing.B) {
	for _, c := range trees {
		b.Run(c.dir+"/"+c.arch, func(b *testing.B) {
			top := os.DirFS(realTree(b, c.dir))
			read := func() {
				if _, err := Tree(top, Options{Arch: c.arch}); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			percent := debug.SetGCPercent(-1)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			read()
			runtime.ReadMemStats(&after)
			debug.SetGCPercent(percent)
			for b.Loop() {
				read()
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "peak-MB")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/read")
		})
	}
}
