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

var exported = regexp.MustCompile(`(?m)^EXPORT_SYMBOL\w*\(\s*(\w+)`)

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
	text := make([][]byte, len(modules))
	gives := make([][]string, len(modules))
	total := 0
	for i, m := range modules {
		for _, f := range m.files {
			src, err := readFile(t.fsys, f)
			if err != nil {
				continue
			}
			text[i] = append(append(text[i], src...), '\n')
			for _, e := range exported.FindAllSubmatch(src, -1) {
				gives[i] = append(gives[i], string(e[1]))
			}
			// a file that another .c includes is part of it
		}
		total += len(text[i])
		m.uses = map[*module]bool{m: true}
	}
	parent := make([]int, len(modules))
	for i := range parent {
		parent[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	shared := map[string]int{}
	for i, m := range modules {
		for _, f := range m.files {
			if j, ok := shared[f]; ok { // one file in two modules
				m.uses[modules[j]] = true
				modules[j].uses[m] = true
				parent[root(i)] = root(j)
			}
			shared[f] = i
		}
	}
	for i := range modules {
		words := wordSet(text[i], gives, i)
		for j := range modules {
			if i == j {
				continue
			}
			for _, name := range gives[j] {
				if words[name] {
					modules[i].uses[modules[j]] = true
					parent[root(i)] = root(j)
					break
				}
			}
		}
	}
	for range modules { // what a used module uses is used
		grown := false
		for _, m := range modules {
			for o := range m.uses {
				for p := range o.uses {
					if !m.uses[p] {
						m.uses[p], grown = true, true
					}
				}
			}
		}
		if !grown {
			break
		}
	}
	return gather(modules, text, wanted, root)
}

// wordSet is which names that other modules give a text holds.
func wordSet(text []byte, gives [][]string, self int) map[string]bool {
	want := map[string]bool{}
	for j, list := range gives {
		if j != self {
			for _, g := range list {
				want[g] = true
			}
		}
	}
	have := map[string]bool{}
	if len(want) == 0 {
		return have
	}
	for i := 0; i < len(text); {
		if !wordByte(text[i]) {
			i++
			continue
		}
		j := i
		for j < len(text) && wordByte(text[j]) {
			j++
		}
		if want[string(text[i:j])] {
			have[string(text[i:j])] = true
		}
		i = j
	}
	return have
}

// gather makes a job of each set of modules that hang together, if it holds a wanted file and its text
// names what a rule is about.
func gather(modules []*module, text [][]byte, wanted []string, root func(int) int) []*job {
	byRoot := map[int]*job{}
	var order []int
	for i, m := range modules {
		r := root(i)
		j := byRoot[r]
		if j == nil {
			j = &job{}
			byRoot[r] = j
			order = append(order, r)
		}
		j.modules = append(j.modules, m)
		j.size += len(text[i])
	}
	var jobs []*job
	for _, r := range order {
		j := byRoot[r]
		want, concerned := false, false
		var all [][]byte
		for i, m := range modules {
			if root(i) != r {
				continue
			}
			want = want || slices.ContainsFunc(m.files, func(f string) bool { return slices.Contains(wanted, f) })
			all = append(all, text[i])
		}
		concerned = concerns(all)
		if want && concerned {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// concerns tells whether the texts of a job name a free and an allocation.
func concerns(texts [][]byte) bool {
	has := func(word string) bool {
		return slices.ContainsFunc(texts, func(t []byte) bool { return bytes.Contains(t, []byte(word)) })
	}
	for _, w := range []string{"dma_free", "dma_unmap", "dma_pool_", "free_coherent", "pci_unmap", "free_consistent"} {
		if has(w) {
			return true
		}
	}
	return pairsConcern(has)
}

func sorted(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
