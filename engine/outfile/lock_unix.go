//go:build unix

package outfile

import (
	"os"
	"syscall"
)

// TryLock locks an open file without waiting; false if another process holds it. The lock ends with
// the process.
func TryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
