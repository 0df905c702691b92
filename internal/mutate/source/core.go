package source

import (
	"strings"

	"dmafuzz/internal/csource"
)

const mappingFile = "kernel/dma/mapping.c"

var coreMutants = []Mutant{
	{"three-copies", "A copy of the cleanup in each place: 9ad307213fa4 undone.", editing(copies)},
	{"rangemap-in-helper", "The range map's kfree before devres on unbind, in a function of its own.", editing(helper)},
	noCleanup("no-dma-cleanup-test-remove", "No dma_cleanup in test_remove: f429378a9bf8 undone.", testRemove),
	noCleanup("no-dma-cleanup-unbind", "No dma_cleanup on unbind.", unbind),
	noCleanup("no-dma-cleanup-failure", "No dma_cleanup where probe fails.", failure),
	{"no-devres-device-del", "devres is not released in device_del: 699fb50d9903 undone.", editing(noDevres)},
	{"dmam-free-first", "dmam_free_coherent frees before it drops its entry: 28e8b7406d3a undone.", editing(freeFirst)},
	{"free-not-from-pool", "dma_free_attrs does not ask for the coherent pool.", editing(func(e *editor) error {
		return e.dropIf(mappingFile, "dma_free_attrs", "dma_release_from_dev_coherent", "it does not ask for a pool")
	})},
	{"rust-after-devres", "The Rust callback after devres, as in v6.19 and v7.1.", editing(rustAfter)},
	{"comment", "A comment, with calls in it, in really_probe.", editing(comment)},
}

func copies(e *editor) error {
	s, err := e.open(ddFile)
	if err != nil {
		return err
	}
	if s.function("device_unbind_cleanup") == nil {
		return notApplicable("no device_unbind_cleanup")
	}
	for _, at := range []place{unbind, failure, testRemove} {
		if _, _, err := e.cleanup(at); err != nil {
			return err
		}
	}
	fn := s.function("device_unbind_cleanup")
	from, err := s.head(fn)
	if err != nil {
		return err
	}
	return s.put(from, past(s.text, s.offset(fn.End), "\n"), "")
}

func helper(e *editor) error {
	s, block, err := e.cleanup(unbind)
	if err != nil {
		return err
	}
	list, err := all(s, block, []is{mapFree, mapForget})
	if err != nil {
		return err
	}
	lines, err := s.cut(list)
	if err != nil {
		return err
	}
	if block, err = s.place(unbind); err != nil {
		return err
	}
	if err := s.insert(first(block, releases), "drop_range_map(dev);"); err != nil {
		return err
	}
	at, err := s.head(s.function("__device_release_driver"))
	if err != nil {
		return err
	}
	return s.put(at, at, "static void drop_range_map(struct device *dev)\n{\n"+lines+"}\n\n")
}

// noCleanup takes the call of the bus's dma_cleanup out.
func noCleanup(name, doc string, at place) Mutant {
	return Mutant{name, doc, editing(func(e *editor) error {
		s, err := e.open(ddFile)
		if err != nil {
			return err
		}
		if !strings.Contains(string(s.text), "dma_cleanup") {
			return notApplicable("no dma_cleanup")
		}
		block, err := s.place(at)
		if err != nil {
			return err
		}
		st := first(block, around(calls("dev->bus->dma_cleanup", "dev")))
		if st == nil {
			return notApplicable("it is not called here")
		}
		return s.drop(st)
	})}
}

func noDevres(e *editor) error {
	s, fn, err := e.function(coreFile, "device_del")
	if err != nil {
		return err
	}
	st := first(fn.Body, releases)
	if st == nil {
		return notApplicable("device_del does not release devres")
	}
	return s.drop(st)
}

func freeFirst(e *editor) error {
	s, fn, err := e.function(mappingFile, "dmam_free_coherent")
	if err != nil {
		return err
	}
	free, entry := first(fn.Body, calls("dma_free_coherent", "dev")), first(fn.Body, calls("devres_destroy", "dev"))
	switch {
	case free == nil || entry == nil:
		return s.shape(fn.Pos, "dma_free_coherent and devres_destroy in %s", fn.Name)
	case free.Position().Line < entry.Position().Line:
		return notApplicable("it frees first already")
	}
	return s.move([]csource.Stmt{free}, entry)
}

func rustAfter(e *editor) error {
	s, err := e.open(ddFile)
	if err != nil {
		return err
	}
	fn := s.function("device_unbind_cleanup")
	if fn == nil {
		return notApplicable("no device_unbind_cleanup")
	}
	rust := first(fn.Body, around(calls("dev->driver->p_cb.post_unbind_rust", "dev")))
	release := first(fn.Body, releases)
	switch {
	case rust == nil:
		return notApplicable("no post_unbind_rust")
	case release == nil:
		return s.shape(fn.Pos, "devres_release_all(dev) in %s", fn.Name)
	case release.Position().Line < rust.Position().Line:
		return notApplicable("it is in that order already")
	}
	return s.move([]csource.Stmt{release}, rust)
}

func comment(e *editor) error {
	s, fn, err := e.function(ddFile, "really_probe")
	if err != nil {
		return err
	}
	for _, st := range fn.Body {
		if _, ok := st.(*csource.Decl); !ok {
			return s.insert(st, "/* arch_teardown_dma_ops(dev); devres_release_all(dev); */")
		}
	}
	return s.shape(fn.Pos, "statements in %s", fn.Name)
}

// function opens a file and finds a function in it that every tree has.
func (e *editor) function(file, name string) (*source, *csource.Function, error) {
	s, err := e.open(file)
	if err != nil {
		return nil, nil, err
	}
	fn := s.function(name)
	if fn == nil {
		return nil, nil, s.shape(csource.Pos{}, "the function %s", name)
	}
	return s, fn, nil
}
