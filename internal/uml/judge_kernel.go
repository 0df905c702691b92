package uml

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"dmafuzz/internal/extract"
	"dmafuzz/model"
)

// ArchPrefix is what the names of the lab's architectures begin with: they are
// lab-perbind and lab-group.
const ArchPrefix = "lab-"

// Arch is the architecture by which extract knows the variant.
func (v Variant) Arch() string { return ArchPrefix + v.String() }

// ParseVariant is the inverse of String.
func ParseVariant(s string) (Variant, bool) {
	for _, v := range []Variant{PerBind, Group} {
		if v.String() == s {
			return v, true
		}
	}
	return VariantInvalid, false
}

// facts are those of the player; the others are read of the tree.
var facts = map[Variant]map[string]string{
	PerBind: {"default-domain": "dma", "iommu-registers": "any-time", "bypass": "never"},
	Group:   {"default-domain": "dma", "iommu-registers": "any-time", "bypass": "never"},
}

// configs are the symbols that decide what is compiled, as the build has them.
var configs = map[Variant]map[string]string{
	PerBind: {"CONFIG_DMA_OPS": "y", "CONFIG_IOMMU_DMA": "n", "CONFIG_ARCH_HAS_SETUP_DMA_OPS": "y", "CONFIG_ARCH_HAS_TEARDOWN_DMA_OPS": "y"},
	Group:   {"CONFIG_IOMMU_DMA": "y"},
}

// Assume adds to the options for reading a tree what the player's own code is:
// the paths of Fragment, the facts and the configuration of the build. What the
// caller has stated stays.
func Assume(tree fs.FS, o extract.Options, v Variant) extract.Options {
	o.Arch = v.Arch()
	assume, config := maps.Clone(facts[v]), maps.Clone(configs[v])
	maps.Copy(assume, fragmentPaths(Fragment(v)))
	if core, err := fs.ReadFile(tree, "drivers/iommu/iommu.c"); err == nil && !bytes.Contains(core, []byte("iommu->ready")) {
		assume[configurePath] = withoutReady(assume[configurePath])
	}
	maps.Copy(assume, o.Assume)
	maps.Copy(config, o.Config)
	o.Assume, o.Config = assume, config
	return o
}

const configurePath = "path iommu_configure"

// withoutReady leaves out what a tree's iommu_fwspec_init, which the player calls,
// does not do before v6.17: to ask whether the IOMMU is ready.
func withoutReady(steps string) string {
	list := strings.Split(steps, "; ")
	list = slices.DeleteFunc(list, func(s string) bool { return strings.Contains(s, "not ready") })
	return strings.Join(list, "; ")
}

// fragmentPaths cuts a fragment of a kernel file into what Options.Assume takes.
func fragmentPaths(text string) map[string]string {
	paths := map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case w[0] == "path" && len(w) > 1:
			name = "path " + w[1]
			paths[name] = ""
			if len(w) > 2 && w[2] == "none" {
				paths[name] = w[2]
			}
		case paths[name] == "":
			paths[name] = strings.Join(w, " ")
		default:
			paths[name] += "; " + strings.Join(w, " ")
		}
	}
	return paths
}

// Kernel reads the kernel of a tree as the variant's program is built of it.
// It fails for a tree of which a path or fact cannot be read.
func Kernel(tree fs.FS, name string, v Variant) (*model.Kernel, error) {
	res, err := extract.Tree(tree, Assume(tree, extract.Options{Name: name, Source: "dmafuzz lab: " + name + " with the player's own paths"}, v))
	if err != nil {
		return nil, err
	}
	if len(res.Missing) > 0 {
		return nil, fmt.Errorf("%s: %d path(s) or fact(s) cannot be read, the first: %s", name, len(res.Missing), res.Missing[0])
	}
	return res.Kernel, nil
}
