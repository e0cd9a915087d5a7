//go:build unix

package datadir

import (
	"os"
	"syscall"
)

// lockWhole takes the lock of a file, if nobody has it; it goes with the process.
func lockWhole(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
