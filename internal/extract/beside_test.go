package extract

import (
	"os"
	"strings"
	"testing"

	"dmafuzz/internal/csource"
)

// A step that is moved into the body of a function that a rule stands for must
// not be lost.
func TestBeside(t *testing.T) {
	tree := os.DirFS(realTree(t, "6.1"))
	for _, c := range []struct{ file, fn, stmt, path, what string }{
		{coreFile, "void device_links_driver_cleanup(struct device *dev)", "arch_teardown_dma_ops(dev);", "unbind", "arch_teardown_dma_ops"},
		{coreFile, "void device_links_no_driver(struct device *dev)", "set_dma_ops(dev, NULL);", "bind", "set_dma_ops"},
		{coreFile, "void device_links_purge(struct device *dev)", "devres_release_all(dev);", "del", "devres_release_all"},
		{ddFile, "static void driver_bound(struct device *dev)", "devres_release_all(dev);", "bind", "devres_release_all"},
		{ddFile, "static void driver_bound(struct device *dev)", "iommu_device_unuse_default_domain(dev);", "bind", "iommu_device_unuse_default_domain"},
		{ddFile, "static void driver_sysfs_remove(struct device *dev)", "kfree(dev->dma_range_map);", "unbind", "kfree"},
		{ddFile, "static void driver_sysfs_remove(struct device *dev)", "dev->dma_ops = NULL;", "unbind", "->dma_ops"},
		{ddFile, "static void driver_sysfs_remove(struct device *dev)", "if (dev->bus) dev->bus->dma_cleanup(dev);", "unbind", "->dma_cleanup"},
		{devresFile, "int devres_release_all(struct device *dev)", "arch_teardown_dma_ops(dev);", "unbind_cleanup", "arch_teardown_dma_ops"},
	} {
		o := edited(t, tree, []edit{{c.file, "", c.fn + "\n{", c.fn + "\n{\n\t" + c.stmt}})
		res, err := Tree(o, Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, m := range res.Missing {
			found = found || m.What == "path "+c.path && strings.Contains(m.Expected, "whose body has "+c.what+", too")
		}
		if !found {
			t.Errorf("%s in %s: want path %s missing, got %v", c.stmt, c.fn, c.path, res.Missing)
		}
	}
}

// Each line of besideTable is about a call that a rule stands for, and each
// word of it is needed by one of the trees.
func TestBesideTable(t *testing.T) {
	r := allRules()
	if len(r.beside) < 10 {
		t.Fatalf("only %d lines were read", len(r.beside))
	}
	for name := range r.beside {
		if len(r.calls[name]) == 0 {
			t.Errorf("no rule stands for %s", name)
		}
	}
	used := map[string]bool{}
	for _, c := range trees {
		if c.dir == newest {
			continue
		}
		tr, err := openTree(os.DirFS(realTree(t, c.dir)), withDefaults(Options{Arch: c.arch}))
		if err != nil {
			t.Fatal(err)
		}
		for name := range r.beside {
			for _, fn := range tr.index[name] {
				found := map[string]bool{}
				tr.collect(fn, 0, map[*csource.Function]bool{}, found)
				for what := range found {
					used[name+" "+what] = true
				}
			}
		}
	}
	for name, list := range r.beside {
		for what := range list {
			if !used[name+" "+what] {
				t.Errorf("%s does not do %s in any tree", name, what)
			}
		}
	}
}
