package extract

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// overlay is a tree with some of its files replaced, and some new.
type overlay struct {
	fs.FS
	files map[string]string
}

func (o overlay) Open(name string) (fs.File, error) {
	if s, ok := o.files[name]; ok {
		return fstest.MapFS{name: {Data: []byte(s)}}.Open(name)
	}
	return o.FS.Open(name)
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.FS, name)
	for file, s := range o.files {
		if path.Dir(file) == name && !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == path.Base(file) }) {
			more, _ := fs.ReadDir(fstest.MapFS{file: {Data: []byte(s)}}, name)
			list = append(list, more...)
		}
	}
	return list, err
}

// mutants are wrong orders, as text in the function that is named. What they
// must do was written down before they were run: "finding" is a key that the
// untouched tree has not, "same" is the same verdict, "none" does not apply.
var mutants = []struct {
	name, file, fn, old, new string
	want                     map[string]string // by tree/arch
	reason                   string
}{
	{"teardown before devres", ddFile, "device_unbind_cleanup",
		"\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n", "\tarch_teardown_dma_ops(dev);\n\tdevres_release_all(dev);\n",
		map[string]string{"6.1/arm64": "finding", "6.1/arm": "finding", "6.12/arm": "finding", "7.2/arm": "finding",
			"6.12/arm64": "same", "7.2/arm64": "same", "6.1/x86": "same", "7.2/x86": "same", "5.10/arm64": "none"},
		"where the hook is empty, since v6.10 on arm64, the order is free; 5.10 has no such function"},
	{"teardown before devres on unbind", ddFile, "__device_release_driver",
		"\t\tdevres_release_all(dev);\n\t\tarch_teardown_dma_ops(dev);\n", "\t\tarch_teardown_dma_ops(dev);\n\t\tdevres_release_all(dev);\n",
		map[string]string{"5.10/arm64": "finding", "5.10/arm": "finding", "6.1/arm64": "none"},
		"the bug that started it all"},
	{"teardown before devres on failure", ddFile, "really_probe",
		"\tdevice_links_no_driver(dev);\n\tdevres_release_all(dev);\n\tarch_teardown_dma_ops(dev);\n",
		"\tdevice_links_no_driver(dev);\n\tarch_teardown_dma_ops(dev);\n\tdevres_release_all(dev);\n",
		map[string]string{"5.10/arm64": "finding", "5.10/arm": "finding"}, "the same, where probe fails"},
	{"range map before devres", ddFile, "device_unbind_cleanup",
		"\tdevres_release_all(dev);", "\tkfree(dev->dma_range_map);\n\tdev->dma_range_map = NULL;\n\tdevres_release_all(dev);",
		map[string]string{"6.1/arm64": "finding", "6.12/arm64": "finding", "7.2/arm64": "finding", "7.2/x86": "same"},
		"dma-direct frees by the map; nothing installs one on x86"},
	{"no dma_cleanup in test_remove", ddFile, "really_probe",
		"\t\tif (dev->bus && dev->bus->dma_cleanup)\n\t\t\tdev->bus->dma_cleanup(dev);\n", "",
		map[string]string{"6.1/arm64": "finding", "6.12/arm64": "finding", "7.2/arm64": "finding", "5.10/arm64": "none"},
		"the use of the default domain is never given back"},
	{"no devres in device_del", coreFile, "device_del", "\tdevres_release_all(dev);\n", "",
		map[string]string{"6.1/x86": "finding", "5.10/x86-intel": "finding", "6.12/arm64": "finding", "7.2/arm64": "finding",
			"6.1/arm64": "same", "5.10/arm64": "same"},
		"device_release frees it after the IOMMU has let the device go; up to v6.9 a device of arm64 without a driver has no ops " +
			"(first predicted as findings, wrongly: the hook clears the ops at unbind)"},
	{"dmam_free frees first", mappingFile, "dmam_free_coherent",
		"\tWARN_ON(devres_destroy(dev, dmam_release, dmam_match, &match_data));\n\tdma_free_coherent(dev, size, vaddr, dma_handle);\n",
		"\tdma_free_coherent(dev, size, vaddr, dma_handle);\n\tWARN_ON(devres_destroy(dev, dmam_release, dmam_match, &match_data));\n",
		map[string]string{"6.1/arm64": "same", "7.2/arm64": "same"}, "it takes a second actor to see it"},
	{"range map in a new helper", ddFile, "device_unbind_cleanup",
		"static void device_unbind_cleanup(struct device *dev)\n{\n",
		"static void new_helper(struct device *dev)\n{\n\tkfree(dev->dma_range_map);\n}\n\n" +
			"static void device_unbind_cleanup(struct device *dev)\n{\n\tnew_helper(dev);\n",
		map[string]string{"6.1/arm64": "finding", "7.2/arm64": "finding"}, "a helper that no rule names is followed"},
	{"a comment", ddFile, "really_probe", "\tpinctrl_init_done(dev);", "\t/* devres_release_all(dev); */\n\tpinctrl_init_done(dev);",
		map[string]string{"7.2/arm64": "same", "5.10/arm64": "same"}, "comments do nothing"},
}

// TestMutants breaks the order in a copy of a tree, and asks for the verdict.
func TestMutants(t *testing.T) {
	untouched := map[string][]string{} // findings, by tree and arch
	for _, m := range mutants {
		for where, want := range m.want {
			t.Run(m.name+"/"+where, func(t *testing.T) {
				dir, arch, _ := strings.Cut(where, "/")
				tree := os.DirFS(realTree(t, dir))
				src, err := fs.ReadFile(tree, m.file)
				if err != nil {
					t.Fatal(err)
				}
				changed, ok := within(string(src), m.fn, m.old, m.new)
				if !ok {
					if want != "none" {
						t.Fatalf("%s: the text to change is not in %s", m.file, m.fn)
					}
					return
				}
				if want == "none" {
					t.Fatalf("it applies; expected that it does not: %s", m.reason)
				}
				before, ok := untouched[where]
				if !ok {
					before = findings(t, kernelOf(t, tree, arch), model.DefaultBounds())
					untouched[where] = before
				}
				after := findings(t, kernelOf(t, overlay{tree, map[string]string{m.file: changed}}, arch), model.DefaultBounds())
				got := "same"
				if len(before) != len(after) {
					got = "changed"
				}
				for _, k := range after {
					if !slices.Contains(before, k) {
						got = "finding"
					}
				}
				if got != want {
					t.Errorf("%s, want %s: %s\n%s", got, want, m.reason, cmp.Diff(before, after))
				}
			})
		}
	}
}

// within replaces text in the body of a function.
func within(src, fn, old, new string) (string, bool) {
	for at := 0; at < len(src); {
		line := src[at:]
		next := strings.IndexByte(line, '\n') + 1
		if next == 0 {
			break
		}
		head := line[:next]
		brace, semi := strings.IndexByte(line, '{'), strings.IndexByte(line, ';')
		if i := strings.Index(head, fn+"("); i > 0 && strings.ContainsAny(head[i-1:i], " *") &&
			!strings.ContainsAny(head[:1], " \t/*") && brace >= 0 && (semi < 0 || brace < semi) {
			end := at + strings.Index(line, "\n}\n") + 1
			if !strings.Contains(src[at:end], old) {
				return "", false
			}
			return src[:at] + strings.Replace(src[at:end], old, new, 1) + src[end:], true
		}
		at += next
	}
	return "", false
}

func kernelOf(t *testing.T, tree fs.FS, arch string) *model.Kernel {
	t.Helper()
	res, err := Tree(tree, Options{Arch: arch})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Missing) > 0 {
		t.Fatal(res.Missing)
	}
	return res.Kernel
}
