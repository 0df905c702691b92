//go:build !linux

package kbuild

// Noexec is not known there.
func Noexec(string) bool { return false }
