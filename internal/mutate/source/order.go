package source

import "dmafuzz/internal/csource"

const (
	ddFile   = "drivers/base/dd.c"
	coreFile = "drivers/base/core.c"
)

var (
	releases  = calls("devres_release_all", "dev")
	teardown  = calls("arch_teardown_dma_ops", "dev")
	mapFree   = calls("kfree", "dev->dma_range_map")
	mapForget = assigns("dev->dma_range_map", "NULL")
	cleanup   = calls("device_unbind_cleanup", "dev")
)

// place is one of the places where the driver core releases what a driver had.
type place uint8

const (
	_          place = iota
	shared           // the function that all of them call since v5.18
	unbind           // __device_release_driver
	failure          // the end of really_probe
	testRemove       // the block in really_probe
)

var orderMutants = []Mutant{
	order("teardown-before-devres", "Teardown before devres wherever a driver goes.", shared, teardown),
	order("teardown-before-devres-unbind", "Teardown before devres on unbind: 376991db4b64 undone.", unbind, teardown),
	order("teardown-before-devres-failure", "Teardown before devres where probe fails: 0b777eee88d7 undone.", failure, teardown),
	order("teardown-before-devres-test-remove", "Teardown before devres in test_remove.", testRemove, teardown),
	order("rangemap-before-devres", "The range map's kfree before devres wherever a driver goes.", shared, mapFree, mapForget),
	order("rangemap-before-devres-unbind", "The range map's kfree before devres on unbind.", unbind, mapFree, mapForget),
	order("rangemap-before-devres-failure", "The range map's kfree before devres where probe fails: 4d1014c1816c undone.", failure, mapFree, mapForget),
	order("rangemap-before-devres-test-remove", "The range map's kfree before devres in test_remove.", testRemove, mapFree, mapForget),
	lack("no-rangemap-free-unbind", "The range map is not freed on unbind: half of d8f7a5484f21 undone.", unbind, mapFree, mapForget),
	lack("no-rangemap-free-failure", "The range map is not freed where probe fails: d0243bbd5dd3 undone.", failure, mapFree, mapForget),
	lack("no-teardown-test-remove", "Neither teardown nor the range map's kfree in test_remove: half of d8f7a5484f21 undone.",
		testRemove, teardown, mapFree, mapForget),
}

// order puts statements before the release of devres.
func order(name, doc string, at place, what ...is) Mutant {
	return Mutant{name, doc, editing(func(e *editor) error {
		s, block, err := e.cleanup(at)
		if err != nil {
			return err
		}
		release := first(block, releases)
		list, err := all(s, block, what)
		if err != nil {
			return err
		}
		if list[0].Position().Line < release.Position().Line {
			return notApplicable("it is in that order already")
		}
		return s.move(list, release)
	})}
}

// lack takes statements out.
func lack(name, doc string, at place, what ...is) Mutant {
	return Mutant{name, doc, editing(func(e *editor) error {
		s, block, err := e.cleanup(at)
		if err != nil {
			return err
		}
		list, err := all(s, block, what)
		if err != nil {
			return err
		}
		return s.drop(list...)
	})}
}

// all returns the statements of a block, in the order of what.
func all(s *source, block []csource.Stmt, what []is) ([]csource.Stmt, error) {
	var list []csource.Stmt
	for _, w := range what {
		st := first(block, w)
		if st == nil {
			return nil, s.shape(block[0].Position(), "arch_teardown_dma_ops and the range map's kfree in this block")
		}
		list = append(list, st)
	}
	return list, nil
}

// cleanup returns the block that releases devres at a place. Where that is done
// by the shared function, the call of it at this place is taken apart first, so
// that a change there changes no other place.
func (e *editor) cleanup(at place) (*source, []csource.Stmt, error) {
	s, err := e.open(ddFile)
	if err != nil {
		return nil, nil, err
	}
	fn := s.function("device_unbind_cleanup")
	if at == shared {
		switch {
		case fn == nil:
			return nil, nil, notApplicable("no device_unbind_cleanup")
		case first(fn.Body, releases) == nil:
			return nil, nil, s.shape(fn.Pos, "devres_release_all(dev) in %s", fn.Name)
		}
		return s, fn.Body, nil
	}
	block, err := s.place(at)
	if err != nil {
		return nil, nil, err
	}
	if first(block, releases) != nil {
		return s, block, nil
	}
	if fn == nil {
		return nil, nil, s.shape(first(block, cleanup).Position(), "device_unbind_cleanup in this file")
	}
	if err := s.inline(first(block, cleanup), fn); err != nil {
		return nil, nil, err
	}
	if block, err = s.place(at); err != nil {
		return nil, nil, err
	}
	if first(block, releases) == nil {
		return nil, nil, s.shape(block[0].Position(), "devres_release_all(dev) in device_unbind_cleanup")
	}
	return s, block, nil
}

// place returns the block of a place, which holds the release of devres or the
// call of the shared function.
func (s *source) place(at place) ([]csource.Stmt, error) {
	name := "really_probe"
	if at == unbind {
		name = "__device_release_driver"
	}
	fn := s.function(name)
	if fn == nil {
		return nil, s.shape(csource.Pos{}, "the function %s", name)
	}
	var block []csource.Stmt
	switch at {
	case unbind:
		_, block = deep(fn.Body, either(releases, cleanup))
	case failure:
		block = fn.Body
	case testRemove:
		if st, _ := deep(fn.Body, asks("test_remove")); st != nil {
			block = st.(*csource.If).Then
		}
	}
	if first(block, either(releases, cleanup)) == nil {
		return nil, s.shape(fn.Pos, "devres_release_all(dev) or device_unbind_cleanup(dev) in %s", name)
	}
	return block, nil
}
