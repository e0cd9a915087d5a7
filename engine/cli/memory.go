package cli

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// leastMemory is what an engine needs to do anything at all.
const leastMemory = 128 << 20

// goShare is how much of the memory, in hundredths, is for Go's own: the rest is
// for the files of the state that are mapped, and for peaks between collections.
const goShare = 60

// memory reads --memory and sets Go's own limit from it, unless GOMEMLIMIT is
// set. Go then collects more often near the limit instead of growing.
func memory(text string) (int64, error) {
	n, ok := parseSize(text)
	if !ok {
		return 0, wrong("--memory %s: give a size, such as 512MiB or 2GiB", text)
	}
	if n < leastMemory {
		return 0, wrong("--memory %s: give at least 128MiB", text)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n / 100 * goShare)
	}
	return n, nil
}

// parseSize reads a number of bytes with KiB, MiB or GiB behind it, or none.
func parseSize(text string) (int64, bool) {
	shift := 0
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if s, ok := strings.CutSuffix(text, unit); ok {
			text, shift = strings.TrimSpace(s), 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > 1<<62>>shift {
		return 0, false
	}
	return n << shift, true
}

// historyFloor reads --history-floor; none is a missing date.
func historyFloor(text string) (duty.Opt[duty.Date], error) {
	if text == "" {
		return duty.None[duty.Date](), nil
	}
	d, ok := duty.ParseDate(text)
	if !ok {
		return duty.None[duty.Date](), wrong("--history-floor %s: give a date, YYYY-MM-DD", text)
	}
	return duty.Some(d), nil
}
