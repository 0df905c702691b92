// Package docs_test holds the pages of this folder against the program.
package docs_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"dmafuzz/internal/check"
	"dmafuzz/model"
	"dmafuzz/model/kernels"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write the lists of kernels in findings.md anew; commit the change only if you understand it")

// A reason is one block of patterns in findings.md.
type reason struct {
	heading  string
	patterns []string
}

func (r reason) explains(key string) (string, bool) {
	for _, p := range r.patterns {
		quoted := strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, `.*`)
		if regexp.MustCompile("^" + quoted + "$").MatchString(key) {
			return p, true
		}
	}
	return "", false
}

func parseReasons(t *testing.T, page string) []reason {
	t.Helper()
	var all []reason
	heading, inside := "", false
	for _, line := range strings.Split(page, "\n") {
		switch {
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimPrefix(line, "## ")
		case line == "```keys":
			inside = true
			all = append(all, reason{heading: heading})
		case line == "```":
			inside = false
		case inside:
			r := &all[len(all)-1]
			r.patterns = append(r.patterns, line)
		}
	}
	if len(all) == 0 {
		t.Fatal("the page has no patterns")
	}
	return all
}

// Every finding on every kernel has its reason, no reason is idle, and the page
// that lists which kernels each pattern is met on is up to date.
func TestEveryFindingHasItsReason(t *testing.T) {
	page, err := os.ReadFile("findings.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := parseReasons(t, string(page))
	met := map[string][]string{} // pattern -> kernels
	for _, name := range kernels.Names() {
		for _, key := range keysOf(t, load(t, name)) {
			explained := false
			for _, r := range reasons {
				if p, ok := r.explains(key.String()); ok {
					explained = true
					if l := met[p]; len(l) == 0 || l[len(l)-1] != name {
						met[p] = append(l, name)
					}
				}
			}
			if !explained {
				t.Errorf("%s: %s has no reason in findings.md", name, key)
			}
		}
	}
	var b strings.Builder
	b.WriteString("# Which kernels each pattern of findings.md is met on\n")
	for _, r := range reasons {
		fmt.Fprintf(&b, "\n## %s\n", r.heading)
		for _, p := range r.patterns {
			if len(met[p]) == 0 {
				t.Errorf("the pattern %s matches nothing", p)
			}
			fmt.Fprintf(&b, "\n%s\n    %s\n", p, strings.Join(met[p], "\n    "))
		}
	}
	golden(t, "testdata/findings.golden", b.String())
}

// shipped are the verdicts of one actor on all shipped kernels, by name.
var shipped = sync.OnceValues(func() (map[string]*check.Verdict, error) {
	list := kernels.All()
	verdicts, err := check.RunAll(context.Background(), list, check.DefaultPlan(model.DefaultBounds()), check.Options{}, nil)
	if err != nil {
		return nil, err
	}
	m := map[string]*check.Verdict{}
	for i, k := range list {
		if verdicts[i].Open() {
			return nil, fmt.Errorf("%s: %w", k.FullName(), check.ErrNotClosed)
		}
		m[k.FullName()] = verdicts[i]
	}
	return m, nil
})

// keysOf returns the keys of all findings of the passes that check makes.
func keysOf(t *testing.T, k *model.Kernel) []model.Key {
	t.Helper()
	verdicts, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := verdicts[k.FullName()]; ok {
		return v.Keys()
	}
	keys, err := check.Keys(context.Background(), k, check.DefaultPlan(model.DefaultBounds()), check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func load(t *testing.T, name string) *model.Kernel {
	t.Helper()
	k, err := kernels.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s differs (-want +got):\n%s\nrun `go test ./docs -rewrite` if this is meant", file, d)
	}
}
