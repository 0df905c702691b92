//go:build !unix

package uml

import (
	"context"
	"errors"
	"os/exec"
)

func lockFile(context.Context, string, func()) (func(), error) {
	return nil, errors.ErrUnsupported
}

func ownGroup(*exec.Cmd) {}

func killed(*exec.Cmd) bool { return false }

// OwnGroup is for commands outside of this package, see ownGroup.
func OwnGroup(cmd *exec.Cmd) { ownGroup(cmd) }
