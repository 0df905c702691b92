package uml

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

// Tool is a program that has to be there, and the packages that have it.
type Tool struct{ Name, Debian, Fedora string }

// NeedTools names every tool of the list that is missing, and of those that
// compiling any kernel takes, with the packages.
func NeedTools(ctx context.Context, list []Tool) error {
	all := slices.Clone(tools)
	for _, t := range list {
		all = append(all, tool{name: t.Name, debian: t.Debian, fedora: t.Fedora})
	}
	return needTools(ctx, all)
}

// tool is something that compiling a kernel needs of the system.
type tool struct {
	name   string
	debian string // the package that has it
	fedora string
	have   func(ctx context.Context) bool // nil: a program of that name is found
}

var tools = []tool{
	{name: "make", debian: "make", fedora: "make"},
	{name: "gcc", debian: "gcc", fedora: "gcc"},
	{name: "ld", debian: "binutils", fedora: "binutils"},
	{name: "flex", debian: "flex", fedora: "flex"},
	{name: "bison", debian: "bison", fedora: "bison"},
	{name: "bc", debian: "bc", fedora: "bc"},
	{name: "bash", debian: "bash", fedora: "bash"},
	{name: "headers of the C library", debian: "libc6-dev", fedora: "glibc-devel", have: haveHeaders},
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
func needTools(ctx context.Context, list []tool) error {
	var missing, debian, fedora []string
	for _, t := range list {
		var have bool
		if t.have != nil {
			have = t.have(ctx)
		} else {
			_, err := exec.LookPath(t.name)
			have = err == nil
		}
		if have {
			continue
		}
		missing = append(missing, t.name)
		debian = append(debian, t.debian)
		fedora = append(fedora, t.fedora)
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
