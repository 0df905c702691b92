package patch_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime/quotedprintable"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"dmafuzz/internal/patch"
)

// file is dd.c before, diff a patch of it, patched what it is then.
const (
	file    = "int f(void)\n{\n\tone();\n\ttwo();\n\tthree();\n\treturn 0;\n}\n"
	patched = "int f(void)\n{\n\tone();\n\tthree();\n\ttwo();\n\treturn 0;\n}\n"
	diff    = "diff --git a/drivers/base/dd.c b/drivers/base/dd.c\nindex 1..2 100644\n--- a/drivers/base/dd.c\n+++ b/drivers/base/dd.c\n" + hunk
	hunk    = "@@ -1,7 +1,7 @@\n int f(void)\n {\n \tone();\n-\ttwo();\n \tthree();\n+\ttwo();\n \treturn 0;\n }\n"
	dd      = "drivers/base/dd.c"
)

func mail(header, body string) string {
	return "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH 1/2] core: =?UTF-8?q?=C3=BCber?=\n two\n" + header + "\n" + body
}

func encoded(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.String()
}

// stuffed has a space before each line that begins with one, as format=flowed wants it.
func stuffed(s string) string { return strings.ReplaceAll(s, "\n ", "\n  ") }

// The same patch in every form in which it comes.
func TestForms(t *testing.T) {
	const text = "Why.\n\ndiff, not git's; --- and @@ -1 +1 @@ of no use.\n---\n dd.c | 2 +-\n\n" + diff + "-- \n2.39.5\n\n"
	wrapped := base64.StdEncoding.EncodeToString([]byte(text))
	for i := 76; i < len(wrapped); i += 77 {
		wrapped = wrapped[:i] + "\n" + wrapped[i:]
	}
	for _, c := range []struct{ name, src string }{
		{"git diff", diff},
		{"git show", "commit 1\nAuthor: A\n\n    core: text\n\n" + diff},
		{"diff -u", "--- linux.orig/drivers/base/dd.c\t2024-01-01 10:00:00.000000000 +0000\n+++ linux/drivers/base/dd.c\t2024-01-02 10:00:00.000000000 +0000\n" + hunk},
		{"mail", mail("", text)},
		{"mail of a list", mail("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n", strings.Replace(text, "Why", "Wh\xfc", 1))},
		{"without a From line", strings.SplitN(mail("", text), "\n", 2)[1]},
		{"CRLF", strings.ReplaceAll(mail("", text), "\n", "\r\n")},
		{"quoted-printable", mail("Content-Transfer-Encoding: quoted-printable\n", encoded(t, text))},
		{"quoted-printable with CRLF", mail("Content-Transfer-Encoding: Quoted-Printable\n", encoded(t, strings.ReplaceAll(text, "\n", "\r\n")))},
		{"flowed", mail("Content-Type: text/plain; charset=UTF-8; format=flowed\n", stuffed(text))},
		{"flowed and broken", mail("Content-Type: text/plain; format=flowed\n", strings.Replace(stuffed(text), "int f(", "int \nf(", 1))},
		{"flowed, broken and encoded", mail("Content-Type: text/plain; format=Flowed; delsp=yes\nContent-Transfer-Encoding: quoted-printable\n",
			encoded(t, strings.ReplaceAll(stuffed(text), "of no use", "of  \nno use")))},
		{"base64", mail("Content-Transfer-Encoding: base64\n", wrapped+"\n")},
		{"multipart", mail("Content-Type: multipart/signed; boundary=\"b\"\n", "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"+wrapped+
			"\n--b\nContent-Type: application/pgp-signature\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n--b--\n")},
	} {
		list, err := patch.Read("x.mbox", []byte(c.src))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if strings.Contains(c.src, "Subject") && list[0].Subject != "core: \u00fcber two" {
			t.Errorf("%s: subject %q", c.name, list[0].Subject)
		}
		lines := strings.Split(c.src, "\n")
		if at := list[0].Changes[0].Hunks[0].Pos; at.Decoded == 0 && !strings.HasPrefix(lines[at.Line-1], "@@ -1,7") {
			t.Errorf("%s: the hunk is said to be at %s, where stands %q", c.name, at, lines[at.Line-1])
		}
		tree, _, err := patch.NewTree(fstest.MapFS{dd: {Data: []byte(file)}}).Apply(list[0], patch.All)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, _ := fs.ReadFile(tree, dd); string(got) != patched {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
}

// What is no patch, or one that does not apply: the error says where, and what
// was expected.
func TestErrors(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(diff, old, new, 1) }
	for _, c := range []struct {
		name, src, want string
		kind            error
	}{
		{"nothing", "", "x:1: nothing there; expected a patch", patch.ErrFormat},
		{"blank lines", " \n\n\t\n", "x:1: nothing there; expected a patch", patch.ErrFormat},
		{"a text", "hello\nworld\n", "x:1: no patch in it; expected a line that starts with \"diff --git\"", patch.ErrFormat},
		{"a cover letter", mail("", "Nothing.\n"), "x:1: no patch in it", patch.ErrFormat},
		{"binary", "\x7fELF\x00\x01", "x:1: binary data; expected a patch", patch.ErrFormat},
		{"too large", strings.Repeat("x", patch.MaxSize+1), "x:1: more than 16777216 bytes", patch.ErrFormat},
		{"too many", strings.Repeat(mail("", diff), patch.MaxPatches+1), "more than 1000 mails", patch.ErrFormat},
		{"header", "From a Mon Sep 17 00:00:00 2001\nno header\n\n" + diff, "x:2: expected a mail's header: ", patch.ErrFormat},
		{"encoding", mail("Content-Transfer-Encoding: uuencode\n", diff), `x:7: Content-Transfer-Encoding: got "uuencode", expected 7bit,`, patch.ErrFormat},
		{"base64", mail("Content-Transfer-Encoding: base64\n", "!!!!\n"), "x:7: expected base64 text: ", patch.ErrFormat},
		{"boundary", mail("Content-Type: multipart/mixed\n", diff), "x:7: expected a boundary", patch.ErrFormat},
		{"parts", mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\n"+diff), "x:7: expected the parts of the mail", patch.ErrFormat},
		{"cut off", diff[:len(diff)-12], "expected a patch: fragment header miscounts lines: -1 old, -1 new", patch.ErrFormat},
		{"cut off in a header", diff[:70], "x:1: expected hunks of drivers/base/dd.c, found none", patch.ErrFormat},
		{"line damaged", change(" \tthree", "\tthree"), "x:10: expected a patch: invalid line operation", patch.ErrFormat},
		{"negative", change("-1,7 ", "--1,7 "), "x:5: expected line numbers from 0 on", patch.ErrFormat},
		{"overflow", change("-1,7 ", "-99999999999999999999,7 "), "x:5: expected a patch: invalid fragment header: bad start of range", patch.ErrFormat},
		{"hunk without a file", "---\n" + hunk, "x:2: expected a patch: patch fragment without file header", patch.ErrFormat},
		{"traversal", strings.ReplaceAll(diff, dd, "../../etc/passwd"), `expected a file's name inside of the tree, got "../../etc/passwd"`, patch.ErrFormat},
		{"absolute", "--- /etc/passwd\n+++ /etc/passwd\n" + hunk, `x:1: expected a file's name inside of the tree, got "/etc/passwd"`, patch.ErrFormat},
		{"into .git", strings.ReplaceAll(diff, dd, ".git/config"), `got ".git/config"`, patch.ErrFormat},
		{"escape", strings.NewReplacer("a/"+dd, `"a/\033[2J.c"`, "b/"+dd, `"b/\033[2J.c"`).Replace(diff), `got "\x1b[2J.c"`, patch.ErrFormat},

		{"other lines", change("-\ttwo", "-\t2"), `x:5: hunk 1 of drivers/base/dd.c does not apply: expected "\t2();\n", found "\ttwo();\n" in line 4`, patch.ErrApply},
		{"no such lines", change("@@ -1,7 +1,7 @@\n int f", "@@ -2,7 +2,7 @@\n int g"), `expected "int g(void)\n", which stands nowhere in the file`, patch.ErrApply},
		{"longer", change("-1,7 +1,7 @@\n", "-1,8 +1,8 @@\n") + " more\n", `expected "more\n" after line 7, found the end of the file`, patch.ErrApply},
		{"reversed", strings.NewReplacer("-\ttwo", "+\ttwo", "+\ttwo", "-\ttwo").Replace(diff), "the reverse of the patch does: is it applied already?", patch.ErrApply},
		{"-U0", "--- a/" + dd + "\n+++ b/" + dd + "\n@@ -4 +4 @@\n-\ttwo();\n+\t2();\n", "it has no lines around it to be placed by; make it with git diff, not diff -U0", patch.ErrApply},
		{"no such file", strings.ReplaceAll(diff, dd, "drivers/base/ee.c"), "x:1: drivers/base/ee.c does not apply: expected the file in the tree, it is not there", patch.ErrApply},
		{"--no-prefix", strings.NewReplacer("a/drivers", "drivers", "b/drivers", "drivers").Replace(diff), "drivers/base/dd.c is: expected a/ and b/ before the names, was the patch made with --no-prefix?", patch.ErrApply},
		{"created twice", "diff --git a/" + dd + " b/" + dd + "\nnew file mode 100644\n--- /dev/null\n+++ b/" + dd + "\n@@ -0,0 +1 @@\n+x\n",
			"expected no file of that name, and there is one", patch.ErrApply},
		{"removes less", "diff --git a/" + dd + " b/" + dd + "\ndeleted file mode 100644\n", "it removes the file, and leaves 7 lines of it", patch.ErrApply},
		{"a symbolic link", "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n",
			"x:1: l: expected a plain file", patch.ErrApply},
		{"binary patch", "diff --git a/x b/x\nnew file mode 100644\nBinary files /dev/null and b/x differ\n", "expected a patch of text", patch.ErrApply},
		{"too many hunks", "--- a/" + dd + "\n+++ b/" + dd + "\n" + strings.Repeat(hunk, patch.MaxHunks+1), "expected at most 2000 hunks, found 2001", patch.ErrApply},
		{"twice", diff + diff, "x:18: hunk 1 of drivers/base/dd.c does not apply", patch.ErrApply},
	} {
		list, err := patch.Read("x", []byte(c.src))
		if err == nil {
			_, _, err = patch.NewTree(fstest.MapFS{dd: {Data: []byte(file)}}).Apply(list[0], patch.All)
		}
		if !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.want) || strings.ContainsAny(fmt.Sprint(err), "\n\x1b") {
			t.Errorf("%s: got %v\nwant %q, of the kind %v", c.name, err, c.want, c.kind)
		}
	}
}

// A file that does not matter is passed over, whether it is there or not.
func TestMatters(t *testing.T) {
	names := &patch.Recorder{}
	base := fstest.MapFS{dd: {Data: []byte(file)}, "old.c": {Data: []byte(file)}}
	_, _ = fs.ReadFile(names.Watch(base), dd)
	_, _ = fs.Stat(names.Watch(base), "nowhere.c")
	list, err := patch.Read("x", []byte(strings.ReplaceAll(diff, dd, "drivers/gpu/x.c")+strings.ReplaceAll(diff, dd, "drivers/gpu/y.c")+
		"diff --git a/old.c b/nowhere.c\nsimilarity index 100%\nrename from old.c\nrename to nowhere.c\n"))
	if err != nil {
		t.Fatal(err)
	}
	matters := names.Matters(list)
	for name, want := range map[string]bool{dd: true, "nowhere.c": true, "old.c": true, "drivers/gpu/x.c": false, "": false} {
		if matters(name) != want {
			t.Errorf("%q matters: %v, want %v", name, !want, want)
		}
	}
	tree, notes, err := patch.NewTree(base).Apply(list[0], matters)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 1 || !strings.Contains(notes[0].String(), "x:1: note: drivers/gpu/x.c and 1 more of its files are not in the tree") {
		t.Errorf("notes: %v", notes)
	}
	if _, err := fs.ReadFile(tree, "old.c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("old.c after its rename: %v", err)
	}
	if got, _ := fs.ReadFile(tree, "nowhere.c"); string(got) != file {
		t.Errorf("a rename starts from the tree before the patch; got %q", got)
	}
	if got, _ := fs.ReadFile(base, "old.c"); string(got) != file {
		t.Error("the base has changed")
	}
}

// Folders are those of the patched tree, and a file in one that was listed matters.
func TestReadDir(t *testing.T) {
	base := fstest.MapFS{dd: {Data: []byte(file)}, "drivers/base/old.c": {Data: []byte(file)}, "drivers/base/power/main.c": {Data: []byte(file)}}
	names := &patch.Recorder{}
	if _, err := fs.ReadDir(names.Watch(base), "drivers/base"); err != nil {
		t.Fatal(err)
	}
	created := "diff --git a/lib/new.c b/lib/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/lib/new.c\n@@ -0,0 +1 @@\n+x\n"
	list, err := patch.Read("x", []byte(created+strings.ReplaceAll(created, "lib/", "drivers/base/")+strings.ReplaceAll(created, "lib/", "drivers/base/power/")+
		"diff --git a/drivers/base/old.c b/lib/old.c\nsimilarity index 100%\nrename from drivers/base/old.c\nrename to lib/old.c\n"))
	if err != nil {
		t.Fatal(err)
	}
	matters := names.Matters(list)
	for name, want := range map[string]bool{"drivers/base/new.c": true, "drivers/base/old.c": true, "drivers/base/power/new.c": false, "lib/new.c": false} {
		if matters(name) != want {
			t.Errorf("%q matters: %v, want %v", name, !want, want)
		}
	}
	tree, _, err := patch.NewTree(base).Apply(list[0], patch.All)
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{"drivers/base": "dd.c new.c power", "drivers/base/power": "main.c new.c", "lib": "new.c old.c"} {
		entries, err := fs.ReadDir(tree, dir)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%s: %v %v, want %s", dir, got, err, want)
		}
	}
	if _, err := fs.ReadDir(tree, "nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nowhere: %v", err)
	}
}

// Links, and a tree whose lines end with CR LF.
func TestOddTrees(t *testing.T) {
	list, err := patch.Read("x", []byte(diff))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/drivers/base", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", dir+"/"+dd); err != nil {
		t.Fatal(err)
	}
	if _, _, err = patch.NewTree(os.DirFS(dir)).Apply(list[0], patch.All); !errors.Is(err, patch.ErrApply) || !strings.Contains(err.Error(), "found a symbolic link") {
		t.Errorf("a link: %v", err)
	}
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	tree, _, err := patch.NewTree(fstest.MapFS{dd: {Data: []byte(crlf(file))}}).Apply(list[0], patch.All)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := fs.ReadFile(tree, dd); string(got) != crlf(patched) {
		t.Errorf("got %q", got)
	}
}

// No input makes it panic or hang; what it reads, it applies or refuses.
func FuzzRead(f *testing.F) {
	for _, s := range []string{diff, mail("", diff), mail("Content-Transfer-Encoding: base64\n", "ZGlmZg==\n"),
		mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\n"+diff+"--b--\n"), "--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"} {
		f.Add([]byte(s))
	}
	base := fstest.MapFS{dd: {Data: []byte(file)}, "x": {Data: []byte("a\nb\n")}}
	f.Fuzz(func(t *testing.T, src []byte) {
		list, err := patch.Read("x", src)
		if err != nil && !errors.Is(err, patch.ErrFormat) {
			t.Fatalf("%v is no ErrFormat", err)
		}
		tree := patch.NewTree(base)
		for _, p := range list {
			next, _, err := tree.Apply(p, patch.All)
			switch {
			case err == nil:
				tree = next
			case !errors.Is(err, patch.ErrApply):
				t.Fatalf("%v is no ErrApply", err)
			}
		}
	})
}
