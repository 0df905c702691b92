//go:build !unix

package kbuild

import (
	"context"
	"errors"
	"os/exec"
)

// lockFile is not there: nothing is built.
func lockFile(context.Context, string, func()) (func(), error) {
	return nil, errors.ErrUnsupported
}

// OwnGroup does nothing where there are no groups of processes.
func OwnGroup(*exec.Cmd) {}

// Killed cannot be told there.
func Killed(*exec.Cmd) bool { return false }
