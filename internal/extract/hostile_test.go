package extract

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dmafuzz/internal/long"
)

// smallTree is the tree of our own in testdata, in memory.
func smallTree(t testing.TB) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	top := os.DirFS("testdata/tree")
	err := fs.WalkDir(top, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var src []byte
			if src, err = fs.ReadFile(top, name); err == nil {
				tree[name] = &fstest.MapFile{Data: src}
			}
		}
		return err
	})
	if err != nil || len(tree) < 5 {
		t.Fatalf("testdata/tree: %v, %d files", err, len(tree))
	}
	return tree
}

// garble hurts a source: it is cut off, or pieces of it are lost, doubled,
// swapped or overwritten.
func garble(r *rand.Rand, src string) string {
	at := func() int { return r.IntN(len(src) + 1) }
	for range 1 + r.IntN(4) {
		a, b := at(), at()
		if a > b {
			a, b = b, a
		}
		b = min(b, a+1+r.IntN(60))
		switch r.IntN(6) {
		case 0:
			src = src[:a]
		case 1:
			src = src[:a] + src[min(b, len(src)):]
		case 2:
			src = src[:min(b, len(src))] + src[a:]
		case 3:
			junk := []string{"{", "}", "(", ")", ";", "if (x)", "goto out_dma;", "return ret;", "\x00", "/*", "\"", "#if 0\n", "#else\n", "for (;;)", "?:", "while (dev)"}
			src = src[:a] + junk[r.IntN(len(junk))] + src[a:]
		case 4:
			lines := strings.SplitAfter(src, "\n")
			i, j := r.IntN(len(lines)), r.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			src = strings.Join(lines, "")
		case 5:
			src = strings.ReplaceAll(src, []string{";", "dev", "{", "ret", ","}[r.IntN(5)], []string{"", "ret", "}", "dev->bus", ";"}[r.IntN(5)])
		}
	}
	return src
}

// sound reads a tree that may be anything: it must come to an end, within a
// time that is ample, and an error must not be a defect of ours.
func sound(t *testing.T, tree fs.FS, arch string) {
	t.Helper()
	start := time.Now()
	res, err := Tree(tree, Options{Arch: arch})
	if errors.Is(err, ErrDefect) {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Fatalf("it took %s", took)
	}
	if (err == nil) != (res != nil && res.Kernel != nil) {
		t.Fatalf("result %v with error %v", res, err)
	}
}

// TestGarbled reads trees of which a file was hurt.
func TestGarbled(t *testing.T) {
	small := smallTree(t)
	names := slices.Sorted(maps.Keys(small))
	rounds := long.Size(t, 100, 400)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rounds {
		tree := maps.Clone(small)
		n := names[i%len(names)]
		tree[n] = &fstest.MapFile{Data: []byte(garble(r, string(small[n].Data)))}
		sound(t, tree, archList[i%len(archList)])
		if t.Failed() {
			t.Fatalf("%s:\n%s", n, tree[n].Data)
		}
	}
}

// TestGarbledRealTree does the same to a real tree.
func TestGarbledRealTree(t *testing.T) {
	tree := os.DirFS(realTree(t, "7.2"))
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		name := coreFiles[i%8]
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, overlay{tree, map[string]string{name: garble(r, string(src))}}, archList[i%len(archList)])
	}
}

// TestCut reads the tree with a file cut off at each of its lines.
func TestCut(t *testing.T) {
	small := smallTree(t)
	for n, f := range small {
		for at, c := range string(f.Data) {
			if c != '\n' {
				continue
			}
			tree := maps.Clone(small)
			tree[n] = &fstest.MapFile{Data: f.Data[:at]}
			sound(t, tree, "arm64")
		}
	}
}

var archList = strings.Split(archNames(), ", ")

// FuzzGarbled is TestGarbled under an engine: which file, and what stands in it.
func FuzzGarbled(f *testing.F) {
	small := smallTree(f)
	for n, file := range small {
		f.Add(n, string(file.Data))
	}
	f.Fuzz(func(t *testing.T, name, src string) {
		tree := maps.Clone(small)
		if _, ok := tree[name]; !ok {
			t.Skip("no such file")
		}
		tree[name] = &fstest.MapFile{Data: []byte(src)}
		sound(t, tree, "arm64")
	})
}
