package uml

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dmafuzz/internal/uml/player"
)

// playerDir is where the player stands in the shadow.
const playerDir = "drivers/labdma/"

// changes is all that a shadow differs in from its tree: what the caller
// replaces, the player, and the lines that make the build go there.
func changes(tree string, v Variant, replace map[string][]byte) (map[string][]byte, error) {
	var list []edit
	for _, e := range edits {
		if e.only == VariantInvalid || e.only == v {
			list = append(list, e)
		}
	}
	return changesOf(tree, replace, playerDir, player.Files(), list)
}

// changesOf is the same for any player, in its folder, and any edits.
func changesOf(tree string, replace map[string][]byte, dir string, player map[string][]byte, edits []edit) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, content := range replace {
		if err := local(name); err != nil {
			return nil, err
		}
		files[name] = content
	}
	for name, content := range player {
		files[dir+name] = content
	}
	read := func(name string) ([]byte, error) {
		if content, ok := files[name]; ok {
			return content, nil
		}
		return os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
	}
	for _, e := range edits {
		content, err := read(e.file)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrShadow, err)
		}
		files[e.file], err = e.apply(content)
		if err != nil {
			return nil, err
		}
	}
	// Every Kconfig names it, but Documentation is often left out of a tree.
	if _, err := read("Documentation/Kconfig"); errors.Is(err, fs.ErrNotExist) {
		files["Documentation/Kconfig"] = nil
	}
	return files, nil
}

// edit adds one line to a file of the tree.
type edit struct {
	file   string
	line   string
	before string  // the beginning of the line that it must stand before; "" for the end
	only   Variant // VariantInvalid for all
}

var edits = []edit{
	{file: "arch/um/Kconfig", line: `source "` + playerDir + `Kconfig"`},
	// Linking is done with KBUILD_LDFLAGS as they are at this line.
	{file: "arch/um/Makefile", line: "include $(srctree)/" + playerDir + "wraps.mk", before: "LD_FLAGS_CMDLINE"},
	{file: "drivers/Makefile", line: "obj-$(CONFIG_LAB_DMA) += labdma/"},
	// The IOMMU core looks for devices on buses that it names itself: the
	// player's take the places of the first and of one that no PC has.
	{file: "drivers/iommu/Makefile", line: "CFLAGS_iommu.o += -Dplatform_bus_type=lab_bus_type" +
		" -DCONFIG_TEGRA_HOST1X_CONTEXT_BUS=1 -Dhost1x_context_device_bus_type=lab_second_bus_type", only: Group},
}

func (e edit) apply(content []byte) ([]byte, error) {
	if e.before == "" {
		return append(bytes.Clone(content), "\n"+e.line+"\n"...), nil
	}
	at := bytes.Index(content, []byte("\n"+e.before))
	if at < 0 {
		return nil, fmt.Errorf("%w: %s: want a line that begins with %s", ErrShadow, e.file, e.before)
	}
	out := append([]byte(nil), content[:at+1]...)
	out = append(out, e.line+"\n"...)
	return append(out, content[at+1:]...), nil
}
