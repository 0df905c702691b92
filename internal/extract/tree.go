package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sort"
	"strings"
	"sync"

	"dmafuzz/internal/csource"
)

// tree is a kernel source tree, as far as it was read.
type tree struct {
	arch    string
	rules   *rules
	cfg     *settings
	files   map[string]*csource.File
	order   []string
	index   map[string][]*csource.Function
	codes   map[*csource.Function]*code
	inits   map[string][]*csource.Init
	notes   map[Note]bool
	assume  map[string]string
	hasPath map[string]bool // paths that exist in this kernel
	nullOps string
	hidden  map[string]string
	members map[string]bool
}

// openTree reads the files that the paths need, side by side.
func openTree(fsys fs.FS, opt Options) (*tree, error) {
	arch, ok := arches[opt.Arch]
	if !ok {
		return nil, fmt.Errorf("arch %q is not known; expected one of %s", opt.Arch, archNames())
	}
	cfg, err := newSettings(fsys, opt, arch)
	if err != nil {
		return nil, err
	}
	t := &tree{arch: opt.Arch, rules: allRules(), cfg: cfg, files: map[string]*csource.File{},
		index: map[string][]*csource.Function{}, codes: map[*csource.Function]*code{},
		inits: map[string][]*csource.Init{}, notes: map[Note]bool{}, assume: opt.Assume, hasPath: map[string]bool{}, hidden: map[string]string{}}
	names := append(append([]string(nil), coreFiles...), arch.files...)
	files := make([]*csource.File, len(names))
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), 4) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				files[i], errs[i] = readSafely(fsys, names[i], cfg.ask)
			}
		}()
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, f := range files {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if f == nil {
			continue
		}
		t.files[names[i]] = f
		t.order = append(t.order, names[i])
		for _, fn := range f.Functions {
			t.index[fn.Name] = append(t.index[fn.Name], fn)
		}
		for _, in := range f.Inits {
			t.inits[in.Name] = append(t.inits[in.Name], in)
		}
	}
	for _, must := range []string{"drivers/base/dd.c", "drivers/base/core.c", "kernel/dma/mapping.c"} {
		if err := whole(must, t.files[must]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// whole tells what is wrong with a file without which there is no kernel: it
// is not there, holds no C, or stops in the middle.
func whole(name string, f *csource.File) error {
	switch {
	case f == nil:
		return fmt.Errorf("%s: not there; expected the top of a Linux source tree", name)
	case len(f.Functions) == 0 && len(f.Diagnostics) > 0:
		return fmt.Errorf("no C source: expected functions in %s, found none: %w", name, f.Diagnostics[0])
	case len(f.Functions) == 0:
		return fmt.Errorf("%s: expected C functions, found none", name)
	}
	for _, d := range f.Diagnostics {
		if strings.HasSuffix(d.Msg, "found none") || strings.HasSuffix(d.Msg, "found end of file") {
			return fmt.Errorf("%w: the file is cut off", d)
		}
	}
	return nil
}

// readAtMost reads a plain file of a limited size.
func readAtMost(fsys fs.FS, name string, size int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: expected a file with C source, found a folder or a device", name)
	}
	if info.Size() > size {
		return nil, fmt.Errorf("%s: expected at most %d bytes, found %d", name, size, info.Size())
	}
	return fs.ReadFile(fsys, name)
}

// readSafely is readFile for a goroutine of its own, where nobody else could
// catch a mistake of ours.
func readSafely(fsys fs.FS, name string, cfg csource.Config) (f *csource.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%w: %s: %v", ErrDefect, name, p)
		}
	}()
	return readFile(fsys, name, cfg)
}

// readFile parses a file; one that is not there is nil without an error,
// because trees differ.
func readFile(fsys fs.FS, name string, cfg csource.Config) (*csource.File, error) {
	src, err := readAtMost(fsys, name, csource.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return csource.Parse(name, src, cfg)
}

// function returns the definition that a call in file means: its own static
// one first, else the first that is compiled.
func (t *tree) function(name, file string) *csource.Function {
	var found *csource.Function
	for _, fn := range t.index[name] {
		if fn.Guard.Value(t.cfg.ask) == csource.No {
			continue
		}
		if fn.File == file {
			return fn
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
	switch text {
	case "iommu_known": // the IOMMU of a device is known by its fwspec, or there is only one
		if arch.firmware == "acpi" {
			return "provider"
		}
		return "fwspec, provider"
	case "type_allowed":
		if v, _ := t.readDefaultDomain(); v == "identity" && t.arch == "arm" {
			return "want_identity"
		}
		return "true"
	case "type_possible": // a domain of type DMA needs the cookie of dma-iommu
		if t.cfg.ask("CONFIG_IOMMU_DMA") == csource.Yes {
			return "true"
		}
		return "want_identity"
	case "firmware_of", "firmware_acpi":
		return fmt.Sprint(text == "firmware_"+arch.firmware)
	case "get_dma_ops(dev)":
		if t.nullOps == "direct" {
			return "ops"
		}
		return "true"
	case "dev->bus->dma_cleanup":
		if t.hasPath["dma_cleanup"] {
			return "true"
		}
		return "false"
	}
	return ""
}

// hides tells what of interest is done by a call that no rule knows: such a
// call must not be passed over. It looks into functions that were read, and at
// the names of indirect calls.
func (t *tree) hides(name string, callee *expr, file string, depth int) string {
	if callee != nil && callee.op == "->" {
		if t.indirect()[callee.text] {
			return callee.text
		}
		return ""
	}
	key := name + " " + file
	if what, ok := t.hidden[key]; ok {
		return what
	}
	t.hidden[key] = ""
	fn := t.function(name, file)
	if fn == nil || depth > 8 {
		return ""
	}
	what := ""
	for _, c := range csource.Calls(fn.Body) {
		if strings.Contains(c.Name, "->") {
			continue
		}
		if ru := t.anyRule(c.Name); ru != nil {
			if doing[ru.verb] {
				what = c.Name
				break
			}
			continue
		}
		if what = t.hides(c.Name, nil, fn.File, depth+1); what != "" {
			break
		}
	}
	t.hidden[key] = what
	return what
}

// doing are the verbs of calls that are steps. Locks are everywhere, and of
// themselves hide nothing.
var doing = map[string]bool{"step": true, "done": true, "try": true, "tryfail": true, "trydefer": true, "tryptr": true,
	"trynull": true, "taken": true, "each": true}

func (t *tree) anyRule(name string) *rule {
	for i := range t.rules.calls[name] {
		ru := &t.rules.calls[name][i]
		if strings.HasPrefix(ru.rest, "lock ") || strings.HasPrefix(ru.rest, "unlock ") || ru.verb == "ignore" {
			return &rule{verb: "ignore"}
		}
		if ru.path == "" && ru.any {
			return ru
		}
	}
	if len(t.rules.calls[name]) > 0 {
		return &rule{verb: "ignore"} // it depends on its arguments
	}
	return t.rules.matchCall("", name, nil)
}

// indirect are the members that rules know as steps.
func (t *tree) indirect() map[string]bool {
	if t.members == nil {
		t.members = map[string]bool{}
		for name, list := range t.rules.calls {
			if i := strings.LastIndex(name, "->"); i >= 0 && doing[list[0].verb] {
				t.members[name[i+2:]] = true
			}
		}
	}
	return t.members
}
