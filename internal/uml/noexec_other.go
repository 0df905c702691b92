//go:build !linux

package uml

func noexec(string) bool { return false }
