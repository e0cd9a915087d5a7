package bed

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Usage is what a process has used so far, from /proc.
type Usage struct {
	// CPU are seconds of user and system time.
	CPU float64
	// PeakMB is VmHWM: the most that was ever resident, mapped files included.
	PeakMB float64
	// AnonMB is resident memory of its own now, FileMB that of mapped files.
	AnonMB, FileMB float64
	// WrittenMB is what it sent to the disk.
	WrittenMB float64
}

// ticksPerSecond is the unit of /proc/PID/stat on Linux (USER_HZ).
const ticksPerSecond = 100

// UsageOf reads what a process has used. What cannot be read stays zero.
func UsageOf(pid int) (u Usage, err error) {
	dir := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return u, err
	}
	// The name in brackets may hold spaces; user time is the 12th field after it.
	_, rest, _ := strings.Cut(string(stat), ") ")
	if f := strings.Fields(rest); len(f) > 12 {
		user, _ := strconv.ParseFloat(f[11], 64)
		system, _ := strconv.ParseFloat(f[12], 64)
		u.CPU = (user + system) / ticksPerSecond
	}
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		return u, err
	}
	u.PeakMB = field(status, "VmHWM:") / 1024
	u.AnonMB = field(status, "RssAnon:") / 1024
	u.FileMB = (field(status, "RssFile:") + field(status, "RssShmem:")) / 1024
	if io, err := os.ReadFile(dir + "io"); err == nil {
		u.WrittenMB = field(io, "write_bytes:") / (1 << 20)
	}
	return u, nil
}

// field returns the number that follows a name in lines of names and numbers.
func field(text []byte, name string) float64 {
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				n, _ := strconv.ParseFloat(f[0], 64)
				return n
			}
		}
	}
	return 0
}
