// Package player holds the C of the player that package qemu builds into an
// arm64 kernel. PROTOCOL.md says what it reads and what it says.
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
	//go:embed c/play.h
	playH []byte
	//go:embed c/main.c
	mainC []byte
	//go:embed c/script.c
	script []byte
	//go:embed c/window.c
	window []byte
	//go:embed c/event.c
	event []byte
	//go:embed c/device.c
	device []byte
	//go:embed c/driver.c
	driver []byte
	//go:embed c/memory.c
	memory []byte
	//go:embed c/seen.c
	seen []byte
	//go:embed c/wrap.c
	wrap []byte
	//go:embed c/Kconfig
	kconfig []byte
	//go:embed c/Makefile
	makefile []byte
	//go:embed c/wraps.mk
	wraps []byte
	//go:embed c/config
	config []byte
)

// Files are the files of the player's folder in a kernel tree, by name.
func Files() map[string][]byte {
	return map[string][]byte{
		"play.h":   playH,
		"main.c":   mainC,
		"script.c": script,
		"window.c": window,
		"event.c":  event,
		"device.c": device,
		"driver.c": driver,
		"memory.c": memory,
		"seen.c":   seen,
		"wrap.c":   wrap,
		"Kconfig":  kconfig,
		"Makefile": makefile,
		"wraps.mk": wraps,
	}
}

// Config is what the kernel's configuration needs on top of tinyconfig.
func Config() []byte { return bytes.Clone(config) }
