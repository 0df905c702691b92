package kbuild

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// make runs make in the shadow for one target. What it prints goes to the file
// make.log of the build's folder.
func (b *building) make(ctx context.Context, target string) error {
	file := filepath.Join(b.dir, "make.log")
	log, err := os.Create(file)
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"-C", b.source(), "O=" + b.objects(), "-j" + strconv.Itoa(b.jobs)}, b.vars...)
	cmd := exec.CommandContext(ctx, "make", append(args, target)...)
	cmd.Env = makeEnv(os.Environ())
	OwnGroup(cmd)
	// A program that make has left behind must not keep Wait from returning.
	cmd.WaitDelay = time.Second
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	watched := make(chan []string)
	go func() { watched <- b.watch(io.TeeReader(out, log)) }()
	err = cmd.Run()
	in.Close()
	complaints := <-watched
	if ctx.Err() != nil {
		return fmt.Errorf("%s: make %s: %w", b.name, target, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("%w: %s: make %s: %w, see %s\n%s", ErrBuild, b.name, target, err, file, strings.Join(complaints, "\n"))
	}
	return nil
}

// makeEnv leaves out what would change the build, or be another make's, and
// what would make two builds of the same content differ.
func makeEnv(env []string) []string {
	var out []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		switch {
		case strings.HasPrefix(name, "KBUILD_"), strings.HasPrefix(name, "MAKE"), strings.HasPrefix(name, "CONFIG_"):
		case name == "ARCH", name == "SUBARCH", name == "CROSS_COMPILE", name == "O", name == "V", name == "LLVM", name == "MFLAGS":
		case strings.HasPrefix(name, "LC_"), name == "LANG", name == "LANGUAGE":
		default:
			out = append(out, e)
		}
	}
	return append(out, "LC_ALL=C", "KBUILD_BUILD_TIMESTAMP=1970-01-01", "KBUILD_BUILD_USER=lab", "KBUILD_BUILD_HOST=lab")
}

// maxComplaints is how many lines of errors are shown.
const maxComplaints = 12

// watch tells of progress about once a second, and returns the lines that look
// like errors, or the last line if none does.
func (b *building) watch(out io.Reader) (complaints []string) {
	var compiled int
	var last string
	next := time.Now().Add(time.Second)
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadBytes('\n')
		line = bytes.TrimSpace(line)
		if len(line) > 0 {
			last = string(line)
		}
		if file, ok := bytes.CutPrefix(line, []byte("CC ")); ok {
			compiled++
			if now := time.Now(); now.After(next) {
				b.progress(fmt.Sprintf("%s: %d files compiled, now %s", b.name, compiled, bytes.TrimSpace(file)))
				next = now.Add(time.Second)
			}
		}
		if complains(line) && len(complaints) < maxComplaints {
			complaints = append(complaints, strings.ReplaceAll(last, b.source()+"/", ""))
		}
		if err != nil {
			break
		}
	}
	if complaints == nil && last != "" {
		complaints = []string{last}
	}
	return complaints
}

func complains(line []byte) bool {
	for _, word := range []string{"error:", "Error ", "undefined reference", "multiple definition", "***", "not found"} {
		if bytes.Contains(line, []byte(word)) {
			return true
		}
	}
	return false
}
