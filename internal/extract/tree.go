package extract

import (
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"dmafuzz/internal/csource"
)

// tree is a kernel source tree, as far as it was read.
type tree struct {
	arch string
	// firmware is what describes devices there
	firmware string
	rules    *rules
	cfg      *settings
	files    map[string]*csource.File
	order    []string
	index    map[string][]*csource.Function
	codes    map[*csource.Function]*code
	inits    map[string][]*csource.Init
	notes    map[Note]bool
	assume   map[string]string
	hasPath  map[string]bool // paths that exist in this kernel
	nullOps  string
	// registers is the fact iommu-registers
	registers string
	hidden    map[string]string
	besides   map[*csource.Function]string
	members   map[string]bool
	fsys      fs.FS
	folders   map[string][]source                 // that were looked through
	sought    map[string]bool                     // folder and name
	looked    map[string]bool                     // functions that were asked for
	texts     map[string][]string                 // of files, as far as Depends looked at them
	asks      map[string]map[string]csource.Value // what a file's conditionals hang on
}

// openTree reads the files that the paths need, side by side.
func openTree(fsys fs.FS, opt Options) (*tree, error) { return reopenTree(fsys, opt, nil) }

// reopenTree takes each file whose conditionals are decided as before from a tree
// that was read already.
func reopenTree(fsys fs.FS, opt Options, before *tree) (*tree, error) {
	arch, ok := arches[opt.Arch]
	if !ok {
		return nil, optionError{fmt.Errorf("arch %q is not known; expected one of %s", opt.Arch, archNames())}
	}
	firmware := arch.firmware
	switch {
	case opt.Firmware == "" || opt.Firmware == firmware:
	case opt.Firmware == "acpi" && opt.Arch == "arm64":
		firmware = opt.Firmware
	default:
		return nil, optionError{fmt.Errorf("firmware %q cannot be read for %s; expected %s, or acpi for arm64", opt.Firmware, opt.Arch, firmware)}
	}
	cfg, err := newSettings(fsys, opt, arch)
	if err != nil {
		return nil, err
	}
	t := &tree{arch: opt.Arch, firmware: firmware, rules: allRules(), cfg: cfg, files: map[string]*csource.File{},
		index: map[string][]*csource.Function{}, codes: map[*csource.Function]*code{},
		inits: map[string][]*csource.Init{}, notes: map[Note]bool{}, assume: opt.Assume, hasPath: map[string]bool{}, hidden: map[string]string{},
		besides: map[*csource.Function]string{}, fsys: fsys, folders: map[string][]source{}, sought: map[string]bool{},
		looked: map[string]bool{}, texts: map[string][]string{}, asks: map[string]map[string]csource.Value{}}
	var names []string
	for _, name := range slices.Concat(coreFiles, arch.files, acpiFiles) {
		if firmware != "acpi" && slices.Contains(acpiFiles, name) {
			continue
		}
		if by := builtBy[name]; by == "" || cfg.ask(by) == csource.Yes {
			names = append(names, name)
		}
	}
	files := make([]*csource.File, len(names))
	errs := make([]error, len(names))
	asks := make([]map[string]csource.Value, len(names))
	var g errgroup.Group
	g.SetLimit(min(runtime.GOMAXPROCS(0), 4))
	for i, name := range names {
		g.Go(func() error { // errs has the errors, in the order of the names
			if files[i], asks[i] = before.unchanged(name, cfg.ask); files[i] == nil {
				asks[i] = map[string]csource.Value{}
				files[i], errs[i] = readSafely(fsys, name, recording(cfg.ask, asks[i]))
			}
			return nil
		})
	}
	g.Wait()
	for i, f := range files {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if f == nil {
			continue
		}
		t.add(names[i], f)
		t.asks[names[i]] = asks[i]
	}
	for _, must := range []string{"drivers/base/dd.c", "drivers/base/core.c", "kernel/dma/mapping.c"} {
		if err := whole(must, t.files[must]); err != nil {
			return nil, err
		}
	}
	for _, name := range t.order {
		if err := cut(t.files[name]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// function returns the definition that a call in file means: its own first, else
// the first that is compiled and can be called from there.
func (t *tree) function(name, file string) *csource.Function {
	var found *csource.Function
	t.looked[name] = true
	for _, fn := range t.index[name] {
		if fn.Guard.Value(t.cfg.ask) == csource.No {
			continue
		}
		if fn.File == file {
			return fn
		}
		if fn.Static && strings.HasSuffix(fn.File, ".c") && file != "" {
			continue
		}
		if found == nil || found.Weak && !fn.Weak {
			found = fn
		}
	}
	return found
}

func (t *tree) code(fn *csource.Function) *code {
	c, ok := t.codes[fn]
	if !ok {
		c = flatten(fn)
		c.taken, c.at = t.rules.taken(fn.Body)
		t.codes[fn] = c
	}
	return c
}

func (t *tree) note(pos, text string) { t.notes[Note{Pos: pos, Text: text}] = true }

func (t *tree) sortedNotes() []Note {
	var list []Note
	for n := range t.notes {
		list = append(list, n)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Pos != list[j].Pos {
			return list[i].Pos < list[j].Pos
		}
		return list[i].Text < list[j].Text
	})
	return list
}

// enabled is IS_ENABLED of a symbol.
func (t *tree) enabled(symbol string) value {
	if symbol == "CONFIG_DEBUG_TEST_DRIVER_REMOVE" {
		return value{kind: vOne} // the trace says whether a bind tests remove
	}
	if v := t.cfg.ask(symbol); v == csource.Yes || v == csource.Module {
		return value{kind: vOne}
	}
	return value{kind: vZero}
}

// factTest answers conditions that depend on a fact or on which paths there
// are.
func (t *tree) factTest(text string) string {
	arch := arches[t.arch]
	if mask, ok := strings.CutPrefix(text, "attrs&"); ok && attributes(mask) {
		return "false" // the machine's calls are plain ones
	}
	switch text {
	case "iommu_named": // its driver takes a device that firmware names
		if t.namesIOMMU() {
			return "fwspec"
		}
		return "true"
	case "iommu_known": // the IOMMU of a device is known by its fwspec, or there is only one
		if arch.firmware == "acpi" {
			return "provider"
		}
		return "fwspec, provider"
	case "type_allowed":
		if t.forcedIdentity() != "" { // any other type is refused
			return "want_identity"
		}
		return "true"
	case "type_possible": // a domain of type DMA needs the cookie of dma-iommu
		if t.cfg.ask("CONFIG_IOMMU_DMA") == csource.Yes {
			return "true"
		}
		return "want_identity"
	case "firmware_of", "firmware_acpi":
		return fmt.Sprint(text == "firmware_"+t.firmware)
	case "get_dma_ops(dev)":
		if t.nullOps == "direct" {
			return "ops"
		}
		return "true"
	case "dev->bus->dma_cleanup":
		has, hole := cleans(t)
		if hole == "" {
			return fmt.Sprint(has)
		}
	}
	return ""
}

// attributes tells whether a mask is made of DMA attributes alone.
func attributes(mask string) bool {
	found := false
	for _, w := range tokens(mask) {
		switch {
		case strings.HasPrefix(strings.TrimPrefix(w, "__"), "DMA_ATTR_"):
			found = true
		case w != "(" && w != ")" && w != "|":
			return false
		}
	}
	return found
}

// says tells whether an assignment stands in a function of the driver core.
func (t *tree) says(fn, assignment string) bool {
	f := t.function(fn, ddFile)
	found := false
	if f != nil {
		csource.Walk(f.Body, func(s csource.Stmt) bool {
			if e, ok := s.(*csource.ExprStmt); ok && strings.Join(tokens(e.Expr.Text), " ") == assignment+" ;" ||
				ok && strings.Join(tokens(e.Expr.Text), " ") == assignment {
				found = true
			}
			return true
		})
	}
	return found
}
