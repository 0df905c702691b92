package kbuild

import "syscall"

// Noexec tells whether programs cannot be run from a folder, as the mount of it
// has it.
func Noexec(dir string) bool {
	const flag = 8 // ST_NOEXEC
	var st syscall.Statfs_t
	return syscall.Statfs(dir, &st) == nil && st.Flags&flag != 0
}
