// Package kernels holds the shipped kernels: one file a release and
// architecture, with the tree that its steps were read in.
//
// The files say what a release does, docs/machine.md what that means. Where a
// step list was not read in that very tree, the path's comment says "derived",
// and from what; a path whose order nobody has read is unknown.
package kernels

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"dmafuzz/model"
)

// ErrUnknown is beneath the error of [Load] for a name that no shipped kernel
// has.
var ErrUnknown = errors.New("no shipped kernel of that name")

// Names lists the full names of all kernels, in the order of the releases,
// then of the architectures.
func Names() []string {
	var names []string
	for _, r := range releases {
		for _, arch := range r.archs {
			names = append(names, r.name+"/"+arch)
		}
	}
	return names
}

// Newest is the full name of the newest release.
func Newest() string {
	r := releases[len(releases)-1]
	return r.name + "/" + r.archs[0]
}

// loader reads each kernel once.
var loader struct {
	sync.Mutex
	resolve func(fullName string) (*model.Kernel, error)
}

// Load returns the kernel of a full name: "v5.0/arm64". Kernels are shared;
// they are read-only.
func Load(fullName string) (*model.Kernel, error) {
	loader.Lock()
	defer loader.Unlock()
	if loader.resolve == nil {
		loader.resolve = model.Resolver(read)
	}
	return loader.resolve(fullName)
}

// read finds the file of a kernel.
func read(fullName string) (file string, src []byte, err error) {
	name, arch, ok := strings.Cut(fullName, "/")
	file = name + "-" + arch + ".kernel"
	// "v5.11-x86/amd" would find the file of v5.11/x86-amd.
	if !ok || !shipped(name, arch) {
		return "", nil, fmt.Errorf("%w: %q", ErrUnknown, fullName)
	}
	src, err = files.ReadFile(file)
	return file, src, err
}

func shipped(name, arch string) bool {
	for _, r := range releases {
		if r.name != name {
			continue
		}
		for _, a := range r.archs {
			if a == arch {
				return true
			}
		}
	}
	return false
}

// All returns every kernel, in the order of [Names].
func All() []*model.Kernel {
	var all []*model.Kernel
	for _, name := range Names() {
		k, err := Load(name)
		if err != nil { // our own files: a test loads each of them
			panic(fmt.Sprintf("kernels: %s: %v", name, err))
		}
		all = append(all, k)
	}
	return all
}

// Shipped returns the kernels that are releases: all but the derived ones.
func Shipped() []*model.Kernel {
	var shipped []*model.Kernel
	for _, k := range All() {
		if !k.Derived {
			shipped = append(shipped, k)
		}
	}
	return shipped
}
