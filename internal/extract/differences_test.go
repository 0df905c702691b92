package extract

import (
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
)

// differencesFile says where an extracted kernel may differ from the one that
// a person wrote. Its lines are TREE/ARCH WHAT DIFFERENCE  # why, where a star
// stands for any tree or any arch, and WHAT is
//
//	a path: "+STEP" only the tree has it, "-STEP" only the written file has it,
//	        "STEP <> STEP" the way is not compared further;
//	        with "when TEST, TEST" only where these hold
//	fact:   NAME GOT <> WANT
//	bus:    a note about a bus that is not like the default one, without its way
//	keys:   "+KEY" or "-KEY" at default bounds; wide: the same with two devices in one group
const differencesFile = "testdata/differences.txt"

// A reason is one line of it.
type reason struct {
	where, what, difference string
	when                    []string
	line                    int
	used, tried             bool
}

type reasons []*reason

func readReasons(t *testing.T) reasons {
	t.Helper()
	src, err := os.ReadFile(differencesFile)
	if err != nil {
		t.Fatal(err)
	}
	var list reasons
	for i, l := range strings.Split(string(src), "\n") {
		rule, why, ok := strings.Cut(l, "  #")
		words := strings.Fields(rule)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if !ok || strings.TrimSpace(why) == "" || len(words) < 3 {
			t.Fatalf("%s:%d: expected TREE/ARCH WHAT DIFFERENCE  # why", differencesFile, i+1)
		}
		if _, err := path.Match(words[0], "7.2/arm64"); err != nil || strings.Count(words[0], "/") != 1 {
			t.Fatalf("%s:%d: expected TREE/ARCH, either of which may be *, found %q", differencesFile, i+1, words[0])
		}
		r := &reason{where: words[0], what: words[1], line: i + 1}
		difference, when, asks := strings.Cut(strings.Join(words[2:], " "), " when ")
		if r.difference = difference; asks {
			r.when = strings.Split(when, ", ")
		}
		list = append(list, r)
	}
	return list
}

// of returns what asks for a reason for differences in one thing.
func (list reasons) of(where, what string) allowed {
	var here reasons
	for _, r := range list {
		if ok, _ := path.Match(r.where, where); ok && r.what == what {
			r.tried = true
			here = append(here, r)
		}
	}
	return func(difference string, known map[string]bool) bool {
		found := false
		for _, r := range here {
			if r.is(difference) && r.holds(known) {
				r.used, found = true, true
			}
		}
		return found
	}
}

// is tells whether the reason is for that difference; a * in it stands for
// part of a finding's key.
func (r *reason) is(difference string) bool {
	if !strings.Contains(r.difference, "*") {
		return r.difference == difference
	}
	ok, err := path.Match(r.difference, difference)
	return ok && err == nil
}

func (r *reason) holds(known map[string]bool) bool {
	for _, w := range r.when {
		name, not := strings.CutPrefix(w, "not ")
		if v, ok := known[name]; !ok || v == not {
			return false
		}
	}
	return true
}

// unused fails for each reason whose trees were read and which nothing needed.
func (list reasons) unused(t *testing.T) {
	for _, r := range list {
		if r.tried && !r.used {
			t.Errorf("%s:%d: nothing differs any more by: %s %s %s", differencesFile, r.line, r.where, r.what, r.difference)
		}
		if !r.tried {
			t.Errorf("%s:%d: no tree, arch or thing is named %s %s", differencesFile, r.line, r.where, r.what)
		}
	}
}

// compareSets compares two sets of keys.
func compareSets(got, want []string, allow allowed) []string {
	count := map[string]int{}
	for _, k := range got {
		count[k]++
	}
	for _, k := range want {
		count[k]--
	}
	var found []string
	for _, list := range [][]string{got, want} {
		for _, k := range list {
			sign := map[int]string{1: "+", -1: "-"}[count[k]]
			if count[k] = 0; sign != "" && !allow(sign+k, nil) {
				found = append(found, fmt.Sprint(sign, k))
			}
		}
	}
	return found
}
