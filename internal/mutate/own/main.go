// Command own breaks dmafuzz in many ways, one at a time, and tells which tests
// notice: those of the package itself, those of others, or none. It works in a git
// worktree of its own at HEAD, so nothing that is not committed counts.
//
//	own [-n] [NAME...]    all breaks, or those whose names begin so; -n only applies and builds
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed breaks.txt
var breaks string

// inside is set in the environment of the tests: that the list does not fit a
// tree with a break in it is no notice.
const inside = "DMAFUZZ_MUTATE_INSIDE"

func main() {
	dry := flag.Bool("n", false, "apply and build only")
	flag.Parse()
	if err := run(flag.Args(), *dry); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(names []string, dry bool) (err error) {
	list, err := parse("breaks.txt", breaks)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		list = slices.DeleteFunc(list, func(b Break) bool {
			return !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(b.Name, n) })
		})
	}
	if len(list) == 0 {
		return errors.New("no break of that name")
	}
	top, err := os.MkdirTemp("", "dmafuzz-mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(top)
	w := worktree(filepath.Join(top, "tree"))
	if out, err := exec.Command("git", "worktree", "add", "--quiet", "--detach", string(w), "HEAD").CombinedOutput(); err != nil {
		return fmt.Errorf("git worktree: %w: %s", err, out)
	}
	defer exec.Command("git", "worktree", "remove", "--force", string(w)).Run()
	count := map[string]int{}
	for _, b := range list {
		what, err := w.judge(b, dry)
		if err != nil {
			what = "ERROR"
			fmt.Println(err)
		}
		count[what]++
		fmt.Printf("%-8s %s\n", what, b.Name)
	}
	fmt.Printf("%d breaks: %d killed by their own package, %d by others, %d survived, %d errors\n",
		len(list), count["own"], count["others"], count["SURVIVED"], count["ERROR"])
	if count["SURVIVED"]+count["ERROR"] > 0 {
		return errors.New("a break that no test notices, or that could not be made")
	}
	return nil
}

// worktree is a folder with the program in it.
type worktree string

// judge makes a break, and says whose tests notice it.
func (w worktree) judge(b Break, dry bool) (string, error) {
	file := filepath.Join(string(w), filepath.FromSlash(b.File))
	whole, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	broken, err := b.apply(string(whole))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
		return "", err
	}
	defer os.WriteFile(file, whole, 0o644)
	if out, err := w.do("test", "-run", "^$", "./"+b.Package); err != nil {
		return "", fmt.Errorf("%s does not compile: %s", b.Name, out)
	}
	if dry {
		return "builds", nil
	}
	if _, err := w.do("test", "-timeout", "5m", "./"+b.Package); err != nil {
		return "own", nil
	}
	if _, err := w.do("test", "-timeout", "5m", "./..."); err != nil {
		return "others", nil
	}
	return "SURVIVED", nil
}

func (w worktree) do(args ...string) ([]byte, error) {
	c := exec.Command("go", args...)
	c.Dir = string(w)
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "DMAFUZZ_")
	})
	c.Env = append(c.Env, inside+"=1")
	return c.CombinedOutput()
}
