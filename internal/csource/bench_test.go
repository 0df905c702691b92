package csource

import (
	"bytes"
	"os"
	"testing"
)

// BenchmarkParse reads the made up file of testdata, again and again.
func BenchmarkParse(b *testing.B) {
	probe, err := os.ReadFile("testdata/probe.c")
	if err != nil {
		b.Fatal(err)
	}
	src := bytes.Repeat(probe, 100)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("probe.c", src, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTree reads all files of the newest tree in DMAFUZZ_TREES that the package is for.
func BenchmarkTree(b *testing.B) {
	names := treeNames(b)
	files := treeFiles(b, names[len(names)-1])
	size := 0
	for _, src := range files {
		size += len(src)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for name, src := range files {
			if _, err := Parse(name, src, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}
