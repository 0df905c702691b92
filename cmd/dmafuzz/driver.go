package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"dmafuzz/internal/driver"
)

// driverCmd reads drivers: `dmafuzz driver ~/linux drivers/net/ethernet/amd`.
type driverCmd struct {
	Tree    string   `arg:"" optional:"" help:"The top of a Linux source tree, with its drivers; or one file in a tree."`
	Paths   []string `arg:"" optional:"" name:"path" help:"Files and folders in it; drivers and sound if none is given."`
	Extract bool     `help:"Print the drivers of files as data, and judge nothing."`
	Rules   bool     `help:"Say what the rules are, and how a running kernel shows a breach."`
	Notes   bool     `help:"Show notes as well: a broken contract that only a debugging option would tell."`
	Format  string   `help:"text or json." enum:"text,json" default:"text"`
	Known   string   `help:"A file of known findings, KEY  # why, which do not fail; one that is gone does." placeholder:"FILE"`
	Jobs    int      `short:"j" help:"How many processors to use; all if not given." placeholder:"N"`
}

func (c *driverCmd) run(a *app) error {
	if c.Rules {
		for _, r := range driver.Rules {
			fmt.Fprintf(a.stdout, "%s\n  %s\n  If not: %s\n  Shows as: %s\n", r.Name, r.Says, r.Consequence, r.Shows)
		}
		return nil
	}
	if c.Tree == "" {
		return errors.New("driver: want TREE, the top of a Linux source tree")
	}
	a.subject = c.Tree
	info, err := os.Stat(c.Tree)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		c.Paths = append([]string{c.Tree}, c.Paths...)
		c.Tree = topOf(c.Tree)
	}
	known, err := a.knownDrivers(c.Known)
	if err != nil {
		return err
	}
	paths, err := c.within()
	if err != nil {
		return err
	}
	if c.Extract {
		return c.extract(a, paths)
	}
	debug.SetMemoryLimit(driverMemory)
	show := a.progress()
	res, err := driver.Run(a.ctx, os.DirFS(c.Tree), driver.Options{Paths: paths, Workers: c.Jobs, Order: func() (driver.Order, error) { return a.order(c.Tree) }, Progress: func(done, all int) {
		show.say("%d of %d groups of modules read", done, all)
	}})
	show.done()
	if errors.Is(err, driver.ErrDefect) {
		return defect{err}
	}
	if err != nil && res == nil {
		return fmt.Errorf("%s: %w", c.Tree, err)
	}
	code, err := c.write(a, res, known)
	switch {
	case err != nil:
		return err
	case a.ctx.Err() != nil && code != exitFound:
		fmt.Fprintln(a.stderr, "dmafuzz: interrupted: what was found so far is above")
		return end(exitInconclusive)
	}
	return end(code)
}

// driverMemory is what reading drivers may take before memory is collected more often; it is no hard limit.
const driverMemory = 900 << 20

// topOf is the folder above a file that looks like the top of a Linux tree, else the file's own.
func topOf(file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return filepath.Dir(file)
	}
	for dir := filepath.Dir(full); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		_, kbuild := os.Stat(filepath.Join(dir, "Kbuild"))
		_, headers := os.Stat(filepath.Join(dir, "include", "linux"))
		if kbuild == nil && headers == nil {
			return dir
		}
	}
	return filepath.Dir(full)
}

// extract prints drivers as data.
func (c *driverCmd) extract(a *app, paths []string) error {
	if len(paths) == 0 {
		return errors.New("--extract: want the files of the drivers to print")
	}
	fsys := os.DirFS(c.Tree)
	for _, p := range paths {
		list, err := driver.Extract(fsys, p, "Linux "+orDashText(treeVersion(fsys)))
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		if len(list) == 0 {
			return fmt.Errorf("%s: no driver there, want a C file", p)
		}
		for _, d := range list {
			if _, err := fmt.Fprint(a.stdout, d.Text()); err != nil {
				return err
			}
		}
	}
	return nil
}

// order is what the tree's own driver core does around a driver. What extract cannot read of other paths
// does not matter here.
func (a *app) order(dir string) (driver.Order, error) {
	if a.trees.known == nil {
		if err := a.setTrees(treeFlags{}); err != nil {
			return driver.Order{}, err
		}
	}
	res, err := a.extract(dir)
	if err != nil {
		return driver.Order{}, err
	}
	return driver.OrderOf(res.Kernel)
}

// within makes the paths relative to the tree, which is how they are named in what is printed.
func (c *driverCmd) within() ([]string, error) {
	var list []string
	for _, p := range c.Paths {
		rel := path.Clean(filepath.ToSlash(p))
		if _, err := os.Stat(filepath.Join(c.Tree, rel)); err != nil || !fs.ValidPath(rel) {
			full, err := filepath.Abs(p)
			top, err2 := filepath.Abs(c.Tree)
			if err != nil || err2 != nil {
				return nil, errors.Join(err, err2)
			}
			inside, err := filepath.Rel(top, full)
			if err != nil || !fs.ValidPath(filepath.ToSlash(inside)) {
				return nil, fmt.Errorf("%s: not in the tree %s", p, c.Tree)
			}
			rel = filepath.ToSlash(inside)
		}
		list = append(list, rel)
	}
	return list, nil
}

// write prints the findings and returns the exit code.
func (c *driverCmd) write(a *app, res *driver.Result, known map[string]string) (int, error) {
	if c.Format == "json" {
		if err := driver.WriteJSON(a.stdout, res, known); err != nil {
			return exitDefect, err
		}
	}
	var shown []*driver.Finding
	have, notes := map[string]bool{}, 0
	for _, f := range res.Findings {
		have[f.Key()] = true
		switch {
		case known[f.Key()] != "":
		case f.Severity == driver.Note && !c.Notes:
			notes++
		default:
			shown = append(shown, f)
		}
	}
	if c.Format == "text" {
		if err := driver.WriteText(a.stdout, shown); err != nil {
			return exitDefect, err
		}
	}
	n := res.Counts
	fmt.Fprintf(a.stderr, "%d files, %d functions: %d allocations, %d frees, of which %d are understood; %d findings", n.Files, n.Functions, n.Allocations, n.Frees, n.Judged, len(shown))
	if notes > 0 {
		fmt.Fprintf(a.stderr, ", and %d notes (--notes)", notes)
	}
	fmt.Fprintln(a.stderr)
	gone := 0
	for _, k := range slices.Sorted(maps.Keys(known)) {
		if !have[k] {
			gone++
			fmt.Fprintf(a.stderr, "%s: known (%s), and gone\n", k, known[k])
		}
	}
	switch {
	case len(shown) > 0 || gone > 0:
		return exitFound, nil
	case n.Files == 0:
		fmt.Fprintln(a.stderr, "dmafuzz: nothing was looked at: no file there frees what it allocates in a way that a rule is about")
		return exitInconclusive, nil
	}
	return exitClean, nil
}

// knownDrivers reads a file of lines "KEY  # why".
func (a *app) knownDrivers(file string) (map[string]string, error) {
	known := map[string]string{}
	if file == "" {
		return known, nil
	}
	src, err := a.read(file)
	if err != nil {
		return nil, err
	}
	for n, line := range strings.Split(string(src), "\n") {
		key, reason, _ := strings.Cut(line, "#")
		key, reason = strings.TrimSpace(key), strings.TrimSpace(reason)
		switch rule, rest, _ := strings.Cut(key, ":"); {
		case key == "":
		case !ruleName(rule) || !strings.Contains(rest, ":"):
			return nil, fmt.Errorf("%s:%d:1: got %q, want RULE:FILE:FUNCTION  # why", file, n+1, key)
		case reason == "":
			return nil, fmt.Errorf("%s:%d:%d: got a key without a reason, want \"KEY  # why\"", file, n+1, len(line)+1)
		default:
			known[key] = reason
		}
	}
	return known, nil
}

func ruleName(name string) bool { _, ok := driver.FindRule(name); return ok }
