// Package player holds the C of the player that package uml builds into a
// kernel: it reads a script, plays it on the driver core it is linked with, and
// logs what the kernel does. PROTOCOL.md says how script and log read.
//
// The C is GPL-2.0, as the kernel that it is linked with (see c/LICENSE);
// nothing of it is linked into the Go program, which only carries it.
package player

import (
	"bytes"
	_ "embed"
)

// One directive a file, by name: what is not listed is not built.
var (
	//go:embed c/lab.h
	labH []byte
	//go:embed c/labmain.c
	labMain []byte
	//go:embed c/labio.c
	labIO []byte
	//go:embed c/labbus.c
	labBus []byte
	//go:embed c/labdev.c
	labDev []byte
	//go:embed c/labevent.c
	labEvent []byte
	//go:embed c/labdriver.c
	labDriver []byte
	//go:embed c/labmem.c
	labMem []byte
	//go:embed c/labwrap.c
	labWrap []byte
	//go:embed c/labat.c
	labAt []byte
	//go:embed c/labrace.c
	labRace []byte
	//go:embed c/lablink.c
	labLink []byte
	//go:embed c/labperbind.c
	labPerBind []byte
	//go:embed c/labgroup.c
	labGroup []byte
	//go:embed c/labgroup.h
	labGroupH []byte
	//go:embed c/labdomain.c
	labDomain []byte
	//go:embed c/Kconfig
	kconfig []byte
	//go:embed c/Makefile
	makefile []byte
	//go:embed c/wraps.mk
	wraps []byte
	//go:embed c/config
	config []byte
	//go:embed c/config-perbind
	configPerBind []byte
	//go:embed c/config-group
	configGroup []byte
	//go:embed perbind.paths
	perBindPaths string
	//go:embed group.paths
	groupPaths string
)

// Files are the files of the player's folder in a kernel tree, by name.
func Files() map[string][]byte {
	return map[string][]byte{
		"lab.h":        labH,
		"labmain.c":    labMain,
		"labio.c":      labIO,
		"labbus.c":     labBus,
		"labdev.c":     labDev,
		"labevent.c":   labEvent,
		"labdriver.c":  labDriver,
		"labmem.c":     labMem,
		"labwrap.c":    labWrap,
		"labat.c":      labAt,
		"labrace.c":    labRace,
		"lablink.c":    labLink,
		"labperbind.c": labPerBind,
		"labgroup.c":   labGroup,
		"labgroup.h":   labGroupH,
		"labdomain.c":  labDomain,
		"Kconfig":      kconfig,
		"Makefile":     makefile,
		"wraps.mk":     wraps,
	}
}

// PerBindConfig is what the variant perbind needs of a kernel's configuration, on
// top of tinyconfig.
func PerBindConfig() []byte { return append(bytes.Clone(config), configPerBind...) }

// GroupConfig is for the variant group, see [PerBindConfig].
func GroupConfig() []byte { return append(bytes.Clone(config), configGroup...) }

// PerBindPaths and GroupPaths are the paths that the player stands for, as a
// kernel file has them.
func PerBindPaths() string { return perBindPaths }

// GroupPaths is for the variant group, see [PerBindPaths].
func GroupPaths() string { return groupPaths }
