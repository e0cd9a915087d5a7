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
	n, err := size("--memory", text, leastMemory)
	if err != nil {
		return 0, err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n / 100 * goShare)
	}
	return n, nil
}

// size reads the value of a flag that is a size; a flag of one name means the same
// in every command, since the environment sets it for all of them.
func size(flag, text string, least int64) (int64, error) {
	n, ok := parseSize(text)
	if !ok {
		return 0, wrong("%s %s: give a size with its unit, such as 512MiB or 2GiB", flag, text)
	}
	if n < least {
		return 0, wrong("%s %s: give at least %dMiB", flag, text, least>>20)
	}
	return n, nil
}

// parseSize reads a number with KiB, MiB or GiB behind it.
func parseSize(text string) (int64, bool) {
	shift := 0
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if s, ok := strings.CutSuffix(text, unit); ok {
			text, shift = strings.TrimSpace(s), 10*(i+1)
		}
	}
	if shift == 0 {
		return 0, false
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
		return duty.None[duty.Date](), wrong("--history-floor %s is not a date: write YYYY-MM-DD", text)
	}
	return duty.Some(d), nil
}
