//go:build unix

package datadir

import (
	"os"
	"syscall"
)

// lockWhole locks a file without waiting; false if another process holds it. The lock ends with
// the process.
func lockWhole(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
