package kernels

import (
	"dmafuzz/model/text"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dmafuzz/model"
)

// TestFolder compares the list with the folder and with what is embedded: a
// file that nobody lists would be shipped by nobody.
func TestFolder(t *testing.T) {
	listed := map[string]bool{}
	for _, name := range Names() {
		listed[strings.Replace(name, "/", "-", 1)+".kernel"] = true
	}
	for _, dir := range []struct {
		name string
		read func() ([]os.DirEntry, error)
	}{
		{"folder", func() ([]os.DirEntry, error) { return os.ReadDir(".") }},
		{"embedded", func() ([]os.DirEntry, error) { return files.ReadDir(".") }},
	} {
		entries, err := dir.read()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".kernel") {
				found[e.Name()] = true
			}
		}
		if diff := cmp.Diff(listed, found); diff != "" {
			t.Errorf("-releases +%s:\n%s", dir.name, diff)
		}
	}
	if len(listed) != len(Names()) {
		t.Errorf("%d names for %d files", len(Names()), len(listed))
	}
}

// TestFiles reads each file, checks that it is the kernel that its name says,
// that a machine can be made of it, and that its text is the printed form: the
// files are written as `extract` would write them.
func TestFiles(t *testing.T) {
	for i, k := range All() {
		name := Names()[i]
		if k.FullName() != name {
			t.Errorf("%s: its file says %s", name, k.FullName())
		}
		if len(k.Source) == 0 {
			t.Errorf("%s: no source line", name)
		}
		_, src, err := read(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutComments(string(src)), text.FormatKernel(k)); diff != "" {
			t.Errorf("%s: (-file +printed):\n%s", name, diff)
		}
		if _, err := model.NewMachine(k, model.DefaultBounds()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhole checks that a kernel written out reads back without its bases.
func TestWhole(t *testing.T) {
	for _, k := range All() {
		whole := k.Resolve()
		back, err := text.ParseKernel(k.FullName(), []byte(text.FormatKernel(whole)), nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(whole, back, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(model.Kernel{})); diff != "" {
			t.Errorf("%s: (-resolved +read back):\n%s", k.FullName(), diff)
		}
	}
}

var commentLines = regexp.MustCompile(`(?m)^[ \t]*#.*\n(\n)?`)

// withoutComments drops the lines that hold only a comment: the printer knows
// comments of paths only. The blank line below a heading goes with it.
func withoutComments(body string) string { return commentLines.ReplaceAllString(body, "") }

// kinds lists all path kinds.
func kinds() []model.PathKind {
	var kinds []model.PathKind
	for p := model.PathKind(1); !strings.HasPrefix(p.String(), "PathKind("); p++ {
		kinds = append(kinds, p)
	}
	return kinds
}

// TestStated checks that every kernel says something about every path and
// fact, itself or by its base: what is silently missing would count as unknown.
func TestStated(t *testing.T) {
	if n := len(kinds()); n < 30 {
		t.Fatalf("only %d kinds of path", n)
	}
	for _, k := range All() {
		for _, kind := range kinds() {
			if p := k.Path(kind); p.Status == model.PathUnknown && p.Comment == "" {
				t.Errorf("%s: path %s is unknown without a comment", k.FullName(), kind)
			}
		}
		for _, f := range []model.FactKind{model.FactNullOps, model.FactDefaultDomain, model.FactBypass, model.FactRegisters} {
			if k.Fact(f) == "" {
				t.Errorf("%s: nothing about fact %s", k.FullName(), f)
			}
		}
	}
}

// TestUnknown pins what is not known, so that no path slips into it.
func TestUnknown(t *testing.T) {
	early := []model.PathKind{model.PathIOMMUUnregister, model.PathIOMMURelease}
	for _, k := range All() {
		var want []model.PathKind
		switch k.Name {
		case "v4.9", "v4.14.177", "v4.19", "v4.19.48", "v4.20", "v5.0", "v5.0.1", "v5.1", "v5.2.1", "v5.4":
			want = early
		}
		if k.FullName() == "v4.9/arm" {
			want = append([]model.PathKind{model.PathDMASetup}, early...)
		}
		if diff := cmp.Diff(want, k.Unknown()); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", k.FullName(), diff)
		}
	}
}

// TestPositions checks that only the trees that were read line by line are
// quoted by the line.
func TestPositions(t *testing.T) {
	lines := regexp.MustCompile(`:\d+$`)
	for _, k := range All() {
		if k.Name == "v7.2.13" {
			continue
		}
		for _, p := range k.Paths {
			for _, s := range append([]model.Step{{Pos: p.Pos}}, p.Steps...) {
				if lines.MatchString(s.Pos) && !(k.FullName() == "v5.0/arm64" && p.Kind == model.PathUnbind) {
					t.Errorf("%s: path %s: %s", k.FullName(), p.Kind, s.Pos)
				}
			}
		}
	}
}

func TestNames(t *testing.T) {
	names := Names()
	if names[0] != "v4.9/arm64" || Newest() != "v7.3-rc7/arm64" {
		t.Errorf("from %s to %s", names[0], Newest())
	}
	derived := 0
	for _, k := range All() {
		if k.Derived {
			derived++
		}
	}
	if shipped := len(Shipped()); shipped+derived != len(names) || derived == 0 {
		t.Errorf("%d names, %d releases, %d derived", len(names), shipped, derived)
	}
}

func TestLoad(t *testing.T) {
	a, err := Load("v5.11/x86-amd")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := Load("v5.11/x86-amd"); a != b {
		t.Error("read twice")
	}
	for _, name := range []string{"", "v5.0", "v5.0/", "/arm64", "v5.0/ia64", "v6.99/arm64", "v5.11-x86/amd", "../kernels/v5.0/arm64"} {
		if k, err := Load(name); !errors.Is(err, ErrUnknown) || k != nil {
			t.Errorf("Load(%q) = %v, %v", name, k, err)
		}
	}
}
