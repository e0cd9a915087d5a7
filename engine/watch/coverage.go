package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Coverage says how far a feed has told everything that it had: a heartbeat
// promises that all records that its source had by then were produced before
// (W-54).
type Coverage struct {
	// Feed is the source, such as feed:permissions; CentreID is empty for one of
	// all centres.
	Feed, CentreID string
	// Through is the time of its latest heartbeat; never after it was known
	// (W-03).
	Through duty.Instant
}

// cover lists the supervised feeds, sorted: those that ever sent a heartbeat.
func cover(beats map[source][]*duty.Known[duty.Heartbeat], knows func(source) bool) []Coverage {
	var out []Coverage
	for src, list := range beats { //house:order-free sorted below
		if !src.feed() || !knows(src) {
			continue
		}
		c := Coverage{src.id, src.centre, duty.Beginning}
		for _, k := range list {
			c.Through = max(c.Through, min(k.Fact.At, k.At))
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Coverage) int {
		return cmp.Or(cmp.Compare(a.Feed, b.Feed), cmp.Compare(a.CentreID, b.CentreID))
	})
	return out
}
