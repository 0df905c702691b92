package driver

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"dmafuzz/internal/csource"
)

// A Tree is a kernel source tree whose files are read as they are needed, each once. It may be used by
// several goroutines.
type Tree struct {
	fsys    fs.FS
	mu      sync.Mutex
	headers map[string]*header
	makes   map[string]*makefile
	bases   map[string]string
}

// Open returns a tree over its files.
func Open(fsys fs.FS) *Tree {
	return &Tree{fsys: fsys, headers: map[string]*header{}, makes: map[string]*makefile{}, bases: map[string]string{}}
}

// A header is a file that others include. Its names are found by a look at each line, so that only
// those headers are parsed that say something of interest.
type header struct {
	path      string
	missing   bool
	fsys      fs.FS
	includes  []csource.Include
	names     []uint32 // hashes of them, in order
	frees     bool     // its text names an allocation or a free
	once      sync.Once
	linked    sync.Once
	children  []*header
	parsed    sync.Once
	functions []*csource.Function
	symbols   *symbols
}

func (t *Tree) header(name string) *header {
	t.mu.Lock()
	h, ok := t.headers[name]
	if !ok {
		h = &header{path: name, fsys: t.fsys}
		t.headers[name] = h
	}
	t.mu.Unlock()
	h.once.Do(func() {
		src, err := fs.ReadFile(t.fsys, name)
		if err != nil || len(src) > csource.MaxSize {
			h.missing = true
			return
		}
		h.look(src)
		h.frees = slices.ContainsFunc(memoryWords, func(w []byte) bool { return bytes.Contains(src, w) })
	})
	return h
}

// look notes what the lines of a header define, roughly: more names than there are do no harm.
func (h *header) look(src []byte) {
	for line := range bytes.Lines(src) {
		trimmed := bytes.TrimLeft(line, " \t")
		if len(trimmed) < 3 {
			continue
		}
		if trimmed[0] == '#' {
			h.directive(bytes.TrimLeft(trimmed[1:], " \t"))
			continue
		}
		for i := 0; i < len(trimmed); {
			c := trimmed[i]
			if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				i++
				continue
			}
			j := i
			for j < len(trimmed) && wordByte(trimmed[j]) {
				j++
			}
			h.word(trimmed, i, j)
			i = j
		}
	}
	slices.Sort(h.names)
	h.names = slices.Clip(slices.Compact(h.names))
}

// says tells whether the header may define a name of that hash.
func (h *header) says(code uint32) bool {
	_, found := slices.BinarySearch(h.names, code)
	return found
}

// hash is FNV-1a.
func hash(name []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// word notes a name that a line may define: a struct's before its brace, an enumerator's, a typedef's.
func (h *header) word(line []byte, i, j int) {
	rest := bytes.TrimLeft(line[j:], " \t")
	first := i == 0
	before := bytes.TrimRight(line[:i], " \t*")
	tag := bytes.HasSuffix(before, []byte("struct")) || bytes.HasSuffix(before, []byte("union"))
	switch {
	case tag && (len(rest) == 0 || rest[0] == '{' || rest[0] == '\n' || rest[0] == '_'):
	case first && len(rest) > 0 && (rest[0] == ',' || rest[0] == '=' || rest[0] == '\n'): // of an enum
	case len(rest) > 0 && rest[0] == ';' && (len(before) == 0 || before[len(before)-1] == '}' || bytes.HasPrefix(line, []byte("typedef"))):
	case len(before) > 0 && (before[len(before)-1] == '{' || before[len(before)-1] == ','): // enum { A, B }
	case len(rest) > 0 && rest[0] == '(' && !first:
	default:
		return
	}
	h.names = append(h.names, hash(line[i:j]))
}

func (h *header) directive(line []byte) {
	if name, ok := bytes.CutPrefix(line, []byte("define")); ok {
		name = bytes.TrimLeft(name, " \t")
		end := 0
		for end < len(name) && wordByte(name[end]) {
			end++
		}
		h.names = append(h.names, hash(name[:end]))
	}
	if rest, ok := bytes.CutPrefix(line, []byte("include")); ok {
		rest = bytes.TrimLeft(rest, " \t")
		if len(rest) > 2 && (rest[0] == '<' || rest[0] == '"') {
			if end := bytes.IndexAny(rest[1:], "\">"); end > 0 {
				h.includes = append(h.includes, csource.Include{Path: string(rest[1 : end+1]), System: rest[0] == '<'})
			}
		}
	}
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// parse reads the header in full.
func (h *header) parse() *symbols {
	h.parsed.Do(func() {
		h.symbols = newSymbols()
		src, err := readFile(h.fsys, h.path)
		if err != nil {
			return
		}
		if f, err := csource.Parse(h.path, src, nil); err == nil {
			h.functions = f.Functions
			h.symbols.add(f)
		}
	})
	return h.symbols
}

// folders are where an #include is looked for, the file's own first.
func (t *Tree) folders(file string, system bool) []string {
	var dirs []string
	if !system {
		dirs = append(dirs, path.Dir(file))
	}
	dirs = append(dirs, t.makefile(path.Dir(file)).includes...)
	return append(dirs, "include", "include/uapi")
}

// resolve finds the file that an #include of file means, "" if it is not there.
func (t *Tree) resolve(from string, inc csource.Include) string {
	if inc.System && strings.HasPrefix(inc.Path, "asm/") {
		return ""
	}
	for _, dir := range t.folders(from, inc.System) {
		name := path.Join(dir, inc.Path)
		if fs.ValidPath(name) && !t.header(name).missing {
			return name
		}
	}
	return ""
}

// A makefile is what a folder's Makefile says: which objects are linked to one module, and where
// headers are looked for.
type makefile struct {
	includes []string
	modules  map[string][]string // name to .c files, relative to the tree
}

var (
	includeFlag = regexp.MustCompile(`-I\s*(\$\((?:srctree|src|objtree)\)/?)?([\w./-]*)`)
	objsLine    = regexp.MustCompile(`^\s*([\w.-]+)-(?:objs|y|m|\$\([\w$()]+\))\s*[:+]?=\s*(.*)$`)
	objectName  = regexp.MustCompile(`(?:^|\s)([\w./+-]+)\.o\b`)
)

func (t *Tree) makefile(dir string) *makefile {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m, ok := t.makes[dir]; ok {
		return m
	}
	m := &makefile{modules: map[string][]string{}}
	t.makes[dir] = m
	for _, name := range []string{"Makefile", "Kbuild"} {
		if src, err := fs.ReadFile(t.fsys, path.Join(dir, name)); err == nil {
			m.read(dir, string(src))
		}
	}
	return m
}

func (m *makefile) read(dir, src string) {
	src = strings.ReplaceAll(src, "\\\n", " ")
	for line := range strings.Lines(src) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if strings.Contains(line, "flags") {
			for _, inc := range includeFlag.FindAllStringSubmatch(line, -1) {
				at := path.Clean(inc[2])
				if strings.Contains(inc[1], "(src)") {
					at = path.Join(dir, inc[2])
				}
				if at != "." {
					m.includes = append(m.includes, at)
				}
			}
			continue
		}
		match := objsLine.FindStringSubmatch(line)
		if match == nil || match[1] == "obj" || match[1] == "lib" || strings.HasSuffix(match[1], "flags") {
			continue
		}
		for _, o := range objectName.FindAllStringSubmatch(match[2], -1) {
			file := path.Join(dir, o[1]) + ".c"
			if !slices.Contains(m.modules[match[1]], file) {
				m.modules[match[1]] = append(m.modules[match[1]], file)
			}
		}
	}
}

// readFile reads a file of the tree that is no larger than what csource takes.
func readFile(fsys fs.FS, name string) ([]byte, error) { return fs.ReadFile(fsys, name) }

var memoryWords = [][]byte{[]byte("dma_alloc"), []byte("dma_free"), []byte("dma_map"), []byte("dma_unmap"), []byte("dma_pool"),
	[]byte("kfree"), []byte("free_irq")}

// children are the headers that a header includes.
func (t *Tree) children(h *header) []*header {
	h.linked.Do(func() {
		for _, inc := range h.includes {
			if name := t.resolve(h.path, inc); name != "" {
				h.children = append(h.children, t.header(name))
			}
		}
	})
	return h.children
}
