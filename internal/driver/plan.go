package driver

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A job is what is read together: the modules of one folder's Makefile that use each other.
type job struct {
	base    string // the folder
	modules []*module
	size    int
}

// plan cuts the .c files below some paths into jobs. A path may be a file: then its module is the job, with
// those that it uses or that use it.
func (t *Tree) plan(paths []string) ([]*job, error) {
	folders := map[string][]string{}
	wanted := map[string]bool{}
	for _, p := range paths {
		info, err := fs.Stat(t.fsys, p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			wanted[p] = true
			continue
		}
		err = fs.WalkDir(t.fsys, p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasSuffix(name, ".c") {
				wanted[name] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	all := map[string]bool{}
	for name := range wanted {
		all[name] = true
	}
	// A file's module has files that were not asked for.
	owner := map[string]string{} // file to the folder whose Makefile links it
	for _, name := range sorted(wanted) {
		dir := t.base(t.owner(name))
		owner[name] = dir
		if len(folders[dir]) == 0 {
			folders[dir] = nil
		}
		folders[dir] = append(folders[dir], name)
	}
	var jobs []*job
	dirs := make([]string, 0, len(folders))
	for d := range folders {
		dirs = append(dirs, d)
	}
	sort.Strings(dirs)
	for _, d := range dirs {
		jobs = append(jobs, t.jobs(d, folders[d])...)
	}
	return jobs, nil
}

// owner is the folder whose Makefile links a file to a module: its own, or one above.
func (t *Tree) owner(name string) string {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		for _, files := range t.makefile(dir).modules {
			if slices.Contains(files, name) {
				return dir
			}
		}
	}
	return path.Dir(name)
}

var parentHeader = regexp.MustCompile(`(?m)^\s*#\s*include\s*"\.\./`)

// leastFolders is how deep a folder lies at least that is taken for the top of a driver.
const leastFolders = 3

// base is the folder at the top of a driver that has folders of its own: the nearest one above that no
// file of includes headers from above.
func (t *Tree) base(dir string) string {
	t.mu.Lock()
	b, ok := t.bases[dir]
	t.mu.Unlock()
	if ok {
		return b
	}
	b = dir
	if strings.Count(dir, "/") >= leastFolders && t.looksUp(dir) {
		b = t.base(path.Dir(dir))
	}
	t.mu.Lock()
	t.bases[dir] = b
	t.mu.Unlock()
	return b
}

func (t *Tree) looksUp(dir string) bool {
	list, err := fs.ReadDir(t.fsys, dir)
	if err != nil {
		return false
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".c") {
			if src, err := readFile(t.fsys, path.Join(dir, e.Name())); err == nil && parentHeader.Match(src) {
				return true
			}
		}
	}
	return false
}

// jobs are those of one driver's folders that hold a wanted file.
func (t *Tree) jobs(base string, wanted []string) []*job {
	var modules []*module
	_ = fs.WalkDir(t.fsys, base, func(dir string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && t.base(dir) == base {
			modules = append(modules, t.modulesOf(dir)...)
		}
		return nil
	})
	for _, w := range wanted {
		if !slices.ContainsFunc(modules, func(m *module) bool { return slices.Contains(m.files, w) }) {
			modules = append(modules, &module{name: strings.TrimSuffix(path.Base(w), ".c"), files: []string{w}})
		}
	}
	jobs := t.connect(modules, wanted)
	for _, j := range jobs {
		j.base = base
	}
	return jobs
}

// modulesOf are what one folder's Makefile links, and its other files, each a module of its own.
func (t *Tree) modulesOf(dir string) []*module {
	linked := map[string]bool{}
	var modules []*module
	made := t.makefile(dir).modules
	names := make([]string, 0, len(made))
	for name := range made {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		m := &module{name: name}
		for _, f := range made[name] {
			if _, err := fs.Stat(t.fsys, f); err == nil {
				m.files = append(m.files, f)
				linked[f] = true
			}
		}
		if len(m.files) > 0 {
			modules = append(modules, m)
		}
	}
	if list, err := fs.ReadDir(t.fsys, dir); err == nil {
		for _, e := range list {
			name := path.Join(dir, e.Name())
			if strings.HasSuffix(name, ".c") && !linked[name] && e.Type().IsRegular() && t.owner(name) == dir {
				modules = append(modules, &module{name: strings.TrimSuffix(e.Name(), ".c"), files: []string{name}})
			}
		}
	}
	return modules
}

// connect finds which modules use which, and joins those to jobs.
func (t *Tree) connect(modules []*module, wanted []string) []*job {
	texts := make([]*foundWords, len(modules))
	gives := map[string][]int{}
	for i, m := range modules {
		texts[i] = &foundWords{has: map[string]bool{}}
		m.uses = map[*module]bool{m: true}
		for _, f := range m.files {
			if src, err := readFile(t.fsys, f); err == nil {
				texts[i].size += len(src)
				for _, e := range exports(src) {
					if list := gives[e]; len(list) == 0 || list[len(list)-1] != i {
						gives[e] = append(list, i)
					}
				}
			}
		}
	}
	var interesting map[uint32][]string
	if len(gives) > 0 {
		interesting = map[uint32][]string{}
		for name := range gives {
			interesting[hash([]byte(name))] = append(interesting[hash([]byte(name))], name)
		}
	}
	joined := newSets(len(modules))
	shared := map[string]int{}
	for i, m := range modules {
		for _, f := range m.files {
			if j, ok := shared[f]; ok { // one file in two modules
				m.uses[modules[j]], modules[j].uses[m] = true, true
				joined.join(i, j)
			}
			shared[f] = i
			if src, err := readFile(t.fsys, f); err == nil {
				texts[i].look(src, interesting)
			}
		}
		for name := range texts[i].has {
			for _, j := range gives[name] {
				if i != j {
					m.uses[modules[j]] = true
					joined.join(i, j)
				}
			}
		}
	}
	closeUses(modules)
	return gather(modules, texts, wanted, joined)
}

// closeUses adds what a used module uses.
func closeUses(modules []*module) {
	for grown := true; grown; {
		grown = false
		for _, m := range modules {
			for o := range m.uses {
				for p := range o.uses {
					if !m.uses[p] {
						m.uses[p], grown = true, true
					}
				}
			}
		}
	}
}

// exports are the names in the EXPORT_SYMBOL lines of a text.
func exports(src []byte) []string {
	var list []string
	for {
		i := bytes.Index(src, []byte("EXPORT_SYMBOL"))
		if i < 0 {
			return list
		}
		src = src[i+len("EXPORT_SYMBOL"):]
		open := bytes.IndexByte(src, '(')
		if open < 0 || open > 20 {
			continue
		}
		name := bytes.TrimLeft(src[open+1:], " \t")
		end := 0
		for end < len(name) && wordByte(name[end]) {
			end++
		}
		if end > 0 {
			list = append(list, string(name[:end]))
		}
	}
}

// foundWords is which words of interest some text holds.
type foundWords struct {
	size int
	has  map[string]bool
}

// look notes the words of a text that a table or another module names.
func (w *foundWords) look(text []byte, more map[uint32][]string) {
	for i := 0; i < len(text); {
		if !wordByte(text[i]) {
			i++
			continue
		}
		h := uint32(2166136261)
		j := i
		for j < len(text) && wordByte(text[j]) {
			h = (h ^ uint32(text[j])) * 16777619
			j++
		}
		if tableWords[h] || more[h] != nil {
			w.has[string(text[i:j])] = true
		}
		i = j
	}
}

// tableWords are the hashes of all names that tables hold.
var tableWords = map[uint32]bool{}

func init() {
	add := func(names ...string) {
		for _, n := range names {
			tableWords[hash([]byte(n))] = true
		}
	}
	for name := range freers {
		add(name)
	}
	for i := range managedPairs {
		add(managedPairs[i].devm...)
		add(managedPairs[i].gives...)
	}
	for name := range objectFrees {
		add(name)
	}
	add("devm_request_irq", "devm_request_threaded_irq", "dma_release_channel")
}

// sets joins numbers to sets.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) root(i int) int {
	for s[i] != i {
		i = s[i]
	}
	return i
}

func (s sets) join(i, j int) { s[s.root(i)] = s.root(j) }

// gather makes a job of each set of modules that hang together, if it holds a wanted file and its text
// names what a rule is about.
func gather(modules []*module, texts []*foundWords, wanted []string, joined sets) []*job {
	byRoot := map[int]*job{}
	has := map[int]map[string]bool{}
	var order []int
	for i, m := range modules {
		r := joined.root(i)
		if byRoot[r] == nil {
			byRoot[r], has[r] = &job{}, map[string]bool{}
			order = append(order, r)
		}
		byRoot[r].modules = append(byRoot[r].modules, m)
		byRoot[r].size += texts[i].size
		for w := range texts[i].has {
			has[r][w] = true
		}
	}
	ask := map[string]bool{}
	for _, w := range wanted {
		ask[w] = true
	}
	var jobs []*job
	for _, r := range order {
		if !concerns(has[r]) {
			continue
		}
		for _, m := range byRoot[r].modules {
			if slices.ContainsFunc(m.files, func(f string) bool { return ask[f] }) {
				jobs = append(jobs, byRoot[r])
				break
			}
		}
	}
	return jobs
}

// concerns tells whether a rule can find something in code that holds these words.
func concerns(has map[string]bool) bool {
	for w := range has {
		if _, ok := freers[w]; ok {
			return true
		}
		if _, _, irq := irqRequest(w); irq {
			for free := range objectFrees {
				if has[free] {
					return true
				}
			}
		}
	}
	for i := range managedPairs {
		p := &managedPairs[i]
		if slices.ContainsFunc(p.devm, func(d string) bool { return has[d] }) && slices.ContainsFunc(p.gives, func(g string) bool { return has[g] }) {
			return true
		}
	}
	return has["dma_release_channel"]
}

func sorted(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
