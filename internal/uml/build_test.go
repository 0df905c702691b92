package uml

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/kbuild"
)

var rewrite = flag.Bool("rewrite", false, "write the logs of testdata/play anew; look at what changed before you keep it")

// realTree is the tree of a version, or leaves the test out.
func realTree(t *testing.T, version string) string {
	t.Helper()
	trees := os.Getenv("DMAFUZZ_TREES")
	if trees == "" {
		t.Skip("DMAFUZZ_TREES names no folder of kernel trees")
	}
	if err := kbuild.NeedTools(t.Context(), nil); err != nil {
		t.Skip(err)
	}
	return filepath.Join(trees, version)
}

// buildReal builds a tree into the cache that DMAFUZZ_LAB_CACHE names, or the
// user's: minutes the first time, nothing after it.
func buildReal(t *testing.T, version string, v Variant, replace map[string][]byte) *Program {
	t.Helper()
	opt := kbuild.Options{Tree: realTree(t, version), Replace: replace, Cache: os.Getenv("DMAFUZZ_LAB_CACHE")}
	opt.Progress = func(s string) { t.Log(s) }
	p, err := Build(t.Context(), v, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func playReal(t *testing.T, p *Program, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var log bytes.Buffer
	if err := p.Play(ctx, strings.NewReader(script), &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return log.String()
}

// TestPlay plays every script of testdata/play on the real kernels and compares
// the logs.
func TestPlay(t *testing.T) {
	for _, c := range []struct {
		version string
		variant Variant
	}{{"6.1", PerBind}, {"6.12", Group}, {"7.2", Group}} {
		t.Run(c.version, func(t *testing.T) {
			p := buildReal(t, c.version, c.variant, nil)
			scripts, err := filepath.Glob(filepath.Join("testdata", "play", "*.script"))
			if err != nil || len(scripts) == 0 {
				t.Fatalf("no scripts: %v", err)
			}
			for _, file := range scripts {
				script, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				golden := strings.TrimSuffix(file, "script") + c.version + ".log"
				got := playReal(t, p, string(script))
				if *rewrite {
					if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", golden, diff)
				}
			}
		})
	}
}

// report is the sequence of the bug report that the project began with.
const report = `S 1
iommu register
add sata
attach sata
alloc sata buf managed
probe sata ok
unbind sata
`

// TestSwapped swaps the two lines that the bug was about, and sees the memory
// freed by the wrong way; then the sound tree again, from the same objects.
func TestSwapped(t *testing.T) {
	tree := realTree(t, "6.1")
	const name = "drivers/base/dd.c"
	dd, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	const sound = "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n"
	const swapped = "\tarch_teardown_dma_ops(dev);\n\tdevres_release_all(dev);\n"
	if bytes.Count(dd, []byte(sound)) != 1 {
		t.Fatalf("%s does not have the two lines once", name)
	}
	bad := bytes.Replace(dd, []byte(sound), []byte(swapped), 1)
	wrong := playReal(t, buildReal(t, "6.1", PerBind, map[string][]byte{name: bad}), report)
	if !strings.Contains(wrong, "o teardown sata\no devres sata\no free buf direct\n") {
		t.Errorf("the swapped lines are not seen:\n%s", wrong)
	}
	right := playReal(t, buildReal(t, "6.1", PerBind, nil), report)
	if !strings.Contains(right, "o devres sata\no free buf iommu\no teardown sata\n") {
		t.Errorf("the sound tree does not free as it should:\n%s", right)
	}
}

// TestGroupMutant leaves out where the IOMMU core clears dev->dma_iommu, and sees
// memory that is freed late go to a group that is gone; the sound tree takes the
// direct way.
func TestGroupMutant(t *testing.T) {
	tree := realTree(t, "7.2")
	const name = "drivers/iommu/iommu.c"
	core, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	const clear = "\t\tdev_clear_dma_iommu(dev);\n"
	if bytes.Count(core, []byte(clear)) != 1 {
		t.Fatalf("%s does not have the line once", name)
	}
	bad := bytes.Replace(core, []byte(clear), []byte("\t\t;\n"), 1)
	const late = `drivers any
S 1
iommu register
add sata
attach sata
alloc sata buf
probe sata ok
del sata
return sata
free sata buf
`
	wrong := playReal(t, buildReal(t, "7.2", Group, map[string][]byte{name: bad}), late)
	if !strings.Contains(wrong, "o free buf iommu\no oops free without a group\n") || !strings.Contains(wrong, " ops=iommu grp=0 ") {
		t.Errorf("the line that is left out is not seen:\n%s", wrong)
	}
	right := playReal(t, buildReal(t, "7.2", Group, nil), late)
	if !strings.Contains(right, "o free buf direct\n") || strings.Contains(right, " ops=iommu grp=0 ") {
		t.Errorf("the sound tree does not clear it:\n%s", right)
	}
}

// TestBuildErrors: a tree that the variant is not for is not built, and not for
// want of tools.
func TestBuildErrors(t *testing.T) {
	newer := t.TempDir()
	err := os.CopyFS(newer, fstest.MapFS{
		"Makefile":         {Data: []byte("VERSION = 7\nPATCHLEVEL = 2\n")},
		"arch/um/Makefile": {}, "drivers/base/dd.c": {}, "kernel/dma/mapping.c": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason  string
		tree    string
		variant Variant
		says    string
	}{
		{"an empty folder is no tree", t.TempDir(), PerBind, "Makefile"},
		{"the arch's hooks are gone in v7.2", newer, PerBind, "perbind is for trees from v5.19 to v6.9, this one is v7.2"},
		{"the zero variant is none", newer, VariantInvalid, "invalid"},
	} {
		_, err := Build(t.Context(), c.variant, kbuild.Options{Tree: c.tree, Cache: t.TempDir()})
		if !errors.Is(err, kbuild.ErrTree) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", c.reason, err, c.says)
		}
	}
}

// writer fails.
type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }

// TestPlayEnds has a program that hangs, and one that fails, ended and named.
func TestPlayEnds(t *testing.T) {
	dir := t.TempDir()
	program := func(name, text string) *Program {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o777); err != nil {
			t.Fatal(err)
		}
		return &Program{Path: file, Release: "0.1", Variant: "perbind"}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := program("hangs", "sleep 60 & sleep 60\n").Play(ctx, strings.NewReader(""), new(bytes.Buffer))
	if !errors.Is(err, ErrPlay) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a hang: got %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("ended after %v", took)
	}
	var log bytes.Buffer
	writes := `for a; do case $a in labout=*) echo "S 1" > "${a#labout=}";; esac; done; echo bad luck >&2; exit 3`
	err = program("fails", writes).Play(t.Context(), strings.NewReader(""), &log)
	if !errors.Is(err, ErrPlay) || !strings.Contains(err.Error(), "bad luck") {
		t.Errorf("a failure: got %v", err)
	}
	if log.String() != "S 1\n" {
		t.Errorf("the log of a failure: got %q", log.String())
	}
	if err := program("killed", "kill -9 $$").Play(t.Context(), strings.NewReader(""), io.Discard); !errors.Is(err, ErrKilled) {
		t.Errorf("a kill: got %v", err)
	}
	broken := errors.New("no more")
	endless := program("endless", "yes 'o probe sata' >&4")
	if err := endless.Play(t.Context(), strings.NewReader(""), writer{broken}); !errors.Is(err, broken) {
		t.Errorf("a log that cannot be written: got %v", err)
	}
	if err := endless.Play(t.Context(), iotest.ErrReader(broken), io.Discard); !errors.Is(err, broken) {
		t.Errorf("a script that cannot be read: got %v", err)
	}
}
