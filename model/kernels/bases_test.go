package kernels

import (
	"dmafuzz/model/text"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dmafuzz/model"
)

// leaves are releases that others do not follow: stable ones with backports,
// and the one that is quoted by the line.
const leaves = "v4.14.177 v4.19.48 v5.10.223 v6.1.176 v6.12.107 v7.2.13"

// TestBases checks that a release is like the one before it.
func TestBases(t *testing.T) {
	last := map[string]string{} // the release before, of each arch
	for i, k := range All() {
		base, arch, _ := strings.Cut(k.Base, "/")
		leaf := slices.Contains(strings.Fields(leaves), base)
		switch {
		case i == 0 != (k.Base == ""):
			t.Errorf("%s is like %q", k.FullName(), k.Base)
		case i == 0:
		case slices.Index(Names(), k.Base) >= i && !k.Derived:
			t.Errorf("%s is like %s, which comes later", k.FullName(), k.Base)
		case k.Derived:
			if k.Name == base {
				t.Errorf("%s is derived and has the name of a release", k.FullName())
			}
			if len(k.Paths)+len(k.Facts) > 8 {
				t.Errorf("%s changes more than a patch does", k.FullName())
			}
		case base == k.Name && (arch == "arm64" || k.Arch == "x86-intel"): // the arch as a change
		case leaf || base != last[arch] || arch[:3] != k.Arch[:3]:
			t.Errorf("%s is like %s, and not like %s of %s", k.FullName(), k.Base, arch, last[arch])
		}
		if !k.Derived && !slices.Contains(strings.Fields(leaves), k.Name) {
			last[k.Arch] = k.Name
		}
	}
}

// TestOwn checks that a file holds only what its base does not give: a copy
// would be read as a change.
func TestOwn(t *testing.T) {
	for _, k := range All() {
		bases := Bases(k)
		if len(bases) == 0 {
			continue
		}
		if n := len(bases); n > text.MaxBaseDepth || bases[n-1].Base != "" {
			t.Errorf("%s: %d bases, at most %d, down to %s", k.FullName(), n, text.MaxBaseDepth, bases[n-1].FullName())
		}
		for _, same := range copies(k, bases[0]) {
			t.Errorf("%s: its %s is that of %s", k.FullName(), same, k.Base)
		}
	}
	k := *All()[0]
	if got := len(copies(&k, All()[0])); got != len(k.Paths)+len(k.Facts)+2 {
		t.Errorf("a whole copy counts as %d", got)
	}
}

// copies lists what a kernel says as its base does.
func copies(k, base *model.Kernel) []string {
	var same []string
	for _, p := range k.Paths {
		if cmp.Equal(p, base.Path(p.Kind), cmpopts.EquateEmpty()) {
			same = append(same, fmt.Sprint("path ", p.Kind))
		}
	}
	for _, f := range k.Facts {
		if slices.Contains(base.Resolve().Facts, f) {
			same = append(same, fmt.Sprint("fact ", f.Kind))
		}
	}
	if k.Bus != model.BusInvalid && k.Bus == base.DefaultBus() {
		same = append(same, "bus")
	}
	if k.Firmware != model.FirmwareInvalid && k.Firmware == base.DefaultFirmware() {
		same = append(same, "firmware")
	}
	return same
}

// TestProvenance checks that the file of a release says what it stands for,
// what it was compared with, and what was inferred.
func TestProvenance(t *testing.T) {
	names := map[string]bool{}
	for _, kind := range kinds() {
		names[kind.String()] = true
	}
	for _, k := range Shipped() {
		first, all := k.Source[0], strings.Join(k.Source, "\n")+"\n"
		if !strings.HasPrefix(first, k.Name+",") && !strings.Contains(first, ", for "+k.Name+",") {
			t.Errorf("%s: its first source line is %q", k.FullName(), first)
		}
		copied, debian := strings.Contains(first, "a public copy: github.com/"), strings.Contains(first, "Debian package")
		if !copied && !debian && !strings.Contains(first, "no tree was read") {
			t.Errorf("%s: %q names no tree", k.FullName(), first)
		}
		if copied != strings.Contains(all, "was not compared with the tag itself\n") {
			t.Errorf("%s: a copy %v, and its source lines are\n%s", k.FullName(), copied, all)
		}
		if debian != strings.Contains(all, "compared with what extract reads in ") {
			t.Errorf("%s: a package %v, and its source lines are\n%s", k.FullName(), debian, all)
		}
		if !strings.Contains(all, "compared with the step lists of table_test.go and hooks_test.go") {
			t.Errorf("%s is compared with nothing", k.FullName())
		}
		for _, s := range k.Source {
			if list, ok := strings.CutPrefix(s, "inferred: "); ok {
				list, _, _ = strings.Cut(strings.TrimPrefix(list, "fact "), " and ")
				if list, _, _ = strings.Cut(list, ","); !names[list] && list != model.FactDefaultDomain.String() {
					t.Errorf("%s: %q names no path", k.FullName(), s)
				}
			}
		}
		for _, p := range k.Paths {
			if strings.Contains(p.Comment, "derived") {
				t.Errorf("%s: path %s: where it is from belongs into a source line", k.FullName(), p.Kind)
			}
		}
	}
}
