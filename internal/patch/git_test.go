package patch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/patch"
)

// git runs git in a folder without the user's settings.
func git(t *testing.T, dir string, stdin []byte, args ...string) ([]byte, error) {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Stdin = dir, bytes.NewReader(stdin)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	return c.Output()
}

func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
}

// edit changes a few lines of a text.
func edit(r *rand.Rand, lines []string) []string {
	lines = slices.Clone(lines)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(lines))
		switch r.IntN(3) {
		case 0:
			lines = slices.Insert(lines, at, word(r))
		case 1:
			lines = slices.Delete(lines, at, at+1)
		default:
			lines[at] = word(r)
		}
		if len(lines) == 0 {
			return []string{"x"}
		}
	}
	return lines
}

// Few words, so that the same lines stand in many places.
func word(r *rand.Rand) string { return string(rune('a' + r.IntN(4))) }

func text(r *rand.Rand, lines []string) string {
	s := strings.Join(lines, "\n")
	if r.IntN(5) > 0 {
		s += "\n"
	}
	return s
}

// What git apply makes of a file, Apply makes of it; what git apply refuses, it
// refuses.
func TestApplyAsGit(t *testing.T) {
	needGit(t)
	r := rand.New(rand.NewPCG(1, 2))
	applied, refused, moved := 0, 0, 0
	for n := range 250 {
		dir := t.TempDir()
		var lines []string
		for range 1 + r.IntN(30) {
			lines = append(lines, word(r))
		}
		before := text(r, lines)
		after := text(r, edit(r, lines))
		target := text(r, edit(r, lines))
		if r.IntN(3) == 0 {
			target = strings.Repeat("z\n", r.IntN(9)) + before
		}
		write := func(name, s string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("a", before)
		write("b", after)
		diff, _ := git(t, dir, nil, "diff", "--no-index", fmt.Sprintf("-U%d", r.IntN(4)), "--src-prefix=1/", "--dst-prefix=2/", "a", "b")
		if len(diff) == 0 {
			continue
		}
		diff = bytes.ReplaceAll(bytes.ReplaceAll(diff, []byte("1/a"), []byte("1/f")), []byte("2/b"), []byte("2/f"))
		write("f", target)
		_, err := git(t, dir, diff, "apply")
		want, _ := os.ReadFile(filepath.Join(dir, "f"))

		list, readErr := patch.Read("x.diff", diff)
		if readErr != nil {
			t.Fatalf("%d: %v\n%s", n, readErr, diff)
		}
		tree, notes, ours := patch.NewTree(fstest.MapFS{"f": {Data: []byte(target)}}).Apply(list[0], patch.All)
		switch {
		case (err == nil) != (ours == nil):
			t.Fatalf("%d: git: %v, ours: %v\ntarget %q\n%s", n, err, ours, target, diff)
		case ours != nil:
			refused++
			if !errors.Is(ours, patch.ErrApply) {
				t.Errorf("%d: %v is no ErrApply", n, ours)
			}
			continue
		}
		applied++
		moved += len(notes)
		got, err := fs.ReadFile(tree, "f")
		if d := cmp.Diff(string(want), string(got)); d != "" || err != nil {
			t.Fatalf("%d: %v (-git +ours):\n%s\ntarget %q\n%s", n, err, d, target, diff)
		}
	}
	t.Logf("%d applied, %d hunks of them elsewhere; %d refused", applied, moved, refused)
	if applied < 40 || refused < 40 || moved < 5 {
		t.Error("too few of one kind to tell anything")
	}
}

// A commit that creates, removes, renames, copies and changes files, as git
// format-patch writes it, gives the files that git has.
func TestFilesAsGit(t *testing.T) {
	needGit(t)
	dir := t.TempDir()
	must := func(args ...string) []byte {
		t.Helper()
		out, err := git(t, dir, nil, args...)
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return out
	}
	files := func(m map[string]string) {
		for name, s := range m {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	many := "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
	must("init", "-q")
	files(map[string]string{"drivers/a.c": many, "drivers/b.c": "b\n" + many, "gone.c": "gone\n", "odd/\u00fcml \"x\".c": many, "empty": ""})
	must("add", "-A")
	must("-c", "user.name=J\u00f6rg", "-c", "user.email=j@example.org", "commit", "-q", "-m", "base")
	base := fstest.MapFS{}
	for name := range strings.SplitSeq(strings.TrimRight(string(must("ls-files", "-z")), "\x00"), "\x00") {
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		base[name] = &fstest.MapFile{Data: src}
	}
	must("mv", "drivers/a.c", "drivers/c.c")
	must("mv", "drivers/b.c", "drivers/a.c")
	must("rm", "-q", "gone.c", "empty")
	files(map[string]string{"drivers/c.c": strings.Replace(many, "five", "5", 1), "new/n.c": "new, without an end", "e2": "",
		"odd/\u00fcml \"x\".c": strings.Replace(many, "ten", "zehn \u00fc", 1), "copy.c": "b\n" + many})
	must("add", "-A")
	must("-c", "user.name=J\u00f6rg", "-c", "user.email=j@example.org", "commit", "-q", "-m", "all: \u00fcber everything\n\nA text with\n--\nFrom nobody, and a diff:\n  diff --git x\n")
	for _, args := range [][]string{{}, {"--attach"}, {"--inline"}, {"--no-renames"}, {"-C", "--find-copies-harder"}} {
		box := must(append([]string{"format-patch", "--stdout", "-1"}, args...)...)
		list, err := patch.Read("box", box)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, box)
		}
		if len(list) != 1 || list[0].Subject != "all: \u00fcber everything" {
			t.Errorf("%v: %d patches, %q", args, len(list), list[0].Subject)
		}
		tree, _, err := patch.NewTree(base).Apply(list[0], patch.All)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, box)
		}
		for name := range base {
			compareFile(t, dir, tree, name)
		}
		for _, name := range []string{"drivers/c.c", "new/n.c", "e2", "copy.c"} {
			compareFile(t, dir, tree, name)
		}
	}
}

func compareFile(t *testing.T, dir string, tree fs.FS, name string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join(dir, name))
	got, err2 := fs.ReadFile(tree, name)
	if errors.Is(err, fs.ErrNotExist) != errors.Is(err2, fs.ErrNotExist) || !bytes.Equal(want, got) {
		t.Errorf("%s: git has %q, %v; ours %q, %v", name, want, err, got, err2)
	}
}

// Where a hunk fits as well above as below, and where two files change names.
func TestChoicesAsGit(t *testing.T) {
	needGit(t)
	apart := "1\na\nb\nc\n2\n3\n4\n5\na\nb\nc\n6\n"
	for _, c := range []struct {
		reason, diff string
		files        map[string]string
	}{
		{"as far up as down", "--- a/f\n+++ b/f\n@@ -5,3 +5,3 @@\n a\n-b\n+B\n c\n", map[string]string{"f": strings.Replace(apart, "4\n", "", 1) + apart}},
		{"nearer above", "--- a/f\n+++ b/f\n@@ -5,3 +5,3 @@\n a\n-b\n+B\n c\n", map[string]string{"f": apart}},
		{"two hunks, the second of them further up", "--- a/f\n+++ b/f\n@@ -9,3 +9,3 @@\n a\n-b\n+B\n c\n@@ -20,3 +20,3 @@\n a\n-b\n+B\n c\n", map[string]string{"f": apart}},
		{"a swap", "diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\ndiff --git a/g b/f\nsimilarity index 100%\nrename from g\nrename to f\n",
			map[string]string{"f": "one\n", "g": "two\n"}},
		{"a rename onto a file that is there", "diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n", map[string]string{"f": "one\n", "g": "two\n"}},
		{"removed and made again", "diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n" +
			"diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+two\n", map[string]string{"f": "one\n"}},
	} {
		dir, base := t.TempDir(), fstest.MapFS{}
		for name, s := range c.files {
			base[name] = &fstest.MapFile{Data: []byte(s)}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, err := git(t, dir, []byte(c.diff), "apply")
		list, readErr := patch.Read("x.diff", []byte(c.diff))
		if readErr != nil {
			t.Fatalf("%s: %v", c.reason, readErr)
		}
		tree, _, ours := patch.NewTree(base).Apply(list[0], patch.All)
		if (err == nil) != (ours == nil) {
			t.Errorf("%s: git: %v, ours: %v", c.reason, err, ours)
		}
		for name := range c.files {
			if ours == nil {
				compareFile(t, dir, tree, name)
			}
		}
	}
}
