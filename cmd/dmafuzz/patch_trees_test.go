package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"dmafuzz/internal/extract"
	"dmafuzz/internal/long"
)

const ddC = "drivers/base/dd.c"

// repository is a git repository with the files of a real tree that dmafuzz
// reads, and nothing else.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T, version string) (tree string, r *repository) {
	t.Helper()
	top := os.Getenv("DMAFUZZ_TREES")
	if top == "" {
		t.Skip("DMAFUZZ_TREES names no folder with kernel trees")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	tree, r = filepath.Join(top, version), &repository{t, t.TempDir()}
	opened := &openings{FS: os.DirFS(tree), names: map[string]bool{"Makefile": true}}
	if _, err := extract.Tree(opened, extract.Options{Arch: "arm64"}); err != nil {
		t.Fatal(err)
	}
	for name := range opened.names {
		src, err := os.ReadFile(filepath.Join(tree, name))
		if err != nil {
			t.Fatal(err)
		}
		r.write(name, string(src))
	}
	r.git("init", "-q", "-b", "main")
	r.commit("base")
	return tree, r
}

// openings remembers the files that were opened, and there.
type openings struct {
	fs.FS
	mu    sync.Mutex
	names map[string]bool
}

func (o *openings) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if err == nil {
		o.mu.Lock()
		o.names[name] = true
		o.mu.Unlock()
	}
	return f, err
}

// git runs git without the user's settings, and returns what it prints.
func (r *repository) git(args ...string) string {
	r.t.Helper()
	c := exec.Command("git", args...)
	c.Dir = r.dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Dev", "GIT_AUTHOR_EMAIL=dev@example.org",
		"GIT_COMMITTER_NAME=Dev", "GIT_COMMITTER_EMAIL=dev@example.org")
	out, err := c.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r *repository) commit(subject string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", subject)
}

func (r *repository) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// edit replaces text that stands once in a file, and commits it.
func (r *repository) edit(name, old, new, subject string) {
	r.t.Helper()
	src, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	if n := strings.Count(string(src), old); n != 1 {
		r.t.Fatalf("%s: %q stands there %d times, want once", name, old, n)
	}
	r.write(name, strings.Replace(string(src), old, new, 1))
	r.commit(subject)
}

// The two lines of device_unbind_cleanup, in the right order and in the other.
const (
	rightOrder = "\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n"
	wrongOrder = "\tarch_teardown_dma_ops(dev);\n\tdevres_release_all(dev);\n"
)

// order finds the two lines of a tree: another call may stand before them.
func order(t *testing.T, tree string) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(tree, ddC))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(src), rightOrder) != 1 {
		t.Skipf("%s: device_unbind_cleanup has no such lines", tree)
	}
}

// dmafuzz runs the command, and returns its exit code and what it prints.
func dmafuzz(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// The bug of the report as a patch, its reverse, and a comment, on real trees.
// Since v6.10, nothing hangs on that order on arm64.
func TestPatchTrees(t *testing.T) {
	for _, c := range []struct{ version, arch, swap, back string }{
		{"6.1", "arm64", "introduces", "fixes"},
		{"6.1", "x86", "moves", "moves"},
		{"7.2", "arm64", "moves", "moves"},
		{"7.2", "arm", "introduces", "fixes"},
	} {
		t.Run(c.version+"/"+c.arch, func(t *testing.T) {
			tree, r := newRepository(t, c.version)
			order(t, tree)
			r.edit(ddC, rightOrder, wrongOrder, "driver core: tear down the ops first")
			r.edit(ddC, wrongOrder, rightOrder, "driver core: and last again")
			r.edit(ddC, rightOrder, "\t/* In this order. */\n"+rightOrder, "driver core: say so")
			swap, back := r.git("format-patch", "--stdout", "HEAD~3..HEAD~2"), r.git("format-patch", "--stdout", "HEAD~2..HEAD~1")
			file := filepath.Join(t.TempDir(), "swap.mbox")
			if err := os.WriteFile(file, []byte(swap), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, p := range []struct {
				text, want string
				flags      []string
			}{
				{swap, c.swap, nil},
				{back, c.back, []string{"--patch", file}},
				{r.git("format-patch", "--stdout", "HEAD~1"), "does not touch the order", nil},
				{r.git("format-patch", "--stdout", "HEAD~3"), "the series does not touch the order", nil},
			} {
				code, out, errs := dmafuzz(p.text, append([]string{"patch", tree, "--arch", c.arch}, p.flags...)...)
				head, _, _ := strings.Cut(out, "\n")
				_, verdict, _ := strings.Cut(head, ": ")
				if want := map[bool]int{true: exitFound}[p.want == "introduces"]; code != want || !strings.HasPrefix(verdict, p.want) {
					t.Errorf("exit %d, %q; want %d, %q\n%s%s", code, head, want, p.want, p.text, errs)
				}
				if p.want == "introduces" && !strings.Contains(out, ": error: free of dmam memory takes dma-direct, allocation took ") {
					t.Errorf("the finding is not printed:\n%s", out)
				}
			}
			src, err := os.ReadFile(filepath.Join(tree, ddC))
			if err != nil {
				t.Fatal(err)
			}
			r.write(ddC, "/* one */\n/* two */\n/* three */\n"+string(src))
			code, out, errs := dmafuzz(swap, "patch", r.dir, "--arch", "arm64")
			if code == exitUsage || !strings.Contains(errs, "note: hunk 1 of drivers/base/dd.c applies 3 lines further down") {
				t.Errorf("three lines further down: exit %d, %s%s", code, out, errs)
			}
		})
	}
}

// Git bisect finds, in a history of ten commits to a real tree, the one that
// broke the order.
func TestGitBisectTree(t *testing.T) {
	long.Only(t, "a bisection of seconds")
	tree, r := newRepository(t, "6.1")
	order(t, tree)
	const head = "static void device_unbind_cleanup(struct device *dev)\n"
	r.edit(ddC, head, "/* one */\n"+head, "driver core: one")
	r.edit("drivers/base/core.c", "void device_del(struct device *dev)\n", "/* two */\nvoid device_del(struct device *dev)\n", "driver core: two")
	r.edit(ddC, "/* one */", "/* three */", "driver core: three")
	r.edit(ddC, "really_probe(struct device *dev,", "truly_probe(struct device *dev,", "driver core: four")
	r.edit(ddC, "truly_probe(struct device *dev,", "really_probe(struct device *dev,", "driver core: five")
	r.edit(ddC, "/* three */", "/* six */", "driver core: six")
	r.edit(ddC, rightOrder, wrongOrder, "driver core: seven, the bad one")
	r.edit(ddC, "/* six */", "/* eight */\n/* and more */", "driver core: eight")
	r.edit("kernel/dma/mapping.c", "void dma_free_attrs(struct device *dev,", "/* nine */\nvoid dma_free_attrs(struct device *dev,", "dma: nine")
	r.edit(ddC, "/* eight */\n", "", "driver core: ten")

	// testscript.Main has this binary be dmafuzz under that name.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "dmafuzz")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	r.git("bisect", "start", "HEAD", "HEAD~10")
	out := r.git("bisect", "run", bin, "check", "--bisect", ".", "--key", "same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform")
	lines := strings.Split(out, "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, " is the first bad commit") })
	if i < 0 || !strings.Contains(out, "    driver core: seven, the bad one\n") {
		t.Errorf("git does not name the commit:\n%s", out)
	}
	for _, want := range []string{"dmafuzz: good: v6.1.", "dmafuzz: bad: drivers/base/dd.c:"} {
		if !strings.Contains(out, want) {
			t.Errorf("no line with %q:\n%s", want, out)
		}
	}
}
