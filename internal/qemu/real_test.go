package qemu

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dmafuzz/internal/kbuild"
	"dmafuzz/internal/uml"
)

var rewrite = flag.Bool("rewrite", false, "keep the consoles of the real runs in testdata; look at what changed before you keep it")

// TestReal builds the kernels and plays every known outcome anew: minutes the
// first time.
func TestReal(t *testing.T) {
	trees := os.Getenv("DMAFUZZ_TREES")
	if os.Getenv("DMAFUZZ_QEMU") == "" || trees == "" {
		t.Skip("DMAFUZZ_QEMU=1 and DMAFUZZ_TREES=FOLDER ask for whole kernels under QEMU")
	}
	for _, o := range outcomes {
		t.Run(o.file(), func(t *testing.T) {
			opt := kbuild.Options{Tree: filepath.Join(trees, o.tree), Cache: os.Getenv("DMAFUZZ_LAB_CACHE"),
				Progress: func(s string) { t.Log(s) }}
			if o.mutant != "" {
				m, err := uml.MutantOf(os.DirFS(opt.Tree), o.mutant)
				if err != nil {
					t.Fatal(err)
				}
				opt.Replace = m.Replace
			}
			image, err := Build(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			run, err := Play(t.Context(), image, o.script(t), 10*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if *rewrite {
				if err := os.WriteFile(o.file(), run.Console, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			o.check(t, run)
		})
	}
}
