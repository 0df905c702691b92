package source_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"dmafuzz/internal/mutate/source"
)

// FuzzEdit: whatever a file holds, a mutant is made, or says why not.
func FuzzEdit(f *testing.F) {
	names, trees := miniTrees(f)
	files := map[string]bool{}
	for _, name := range names {
		for file, text := range trees[name] {
			files[file] = true
			f.Add(string(text.Data))
		}
	}
	f.Add("static void device_unbind_cleanup(struct device *dev) { devres_release_all(dev)")
	f.Add("int really_probe(struct device *dev)\n{\n\tif (test_remove)\n\t\tdevice_unbind_cleanup(dev);\n\tdevice_unbind_cleanup(dev);\n}")
	f.Fuzz(func(t *testing.T, text string) {
		tree := fstest.MapFS{}
		for file := range files {
			tree[file] = &fstest.MapFile{Data: []byte(text)}
		}
		for _, m := range source.List() {
			_, err := m.Edit(tree)
			if err != nil && !errors.Is(err, source.ErrNotApplicable) && !errors.Is(err, source.ErrShape) {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
	})
}
