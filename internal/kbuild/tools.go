package kbuild

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// ErrTools is beneath the error for tools that a build needs and are not there.
var ErrTools = errors.New("tools are missing")

// Tool is something that compiling a kernel needs of the system, and the packages
// that have it.
type Tool struct {
	Name, Debian, Fedora string
	Have                 func(ctx context.Context) bool // nil: a program of that name is found
}

// NeedTools names every tool of the list that is missing, and of those that
// compiling any kernel takes, with the packages.
func NeedTools(ctx context.Context, list []Tool) error {
	return needTools(ctx, slices.Concat(tools, list))
}

// tools are what compiling any kernel takes.
var tools = []Tool{
	{Name: "make", Debian: "make", Fedora: "make"},
	{Name: "gcc", Debian: "gcc", Fedora: "gcc"},
	{Name: "ld", Debian: "binutils", Fedora: "binutils"},
	{Name: "flex", Debian: "flex", Fedora: "flex"},
	{Name: "bison", Debian: "bison", Fedora: "bison"},
	{Name: "bc", Debian: "bc", Fedora: "bc"},
	{Name: "bash", Debian: "bash", Fedora: "bash"},
	{Name: "headers of the C library", Debian: "libc6-dev", Fedora: "glibc-devel", Have: haveHeaders},
}

// haveHeaders tries a header that only the C library's package has.
func haveHeaders(ctx context.Context) bool {
	if _, err := exec.LookPath("gcc"); err != nil {
		return true // one thing at a time
	}
	cmd := exec.CommandContext(ctx, "gcc", "-E", "-o", "/dev/null", "-x", "c", "-")
	cmd.Stdin = strings.NewReader("#include <sys/ptrace.h>\n")
	return cmd.Run() == nil
}

// needTools names every tool of the list that is missing, with the packages.
func needTools(ctx context.Context, list []Tool) error {
	var missing, debian, fedora []string
	for _, t := range list {
		var have bool
		if t.Have != nil {
			have = t.Have(ctx)
		} else {
			_, err := exec.LookPath(t.Name)
			have = err == nil
		}
		if have {
			continue
		}
		missing = append(missing, t.Name)
		debian = append(debian, t.Debian)
		fedora = append(fedora, t.Fedora)
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%w: %s; on Debian: apt-get install %s; on Fedora: dnf install %s", ErrTools,
		strings.Join(missing, ", "), strings.Join(debian, " "), strings.Join(fedora, " "))
}

// compiler is the compiler's name and version, a part of a program's key.
func compiler(ctx context.Context, gcc string) (string, error) {
	out, err := exec.CommandContext(ctx, gcc, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", gcc, err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first, nil
}
