package kernels

import (
	"dmafuzz/model/text"
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

// Load returns the kernel of a full name: "v5.0/arm64". The error for any other
// name is [ErrUnknown]. Each file is read once, and kernels are shared: they are
// read-only. Several goroutines may call it.
func Load(fullName string) (*model.Kernel, error) {
	loader.Lock()
	defer loader.Unlock()
	if loader.resolve == nil {
		loader.resolve = text.Resolver(read)
	}
	return loader.resolve(fullName)
}

// Parse reads a kernel file of somebody's own, whose `like` or `derived` line
// may name any shipped kernel. The name of the file serves only for errors.
func Parse(file string, src []byte) (*model.Kernel, error) {
	return text.ParseKernel(file, src, Load)
}

// Bases lists the kernels that k is written as a change of: its base, the base
// of that, and so on to the one that is written out in full. It is empty for a
// kernel that is like no shipped one.
func Bases(k *model.Kernel) []*model.Kernel {
	var bases []*model.Kernel
	for len(bases) <= text.MaxBaseDepth && k.Base != "" {
		base, err := Load(k.Base)
		if err != nil {
			break
		}
		bases, k = append(bases, base), base
	}
	return bases
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
