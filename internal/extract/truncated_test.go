package extract

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/patch"
)

// A tree of which a file is cut off gives an error, or says what is missing, or
// means the same: what stood behind the cut is never taken for absent.
func TestTruncated(t *testing.T) {
	for _, c := range []struct{ dir, arch string }{{"7.2", "arm64"}, {"6.1", "arm"}} {
		tree := os.DirFS(realTree(t, c.dir))
		names := &patch.Recorder{}
		base, err := Tree(names.Watch(tree), Options{Arch: c.arch})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range names.Names() {
			src, err := fs.ReadFile(tree, file)
			if err != nil || strings.HasSuffix(file, "Kconfig") {
				continue
			}
			for _, part := range []int{40, 85} {
				at := len(src) * part / 100
				at += strings.IndexByte(string(src[at:]), '\n') + 1
				res, err := Tree(overlay{tree, map[string]string{file: string(src[:at])}}, Options{Arch: c.arch})
				if err != nil || len(res.Missing) > 0 || bare(res) == bare(base) {
					continue
				}
				said := slices.ContainsFunc(res.Notes, func(n Note) bool { return strings.HasPrefix(n.Pos, file) })
				if !said {
					t.Errorf("%s/%s: %s cut off in line %d: another kernel, and nothing is said", c.dir, c.arch, file, strings.Count(string(src[:at]), "\n"))
				}
			}
		}
	}
}
