package driver

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	dir := os.Getenv("ZZTREE")
	if dir == "" {
		dir = "/root/.cache/dmafuzz/whole/7.2"
	}
	paths := strings.Fields(os.Getenv("ZZ"))
	var tr func(string, ...any)
	if os.Getenv("ZZTRACE") != "" {
		tr = func(f string, a ...any) { fmt.Printf(f+"\n", a...) }
	}
	st := time.Now()
	res, err := Run(context.Background(), os.DirFS(dir), Options{Paths: paths, Trace: tr})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]int{}
	for _, f := range res.Findings {
		by[f.Rule+" "+f.Severity.String()]++
		fmt.Printf("%s:%d: %s: %s [%s] (%s)\n", f.Pos.File, f.Pos.Line, f.Severity, f.Text, f.Rule, f.Way)
		if os.Getenv("ZZS") != "" {
			for _, s := range f.Story {
				fmt.Printf("      %s:%d: %s\n", s.Pos.File, s.Pos.Line, s.Text)
			}
		}
	}
	c := res.Counts
	fmt.Printf("## %v files %d functions %d alloc %d free %d judged %d params %d undecided %d\n", time.Since(st), c.Files, c.Functions, c.Allocations, c.Frees, c.Judged, c.Parameters, c.Undecided)
	var ks []string
	for k := range c.NotJudged {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return c.NotJudged[ks[i]] > c.NotJudged[ks[j]] })
	for i, k := range ks {
		if i < 25 {
			fmt.Println("##", c.NotJudged[k], k)
		}
	}
	fmt.Println("##", by)
}
