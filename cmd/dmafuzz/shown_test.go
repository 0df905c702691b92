package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/corpus"
)

// What README.md and the pages of docs/ show is what the program prints. Each
// indented block of a page is one of these:
//
//   - a session: lines "$ COMMAND", each with what it prints below it. A line
//     "..." stands for any lines that are left out. "# exit N" behind a command
//     says how it ends, 0 if it says nothing;
//   - a block with a comment in the line above it: <!-- run: trees --> and
//     <!-- run: long --> are sessions for which kernel trees are needed, or
//     patience; <!-- corpus: NAME --> are lines of a trace of the corpus;
//     <!-- not run: WHY --> is what nobody can run here.
//
// Any other block is an error, so that nothing is shown that nobody has checked.

// shownBlock is an indented block of a page.
type shownBlock struct {
	page      string
	line      int // of its first line, from 1
	directive string
	lines     []string // without their indentation
}

var directiveLine = regexp.MustCompile(`^<!-- (.*) -->$`)

// shownBlocks returns the indented blocks of a page; what stands between fences is
// none.
func shownBlocks(page, text string) []shownBlock {
	var list []shownBlock
	lines := strings.Split(text, "\n")
	fenced, directive := false, ""
	for i := 0; i < len(lines); i++ {
		switch l := lines[i]; {
		case strings.HasPrefix(l, "```"):
			fenced = !fenced
		case fenced || l == "":
		case !strings.HasPrefix(l, "    "):
			directive = ""
			if m := directiveLine.FindStringSubmatch(l); m != nil {
				directive = m[1]
			}
		default:
			b := shownBlock{page: page, line: i + 1, directive: directive}
			for ; i < len(lines) && (lines[i] == "" || strings.HasPrefix(lines[i], "    ")); i++ {
				b.lines = append(b.lines, strings.TrimPrefix(lines[i], "    "))
			}
			for b.lines[len(b.lines)-1] == "" {
				b.lines = b.lines[:len(b.lines)-1]
			}
			list, directive = append(list, b), ""
			i--
		}
	}
	return list
}

// shownCommand is one command of a session with what it prints.
type shownCommand struct {
	words string
	exit  int
	want  []string
}

var exitWords = regexp.MustCompile(`^(.*?) +# exit (\d+)$`)

func (b shownBlock) commands() ([]shownCommand, error) {
	var list []shownCommand
	for _, l := range b.lines {
		words, ok := strings.CutPrefix(l, "$ ")
		switch {
		case ok:
			c := shownCommand{words: words}
			if m := exitWords.FindStringSubmatch(words); m != nil {
				c.words = m[1]
				c.exit, _ = strconv.Atoi(m[2])
			}
			list = append(list, c)
		case len(list) == 0:
			return nil, fmt.Errorf("got %q as the first line, want \"$ COMMAND\", or a comment above the block that says what it is", l)
		default:
			list[len(list)-1].want = append(list[len(list)-1].want, l)
		}
	}
	return list, nil
}

// shownMatch compares what is shown with what is printed: "..." stands for any
// lines, the last of which is then the first line that is like the next one shown.
func shownMatch(want, got []string) string {
	for len(want) > 0 && want[len(want)-1] == "" {
		want = want[:len(want)-1]
	}
	rest, anywhere := got, false
	for i, w := range want {
		if strings.TrimSpace(w) == "..." {
			anywhere = true
			continue
		}
		at := 0
		if anywhere {
			at = slices.Index(rest, w)
		}
		if at < 0 || at >= len(rest) || rest[at] != w {
			return fmt.Sprintf("line %d of what is shown: %q\n%s", i+1, w, cmp.Diff(want, got))
		}
		rest, anywhere = rest[at+1:], false
	}
	if len(rest) > 0 && !anywhere {
		return fmt.Sprintf("%d more lines are printed, from %q on", len(rest), rest[0])
	}
	return ""
}

func TestShown(t *testing.T) {
	top, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	sessions := 0
	for _, file := range append([]string{filepath.Join(top, "README.md")}, pages...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := filepath.Rel(top, file)
		for _, b := range shownBlocks(page, string(text)) {
			if b.directive == "" {
				sessions++
			}
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(page), b.line), func(t *testing.T) { b.check(t, top) })
		}
	}
	if sessions < 5 {
		t.Errorf("%d sessions are run; the pages show more", sessions)
	}
}

// check holds a block against the program.
func (b shownBlock) check(t *testing.T, top string) {
	t.Helper()
	trees := os.Getenv("DMAFUZZ_TREES")
	word, rest, _ := strings.Cut(b.directive, ": ")
	switch {
	case word == "corpus":
		if l := notInTrace(t, rest, b.lines); l != "" {
			t.Errorf("%s:%d: corpus/%s.trace does not have the line %q there", b.page, b.line, rest, l)
		}
		return
	case word == "not run" && rest != "":
		return
	case b.directive == "run: trees" && trees == "":
		t.Skip("left out: DMAFUZZ_TREES names no folder of kernel trees")
	case b.directive == "run: long" && os.Getenv("DMAFUZZ_LONG") == "":
		t.Skip("left out: takes long; DMAFUZZ_LONG=1 runs it")
	case b.directive != "" && b.directive != "run: trees" && b.directive != "run: long":
		t.Fatalf("%s:%d: got the directive %q", b.page, b.line, b.directive)
	}
	commands, err := b.commands()
	if err != nil {
		t.Fatalf("%s:%d: %v", b.page, b.line, err)
	}
	for _, c := range commands {
		got, exit := c.run(t, top, trees)
		if exit != c.exit {
			t.Errorf("%s:%d: %s: exit %d, want %d", b.page, b.line, c.words, exit, c.exit)
		}
		if d := shownMatch(c.want, got); d != "" {
			t.Errorf("%s:%d: %s: %s", b.page, b.line, c.words, d)
		}
	}
}

// run runs a command in the top folder, with this program as dmafuzz, and
// ~/linux-6.1 for the tree of that release.
func (c shownCommand) run(t *testing.T, top, trees string) (lines []string, exit int) {
	t.Helper()
	words := strings.ReplaceAll(c.words, "go run ./cmd/dmafuzz", "dmafuzz")
	words = strings.ReplaceAll(words, "~/linux-", trees+"/")
	cmd := exec.Command("sh", "-c", words)
	cmd.Dir, cmd.Env = top, append(os.Environ(), "NO_COLOR=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var failed *exec.ExitError
	if err := cmd.Run(); errors.As(err, &failed) {
		exit = failed.ExitCode()
	} else if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	text := strings.TrimRight(out.String(), "\n")
	if text == "" {
		return nil, exit
	}
	for l := range strings.SplitSeq(text, "\n") {
		lines = append(lines, strings.TrimRight(l, " "))
	}
	return lines, exit
}

// notInTrace returns the first of the lines that a trace of the corpus does not
// have, in their order; blank ones do not count.
func notInTrace(t *testing.T, name string, lines []string) string {
	t.Helper()
	for _, f := range corpus.Files() {
		if f.Name != name+".trace" {
			continue
		}
		rest := strings.Split(f.Text, "\n")
		for _, l := range lines {
			at := slices.Index(rest, l)
			if l != "" && at < 0 {
				return l
			}
			rest = rest[max(0, at):]
		}
		return ""
	}
	t.Fatalf("the corpus has no trace %s", name)
	return ""
}

func TestShownMatch(t *testing.T) {
	got := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		reason string
		want   []string
		ok     bool
	}{
		{"all of it", []string{"a", "b", "c", "d"}, true},
		{"a blank line at the end of a block", []string{"a", "b", "c", "d", ""}, true},
		{"left out in the middle", []string{"a", "...", "d"}, true},
		{"left out at the end", []string{"a", "  ..."}, true},
		{"left out at the start", []string{"...", "d"}, true},
		{"nothing was left out", []string{"a", "...", "b", "c", "d"}, true},
		{"a line less", []string{"a", "b", "c"}, false},
		{"another line", []string{"a", "x", "c", "d"}, false},
		{"in another order", []string{"...", "d", "...", "a"}, false},
		{"not at the start", []string{"b", "..."}, false},
		{"nothing is shown", nil, false},
	} {
		if d := shownMatch(c.want, got); (d == "") != c.ok {
			t.Errorf("%s: %q", c.reason, d)
		}
	}
}

func TestShownBlocks(t *testing.T) {
	const page = "Text.\n\n    $ one  # exit 3\n    a\n\n    b\n\nText.\n<!-- not run: why -->\n\n    two\n\n```\n    fenced\n```\n    three\n"
	var got []string
	for _, b := range shownBlocks("p", page) {
		got = append(got, fmt.Sprintf("%d %q %q", b.line, b.directive, b.lines))
	}
	want := []string{`3 "" ["$ one  # exit 3" "a" "" "b"]`, `11 "not run: why" ["two"]`, `16 "" ["three"]`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	c, err := shownBlocks("p", page)[0].commands()
	if err != nil || len(c) != 1 || c[0].words != "one" || c[0].exit != 3 || len(c[0].want) != 3 {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := (shownBlock{lines: []string{"dmafuzz check"}}).commands(); err == nil {
		t.Error("a block that is neither session nor explained passes")
	}
}
