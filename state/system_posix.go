//go:build linux || darwin

package state

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Supported says why no state can be kept on this system (ErrSystem); nil: it can.
func Supported() error { return nil }

// freeBytes is the space that dir's file system has for us.
func freeBytes(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("asking for the free space of %s: %w", dir, err)
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:unconvert // Bsize has another type on other systems
}

// lock takes the lock of an open file or directory if nobody has it.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// giveBack lets the system take pages of a mapped file. An error means that they
// stay, which does no harm.
func giveBack(from, length uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, length, unix.MADV_DONTNEED)
}

// OnDisk is the space in bytes that a file takes. Badger makes sparse ones, which
// take less than their size.
func OnDisk(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
