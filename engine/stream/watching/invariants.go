package watching

import (
	"bytes"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
)

// What the owner of the watch must never do, asserted where it would happen, in tests and in programs
// built for it (package invariant). Only what it says itself is asserted: what a reader finds on the
// topic may be anybody's, and is refused where it makes no sense.
const (
	// The owner never speaks of an earlier clock than before: whoever was told of somebody by an earlier
	// word could not be sure of it any more (decision 0027).
	throughRises = "through never falls"
	// What the owner says at a clock is readable as a whole: its last record counts and sums up all chunks.
	saidWhole = "what the watch says becomes visible whole"
)

// mustRise is asked before the owner says something at a clock.
func (c *Coverage) mustRise(at duty.Instant) {
	if invariant.Enabled() {
		invariant.Hold(c.said.at <= at, throughRises, "the watch speaks of %d, and has spoken of %d", at, c.said.at)
	}
}

// mustBeWhole is asked when everything that is said at a clock is taken in.
func (c *Coverage) mustBeWhole() {
	if invariant.Enabled() {
		invariant.Hold(len(c.fresh) == 0 && uint64(len(c.chunks)) == c.said.count && sumOf(c.chunks) == c.said.sum, saidWhole,
			"the watch has said %d chunks at %d, %d more are not visible, and its last record counts %d",
			len(c.chunks), c.said.at, len(c.fresh), c.said.count)
	}
}

// Whole reports whether the keys of records that one transaction writes to coverage are a whole word:
// chunks, and last of all the one record that makes them visible.
func Whole(keys [][]byte) bool {
	for i, k := range keys {
		if last := i == len(keys)-1; bytes.Equal(k, throughKey) != last {
			return false
		}
	}
	return true
}
