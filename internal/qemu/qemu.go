package qemu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dmafuzz/internal/kbuild"
)

const qemu = "qemu-system-aarch64"

// ErrQEMU is beneath the error for an emulator that does not run the kernel.
var ErrQEMU = errors.New("QEMU does not run")

// maxConsole is what a console may hold; who writes more is ended.
const maxConsole = 8 << 20

// Run is one boot.
type Run struct {
	Command []string // as it was given, but for the name of the script's file
	Version string   // of the emulator
	Console []byte
	Limit   time.Duration
	Timeout bool // ended by the time limit
	Flooded bool // ended because it wrote too much
	Exit    int  // of the emulator; -1 if it was ended
}

// bootWords are the kernel's command line: an Oops is a panic and a panic ends
// the emulator; warnings are shown; deferred probes wait for the script.
const bootWords = "console=ttyAMA0 oops=panic panic=-1 loglevel=5 deferred_probe_timeout=-1"

// command is the emulator's command line.
func command(image, file string, s *Script) []string {
	words := []string{qemu, "-accel", "tcg", "-M", "virt,iommu=smmuv3", "-cpu", "cortex-a57", "-smp", "1", "-m", "256",
		"-nodefaults", "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"}
	switch {
	case s.Devices == 1:
		words = append(words, "-device", "edu,addr=03.0")
	case s.Shared:
		words = append(words, "-device", "edu,addr=03.0,multifunction=on", "-device", "edu,addr=03.1,multifunction=on")
	default:
		words = append(words, "-device", "edu,addr=03.0", "-device", "edu,addr=04.0")
	}
	return append(words, "-kernel", image, "-initrd", file, "-append", bootWords)
}

// Play boots an image with a script, and waits until it switches itself off or
// the limit is over. An error means that nothing was played.
func Play(ctx context.Context, image *kbuild.Image, script *Script, limit time.Duration) (*Run, error) {
	dir, err := os.MkdirTemp("", "dmafuzz-confirm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, script.Text, 0o666); err != nil {
		return nil, err
	}
	run := &Run{Command: command(image.Path, "script", script), Limit: limit}
	if run.Version, err = version(ctx); err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	words := command(image.Path, file, script)
	cmd := exec.CommandContext(timed, words[0], words[1:]...)
	kbuild.OwnGroup(cmd)
	cmd.WaitDelay = time.Second
	out, said := &bounded{most: maxConsole, full: cancel}, &bounded{most: 64 << 10}
	cmd.Stdout, cmd.Stderr = out, said
	err = cmd.Run()
	run.Console, run.Flooded, run.Exit = out.kept.Bytes(), out.flooded, -1
	if cmd.ProcessState != nil {
		run.Exit = cmd.ProcessState.ExitCode()
	}
	switch {
	case ctx.Err() != nil:
		return run, ctx.Err()
	case run.Flooded:
		return run, nil
	case timed.Err() != nil:
		run.Timeout = true
		return run, nil
	case err != nil:
		return run, fmt.Errorf("%w: %w: %s", ErrQEMU, err, lastLine(said.kept.Bytes()))
	}
	return run, nil
}

// version is the first line of what the emulator says of itself.
func version(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, qemu, "--version")
	kbuild.OwnGroup(cmd)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s --version: %w", ErrQEMU, qemu, err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first), nil
}

// bounded keeps what is written, up to so many bytes, and then calls full.
type bounded struct {
	kept    bytes.Buffer // no part of the type: its ReadFrom knows no bound
	most    int
	full    func() // may be nil
	flooded bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := max(0, b.most-b.kept.Len())
	b.kept.Write(p[:min(room, len(p))])
	if len(p) > room && !b.flooded {
		b.flooded = true
		if b.full != nil {
			b.full()
		}
	}
	return len(p), nil
}

func lastLine(b []byte) []byte {
	b = bytes.TrimSpace(b)
	return b[bytes.LastIndexByte(b, '\n')+1:]
}
