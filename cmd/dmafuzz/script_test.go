package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts print into the golden files that they hold; look at the difference before you keep it")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dmafuzz": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// Each script under testdata/script is a session of the command, in a folder
// of its own with the files that stand below it, old.kernel: a small
// v5.0/arm64 that stays as it is, and linux: a small source tree.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *rewrite,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"code": code},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			src, err := os.ReadFile(filepath.Join("testdata", "old.kernel"))
			if err != nil {
				return err
			}
			if err := os.CopyFS(filepath.Join(e.WorkDir, "linux"), os.DirFS(filepath.Join("testdata", "tree"))); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "old.kernel"), src, 0o644)
		},
	})
}

// code runs dmafuzz and compares its exit code.
//
// Example: code 2 check v1.0
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: code N ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("dmafuzz", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
