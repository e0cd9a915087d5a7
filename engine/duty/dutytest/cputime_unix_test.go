//go:build unix

package dutytest

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used, which others on the machine do not
// disturb as much as the time on the wall.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
