package extract

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// other is C in which there is nothing to find.
var other = &fstest.MapFile{Data: []byte("int f(void) { return 0; }")}

// TestBadTrees are trees that are none, or not all there.
func TestBadTrees(t *testing.T) {
	if _, err := Tree(fstest.MapFS{}, Options{}); err == nil || !strings.Contains(err.Error(), "drivers/base/dd.c") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Tree(fstest.MapFS{}, Options{Arch: "vax"}); err == nil || !strings.Contains(err.Error(), "arm64") {
		t.Errorf("an unknown arch: %v", err)
	}
	tree := fstest.MapFS{}
	for _, name := range []string{ddFile, coreFile, mappingFile} {
		tree[name] = other
	}
	for _, c := range []struct{ want, src string }{
		{"no C source", "\x7fELF this is not C {{{ ((( "},
		{"expected C functions", ""},
		{"cut off", "int f(void) { return 0; }\nint really_probe(void)\n{\n\tif ("},
	} {
		bad := fstest.MapFS{ddFile: {Data: []byte(c.src)}, coreFile: other, mappingFile: other}
		if _, err := Tree(bad, Options{}); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), ddFile) {
			t.Errorf("%q: %v, want %q", c.src, err, c.want)
		}
	}
	res, err := Tree(tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, m := range res.Missing {
		missing[m.What] = true
		if m.Pos == "" || m.Expected == "" || m.Assume == "" {
			t.Errorf("it does not say where, what and how: %+v", m)
		}
	}
	for _, p := range []string{"path bind", "path unbind", "path del", "path dma_free", "fact null-ops"} {
		if !missing[p] {
			t.Errorf("%s is not said to be missing", p)
		}
	}
	if got := len(res.Kernel.Unknown()); got == 0 {
		t.Error("no path is unknown")
	}
}

// TestRenamed: a driver core that is cut off, or in which really_probe goes by
// another name, is an error; with its steps stated it is read.
func TestRenamed(t *testing.T) {
	tree := os.DirFS(realTree(t, "6.1"))
	src, err := fs.ReadFile(tree, ddFile)
	if err != nil {
		t.Fatal(err)
	}
	cut, _, _ := strings.Cut(string(src), "re_probe:")
	if _, err := Tree(overlay{tree, map[string]string{ddFile: cut}}, Options{}); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("cut off: %v", err)
	}
	renamed := overlay{tree, map[string]string{ddFile: strings.ReplaceAll(string(src), "really_probe", "truly_probe")}}
	if _, err := Tree(renamed, Options{}); err == nil || !strings.Contains(err.Error(), "expected the function really_probe, found none") || !strings.Contains(err.Error(), "--assume 'path bind=") {
		t.Errorf("renamed: %v", err)
	}
	res, err := Tree(renamed, Options{Assume: map[string]string{"path bind": "set_driver; driver_probe; bound"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range res.Missing {
		if m.What == "path bind" {
			t.Errorf("stated, and still missing: %+v", m)
		}
	}
}

// TestAssume: what is stated by hand must be readable.
func TestAssume(t *testing.T) {
	for _, bad := range []map[string]string{{"path bind": "jump_up"}, {"null-ops": "maybe"}, {"path nowhere": "bound"}} {
		if _, err := Tree(fstest.MapFS{}, Options{Assume: bad}); err == nil || !strings.Contains(err.Error(), "assumed") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// FuzzTree: no source makes it panic or hang.
func FuzzTree(f *testing.F) {
	f.Add("static void device_unbind_cleanup(struct device *dev) { again: if (dev->driver && x) goto again; devres_release_all(dev); }")
	f.Add("int really_probe(struct device *dev) { for (;;) { guard(device)(dev); if (a ? b : c) break; x = y = ({ 1; }); } return -EINVAL; }")
	f.Fuzz(func(t *testing.T, src string) {
		tree := fstest.MapFS{coreFile: other, mappingFile: other, ddFile: {Data: []byte(src + "\n" + string(other.Data))}}
		if _, err := Tree(tree, Options{}); err != nil && strings.Contains(err.Error(), "a defect of extract") {
			t.Fatal(err)
		}
	})
}

// TestDepends: arm_dma_ops of 5.10 hang on LPAE.
func TestDepends(t *testing.T) {
	tree := os.DirFS(realTree(t, "5.10"))
	guarded := edited(t, tree, []edit{{ddFile, "__device_release_driver", "\t\tdevres_release_all(dev);\n\t\tarch_teardown_dma_ops(dev);\n",
		"#ifdef CONFIG_FROB\n\t\tarch_teardown_dma_ops(dev);\n#endif\n\t\tdevres_release_all(dev);\n#ifndef CONFIG_FROB\n\t\tarch_teardown_dma_ops(dev);\n#endif\n"}})
	asked := edited(t, tree, []edit{{ddFile, "__device_release_driver", "\t\tdevres_release_all(dev);\n\t\tarch_teardown_dma_ops(dev);\n",
		"\t\tif (!IS_ENABLED(CONFIG_FROB))\n\t\t\tdevres_release_all(dev);\n\t\tarch_teardown_dma_ops(dev);\n\t\tif (IS_ENABLED(CONFIG_FROB))\n\t\t\tdevres_release_all(dev);\n"}})
	two := edited(t, tree, []edit{{ddFile, "", "static void __device_release_driver(",
		"#ifdef CONFIG_FROB\nstatic void early(struct device *dev)\n{\n\tarch_teardown_dma_ops(dev);\n}\n#else\nstatic void early(struct device *dev)\n{\n}\n#endif\n\nstatic void __device_release_driver("},
		{ddFile, "__device_release_driver", "\t\tdevres_release_all(dev);\n", "\t\tearly(dev);\n\t\tdevres_release_all(dev);\n"}})
	harmless := edited(t, tree, []edit{{ddFile, "__device_release_driver", "\t\tdevres_release_all(dev);\n",
		"#ifdef CONFIG_FROB\n\t\tdev_dbg(dev, \"gone\");\n#endif\n\t\tdevres_release_all(dev);\n"}})
	const passthrough = "drivers/iommu/iommu.c: depends on CONFIG_IOMMU_DEFAULT_PASSTHROUGH; read as n"
	const frob = "drivers/base/dd.c: depends on CONFIG_FROB; read as n"
	for _, c := range []struct {
		name, arch string
		tree       fs.FS
		config     map[string]string
		want       []string
	}{
		{"arm", "arm", tree, nil, []string{"arch/arm/include/asm/dma-mapping.h: depends on CONFIG_ARM_LPAE; read as n", passthrough}},
		{"said", "arm", tree, map[string]string{"CONFIG_ARM_LPAE": "n"}, []string{passthrough}},
		{"a step in #ifdef", "arm64", guarded, nil, []string{frob, passthrough}},
		{"a step by IS_ENABLED", "arm64", asked, nil, []string{frob, passthrough}},
		{"a helper in #ifdef", "arm64", two, nil, []string{frob, passthrough}},
		{"no step in #ifdef", "arm64", harmless, nil, []string{passthrough}},
	} {
		res, err := Tree(c.tree, Options{Arch: c.arch, Config: c.config, Depends: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range res.Notes {
			if n.Depends {
				file, _, _ := strings.Cut(n.Pos, ":")
				got = append(got, file+": "+n.Text)
			}
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
