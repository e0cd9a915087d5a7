package seeds

import (
	"os"
	"runtime/debug"
)

// Random tests make much garbage and keep little. With these limits the collector runs less
// often and takes a twentieth of their time instead of a quarter.
const (
	// garbage is how much may have become garbage before the next collection, in percent of
	// what is kept: GOGC, if that is not set.
	garbage = 400
	// heap is where the collector begins to run as often as it must to stay below, in bytes.
	heap = 1 << 30
)

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
		debug.SetMemoryLimit(heap)
	}
}
