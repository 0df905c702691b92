package driver

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestZZStores(t *testing.T) {
	tr := Open(os.DirFS("/root/.cache/dmafuzz/whole/7.2"))
	jobs, err := tr.plan(strings.Fields(os.Getenv("ZZ")))
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		for _, m := range j.modules {
			fmt.Println("module", m.name, m.files)
		}
		u := newUnit(tr, j)
		for _, f := range u.all {
			for _, s := range f.stores {
				if !strings.Contains(s.to.key, os.Getenv("ZZK")) {
					continue
				}
				l, ok := u.loc(s.to, f)
				fmt.Println(s.pos, f.name, s.to.key, l, ok, s.to.typ, s.to.args[0].typ)
				for _, v := range s.set {
					fmt.Println("     ", v.key)
				}
			}
		}
	}
}
