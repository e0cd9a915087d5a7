//go:build linux || darwin

package state

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Supported returns why no state can be kept on this system (ErrSystem); nil if it can.
func Supported() error { return nil }

// FreeBytes returns the space in bytes that is available to this user on dir's file system.
func FreeBytes(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("asking for the free space of %s: %w", dir, err)
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:unconvert // Bsize has another type on other systems
}

// lock locks an open file or directory without waiting.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// giveBack returns pages of a mapped file to the system. After an error they stay, which is
// harmless.
func giveBack(from, length uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, length, unix.MADV_DONTNEED)
}

// OnDisk returns the bytes that a file takes on disk. Badger creates sparse files, which take less
// than their size.
func OnDisk(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
