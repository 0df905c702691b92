package driver

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write the findings on the whole tree into testdata/findings.tsv; read what is new before you keep it")

const goldenHead = "# Findings on Debian's linux-source-7.2 7.2.13-1: rule, severity, file, function, what reading the C said, why.\n"

// DMAFUZZ_WHOLE names the whole tree of 7.2. On it, there are those findings that the golden file holds, each read by
// hand: a new one fails until somebody has read it, and so does one that is gone.
func TestGolden(t *testing.T) {
	dir := os.Getenv("DMAFUZZ_WHOLE")
	if dir == "" {
		t.Skip("DMAFUZZ_WHOLE does not name a tree")
	}
	src, err := os.ReadFile("testdata/findings.tsv")
	if err != nil && !*rewrite {
		t.Fatal(err)
	}
	said := map[string]string{}
	var wanted []string
	for _, line := range strings.Split(string(src), "\n") {
		if cells := strings.SplitN(line, "\t", 5); len(cells) == 5 {
			key := strings.Join(cells[:4], "\t")
			said[key] = cells[4]
			wanted = append(wanted, key)
		}
	}
	res, err := Run(context.Background(), os.DirFS(dir), Options{Order: usualOrder})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var got []string
	for _, f := range res.Findings {
		key := fmt.Sprintf("%s\t%s\t%s\t%s", f.Rule, f.Severity, f.Pos.File, f.Function)
		if !seen[key] {
			seen[key] = true
			got = append(got, key)
		}
	}
	sort.Strings(got)
	if *rewrite {
		var b strings.Builder
		b.WriteString(goldenHead)
		for _, key := range got {
			if said[key] == "" {
				said[key] = "unread\t"
			}
			b.WriteString(key + "\t" + said[key] + "\n")
		}
		if err := os.WriteFile("testdata/findings.tsv", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	precision(t, said)
}

// precision holds what reading said against what the rules promise: nine errors and warnings of ten are true, and
// 85 notes of a hundred. What nobody is sure of counts as false.
func precision(t *testing.T, said map[string]string) {
	all, right := map[string]int{}, map[string]int{}
	for key, label := range said {
		kind := "error or warning"
		if strings.Split(key, "\t")[1] == "note" {
			kind = "note"
		}
		all[kind]++
		if strings.HasPrefix(label, "true\t") {
			right[kind]++
		}
		if strings.HasPrefix(label, "unread") {
			t.Errorf("%s: nobody has read it", key)
		}
	}
	if right["error or warning"]*100 < 90*all["error or warning"] || right["note"]*100 < 85*all["note"] {
		t.Errorf("true: %v of %v", right, all)
	}
	t.Logf("true: %v of %v", right, all)
}
